"""The assistant's words on their way to the customer: placeholders put back, identifiers of others taken out."""

from collections import Counter
from dataclasses import dataclass

from fairgo.core.turns import Vault
from fairgo.privacy.security import tokens
from fairgo.privacy.security.catalogue import phrase
from fairgo.privacy.security.contacts import normal_contacts
from fairgo.privacy.security.reading import Found
from fairgo.privacy.security.scanning import Part, Scanner
from fairgo.privacy.security.tokens import Mark


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
    the text without being part of it.
    """

    def __init__(self, vault: Vault, contacts: tuple[str, ...] = (), *, before: str = "") -> None:
        self.counts: Counter[str] = Counter()
        self.restored = 0
        self.unknown = 0
        self.scanned = 0
        self._vault = vault
        self._own = normal_contacts(contacts)
        self._scanner = Scanner(before)

    def feed(self, text: str) -> str:
        """What may go out after this piece."""
        self.scanned += len(text)
        return "".join(map(self._said, self._scanner.feed(text)))

    def finish(self) -> str:
        """What was held. The text is over; call it once."""
        return "".join(map(self._said, self._scanner.finish()))

    def _said(self, part: Part) -> str:
        text, item = part
        if isinstance(item, Mark):
            return self._put_back(item)
        if isinstance(item, Found) and not self._may_pass(item):
            self.counts[item.type] += 1
            return phrase(item.type)
        return text

    def _put_back(self, mark: Mark) -> str:
        """The value, when this customer gave it; plain words otherwise. A cut-off placeholder is never guessed."""
        value = self._vault.values.get(mark.token)
        if value is None:
            self.unknown += 1
            return phrase(mark.type) if mark.token else ""
        if mark.token not in self._vault.given:
            self.counts[mark.type] += 1
            return phrase(mark.type)
        self.restored += 1
        return value

    def _may_pass(self, found: Found) -> bool:
        if (found.type, found.normal) in self._own:
            return True
        return tokens.token_of(found.type, found.normal, self._vault.secret) in self._vault.given


def clean(text: str, vault: Vault, contacts: tuple[str, ...] = (), *, before: str = "") -> Cleaned:
    """A whole reply, cleaned in one piece: the same as in any number of pieces."""
    reply = Reply(vault, contacts, before=before)
    words = reply.feed(text) + reply.finish()
    return Cleaned(words, dict(reply.counts), reply.restored, reply.unknown)
