"""`python -m fairgo.ledger.verify PACK.zip`: what an auditor runs, on a machine that has nothing else of Fairgo.

Standard library, `cryptography` and modules of this package that stand alone.
"""

import argparse
import json
import os
import sys
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from fairgo.ledger.note import BadNote, Verifier
from fairgo.ledger.packs.check import Checked, Held, PackCheck
from fairgo.ledger.packs.form import PackBroken, Told, draw, told
from fairgo.ledger.packs.zipped import Members
from fairgo.ledger.trust import BadTrust, Trust, read_trust

FAULTY, MISTAKE = 1, 2
Drawn = tuple[int, Told]
EPILOG = "Exit code 0: it verifies. 1: it does not; the faults are named. 2: the question could not be put."


class _Mistake(Exception):
    """What was asked cannot be done; the message is for people."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a pack as asked; gives the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        checked, drawn = _check(asked)
    except _Mistake as mistake:
        sys.stderr.write(f"{mistake}\n")
        return MISTAKE
    value = _value(checked, drawn)
    lines = [json.dumps(value, indent=2)] if asked.as_json else _words(asked.pack.name, checked, value)
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return FAULTY if checked.faults else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m fairgo.ledger.verify",
        description="Check an auditor pack offline: every byte, every leaf, nothing missing.",
        epilog=EPILOG,
    )
    parser.add_argument("pack", type=Path, metavar="PACK.zip")
    parser.add_argument(
        "--key", action="append", default=[], metavar="VKEY", help="verifier key of the log that you trust"
    )
    parser.add_argument(
        "--trust", type=Path, metavar="FILE", help="C2SP tlog-policy: the log's keys, witnesses, quorum"
    )
    parser.add_argument(
        "--since", type=Path, action="append", default=[], metavar="FILE",
        help="a checkpoint or receipt you have from earlier",
    )  # fmt: skip
    parser.add_argument("--sample", type=int, metavar="N", help="draw so many leaves of the range")
    parser.add_argument("--seed", default="", metavar="S", help="the same seed draws the same leaves")
    parser.add_argument("--system", default="", metavar="S", help="draw among the leaves of this system only")
    parser.add_argument(
        "--leaves", type=Path, metavar="FILE", help="write the checked leaves of the range, one on each line"
    )
    parser.add_argument("--json", dest="as_json", action="store_true", help="print one JSON object")
    return parser


class _Passing:
    """The leaves as they are checked: their places by system, to draw from, and lines for a file."""

    def __init__(self, file: IO[bytes] | None) -> None:
        self.places: dict[str, array[int]] = {}
        self._file = file

    def add(self, first: int, leaves: list[bytes], tells: list[Told]) -> None:
        for place, one in enumerate(tells, first):
            self.places.setdefault(one.system, array("Q")).append(place)
        if self._file is not None:
            self._file.writelines(
                b'{"leaf":%b,"position":%d}\n' % (leaf, place) for place, leaf in enumerate(leaves, first)
            )


def _check(asked: argparse.Namespace) -> tuple[Checked, list[Drawn]]:
    if asked.sample is not None and asked.sample < 1:
        raise _Mistake("--sample: at least 1")
    keys, trust = _keys(asked.key), _trust(asked.trust)
    held = [Held(path.name, _read(path).decode("utf-8", "replace")) for path in asked.since]
    try:
        with Members(asked.pack) as members, _written(asked.leaves) as file:
            passing = _Passing(file)
            looks_on = passing.add if asked.sample or file else None
            check = PackCheck(members, keys, trust=trust, leaves=looks_on)
            checked = check.run(held)
            if checked.faults:
                return checked, []
            if file is not None:
                file.flush()
                Path(file.name).replace(asked.leaves)
            return checked, _draw(asked, check, passing) if asked.sample else []
    except OSError as wrong:
        raise _Mistake(f"{wrong.filename or asked.pack} cannot be used: {wrong.strerror}") from None
    except PackBroken as fault:
        return Checked(faults=[fault]), []


@contextmanager
def _written(path: Path | None) -> Iterator[IO[bytes] | None]:
    """A file beside the one that is asked for; what is not put in its place by then is gone at the end."""
    if path is None:
        yield None
        return
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
    finally:
        unfinished.unlink(missing_ok=True)


def _draw(asked: argparse.Namespace, check: PackCheck, passing: _Passing) -> list[Drawn]:
    """The drawn leaves, in the order of drawing."""
    manifest = check.checked.manifest
    system = asked.system or manifest["system"]
    whole: Sequence[int] = range(manifest["first"], manifest["last"] + 1)
    among = passing.places.get(system, ()) if system else whole
    if not among:
        raise _Mistake(f"no leaf of the range is of the system {system}")
    drawn = []
    for place in draw(among, asked.sample, asked.seed):
        tells = told(check.leaf(place))
        if tells is not None:
            drawn.append((place, tells))
    return drawn


def _keys(texts: list[str]) -> list[Verifier]:
    try:
        return [Verifier.parse(text) for text in texts]
    except BadNote as wrong:
        raise _Mistake(f"--key: {wrong}") from None


def _trust(path: Path | None) -> Trust | None:
    if path is None:
        return None
    try:
        return read_trust(_read(path))
    except BadTrust as wrong:
        raise _Mistake(f"{path}: {wrong}") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise _Mistake(f"{path} cannot be read: {wrong.strerror}") from None


def _value(checked: Checked, drawn: list[Drawn]) -> dict[str, Any]:
    said: dict[str, Any] = {"verified": not checked.faults}
    if checked.faults:
        return said | {"faults": [{"place": one.place, "fault": one.words} for one in checked.faults]}
    manifest = checked.manifest
    for name in ("origin", "size", "root", "asked", "first", "last", "system", "systems", "purpose", "made"):
        said[name] = manifest[name]
    return said | {
        "leaves": manifest["last"] - manifest["first"] + 1,
        "policies_without_text": [one["version"] for one in manifest["policies"] if not one["file"]],
        "opened": len(manifest["disclosed"]),
        "audits": len(manifest["audits"]),
        "keys_from_the_pack": checked.own_keys,
        "compared_with": checked.compared,
        "witnesses": checked.witnesses,
        "sample": [{"position": place, **one._asdict()} for place, one in drawn],
    }


def _words(name: str, checked: Checked, said: dict[str, Any]) -> Iterator[str]:
    if checked.faults:
        yield f"{name} does not verify:"
        yield from (f"- {fault}" for fault in checked.faults)
        return
    yield f"{name} verifies: {said['leaves']} leaves of {said['origin']}, positions {said['first']} to {said['last']},"
    yield f"none missing, under the signed root {said['root']} over {said['size']} leaves."
    yield f"Opened commitments: {said['opened']}. Audits: {said['audits']}. Witnesses: {said['witnesses']}."
    for version in said["policies_without_text"]:
        yield f"The text of policy version {version or '(none)'} is not in the pack."
    for held in checked.compared:
        yield f"{held}: this log began as it says, and nothing was cut off since."
    if checked.own_keys:
        yield "Checked with the key in the pack itself: that shows the pack is whole, not whose it is."
        yield "Give a key you have from elsewhere with --key."
    for one in said["sample"]:
        yield f"{one['position']}\t{one['name']}\t{one['type']}\t{one['time']}"
