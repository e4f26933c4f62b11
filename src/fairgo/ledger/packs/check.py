"""Checking a pack: every byte against its signed manifest, every leaf against the signed root, and nothing missing.

Standard library, `cryptography` and the modules of this package that stand alone, so a verifier can stand alone.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from fairgo.ledger.cosignatures import cosigned
from fairgo.ledger.note import BadNote, Checkpoint, Verifier, unpacked
from fairgo.ledger.packs import form
from fairgo.ledger.packs.enclosed import check_enclosed
from fairgo.ledger.packs.form import PackBroken, Told, read_tail, tail
from fairgo.ledger.packs.signed import keys_in, open_signed, signed_checkpoint
from fairgo.ledger.packs.zipped import Members
from fairgo.ledger.tiles import HASH, WIDTH, Tile, TileTree, tile_path, tile_root, unbundle, width_in
from fairgo.ledger.tree import leaf_hash, verify_consistency
from fairgo.ledger.trust import Trust

MOST_FAULTS = 20
Seen = Counter[tuple[bytes, bytes | None]]  # how many leaves name this policy version and this system
RECEIPT = "c2sp.org/tlog-proof@v1\n"


@dataclass(frozen=True, slots=True)
class Held:
    """A checkpoint or receipt that somebody kept from earlier: the file's name and its text."""

    name: str
    text: str


@dataclass(slots=True)
class Checked:
    """What came of checking a pack: the faults, and what was shown when there are none."""

    faults: list[PackBroken] = field(default_factory=list)
    manifest: dict[str, Any] = field(default_factory=dict)
    own_keys: bool = True
    compared: list[str] = field(default_factory=list)
    witnesses: int = 0


class PackCheck:
    """One check of one pack. `leaves` is called for each bundle with its first position and its leaves, once checked."""

    def __init__(
        self,
        members: Members,
        verifiers: Sequence[Verifier] = (),
        *,
        trust: Trust | None = None,
        leaves: Callable[[int, list[bytes], list[Told]], None] | None = None,
    ) -> None:
        self.checked = Checked()
        self._members = members
        self._trust = trust or Trust()
        self._given = [*verifiers, *self._trust.logs]
        self._leaves = leaves
        self._files: dict[str, tuple[int, str]] = {}
        self._unread: set[str] = set()
        self._upper: dict[tuple[int, int], bytes] = {}
        self._points: dict[str, Checkpoint] = {}

    def run(self, held: Sequence[Held] = ()) -> Checked:
        """Check everything. Faults are collected, the first ones first; after too many it ends."""
        try:
            self._run(held)
        except PackBroken as fault:
            self.checked.faults.append(fault)
        return self.checked

    def _run(self, held: Sequence[Held]) -> None:
        self._keys = self._given or keys_in(self._members.read(form.KEYS))
        self.checked.own_keys = not self._given
        manifest = self._manifest()
        self.checked.manifest = manifest
        self._listing(manifest)
        self._checkpoints(manifest)
        expected = self._expected(manifest)
        for name in sorted(self._files.keys() - expected):
            self._fault(PackBroken(name, "is listed in the manifest, but is no part of such a pack"))
        self._tiles(manifest)
        for fault in check_enclosed(manifest, self.read, self.leaf):
            self._fault(fault)
        for one in held:
            self._try(partial(self._compare, one))
        for name in sorted(self._unread):
            self._try(partial(self.read, name))

    def read(self, name: str) -> bytes:
        """The bytes of a file, compared with what the manifest says of it. Raises PackBroken."""
        if name not in self._files:
            raise PackBroken(name, "is missing: the manifest does not list it")
        self._unread.discard(name)
        data = self._members.read(name)
        size, sha256 = self._files[name]
        if len(data) != size:
            raise PackBroken(name, f"has {len(data)} bytes, the manifest says {size}")
        found = hashlib.sha256(data).hexdigest()
        if found != sha256:
            raise PackBroken(name, f"was changed: its SHA-256 is {found}, the manifest says {sha256}")
        return data

    def _fault(self, fault: PackBroken) -> None:
        if str(fault) in map(str, self.checked.faults):
            return
        if len(self.checked.faults) == MOST_FAULTS:
            raise PackBroken("the pack", f"has more than {MOST_FAULTS} faults; the rest was not checked")
        self.checked.faults.append(fault)

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except PackBroken as fault:
            self._fault(fault)

    def _manifest(self) -> dict[str, Any]:
        data = self._members.read(form.MANIFEST)
        text = open_signed(form.SIGNATURE, self._members.read(form.SIGNATURE), self._keys)
        if text != form.seal_text(data):
            raise PackBroken(form.MANIFEST, "is not what was signed: its SHA-256 differs from manifest.sig")
        return form.read_manifest(data)

    def _listing(self, manifest: dict[str, Any]) -> None:
        """The files of the zip are those of the manifest: none missing, none more, none twice, each of its size."""
        for file in manifest["files"]:
            if file["path"] in self._files or file["path"] in {form.MANIFEST, form.SIGNATURE}:
                raise PackBroken(form.MANIFEST, f"lists {file['path']} where it may not")
            self._files[file["path"]] = (file["size"], file["sha256"])
        there = self._members.infos.keys() - {form.MANIFEST, form.SIGNATURE}
        for name in sorted(self._files.keys() - there):
            self._fault(PackBroken(name, "is missing: the manifest lists it"))
        for name in sorted(there - self._files.keys()):
            self._fault(PackBroken(name, "is no part of the pack: the manifest does not list it"))
        self._unread = set(self._files)

    def _checkpoints(self, manifest: dict[str, Any]) -> None:
        for name in (form.CHECKPOINT, form.BEFORE, form.COSIGNED):
            if name in self._files or name == form.CHECKPOINT:
                self._points[name] = signed_checkpoint(name, self.read(name), self._keys)
        newest = self._points[form.CHECKPOINT]
        said = Checkpoint(manifest["origin"], manifest["size"], unpacked(manifest["root"]) or b"")
        if newest != said:
            raise PackBroken(
                form.CHECKPOINT, f"is over {newest.size} leaves of {newest.origin}, not as the manifest says"
            )
        names: set[str] = set()
        for name in self._points:
            names |= self._witnessed(name, self.read(name).decode())
        self.checked.witnesses = len(names)
        if not self._trust.satisfied(names):
            self._fault(
                PackBroken(
                    form.CHECKPOINT, f"too few witnesses have cosigned for the quorum {self._trust.quorum}"
                )
            )

    def _witnessed(self, name: str, note: str) -> set[str]:
        """The witnesses of the trust file that cosigned this checkpoint, where it covers the range."""
        try:
            seen = cosigned(note, [witness.key for witness in self._trust.witnesses.values()])
        except BadNote as wrong:
            raise PackBroken(name, str(wrong)) from None
        covers = self._points[name].size > self.checked.manifest["last"]
        return set(self._trust.names_of(one.key for one in seen)) if covers else set()

    def _expected(self, manifest: dict[str, Any]) -> set[str]:
        """The files that such a pack may have."""
        where = (manifest["size"], manifest["first"], manifest["last"])
        if form.tile_count(*where) > len(self._files):
            raise PackBroken(
                form.MANIFEST, f"a log of {where[0]} leaves and this range need more tiles than are there"
            )
        olds = [point.size for point in self._points.values()]
        tiles = {tile.path for tile in (*form.hash_tiles(*where, olds), *form.bundles(*where))}
        names = [file[key] for file in manifest["disclosed"] for key in ("content", "salt")]
        names += [file["file"] for part in ("policies", "audits") for file in manifest[part]]
        return tiles | set(names) | {*self._points, form.KEYS, *form.COVERS}

    def _tiles(self, manifest: dict[str, Any]) -> None:
        """From the root down: each tile is what its hash one level up says, each leaf what its hash says."""
        size, first, last = manifest["size"], manifest["first"], manifest["last"]
        olds = [point.size for point in self._points.values()]
        ranged = range(first // WIDTH, last // WIDTH + 1)
        for tile in form.hash_tiles(size, first, last, olds):
            if tile.level or tile.index not in ranged:
                self._try(partial(self._hash_tile, tile))
        tree = TileTree(self.read, size)
        self._try(partial(self._root, tree))
        seen = Seen()
        for tile in form.bundles(size, first, last):
            self._try(partial(self._hash_tile, Tile(0, tile.index, tile.width)))
            self._try(partial(self._bundle, tile, manifest, seen))
        for name, point in self._points.items():
            self._try(partial(self._began, tree, name, point))
        if not self.checked.faults:
            self._try(partial(_compare_counts, seen, manifest))

    def _hash_tile(self, tile: Tile) -> None:
        level, path = tile.level or 0, tile.path
        data = self.read(path)
        if len(data) != tile.width * HASH:
            raise PackBroken(path, f"has {len(data)} bytes, not {tile.width * HASH}")
        self._upper[level, tile.index] = data
        if tile.width < WIDTH:
            return  # on the right edge: the root is computed from it
        number, place = divmod(tile.index, WIDTH)
        parent = self._upper.get((level + 1, number))
        if parent is not None and tile_root(data) != parent[place * HASH : (place + 1) * HASH]:
            raise PackBroken(path, f"does not lead to hash {place} of {self._path(level + 1, number)}")

    def _path(self, level: int, index: int) -> str:
        return tile_path(level, index, len(self._upper[level, index]) // HASH)

    def _root(self, tree: TileTree) -> None:
        point = self._points[form.CHECKPOINT]
        if tree.root() != point.root:
            raise PackBroken(
                form.CHECKPOINT, f"its root over {point.size} leaves is not what the tiles lead to"
            )

    def _began(self, tree: TileTree, name: str, point: Checkpoint) -> None:
        """A checkpoint in the pack, or one from elsewhere, is how this log began."""
        newest = self._points[form.CHECKPOINT]
        if point.origin != newest.origin:
            raise PackBroken(name, f"is of the log {point.origin}, and this pack is of {newest.origin}")
        if point.size > newest.size:
            raise PackBroken(
                name,
                f"leaves were cut off: it has seen {point.size}, the pack's checkpoint covers {newest.size}",
            )
        index, rest = divmod(point.size, WIDTH)
        edge = tile_path(0, index, width_in(0, index, newest.size)) if rest else ""
        if edge and edge not in self._files:
            raise PackBroken(
                name,
                f"cannot be compared: {edge} is not in the pack; ask for one whose range has position {point.size}",
            )
        try:
            verify_consistency(point.size, point.root, newest.size, newest.root, tree.consistency(point.size))
        except PackBroken:
            raise
        except ValueError:
            raise PackBroken(
                name, f"another history: its first {point.size} leaves are not those of this pack"
            ) from None

    def _entries(self, tile: Tile) -> list[bytes]:
        try:
            entries = unbundle(self.read(tile.path))
        except PackBroken:
            raise
        except ValueError as wrong:
            raise PackBroken(tile.path, str(wrong)) from None
        if len(entries) != tile.width:
            raise PackBroken(
                tile.path,
                f"has {len(entries)} leaves, not {tile.width}: from position {tile.index * WIDTH} on",
            )
        return entries

    def _bundle(self, tile: Tile, manifest: dict[str, Any], seen: Seen) -> None:
        index, width, path = tile.index, tile.width, tile.path
        known = self._upper.pop((0, index), None)
        entries = self._entries(tile)
        hashes = b"".join(map(leaf_hash, entries))
        if known is not None and hashes != known:
            at = next(
                n
                for n in range(width)
                if hashes[n * HASH : (n + 1) * HASH] != known[n * HASH : (n + 1) * HASH]
            )
            raise PackBroken(
                path, f"the leaf at position {index * WIDTH + at} does not fit its hash in the tree"
            )
        low = max(manifest["first"], index * WIDTH)
        inside = entries[low - index * WIDTH : manifest["last"] + 1 - index * WIDTH]
        tails = [tail(leaf) for leaf in inside]
        whole = [found for found in tails if found is not None]
        if len(whole) < len(tails):
            raise PackBroken(
                path, f"the leaf at position {low + tails.index(None)} is not of the form fairgo/leaf/v1"
            )
        seen.update([(found[2], found[3]) for found in whole])
        if self._leaves is not None:
            self._leaves(low, inside, [read_tail(found) for found in whole])

    def leaf(self, position: int) -> bytes:
        """One leaf that is in the pack. Raises PackBroken."""
        size, first, last = (self.checked.manifest[name] for name in ("size", "first", "last"))
        if not first <= position <= last:
            raise PackBroken(form.MANIFEST, f"names the position {position}, which is outside the range")
        index = position // WIDTH
        return self._entries(Tile(None, index, width_in(None, index, size)))[position % WIDTH]

    def _compare(self, held: Held) -> None:
        """A checkpoint or receipt that was kept elsewhere: this log began as it says, and nothing was cut off since."""
        note = held.text.partition("\n\n")[2] if held.text.startswith(RECEIPT) else held.text
        point = signed_checkpoint(held.name, note.encode("utf-8", "surrogateescape"), self._keys)
        self._began(TileTree(self.read, self.checked.manifest["size"]), held.name, point)
        self.checked.compared.append(held.name)


def _compare_counts(seen: Seen, manifest: dict[str, Any]) -> None:
    """How often the leaves name each policy version and system. Raises PackBroken when the manifest tells it otherwise."""
    policies, systems = Counter[str](), Counter[str]()
    for (policy, system), count in seen.items():
        policies[policy.decode()] += count
        systems[(system or b"").decode("utf-8", "replace")] += count
    said = {policy["version"]: policy["leaves"] for policy in manifest["policies"]}
    if said != dict(policies):
        odd = min(policies.items() ^ said.items())[0] or "(none)"
        raise PackBroken(form.MANIFEST, f"the leaves do not name policy version {odd} as often as it says")
    if manifest["systems"] != dict(systems):
        raise PackBroken(form.MANIFEST, "the leaves do not name the systems as often as it says")


def check_pack(path: Path, verifiers: Sequence[Verifier] = (), **how: Any) -> Checked:
    """Check a pack; `held` and what PackCheck takes may be given. Raises OSError when the file cannot be opened."""
    held = how.pop("held", ())
    try:
        with Members(path) as members:
            return PackCheck(members, verifiers, **how).run(held)
    except PackBroken as fault:
        return Checked(faults=[fault])
