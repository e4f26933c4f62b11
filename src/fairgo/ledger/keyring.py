"""The ledger's own keys: which signed from when, the hand-over from one to the next, and who signs beside the newest.

Every verifier key is kept, so checkpoints of any age can be verified. Only the newest may sign.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from fairgo.core.clock import Clock
from fairgo.core.errors import Misconfigured
from fairgo.core.events import Event
from fairgo.ledger import records
from fairgo.ledger.note import BadNote, Signer, Verifier, open_note, read_note
from fairgo.store.schema import insert_unless_there

TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of this ledger, and since when it is the one that signs."""

    verifier: Verifier
    since: datetime


@dataclass(frozen=True, slots=True)
class Joined(Signer):
    """A signer whose notes others sign too. Each of `also` gives its signature line for a text."""

    also: tuple[Callable[[str], str], ...] = ()

    def sign(self, text: str) -> str:
        """The text as a note with every signature. Raises BadNote when the text cannot be one."""
        return Signer.sign(self, text) + "".join(line(text) for line in self.also)


def line_of(signer: Signer) -> Callable[[str], str]:
    """What gives a signer's signature line alone."""
    return lambda text: signer.sign(text).removeprefix(text + "\n")


def signing_keys(connection: Connection) -> list[SigningKey]:
    """The keys that sign or signed here, oldest first. An auditor should bring their own copy instead."""
    row = records.key.c
    rows = connection.execute(select(row.verifier, row.since).order_by(row.since))
    return [SigningKey(Verifier.parse(row.verifier), row.since) for row in rows]


def remember(connection: Connection, verifier: Verifier, clock: Clock) -> None:
    """Begin a ledger under this key, or see that it is the one that signs it now.

    Raises Misconfigured when the ledger has another name, or another key signs it.
    """
    insert_first = not signing_keys(connection)
    if insert_first:
        insert_unless_there(connection, records.key, {"verifier": str(verifier), "since": clock()})
    newest = signing_keys(connection)[-1].verifier
    if newest.name != verifier.name:
        raise Misconfigured(
            f"this ledger was begun under the name {newest.name}, not {verifier.name}",
            hint="set ledger_origin back to it, or begin a new data folder",
        )
    must_be_newest(connection, verifier)


def must_be_newest(connection: Connection, verifier: Verifier) -> None:
    """Raises Misconfigured when another key signs this ledger now: two must never sign at once."""
    newest = signing_keys(connection)[-1].verifier
    if newest != verifier:
        raise Misconfigured(
            f"this ledger is signed by the key {newest.identity.hex()}, and the key file holds {verifier.identity.hex()}",
            hint="put the right ledger key back; after `fairgo ledger rotate` restart what runs, or run it again if it broke off",
        )


def succeed(connection: Connection, before: Verifier, after: Verifier, moment: datetime) -> Event:
    """Keep that one key follows another; gives the event for the same transaction.

    Raises Misconfigured when `before` is not the key that signs now.
    """
    must_be_newest(connection, before)
    since = max(
        moment, signing_keys(connection)[-1].since + TICK
    )  # a clock may run backwards, this order not
    connection.execute(insert(records.key).values(verifier=str(after), since=since))
    facts = {"before": before.identity.hex(), "after": after.identity.hex(), "key": after.public.hex()}
    return Event("ledger.key.rotated", facts=facts)


def handed_over(first: Verifier, kept: Iterable[Verifier], notes: Iterable[str]) -> list[Verifier]:
    """The keys that a trusted one vouches for: those that signed the same checkpoint as it, or as one vouched for.

    Raises BadNote when a signature of one of these keys does not fit.
    """
    others = [key for key in kept if key != first and key.name == first.name]
    trusted = [first]
    shared = [note for note in notes if _signatures(note, first.name) > 1] if others else []
    grown = True
    while grown:
        grown = False
        for note in shared:
            if not any(_signed(note, key) for key in trusted):
                continue
            joined = [key for key in others if key not in trusted and _signed(note, key)]
            trusted += joined
            grown = grown or bool(joined)
    return trusted


def _signatures(note: str, name: str) -> int:
    return sum(signed == name for signed, _blob in read_note(note)[1])


def _signed(note: str, key: Verifier) -> bool:
    if all((name, blob[:4]) != (key.name, key.identity) for name, blob in read_note(note)[1]):
        return False
    try:
        open_note(note, key)
    except BadNote as wrong:
        raise BadNote(f"a hand-over does not verify: {wrong}") from None
    return True
