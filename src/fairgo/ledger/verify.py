"""Verification that stands alone: the standard library, `cryptography`, and this package's tree and note.

It trusts nothing the log says of itself: roots are computed again from the leaves, signatures from the key given.
Run as `python -m fairgo.ledger.verify PACK.zip` it checks an auditor pack.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass

from fairgo.ledger.note import BadNote, Checkpoint, Verifier, open_note
from fairgo.ledger.tree import Frontier, leaf_hash


class LogBroken(ValueError):
    """The log does not verify; the message names the place."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was shown: this many leaves, in this order, under this root, signed under this name."""

    origin: str
    size: int
    root: bytes
    checkpoints: int


def verify_log(
    leaves: Iterable[tuple[int, bytes]], notes: Iterable[str], verifiers: Iterable[Verifier]
) -> Verified:
    """Check every signed checkpoint against the leaves it covers.

    `leaves` are (position, bytes) in order from 0; `notes` are signed checkpoints, smallest first. Raises LogBroken
    naming the first position or checkpoint that does not fit, or when leaves or checkpoints are missing.
    """
    known = list(verifiers)
    pending = [_open(note, known) for note in notes]
    sizes = [point.size for point in pending]
    if sizes != sorted(set(sizes)):
        raise LogBroken("checkpoints are not in growing order")
    frontier = Frontier()
    at = _passed(pending, 0, frontier)
    for position, leaf in leaves:
        if position != frontier.size:
            raise LogBroken(f"leaf {frontier.size} is missing")
        frontier.append(leaf_hash(leaf))
        at = _passed(pending, at, frontier)
    if at < len(pending):
        raise LogBroken(
            f"the checkpoint at {pending[at].size} covers leaves that are not here (only {frontier.size})"
        )
    if frontier.size and (not pending or pending[-1].size != frontier.size):
        raise LogBroken(f"no signed checkpoint covers leaf {frontier.size - 1}")
    origin = pending[-1].origin if pending else ""
    return Verified(origin, frontier.size, frontier.root(), len(pending))


def _passed(points: list[Checkpoint], at: int, frontier: Frontier) -> int:
    """How many checkpoints are passed, now that the tree has this size."""
    if at == len(points) or points[at].size != frontier.size:
        return at
    if points[at].root != frontier.root():
        raise LogBroken(_where(points, at))
    return at + 1


def _where(points: list[Checkpoint], at: int) -> str:
    start = points[at - 1].size if at else 0
    if start == points[at].size:
        return "the checkpoint at 0 does not have the root of an empty log"
    return f"a leaf from {start} to {points[at].size - 1} was changed: the root signed at {points[at].size} differs"


def _open(note: str, verifiers: list[Verifier]) -> Checkpoint:
    problem = "no verifier key is known"
    for verifier in verifiers:
        try:
            point = Checkpoint.parse(open_note(note, verifier))
        except BadNote as wrong:
            problem = str(wrong)
            continue
        if point.origin != verifier.name:
            raise LogBroken(f"a checkpoint names the origin {point.origin!r}, its key {verifier.name!r}")
        return point
    raise LogBroken(f"a checkpoint does not verify: {problem}")


if __name__ == "__main__":
    from fairgo.ledger.packs.command import main

    sys.exit(main())
