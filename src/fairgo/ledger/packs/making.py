"""Making a pack: gathered at one moment of the database, checked as an auditor would, told of in a leaf, then put in place."""

import base64
import hashlib
import os
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from fairgo.core.clock import coarse
from fairgo.core.errors import BadRequest, EvidenceBroken, NotFound, nearest
from fairgo.core.events import Event, Fact
from fairgo.core.policy import Policy
from fairgo.ledger import records
from fairgo.ledger.note import BadNote, Checkpoint, open_note
from fairgo.ledger.packs import form
from fairgo.ledger.packs.asking import Advance, Asked, find_range
from fairgo.ledger.packs.check import check_pack
from fairgo.ledger.packs.cover import cover
from fairgo.ledger.packs.enclosing import (
    enclose_audits,
    enclose_policies,
    open_leaves,
    read_audits,
    read_policies,
)
from fairgo.ledger.reading import verifiers
from fairgo.ledger.receipts import newest_signed
from fairgo.ledger.recording import Ledger
from fairgo.ledger.sequencer import integrate
from fairgo.ledger.tile_store import tile_reader
from fairgo.ledger.tiles import WIDTH, unbundle
from fairgo.ledger.witnesses import most_cosigned, with_cosignatures

DAY_ONE = (1980, 1, 1, 0, 0, 0)  # the same files give the same zip
STORED = (".salt", ".pdf")
NAMED_TOGETHER = 64  # opened leaves that one leaf names: it stays far below 4 KB


@dataclass(frozen=True, slots=True)
class Made:
    """A pack that was made: its manifest, the manifest's SHA-256, and the name of its cover."""

    manifest: dict[str, Any]
    sha256: str
    cover: str


def make_pack(
    ledger: Ledger, policy: Policy, asked: Asked, out: Path, advance: Advance = lambda _leaves: None
) -> Made:
    """Write the pack to a new file: whole, or not at all. `advance` hears how many leaves were gone through.

    Before it is put in place it is checked as an auditor would check it, and a leaf tells of it. Raises BadRequest,
    NotFound or Misconfigured when what is asked cannot be given, EvidenceBroken when the ledger does not verify.
    """
    if out.exists():
        raise BadRequest(f"{out} is there already", hint="name a new file")
    integrate(ledger.store, ledger.signer, ledger.clock)  # what was kept until now can be asked for
    with _in_place(out) as unfinished:
        with ledger.store.reading() as connection, zipfile.ZipFile(unfinished, "w") as file:
            made = _Making(ledger, policy, asked, connection).make(file, advance)
        _flush(unfinished)
        found = check_pack(unfinished)
        if found.faults:
            raise EvidenceBroken(f"the pack does not verify ({found.faults[0]})", hint="fairgo ledger verify")
        _tell(ledger, asked, made)
        unfinished.replace(out)
        _flush(out.parent)
    return made


class _Making:
    """One pack being written. What the leaves tell is counted as they pass."""

    def __init__(self, ledger: Ledger, policy: Policy, asked: Asked, connection: Connection) -> None:
        self._ledger = ledger
        self._policy = policy
        self._asked = asked
        self._connection = connection
        self._listed: list[dict[str, Any]] = []
        self._policies = Counter[str]()
        self._systems = Counter[str]()
        self._runs: list[tuple[int, bytes]] = []

    def make(self, file: zipfile.ZipFile, advance: Advance) -> Made:
        """Write every file; the manifest and its signature come last."""
        self._file = file
        self._advance = advance
        asked, connection = self._asked, self._connection
        policies = read_policies(self._policy, asked.past_policies)
        audits = read_audits(asked.audits)
        note = newest_signed(connection)
        point = Checkpoint.within(note) if note else Checkpoint("", 0, b"")
        if note is None or not point.size:
            raise NotFound("no leaf is signed yet", hint="leaves are signed within about a second")
        first, last = find_range(connection, point.size, asked, self._advance)
        disclosed, opened = open_leaves(connection, self._ledger.keys, asked, first, last)
        olds = self._checkpoints(note, first, last)
        self._tiles(point.size, first, last, olds)
        self._knows_system()
        in_force, texts = enclose_policies(self._policies, policies)
        keys = "".join(f"{key}\n" for key in verifiers(connection))
        for name, data in sorted((texts | opened | audits | {form.KEYS: keys.encode()}).items()):
            self._add(name, data)
        manifest = {
            "schema": form.SCHEMA,
            "origin": point.origin,
            "size": point.size,
            "root": base64.b64encode(point.root).decode(),
            "asked": {"from": asked.start, "to": asked.end},
            "first": first,
            "last": last,
            "system": asked.system,
            "systems": dict(self._systems),
            "purpose": asked.purpose,
            "made": coarse(self._ledger.clock()),
            "policies": in_force,
            "disclosed": disclosed,
            "audits": enclose_audits(audits, self._runs),
        }
        return self._seal(manifest, keys)

    def _seal(self, manifest: dict[str, Any], keys: str) -> Made:
        name, pages = cover(manifest, keys, self._policy.organisation.name)
        self._add(name, pages)
        manifest["files"] = self._listed
        sealed = form.canonical(manifest)
        self._write(form.MANIFEST, sealed)
        self._write(form.SIGNATURE, self._ledger.signer.sign(form.seal_text(sealed)).encode())
        return Made(manifest, hashlib.sha256(sealed).hexdigest(), name)

    def _checkpoints(self, newest: str, first: int, last: int) -> list[int]:
        """The newest checkpoint, one before the range, and one that witnesses signed. Gives the sizes of the older ones."""
        connection = self._connection
        notes = {form.CHECKPOINT: with_cosignatures(connection, newest)}
        row = records.checkpoint.c
        before = (row.size <= first) & (row.size > 0) & row.note.is_not(None)
        older = connection.scalar(select(row.note).where(before).order_by(row.size.desc()).limit(1))
        size = most_cosigned(connection, last)
        cosigned = connection.scalar(select(row.note).where(row.size == size))
        for name, note in ((form.BEFORE, older), (form.COSIGNED, cosigned)):
            if note is not None and note != newest and self._is_ours(note):
                notes[name] = with_cosignatures(connection, note)
        for name, note in sorted(notes.items()):
            self._add(name, note.encode())
        return [Checkpoint.within(note).size for name, note in notes.items() if name != form.CHECKPOINT]

    def _is_ours(self, note: str) -> bool:
        """True when the key that signs now signed it: an auditor may know no former key."""
        try:
            open_note(note, self._ledger.signer.verifier)
        except BadNote:
            return False
        return True

    def _tiles(self, size: int, first: int, last: int, olds: list[int]) -> None:
        read = tile_reader(self._connection, size)
        for tile in form.hash_tiles(size, first, last, olds):
            self._add(tile.path, read(tile.path))
        for tile in form.bundles(size, first, last):
            data = read(tile.path)
            self._add(tile.path, data)
            start = tile.index * WIDTH
            for position, leaf in enumerate(unbundle(data), start):
                if first <= position <= last:
                    self._count(position, leaf)
            self._advance(tile.width)

    def _count(self, position: int, leaf: bytes) -> None:
        tells = form.told(leaf)
        if tells is None:
            raise EvidenceBroken(
                f"the leaf at {position} is not one of Fairgo's", hint="fairgo ledger verify"
            )
        self._policies[tells.policy] += 1
        self._systems[tells.system] += 1
        if tells.type == form.AUDIT:
            self._runs.append((position, leaf))

    def _knows_system(self) -> None:
        system = self._asked.system
        if system and system not in self._systems:
            raise NotFound(
                f"no leaf in the range is of the system {system!r}",
                hint=nearest(system, filter(None, self._systems)),
            )

    def _add(self, name: str, data: bytes) -> None:
        self._write(name, data)
        self._listed.append({"path": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})

    def _write(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, DAY_ONE)
        info.external_attr = 0o644 << 16
        hashes = name.startswith("tile/") and not name.startswith("tile/entries/")  # they do not shrink
        info.compress_type = zipfile.ZIP_STORED if hashes or name.endswith(STORED) else zipfile.ZIP_DEFLATED
        self._file.writestr(info, data)


def _tell(ledger: Ledger, asked: Asked, made: Made) -> None:
    """The leaves that tell of a pack: its manifest, its range, and which leaves were opened for what purpose."""
    manifest = made.manifest
    counts = Counter(one["leaf"] for one in manifest["disclosed"])
    names = sorted(counts)
    groups = [names[at : at + NAMED_TOGETHER] for at in range(0, len(names), NAMED_TOGETHER)] or [[]]
    facts: dict[str, Fact] = {
        "manifest": made.sha256,
        "first": manifest["first"],
        "last": manifest["last"],
        "size": manifest["size"],
        "files": len(manifest["files"]),
        "audits": len(manifest["audits"]),
        "purpose": asked.purpose,
        "parts": len(groups),
    }
    with ledger.recorded() as tx:
        for number, group in enumerate(groups, 1):
            opened = {name: counts[name] for name in group}
            tx.append(Event("ledger.pack.made", asked.system, facts | {"part": number, "opened": opened}))


@contextmanager
def _in_place(out: Path) -> Iterator[Path]:
    """A file beside the one that is wanted; whatever happens, it is not left behind. Raises BadRequest."""
    unfinished = out.with_name(f".{out.name}.{os.getpid()}.unfinished")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)  # opened words of customers may stand in it
        yield unfinished
    except OSError as wrong:
        raise BadRequest(
            f"the pack cannot be written to {out} ({wrong.strerror or type(wrong).__name__})",
            hint="name a new file in a folder that exists and has room",
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
