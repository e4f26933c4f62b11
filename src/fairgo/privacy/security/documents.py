"""Texts outside a conversation: hidden with placeholders and, with the vault, given back to the letter.

Texts come in pieces of any size, and any pieces give what the whole gives. A placeholder that stands in the text
already is left as it is: whose it is nobody knows, and hiding it again would hide nothing.
"""

import secrets
from collections import Counter
from typing import NamedTuple

from fairgo.core.turns import Vault
from fairgo.privacy.security import tokens
from fairgo.privacy.security.detection import Span
from fairgo.privacy.security.reading import Found
from fairgo.privacy.security.rules import PLAIN, Rules
from fairgo.privacy.security.scanning import Part, Scanner


class Redacted(NamedTuple):
    """A text with placeholders, everything that was found in the given text, and the vault that gives it back.

    `spans` are code points of the given text. Types that the rules do not hide are among them and stay in the text.
    """

    text: str
    spans: tuple[Span, ...]
    vault: Vault


class Hider:
    """Hides a text that comes in pieces. `values` are the placeholders made, `counts` what was hidden by type.

    Two writings of one value get two placeholders, so that both come back as they were; with `keep` off no value is
    remembered and they get the same.
    """

    def __init__(self, vault: Vault | None = None, rules: Rules = PLAIN, *, keep: bool = True) -> None:
        self.values: dict[str, str] = dict(vault.values) if vault else {}
        self.secret = vault.secret if vault and vault.secret else secrets.token_bytes(32)
        self.counts: Counter[str] = Counter()
        self.spans: list[Span] = []
        self._keep = keep
        self._rules = rules
        self._start()

    def _start(self) -> None:
        self._scanner = Scanner()
        self._arriving = ""  # may be a placeholder that is not complete
        self._held = ""  # what the scanner holds, as it was written
        self._at = 0
        self.spans = []

    def feed(self, text: str) -> str:
        """What may be given out after this piece."""
        text = self._arriving + text
        cut = tokens.unfinished(text)
        text, self._arriving = text[:cut], text[cut:]
        return self._said(text, self._scanner.feed(tokens.defused(text, final=False)))

    def finish(self) -> str:
        """What was held. The text is over; call it once."""
        text, self._arriving = self._arriving, ""
        said = self._said(text, self._scanner.feed(tokens.defused(text, final=True)))
        return said + self._said("", self._scanner.finish())

    def whole(self, text: str) -> tuple[str, tuple[Span, ...]]:
        """One text in one piece: with placeholders, and what was found in it. The next one starts anew."""
        self._start()
        said = self.feed(text) + self.finish()
        return said, tuple(self.spans)

    def vault(self) -> Vault:
        """What gives everything back that this has hidden."""
        return Vault(dict(self.values), frozenset(self.values), self.secret)

    def _said(self, text: str, parts: list[Part]) -> str:
        written, at, said = self._held + text, 0, []
        for seen, item in parts:
            piece = written[at : at + len(seen)]
            if isinstance(item, Found):
                self.spans.append(Span(self._at, self._at + len(seen), item.type, item.score))
                piece = self._token(item, piece) if self._rules.hide(item) else piece
            said.append(piece)
            at += len(seen)
            self._at += len(seen)
        self._held = written[at:]
        return "".join(said)

    def _token(self, found: Found, value: str) -> str:
        self.counts[found.type] += 1
        token = tokens.token_of(found.type, found.normal, self.secret)
        if self._keep and self.values.setdefault(token, value) != value:
            token = tokens.token_of(found.type, f"{found.normal}\0{value}", self.secret)
            self.values[token] = value
        return token


class Restorer:
    """Gives back what placeholders stand for, in a text that comes in pieces. `unknown` ones stay as they are."""

    def __init__(self, vault: Vault) -> None:
        self.unknown = 0
        self._values = vault.values
        self._arriving = ""

    def feed(self, text: str) -> str:
        """What may be given out after this piece."""
        text = self._arriving + text
        cut = tokens.unfinished(text)
        self._arriving = text[cut:]
        return self._given_back(text[:cut], final=False)

    def finish(self) -> str:
        """What was held. The next piece begins another text."""
        text, self._arriving = self._arriving, ""
        return self._given_back(text, final=True)

    def _given_back(self, text: str, *, final: bool) -> str:
        parts, at = [], 0
        for mark in tokens.find_marks(text, final=final):
            written = text[mark.start : mark.end]
            value = self._values.get(mark.token)
            self.unknown += value is None and tokens.is_exact(written)
            parts += [text[at : mark.start], written if value is None else value]
            at = mark.end
        return "".join([*parts, text[at:]])


def redact(text: str, rules: Rules = PLAIN, *, vault: Vault | None = None) -> Redacted:
    """The text with a placeholder for every identifier that the rules hide. A `vault` is gone on with."""
    hider = Hider(vault, rules)
    said, spans = hider.whole(text)
    return Redacted(said, spans, hider.vault())


def restore(text: str, vault: Vault) -> str:
    """The text with the values put back, to the letter; placeholders that the vault does not know stay."""
    restorer = Restorer(vault)
    return restorer.feed(text) + restorer.finish()
