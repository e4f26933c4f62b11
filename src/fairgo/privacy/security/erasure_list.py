"""The list of erasures, signed, to be kept apart from backups: a restored backup is erased again from it.

It names nobody: marks are keyed hashes, and only the master key tells whom they stand for.
"""

import os
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson
import rfc8785
from sqlalchemy import Connection, select

from fairgo.core.clock import coarse
from fairgo.core.errors import Misconfigured
from fairgo.ledger.note import BadNote, Verifier, open_note
from fairgo.ledger.reading import verifiers
from fairgo.ledger.recording import Ledger
from fairgo.privacy import records
from fairgo.privacy.security.states import BEGUN

FORMAT = "fairgo/erasure-list/v1"
FILE = "erasures.note"


@dataclass(frozen=True, slots=True)
class Listed:
    """One erasure: its request, the marks of the customer's name and of the destroyed pseudonym, and who stood for it."""

    request: str
    mark: str
    generation: int
    destroyed: str
    basis: str
    requested_by: str
    approved_by: str
    at: str


def write_list(ledger: Ledger) -> str:
    """Every erasure that has begun, oldest first, as a signed note."""
    row = records.erasure.c
    with ledger.store.reading() as connection:
        begun = select(records.erasure).where(row.state.in_(BEGUN)).order_by(row.requested_at, row.id)
        lines = [
            rfc8785.dumps(
                asdict(
                    Listed(
                        found.id,
                        found.mark,
                        found.generation,
                        found.destroyed,
                        found.basis,
                        found.requested_by,
                        found.approved_by,
                        coarse(found.requested_at),
                    )
                )
            ).decode()
            for found in connection.execute(begun)
        ]
    return ledger.signer.sign("\n".join([FORMAT, ledger.signer.name, *lines]) + "\n")


def keep_list(ledger: Ledger, folder: Path) -> None:
    """Write the list beside the data, whole or not at all, for only this user to read."""
    save(folder / FILE, write_list(ledger))


def save(path: Path, text: str) -> None:
    """Write a file so that no reader ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def read_list(connection: Connection, text: str, verifier: Verifier) -> list[Listed]:
    """The erasures of a list that this ledger signed, under its present key or one it had. Raises Misconfigured otherwise."""
    for known in (verifier, *verifiers(connection)):
        try:
            head, origin, *lines = open_note(text, known).splitlines()
            if (head, origin) == (FORMAT, known.name):
                return [Listed(**orjson.loads(line)) for line in lines]
        except (BadNote, ValueError, TypeError):
            continue
    raise Misconfigured(
        "this is no list of erasures that this ledger signed",
        hint="it was changed or cut, or it belongs to another data folder",
    )
