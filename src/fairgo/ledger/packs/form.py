"""What an auditor pack is: its files, its manifest, which tiles it holds, and how a sample is drawn.

Standard library and this package's tiles only, so a verifier can stand alone.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from fairgo.ledger.tiles import BITS, LEVELS, WIDTH, Tile, width_in

SCHEMA = "fairgo/pack/v1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
CHECKPOINT = "checkpoint"
BEFORE = "checkpoint-from"
COSIGNED = "checkpoint-cosigned"
KEYS = "verifier.txt"
COVERS = ("cover.pdf", "cover.txt")
SALT = 32
COMMIT = b"fairgo/commit/v1"
AUDIT = "bias.audit.run"
# Plain names in plain folders: nothing that could lead out of the folder a pack is unpacked in.
PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,127}){0,12}")
COUNTS = {str: int}
FORM = {
    "schema": str,
    "origin": str,
    "size": int,
    "root": str,
    "asked": {"from": str, "to": str},
    "first": int,
    "last": int,
    "system": str,
    "systems": COUNTS,
    "purpose": str,
    "made": str,
    "policies": [{"version": str, "leaves": int, "file": str}],
    "disclosed": [{"leaf": str, "position": int, "commitment": str, "content": str, "salt": str}],
    "audits": [{"file": str, "settings": str, "inputs": {str: str}, "leaf": str, "position": int}],
    "files": [{"path": str, "size": int, "sha256": str}],
}
# A leaf is canonical JSON, so these stand at its end in this order: much quicker to read than the whole.
LEAF = re.compile(
    rb',"id":"([0-9a-f]{16}\.[1-9][0-9]{0,18})","policy":"([0-9a-f]{0,64})","schema":"fairgo/leaf/v1",'
    rb'(?:"system":"([^"\\]{1,128})",)?"time":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z)","type":"([a-z_.]+)"\}'
)


class PackBroken(ValueError):
    """The pack does not verify: where, and what was expected there."""

    def __init__(self, place: str, words: str) -> None:
        super().__init__(f"{place}: {words}")
        self.place = place
        self.words = words


class Told(NamedTuple):
    """What a leaf tells of itself."""

    name: str
    policy: str
    system: str
    time: str
    type: str


def tail(leaf: bytes) -> re.Match[bytes] | None:
    """Where a leaf tells its name, policy version, system, minute and type; None when it is no leaf of Fairgo's."""
    start = leaf.rfind(b',"id":"')
    return LEAF.fullmatch(leaf, start) if start >= 0 else None


def told(leaf: bytes) -> Told | None:
    """What a leaf tells of itself; None when it is no leaf of Fairgo's."""
    found = tail(leaf)
    return None if found is None else read_tail(found)


def read_tail(found: re.Match[bytes]) -> Told:
    """The words that `tail` has found."""
    return Told(*(part.decode("utf-8", "replace") for part in found.groups(b"")))


def canonical(value: Any) -> bytes:
    """JSON as RFC 8785 writes it, for values whose names are ASCII and whose numbers are whole."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_manifest(data: bytes) -> dict[str, Any]:
    """The manifest as a value of the form it must have. Raises PackBroken."""
    try:
        value = json.loads(data)
        fits = matches(value, FORM) and canonical(value) == data and value["schema"] == SCHEMA
    except (ValueError, RecursionError):
        fits = False
    if not fits:
        raise PackBroken(MANIFEST, f"not a manifest of the form {SCHEMA} in canonical JSON")
    manifest: dict[str, Any] = value
    if not manifest["first"] <= manifest["last"] < manifest["size"]:
        raise PackBroken(MANIFEST, "the range does not lie within the log")
    return manifest


def matches(value: Any, form: Any) -> bool:
    """True when a JSON value has this form: a type, a list of a form, names with their forms, or any names with one."""
    if isinstance(form, list):
        return isinstance(value, list) and all(matches(item, form[0]) for item in value)
    if isinstance(form, dict) and str in form:
        return isinstance(value, dict) and all(
            name.isascii() and matches(item, form[str]) for name, item in value.items()
        )
    if isinstance(form, dict):
        return (
            isinstance(value, dict)
            and value.keys() == form.keys()
            and all(matches(value[name], form[name]) for name in form)
        )
    if form is int:
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, form)


def seal_text(manifest: bytes) -> str:
    """The text that is signed for a manifest. Its first line has spaces, so it can never pass for a checkpoint."""
    return f"fairgo pack manifest v1\nsha256 {hashlib.sha256(manifest).hexdigest()}\n"


def commitment(salt: bytes, content: bytes) -> str:
    """The commitment to content under a salt, as hex: SHA-256("fairgo/commit/v1" ‖ salt ‖ content)."""
    return hashlib.sha256(COMMIT + salt + content).hexdigest()


def settings_hash(settings: Any) -> str:
    """What the leaf of an audit names its settings by."""
    return hashlib.sha256(canonical(settings)).hexdigest()


def hash_tiles(size: int, first: int, last: int, olds: Iterable[int] = ()) -> Iterator[Tile]:
    """The hash tiles of a pack, highest level first: all above the lowest, and of the lowest those over the range.

    Beside those, the tile on the right edge, and the one at the edge of each older checkpoint in the pack: with them
    the pack shows that each began as it was. Whoever holds yet another checkpoint within the range can compare it too.
    """
    for level in range(LEVELS - 1, 0, -1):
        for index in range(-(-(size >> BITS * level) // WIDTH)):
            yield Tile(level, index, width_in(level, index, size))
    lowest = set(range(first // WIDTH, last // WIDTH + 1))
    lowest |= {edge // WIDTH for edge in (size, *olds) if edge % WIDTH}
    for index in sorted(lowest):
        yield Tile(0, index, width_in(0, index, size))


def tile_count(size: int, first: int, last: int) -> int:
    """How many tiles and bundles at least such a pack has, without listing them."""
    above = sum(-(-(size >> BITS * level) // WIDTH) for level in range(1, LEVELS))
    return above + 2 * (last // WIDTH - first // WIDTH + 1)


def bundles(size: int, first: int, last: int) -> Iterator[Tile]:
    """The bundles of entries of a pack: those that hold the range."""
    for index in range(first // WIDTH, last // WIDTH + 1):
        yield Tile(None, index, width_in(None, index, size))


def draw(among: Sequence[int], count: int, seed: str) -> list[int]:
    """So many of these, drawn without putting back; the same seed draws the same, in any language.

    For n = 0, 1, 2 …: take the first 8 bytes of SHA-256("fairgo/sample/v1" LF seed LF n) as a big-endian number. From
    the largest multiple of the number of candidates upwards it is passed over, so that each is as likely; otherwise its
    remainder is the place among the candidates. A place drawn before is passed over too.
    """
    total = len(among)
    if count >= total:
        return list(among)
    limit = 2**64 - 2**64 % total
    places: dict[int, None] = {}
    number = 0
    while len(places) < count:
        digest = hashlib.sha256(f"fairgo/sample/v1\n{seed}\n{number}".encode()).digest()
        drawn = int.from_bytes(digest[:8], "big")
        if drawn < limit:
            places[drawn % total] = None
        number += 1
    return [among[place] for place in places]
