"""A small witness for a second organisation (C2SP tlog-witness): it cosigns only what continues what it has seen.

It shares nothing with the ledgers it watches: own folder, own key, own SQLite file.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from fairgo.core.clock import Clock, system_clock
from fairgo.core.errors import BadRequest, Misconfigured
from fairgo.ledger.cosignatures import ED25519, ML_DSA_44, Cosigner, has_ml_dsa
from fairgo.ledger.note import (
    NAME,
    SIZE,
    BadNote,
    Checkpoint,
    Verifier,
    open_note,
    read_note,
    unpacked,
    write_signature,
)
from fairgo.ledger.tree import EMPTY, verify_consistency
from fairgo.store.keys import make_key_file, read_key_file

LARGEST_BODY = 256 * 1024
MOST_HASHES = 63
LARGEST_SIZE = 2**63 - 1
KEY = "witness.key"
SECOND_KEY = "witness-ml-dsa.key"
FILE = "witness.db"
SIZE_TYPE = "text/x.tlog.size"
TABLE = """CREATE TABLE IF NOT EXISTS seen (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, moment INTEGER NOT NULL
)"""
NEWEST = "SELECT size, root, note, moment FROM seen WHERE origin = ?"
KEEP = "INSERT OR REPLACE INTO seen (origin, size, root, note, moment) VALUES (?, ?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the witness answers: a status, and words or cosignature lines."""

    status: int
    words: str
    kind: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest checkpoint of a log that was cosigned, and when (seconds since 1970)."""

    size: int
    root: bytes
    note: str
    moment: int


@dataclass(frozen=True, slots=True)
class Submission:
    """What a log submits: the size it thinks the witness knows, the proof from there, and the signed checkpoint."""

    old_size: int
    path: tuple[bytes, ...]
    note: str
    point: Checkpoint

    @classmethod
    def parse(cls, body: bytes) -> "Submission":
        """The submission that a body holds. Raises BadRequest when it is malformed."""
        try:
            head, gap, note = body.decode().partition("\n\n")
            first, *rest = head.split("\n")
            point = Checkpoint.parse(read_note(note)[0])
        except (UnicodeDecodeError, BadNote):
            raise BadRequest("not a checkpoint with a consistency proof") from None
        size = first.removeprefix("old ")
        path = tuple(part for part in map(unpacked, rest) if part is not None and len(part) == 32)
        if not (gap and first.startswith("old ") and SIZE.fullmatch(size)):
            raise BadRequest("the first line must be `old <size>`")
        if len(path) != len(rest) or len(path) > MOST_HASHES:
            raise BadRequest(f"the proof must be at most {MOST_HASHES} lines of one hash each")
        if int(size) > point.size:
            raise BadRequest("the old size is larger than the checkpoint's")
        if point.size > LARGEST_SIZE:
            raise BadRequest("no log is that large")
        return cls(int(size), path, note, point)


class Memory:
    """What the witness has cosigned, in one SQLite file that survives a power cut. Several processes may share it."""

    def __init__(self, path: Path) -> None:
        self._turn = threading.Lock()
        self._database = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(TABLE)

    def newest(self, origin: str) -> Seen | None:
        """The newest checkpoint of a log; None when none was ever cosigned."""
        with self._turn:
            return self._read(origin)

    def replace(self, origin: str, step: Callable[[Seen | None], Seen | Reply]) -> Seen | Reply:
        """Let `step` judge what is known and, when it gives a checkpoint, keep that: both at one moment, for all processes.

        What is given back is on the disk already. Raises sqlite3.Error when it could not be kept.
        """
        with self._turn:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                outcome = step(self._read(origin))
                if isinstance(outcome, Seen):
                    values = (origin, outcome.size, outcome.root, outcome.note, outcome.moment)
                    self._database.execute(KEEP, values)
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
        return outcome

    def close(self) -> None:
        """Give the file back."""
        with self._turn:
            self._database.close()

    def _read(self, origin: str) -> Seen | None:
        with closing(self._database.execute(NEWEST, (origin,))) as rows:
            row = rows.fetchone()
        return None if row is None else Seen(*row)


@dataclass(frozen=True, slots=True)
class Watch:
    """The witness: whose logs it watches, what it remembers, and the keys it cosigns with."""

    logs: Sequence[Verifier]
    cosigners: Sequence[Cosigner]
    memory: Memory
    clock: Clock = system_clock

    def add(self, body: bytes) -> Reply:
        """Answer a submission. A checkpoint is kept on the disk before its cosignature exists."""
        try:
            submission = Submission.parse(body)
        except BadRequest as wrong:
            return Reply(400, wrong.message)
        origin = submission.point.origin
        keys = [log for log in self.logs if log.name == origin]
        if not keys:
            return Reply(404, "this log is not watched here")
        note = _as_signed(submission.note, keys)
        if note is None:
            return Reply(403, "no key that is known for this log has signed the checkpoint")
        outcome = self.memory.replace(origin, lambda seen: self._judge(submission, note, seen))
        return outcome if isinstance(outcome, Reply) else Reply(200, self._cosign(outcome))

    def newest(self, mark: str) -> str | None:
        """The newest checkpoint of the log whose origin has this SHA-256 (hex), cosigned; None when there is none."""
        for log in self.logs:
            if hashlib.sha256(log.name.encode()).hexdigest() == mark:
                seen = self.memory.newest(log.name)
                return None if seen is None else seen.note + self._cosign(seen)
        return None

    def _judge(self, submission: Submission, note: str, seen: Seen | None) -> Seen | Reply:
        size, root, moment = (0, EMPTY, 0) if seen is None else (seen.size, seen.root, seen.moment)
        point = submission.point
        if submission.old_size != size:
            return Reply(409, f"{size}\n", SIZE_TYPE)
        if size == point.size and root != point.root:
            return Reply(409, "another root of this size was cosigned before")
        try:
            verify_consistency(size, root, point.size, point.root, submission.path)
        except ValueError as wrong:
            return Reply(422, f"the proof of consistency does not verify: {wrong}")
        return Seen(point.size, point.root, note, max(moment, int(self.clock().timestamp())))

    def _cosign(self, seen: Seen) -> str:
        text = seen.note.rpartition("\n\n")[0] + "\n"
        return "".join(cosigner.cosign(text, seen.moment) for cosigner in self.cosigners)


def open_watch(folder: Path, name: str, logs: Iterable[str], *, ml_dsa: bool = False) -> Watch:
    """The witness of a folder, which is made when it is not there. `logs` are verifier keys of the logs to watch.

    With `ml_dsa` it cosigns with a key of ML-DSA-44 as well. Raises Misconfigured when a key or the name is not one,
    or the folder cannot be used.
    """
    if not NAME.fullmatch(name):
        raise Misconfigured(
            "the name of a witness has no spaces and no plus", hint="for example witness.example/one"
        )
    known = [_log(text) for text in logs]
    if ml_dsa and not has_ml_dsa():
        raise Misconfigured("this version of `cryptography` has no ML-DSA-44", hint="upgrade cryptography")
    kinds = {KEY: ED25519} | ({SECOND_KEY: ML_DSA_44} if ml_dsa else {})
    cosigners = []
    for file, kind in kinds.items():
        make_key_file(folder / file)
        cosigners.append(Cosigner(name, read_key_file(folder / file), kind))
    try:
        memory = Memory(folder / FILE)
    except sqlite3.Error as wrong:
        raise Misconfigured(f"{folder / FILE} cannot be used ({wrong})") from None
    return Watch(known, cosigners, memory)


def app(watch: Watch) -> Starlette:
    """The witness over HTTP: `POST /add-checkpoint`, and `GET /<SHA-256 of an origin>/checkpoint` for monitors."""

    async def add(request: Request) -> Response:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > LARGEST_BODY:
                return PlainTextResponse("the body is too large", 413)
        try:
            reply = await run_in_threadpool(watch.add, bytes(body))
        except sqlite3.Error:
            return PlainTextResponse("the checkpoint could not be kept: nothing was cosigned", 503)
        return Response(reply.words, reply.status, {"content-type": reply.kind})

    async def newest(request: Request) -> Response:
        note = await run_in_threadpool(watch.newest, request.path_params["mark"])
        if note is None:
            return PlainTextResponse("no checkpoint of such a log was cosigned here", 404)
        return PlainTextResponse(note, headers={"cache-control": "no-cache"})

    return Starlette(
        routes=[Route("/add-checkpoint", add, methods=["POST"]), Route("/{mark}/checkpoint", newest)]
    )


def _log(text: str) -> Verifier:
    try:
        return Verifier.parse(text)
    except BadNote as wrong:
        raise Misconfigured(
            f"{text!a} is {wrong}", hint="the operator of the log prints it with `fairgo ledger vkey`"
        ) from None


def _as_signed(note: str, keys: Sequence[Verifier]) -> str | None:
    """The note with nothing but the signatures of these keys; None when none of them signed, or one does not fit."""
    known = {(key.name, key.identity): key for key in keys}
    text, signatures = read_note(note)
    signed = ""
    for name, blob in signatures:
        key = known.get((name, blob[:4]))
        if key is None:
            continue
        line = write_signature(name, blob)
        try:
            open_note(f"{text}\n{line}", key)
        except BadNote:
            return None
        signed += line
    return f"{text}\n{signed}" if signed else None
