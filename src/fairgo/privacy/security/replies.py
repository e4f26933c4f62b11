"""The assistant's words on their way to the customer: placeholders put back, identifiers of others taken out."""

import re
from collections import Counter
from dataclasses import dataclass

from fairgo.core.turns import Vault
from fairgo.privacy.security import tokens
from fairgo.privacy.security.phrases import phrase
from fairgo.privacy.security.reading import Found
from fairgo.privacy.security.rules import PLAIN, Rules
from fairgo.privacy.security.scanning import Part, Scanner
from fairgo.privacy.security.tokens import Mark

# Far above what any detector of ours waits for (tested); a third-party one may wait longer, or forever.
MOST_HELD = 2048
UNREAD = "UNREAD"
FEWEST_DIGITS = (
    6  # at the end of a text that was cut off: half a telephone number says whose it is, a year does not
)
_SPACE = re.compile(r"\s")
_HALF = re.compile(
    r"(?:(?<!\S)[^\s@]{1,128}+@\S{0,255}+|(?P<digits>(?:[+(]{0,2}\d(?:[ \u00a0().-]{0,3}\d)*+)[ \u00a0().-]{0,3}))\Z"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text, and what was done: identifiers taken out by type, placeholders put back, unknown ones dropped."""

    text: str
    counts: dict[str, int]
    restored: int
    unknown: int


class Reply:
    """One choice of a reply on its way out, in pieces of any size.

    `feed` gives what may go out now, `finish` the rest. `counts` are identifiers that this customer did not give,
    by type; `restored` and `unknown` are placeholders; `scanned` is in characters. `before` are words that introduce
    the text without being part of it. `most_held` caps what may wait: beyond it the whole run is taken out unread.
    """

    def __init__(
        self, vault: Vault, rules: Rules = PLAIN, *, before: str = "", most_held: int = MOST_HELD
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.restored = 0
        self.unknown = 0
        self.scanned = 0
        self._vault = vault
        self._rules = rules
        self._most_held = most_held
        self._held = 0
        self._skipping = False
        self._scanner = Scanner(before)

    def feed(self, text: str) -> str:
        """What may go out after this piece."""
        self.scanned += len(text)
        if self._skipping:
            text = self._after_run(text)
        parts = self._scanner.feed(text)
        self._held += len(text) - sum(len(part) for part, _item in parts)
        said = "".join(map(self._said, parts))
        return said if self._held <= self._most_held else said + self._give_up()

    def finish(self, *, cut_off: bool = False) -> str:
        """What was held. The text is over; call it once. Of a text that was `cut_off`, half an identifier is not shown."""
        parts = self._scanner.finish()
        said = "".join(map(self._said, parts))
        half = _HALF.search(parts[-1][0]) if cut_off and parts and parts[-1][1] is None else None
        if half is None or (half["digits"] and sum(map(str.isdecimal, half[0])) < FEWEST_DIGITS):
            return said
        self.counts[UNREAD] += 1
        return said[: len(said) - len(half[0])] + phrase(UNREAD, self._rules.locale)

    def _give_up(self) -> str:
        """Nobody can say what the held text is: it is never shown, nor what follows without a space."""
        self._scanner, self._held, self._skipping = Scanner(), 0, True
        self.counts[UNREAD] += 1
        return phrase(UNREAD, self._rules.locale)

    def _after_run(self, text: str) -> str:
        space = _SPACE.search(text)
        self._skipping = space is None
        return text[space.start() :] if space else ""

    def _said(self, part: Part) -> str:
        text, item = part
        if isinstance(item, Mark):
            return self._put_back(item)
        if isinstance(item, Found) and not self._may_pass(item):
            self.counts[item.type] += 1
            return phrase(item.type, self._rules.locale)
        return text

    def _put_back(self, mark: Mark) -> str:
        """The value, when this customer gave it; plain words otherwise. A cut-off placeholder is never guessed."""
        value = self._vault.values.get(mark.token)
        if value is None:
            self.unknown += 1
            return phrase(mark.type, self._rules.locale) if mark.token else ""
        if mark.token not in self._vault.given:
            self.counts[mark.type] += 1
            return phrase(mark.type, self._rules.locale)
        self.restored += 1
        return value

    def _may_pass(self, found: Found) -> bool:
        if not self._rules.hide(found):
            return True
        return tokens.token_of(found.type, found.normal, self._vault.secret) in self._vault.given


def clean(text: str, vault: Vault, rules: Rules = PLAIN, *, before: str = "") -> Cleaned:
    """A whole reply, cleaned in one piece: the same as in any number of pieces."""
    reply = Reply(vault, rules, before=before)
    words = reply.feed(text) + reply.finish()
    return Cleaned(words, dict(reply.counts), reply.restored, reply.unknown)
