"""Turns for tests: small, keyword-only, valid by default."""

from pathlib import Path

from fairgo.cli.starting import starter
from fairgo.core.policy import Policy
from fairgo.core.turns import Role, Text, Turn, Vault

POLICY = Policy.read(Path(starter()))


def a_turn(
    *said: str,
    history: tuple[Text, ...] = (),
    customer: str = "customer-1",
    conversation: str = "conversation-1",
    locale: str = "en-AU",
    remembered: bool = True,
    leaving: bool = False,
    contacts: tuple[str, ...] = (),
) -> Turn:
    """A turn in which the customer says these words after this history."""
    system = POLICY.system("assistant")
    return Turn(
        id="turn-1",
        system=system,
        purpose=POLICY.purposes[system.purpose],
        wording=POLICY.disclosure(locale, "chat"),
        contacts=contacts,
        customer=customer,
        conversation=conversation,
        channel="chat",
        locale=locale,
        texts=(*history, *(Text(Role.CUSTOMER, words, latest=True) for words in said)),
        remembered=remembered,
        leaving=leaving,
        vault=Vault(secret=b"s" * 32),
    )
