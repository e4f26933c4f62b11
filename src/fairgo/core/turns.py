"""One turn of a conversation, as the safeguards see it, whatever wire format it came in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fairgo.core.hiding import DEFAULT, Privacy
from fairgo.core.policy import Disclosure, Purpose, System


class Role(StrEnum):
    """Who wrote a piece of text in the request."""

    SYSTEM = "system"
    CUSTOMER = "customer"
    AI = "ai"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Text:
    """One piece of text in the request. `latest` marks what the customer said since the last AI message."""

    role: Role
    text: str
    latest: bool = False


@dataclass(frozen=True, slots=True)
class Vault:
    """Placeholders of one conversation: token to value, and which values this customer gave.

    `earlier` is what was said in the turns before, where the request itself does not repeat it: an identifier may be
    split over two turns.
    """

    values: Mapping[str, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    secret: bytes = field(default=b"", repr=False)
    earlier: tuple[Text, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """A request to an assistant: who speaks, through what, and every text of it.

    `customer` and `conversation` are pseudonyms (keyed hashes), never what the caller sent.
    `purpose`, `wording` and `privacy` are what the policy says for this system, channel and language; `contacts` are
    the company's own. `remembered` is False when the caller named no conversation: nothing is known of earlier turns but
    what the request itself repeats. `leaving` is True when a button or header says the customer wants a person.
    """

    id: str
    system: System
    purpose: Purpose
    wording: Disclosure
    contacts: tuple[str, ...]
    customer: str
    conversation: str
    channel: str
    locale: str
    texts: tuple[Text, ...]
    remembered: bool = True
    leaving: bool = False
    streaming: bool = False
    privacy: Privacy = DEFAULT
    vault: Vault = field(default_factory=Vault)

    @property
    def repeats(self) -> bool:
        """True when the request brings what was said in earlier turns."""
        return any(t.role in {Role.CUSTOMER, Role.AI} and not t.latest for t in self.texts)

    @property
    def said(self) -> tuple[str, ...]:
        """The customer's words that this turn must answer.

        In a remembered conversation that is what came after the last AI message; otherwise every
        customer message of the request counts, since nothing else says what was asked before.
        """
        return tuple(
            t.text for t in self.texts if t.role is Role.CUSTOMER and (t.latest or not self.remembered)
        )
