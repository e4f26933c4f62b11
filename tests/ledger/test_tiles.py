"""Tiles: paths and widths to the letter of tlog-tiles, bundles there and back, and proofs equal to the tree's own."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgo.ledger.tiles import (
    Tile,
    TileTree,
    bundle,
    bundles,
    entries_path,
    hash_tiles,
    parse_path,
    tile_path,
    tile_root,
    unbundle,
)
from fairgo.ledger.tree import (
    EMPTY,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
)

LARGEST = 70_000
LEAVES = [b"leaf %d" % i for i in range(LARGEST)]
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
ROWS = [HASHES]
while len(ROWS[-1]) >= 256:
    ROWS.append([root_of(ROWS[-1][at : at + 256]) for at in range(0, len(ROWS[-1]) // 256 * 256, 256)])

# Where a tile is full or begins, at both levels, and around it.
sizes = st.one_of(
    st.integers(0, 1_100),
    st.builds(lambda full, more: max(0, full * 256 + more), st.integers(0, 20), st.integers(-2, 2)),
)


def read_of(size: int):
    """A reader of the tiles of a log, computed from the definition; only what that log has is there."""
    there = {tile.path: tile for tile in (*hash_tiles(size), *bundles(size))}

    def read(path: str) -> bytes:
        tile = there[path]
        first = tile.index * 256
        if tile.level is None:
            return bundle(LEAVES[first : first + tile.width])
        return b"".join(ROWS[tile.level][first : first + tile.width])

    return read


def fails(*parts: object) -> bool:
    try:
        verify_consistency(*parts)  # type: ignore[arg-type]
    except ValueError:
        return True
    return False


@pytest.mark.parametrize(
    ("index", "width", "path"),
    [
        (0, 256, "000"),
        (999, 256, "999"),
        (1000, 256, "x001/000"),
        (1_234_067, 256, "x001/x234/067"),
        (1_234_067, 17, "x001/x234/067.p/17"),
        (0, 1, "000.p/1"),
        (10**9, 255, "x001/x000/x000/000.p/255"),
    ],
)
def test_paths_are_written_as_the_specification_says(index: int, width: int, path: str):
    assert tile_path(3, index, width) == f"tile/3/{path}"
    assert entries_path(index, width) == f"tile/entries/{path}"
    assert parse_path(f"tile/3/{path}") == Tile(3, index, width)
    assert parse_path(f"tile/entries/{path}") == Tile(None, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/1000", "tile/00/000",
        "tile/0/x000/000", "tile/0/x000/001", "tile/0/001/000", "tile/0/x001", "tile/0/x001/x000", "tile/0/x01/000",
        "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/017", "tile/0/000.p/", "tile/0/000.p", "tile/0/000.p/-1",
        "tile/0/000.p/1/2", "tile/0/000/", "/tile/0/000", "tile/0/000\n", "tile/-1/000", "tile/64/000", "tile/8/000",
        "tile/x/000", "tile/entry/000", "tile/Entries/000", "tile/0/٠٠٠", "tile/0/000.p/１", "tile/0/../0/000",
    ],
)  # fmt: skip
def test_no_other_way_of_writing_a_path_is_understood(path: str):
    with pytest.raises(ValueError, match="not the path of a tile"):
        parse_path(path)


@given(st.integers(0, 10**18), st.integers(1, 256), st.integers(0, 7))
def test_a_path_leads_back_to_its_tile(index: int, width: int, level: int):
    assert parse_path(tile_path(level, index, width)) == Tile(level, index, width)


@pytest.mark.parametrize(
    ("level", "index", "width"), [(8, 0, 1), (-1, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)]
)
def test_a_tile_that_cannot_be_has_no_path(level: int, index: int, width: int):
    with pytest.raises(ValueError, match="a tree has no tile"):
        tile_path(level, index, width)


def test_a_log_of_70_000_leaves_has_the_tiles_the_specification_counts():
    full = [tile for tile in hash_tiles(70_000) if tile.width == 256]
    assert [sum(tile.level == level for tile in full) for level in range(3)] == [273, 1, 0]
    assert [tile.path for tile in hash_tiles(70_000) if tile.width < 256] == [
        "tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"
    ]  # fmt: skip
    assert [tile.path for tile in hash_tiles(256)] == ["tile/0/000", "tile/1/000.p/1"]
    assert [tile.width for tile in bundles(600)] == [256, 256, 88]
    assert list(hash_tiles(0)) == list(bundles(0)) == []


@given(st.lists(st.binary(max_size=600), max_size=40))
def test_entries_come_back_as_they_were_bundled(entries: list[bytes]):
    data = bundle(entries)
    assert unbundle(data) == entries
    assert len(data) == sum(len(entry) + 2 for entry in entries)
    for cut in range(1, min(len(data), 5)):
        try:
            rest = unbundle(data[:-cut])
        except ValueError:
            continue
        assert (
            rest == entries[: len(rest)] != entries
        )  # cut between two entries: fewer come back, and none is changed


def test_the_longest_entry_fits_and_a_longer_one_does_not():
    longest = bytes(65_535)
    assert unbundle(bundle([longest, b"", longest])) == [longest, b"", longest]
    with pytest.raises(ValueError, match="at most 65535"):
        bundle([longest + b"x"])


@given(sizes, st.data())
@settings(max_examples=40)
def test_proofs_out_of_tiles_are_those_of_the_tree(size: int, data: st.DataObject):
    at = data.draw(st.integers(0, size - 1)) if size else None
    proofs_agree(size, data.draw(st.integers(0, size)), at)


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, LARGEST])
def test_proofs_agree_where_the_third_level_begins(size: int):
    draw = random.Random(size)
    proofs_agree(size, draw.randrange(size), draw.randrange(size))


def proofs_agree(size: int, old: int, at: int | None) -> None:
    tree = TileTree(read_of(size), size)
    assert tree.root() == root_of(HASHES[:size])
    path = tree.consistency(old)
    assert path == consistency_proof(HASHES[:size], old)
    verify_consistency(old, root_of(HASHES[:old]), size, tree.root(), path)
    if at is not None:
        assert (tree.leaf(at), tree.leaf_hash(at)) == (LEAVES[at], HASHES[at])
        assert tree.inclusion(at) == inclusion_proof(HASHES[:size], at)


@given(sizes)
@settings(max_examples=15)
def test_a_tree_grows_on_from_its_tiles(size: int):
    frontier = TileTree(read_of(size), size).frontier()
    expected = Frontier()
    for hashed in HASHES[: size + 1]:
        expected.append(hashed)
    frontier.append(HASHES[size])
    assert (frontier.to_bytes(), frontier.size) == (expected.to_bytes(), size + 1)


@given(st.integers(1, 300), st.data())
def test_a_consistency_proof_fails_after_any_change(size: int, data: st.DataObject):
    old = data.draw(st.integers(1, size))
    path = consistency_proof(HASHES[:size], old)
    parts = [root_of(HASHES[:old]), root_of(HASHES[:size]), *path]
    verify_consistency(old, parts[0], size, parts[1], path)
    where, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))
    parts[where] = (int.from_bytes(parts[where], "big") ^ (1 << bit)).to_bytes(32, "big")
    assert fails(old, parts[0], size, parts[1], parts[2:])
    assert fails(old, root_of(HASHES[:old]), size, root_of(HASHES[:size]), [*path, EMPTY])
    assert fails(old, root_of(HASHES[:old]), size, root_of(HASHES[:size]), path[:-1]) or not path
    other = data.draw(st.integers(1, size).filter(lambda size: size != old)) if size > 1 else 2
    assert fails(other, root_of(HASHES[:old]), size, root_of(HASHES[:size]), path)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((2, EMPTY, 1, EMPTY, []), "cannot shrink"),
        ((-1, EMPTY, 1, EMPTY, []), "cannot shrink"),
        ((1, b"short", 2, EMPTY, [EMPTY]), "32 bytes"),
        ((1, EMPTY, 2, EMPTY, [b"short"]), "32 bytes"),
        ((0, EMPTY, 2, HASHES[0], [EMPTY]), "too long"),
        ((0, HASHES[0], 2, EMPTY, []), "roots differ"),
        ((0, EMPTY, 0, HASHES[0], []), "roots differ"),
        ((2, HASHES[0], 2, HASHES[1], []), "roots differ"),
        ((2, HASHES[0], 2, HASHES[0], [EMPTY]), "too long"),
        ((1, HASHES[0], 2, EMPTY, []), "too short"),
        ((3, HASHES[0], 4, EMPTY, []), "too short"),
        ((1, HASHES[0], 2, EMPTY, [EMPTY, EMPTY]), "too long"),
        ((3, root_of(HASHES[:3]), 4, EMPTY, consistency_proof(HASHES[:4], 3)), "the new root"),
        ((3, EMPTY, 4, root_of(HASHES[:4]), consistency_proof(HASHES[:4], 3)), "the old root"),
    ],
)
def test_what_is_not_consistent_says_why(parts: tuple[object, ...], said: str):
    with pytest.raises(ValueError, match=said):
        verify_consistency(*parts)  # type: ignore[arg-type]


@pytest.mark.parametrize("old_size", [-1, 4])
def test_there_is_no_consistency_with_a_tree_that_was_not(old_size: int):
    with pytest.raises(IndexError):
        consistency_proof(HASHES[:3], old_size)
    with pytest.raises(IndexError):
        TileTree(read_of(3), 3).consistency(old_size)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_nothing_to_read_of_a_leaf_that_is_not_there(index: int):
    tree = TileTree(read_of(3), 3)
    for ask in (tree.leaf, tree.leaf_hash, tree.inclusion):
        with pytest.raises(IndexError):
            ask(index)


def test_a_tile_that_is_not_as_it_should_be_is_refused_by_name():
    def spoiled(path: str) -> bytes:
        data = read_of(300)(path)
        return {
            "tile/0/001.p/44": data[:-1],
            "tile/entries/001.p/44": data[:-2],
            "tile/entries/000": data.replace(b"leaf 7", b"leaf 8", 1),
        }.get(path, data)

    tree = TileTree(spoiled, 300)
    with pytest.raises(ValueError, match=r"tile/0/001\.p/44 has 1407 bytes, not 1408"):
        tree.root()
    with pytest.raises(ValueError, match=r"tile/entries/001\.p/44: entry 43 of a bundle is cut short"):
        tree.leaf(299)
    with pytest.raises(ValueError, match="leaf 7 does not fit its hash"):
        tree.leaf(7)
    assert tree.leaf(8) == LEAVES[8]
    few = TileTree(lambda path: bundle(LEAVES[:3]) if "entries" in path else read_of(5)(path), 5)
    with pytest.raises(ValueError, match=r"has 3 entries, not 5"):
        few.leaf(0)
    with pytest.raises(ValueError, match="negative"):
        TileTree(spoiled, -1)


def test_a_proof_reads_few_tiles_of_a_long_log():
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return read_of(LARGEST)(path)

    tree = TileTree(read, LARGEST)
    tree.inclusion(random.Random(1).randrange(LARGEST))
    assert len(asked) == len(set(asked)) <= 6


def test_the_root_of_a_full_tile_is_that_of_its_hashes():
    assert tile_root(b"".join(HASHES[:256])) == root_of(HASHES[:256])
    assert tile_root(HASHES[0]) == HASHES[0]
