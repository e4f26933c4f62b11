"""Receipts: that a leaf is in the tree, in one small text that anyone can check offline (C2SP tlog-proof).

The leaf itself travels in the line `extra`. The format vouches for nothing there; checking computes the leaf's hash
from it, so a receipt with another leaf in it leads to another root and is refused.
"""

import base64
import re
from dataclasses import dataclass

from sqlalchemy import Connection, select

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.ledger import records
from fairgo.ledger.cosignatures import Cosigned, cosigned
from fairgo.ledger.note import SIZE, BadNote, Checkpoint, Verifier, open_note, unpacked
from fairgo.ledger.tile_store import tree
from fairgo.ledger.tree import leaf_hash, root_from_proof, verify_consistency
from fairgo.ledger.trust import Trust
from fairgo.ledger.witnesses import most_cosigned, with_cosignatures

HEAD = "c2sp.org/tlog-proof@v1"
NAME = re.compile(r"[0-9a-f]{16}\.[1-9][0-9]{0,18}")
PLACE = "/ledger/receipt"
NOT_YET = "receipt.not_yet"
LONGEST_PATH = 63
NO_TRUST = Trust()


class BadReceipt(ValueError):
    """A receipt that is malformed, or does not show what it should; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says; nothing of it is checked. `extra` is the leaf in receipts of ours."""

    position: int
    path: tuple[bytes, ...]
    note: str
    extra: bytes = b""

    def text(self) -> str:
        """The receipt as C2SP tlog-proof writes it."""
        extra = [f"extra {_packed(self.extra)}"] if self.extra else []
        path = [_packed(part) for part in self.path]
        return "\n".join([HEAD, *extra, f"index {self.position}", *path, "", self.note])


@dataclass(frozen=True, slots=True)
class Shown:
    """What a receipt shows: this leaf is at this position under this signed root, which these witnesses have seen."""

    checkpoint: Checkpoint
    position: int
    leaf: bytes
    cosigned: tuple[Cosigned, ...]


def address(name: str) -> str:
    """Where the receipt of a leaf is served."""
    return f"{PLACE}/{name}"


def receipt(connection: Connection, name: str) -> str:
    """The receipt of a leaf. Where witnesses have cosigned a checkpoint over it, it is under that one, else the newest.

    Raises NotFound for an unknown leaf, and with the detail `receipt.not_yet` for one that has no place in a signed
    tree yet; EvidenceBroken when the path does not lead to the signed root.
    """
    row = records.leaf.c
    found = None
    if NAME.fullmatch(name):
        found = connection.execute(select(row.position, row.leaf).where(row.name == name)).one_or_none()
    if found is None:
        raise NotFound("there is no leaf of that name", hint="the reply header fairgo-receipt names it")
    note = None if found.position is None else _checkpoint(connection, found.position)
    if note is None:
        raise NotFound("this leaf has no place in the tree yet", hint="try again in a second", detail=NOT_YET)
    point = Checkpoint.within(note)
    try:
        path = tuple(tree(connection, point.size).inclusion(found.position))
        fits = root_from_proof(leaf_hash(found.leaf), found.position, point.size, path) == point.root
    except ValueError:
        fits = False
    if not fits:
        raise EvidenceBroken(
            "the ledger does not verify: no proof leads to its root", hint="fairgo ledger verify"
        )
    return Receipt(found.position, path, note, found.leaf).text()


def read_receipt(text: str) -> Receipt:
    """The parts of a receipt; nothing is checked but the form. Raises BadReceipt when it is malformed."""
    head, gap, note = text.partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != HEAD:
        raise BadReceipt(f"not a receipt: it does not begin with the line {HEAD}")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = unpacked(lines.pop(0).removeprefix("extra ")) or b""
        if not extra:
            raise BadReceipt("the line `extra` is malformed")
    index = lines.pop(0).removeprefix("index ") if lines and lines[0].startswith("index ") else ""
    if not SIZE.fullmatch(index):
        raise BadReceipt("the line `index` is missing or malformed")
    path = [unpacked(line) for line in lines]
    whole = tuple(part for part in path if part is not None and len(part) == 32)
    if len(whole) != len(path) or len(path) > LONGEST_PATH:
        raise BadReceipt("the path is malformed: each line is one hash in base64")
    return Receipt(int(index), whole, note, extra)


def check_receipt(text: str, leaf: bytes | None, *verifiers: Verifier, trust: Trust = NO_TRUST) -> Shown:
    """What a receipt shows, checked with keys that its holder trusts. Nothing but the text and the keys is needed.

    `leaf` is the leaf it should be about; without it, the one it carries. The log's key is one of `verifiers` or of
    `trust`, whose quorum of witnesses must have cosigned. Raises BadReceipt saying what does not fit.
    """
    given = read_receipt(text)
    if leaf is not None and given.extra and given.extra != leaf:
        raise BadReceipt("the receipt carries another leaf")
    about = given.extra if leaf is None else leaf
    if not about:
        raise BadReceipt("the receipt carries no leaf: the leaf is needed to check it")
    point = _signed(given.note, [*verifiers, *trust.logs])
    try:
        root = root_from_proof(leaf_hash(about), given.position, point.size, given.path)
        seen = tuple(cosigned(given.note, [witness.key for witness in trust.witnesses.values()]))
    except ValueError as wrong:
        raise BadReceipt(str(wrong)) from None
    if root != point.root:
        raise BadReceipt("the leaf, its place and its path do not lead to the signed root")
    if not trust.satisfied(trust.names_of(one.key for one in seen)):
        raise BadReceipt(f"too few witnesses have cosigned: {len(seen)} did, the quorum is {trust.quorum!a}")
    return Shown(point, given.position, about, seen)


def still_holds(connection: Connection, shown: Shown) -> None:
    """Compare the ledger with what a receipt of any age has shown: nothing under that root was changed or cut off.

    Raises EvidenceBroken when the ledger is not the one that the receipt was taken from.
    """
    then = shown.checkpoint
    newest = newest_signed(connection)
    now = Checkpoint(then.origin, 0, b"") if newest is None else Checkpoint.within(newest)
    if now.origin != then.origin:
        raise EvidenceBroken(f"the receipt is from the log {then.origin}, and this is {now.origin}")
    if now.size < then.size:
        raise EvidenceBroken(
            f"leaves were cut off: the receipt has seen {then.size}, and {now.size} are signed here"
        )
    try:
        path = tree(connection, now.size).consistency(then.size)
        verify_consistency(then.size, then.root, now.size, now.root, path)
    except ValueError:
        raise EvidenceBroken(
            f"this is another history: its first {then.size} leaves are not those the receipt has seen"
        ) from None


def newest_signed(connection: Connection) -> str | None:
    """The newest signed checkpoint; None before the first."""
    row = records.checkpoint.c
    signed = select(row.note).where(row.note.is_not(None)).order_by(row.size.desc())
    return connection.scalar(signed.limit(1))


def _checkpoint(connection: Connection, position: int) -> str | None:
    """The signed checkpoint to show a leaf under, its cosignatures added; None when none covers it yet."""
    row = records.checkpoint.c
    size = most_cosigned(connection, position)
    note = None if size is None else connection.scalar(select(row.note).where(row.size == size))
    note = note or newest_signed(connection)
    if note is None or Checkpoint.within(note).size <= position:
        return None
    return with_cosignatures(connection, note)


def _signed(note: str, verifiers: list[Verifier]) -> Checkpoint:
    """The checkpoint, when one of these keys signed it and its name is the log's."""
    problem = "no key of the log is given"
    for verifier in verifiers:
        try:
            point = Checkpoint.parse(open_note(note, verifier))
        except BadNote as wrong:
            problem = str(wrong)
            continue
        if point.origin == verifier.name:
            return point
        problem = f"the checkpoint names the log {point.origin!a}, its key {verifier.name!a}"
    raise BadReceipt(f"the checkpoint does not verify: {problem}")


def _packed(data: bytes) -> str:
    return base64.b64encode(data).decode()
