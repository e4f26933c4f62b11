"""Packs for tests: made of a real ledger, taken apart, and put together again, with or without the log's own key."""

import json
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fairgo.core.events import Event
from fairgo.ledger.note import Signer
from fairgo.ledger.packs import form
from fairgo.ledger.packs.asking import Asked
from fairgo.ledger.packs.check import Checked, check_pack
from fairgo.ledger.packs.making import Made, make_pack
from fairgo.ledger.recording import Ledger
from fairgo.store.engine import open_store
from tests.ledger.ledgers import KEYS, SIGNER, sign
from tests.turns import POLICY

KEY = SIGNER.verifier
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def step(self, minutes: int = 1) -> None:
        self.now += timedelta(minutes=minutes)


@dataclass
class Kept:
    """A ledger that is filled by hand, and the names of its leaves by position."""

    ledger: Ledger
    clock: Clock
    names: list[str] = field(default_factory=list)

    def turns(self, count: int, *, system: str = "assistant", sealed: bool = False) -> None:
        """So many leaves of one system in one transaction; with `sealed` each commits to a content."""
        with self.ledger.recorded() as tx:
            for number in range(count):
                kept = (
                    tx.seal(f"customer-{number}", "fairgo/reply/v1", {"reply": [f"words {number}"]})
                    if sealed
                    else None
                )
                commitments = {"reply": kept.commitment} if kept else {}
                facts = {"turn": f"turn{len(self.names)}"}
                self.names.append(tx.append(Event("gateway.turn.closed", system, facts, commitments)))

    def sign(self) -> int:
        return sign(self.ledger)

    def pack(self, out: Path, start: Any, end: Any, **more: Any) -> Made:
        return make_pack(self.ledger, POLICY, Asked(str(start), str(end), **more), out)


@contextmanager
def kept(
    folder: Path, database: str = "", *, policy: str = POLICY.version, signer: Signer = SIGNER
) -> Iterator[Kept]:
    """A ledger on the database of a folder, closed at the end."""
    store = open_store(folder, database)
    clock = Clock()
    try:
        yield Kept(Ledger(store, KEYS, signer, policy=policy, clock=clock), clock)
    finally:
        store.close()


def check(pack: Path, **how: Any) -> Checked:
    return check_pack(pack, [KEY], **how)


def faults(pack: Path, **how: Any) -> list[str]:
    return [str(fault) for fault in check(pack, **how).faults]


def members(pack: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(pack) as file:
        return {name: file.read(name) for name in file.namelist()}


def zipped(pack: Path, files: Iterable[tuple[str, bytes]]) -> Path:
    """A zip file with these members, doubles and all."""
    with warnings.catch_warnings(), zipfile.ZipFile(pack, "w") as file:
        warnings.simplefilter("ignore", UserWarning)  # a double name is what some tests are about
        for name, data in files:
            file.writestr(zipfile.ZipInfo(name), data)
    return pack


def signed_anew(
    files: dict[str, bytes], change: Callable[[dict[str, Any]], None] = lambda _manifest: None
) -> dict[str, bytes]:
    """The files with a manifest that fits them, signed by the log's own key: what a dishonest company could do."""
    files = dict(files)
    manifest = json.loads(files[form.MANIFEST])
    listed = sorted(files.keys() - {form.MANIFEST, form.SIGNATURE})
    manifest["files"] = [
        {"path": name, "size": len(files[name]), "sha256": form.hashlib.sha256(files[name]).hexdigest()}
        for name in listed
    ]
    change(manifest)
    sealed = form.canonical(manifest)
    return files | {form.MANIFEST: sealed, form.SIGNATURE: SIGNER.sign(form.seal_text(sealed)).encode()}
