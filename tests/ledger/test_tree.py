"""The Merkle tree against pymerkle and against itself: roots, proofs and frontiers of RFC 6962."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from fairgo.ledger.tree import (
    EMPTY,
    Frontier,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_from_proof,
    root_of,
)

ENTRIES = [b"entry %d" % i for i in range(1000)]
HASHES = [leaf_hash(entry) for entry in ENTRIES]


@pytest.fixture(scope="module")
def oracle() -> InmemoryTree:
    tree = InmemoryTree(algorithm="sha256")
    for entry in ENTRIES:
        tree.append_entry(entry)
    return tree


def test_hashes_are_prefixed_as_the_standard_says():
    assert leaf_hash(b"x") == hashlib.sha256(b"\0x").digest()
    assert node_hash(b"l", b"r") == hashlib.sha256(b"\1lr").digest()
    assert hashlib.sha256().digest() == EMPTY == root_of([])


def test_every_root_is_the_oracles(oracle: InmemoryTree):
    frontier = Frontier()
    for size in range(1001):
        assert frontier.root() == oracle.get_root(size)
        if size <= 300:
            assert frontier.root() == root_of(HASHES[:size])
        assert (frontier.size, len(frontier.peaks)) == (size, size.bit_count())
        if size < 1000:
            frontier.append(HASHES[size])


@pytest.mark.parametrize("size", range(1, 71))
def test_every_proof_is_the_oracles_and_leads_to_the_root(oracle: InmemoryTree, size: int):
    root = root_of(HASHES[:size])
    for position in range(size):
        path = inclusion_proof(HASHES[:size], position)
        theirs = oracle.prove_inclusion(position + 1, size).path
        theirs.remove(HASHES[position])
        assert path == theirs
        assert root_from_proof(HASHES[position], position, size, path) == root


proofs = st.integers(1, 70).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1)))


def leads_elsewhere(hashed: bytes, position: int, size: int, path: list[bytes], root: bytes) -> bool:
    try:
        return root_from_proof(hashed, position, size, path) != root
    except ValueError:
        return True


@given(proofs, st.data())
def test_a_proof_fails_after_any_change(place: tuple[int, int], data: st.DataObject):
    size, position = place
    root, path = root_of(HASHES[:size]), inclusion_proof(HASHES[:size], position)
    where = data.draw(st.integers(0, len(path)))
    flip = data.draw(st.integers(0, 255))
    mask = bytes(31 - flip // 8) + bytes([1 << flip % 8]) + bytes(flip // 8)
    parts = [HASHES[position], *path]
    parts[where] = bytes(a ^ b for a, b in zip(parts[where], mask, strict=True))
    assert leads_elsewhere(parts[0], position, size, parts[1:], root)
    for other in set(range(size)) - {position}:
        assert leads_elsewhere(HASHES[position], other, size, path, root)
    assert leads_elsewhere(HASHES[position], position, size, [*path, root], root)
    assert leads_elsewhere(HASHES[position], position, size, path[:-1], root) or not path


@pytest.mark.parametrize(
    ("position", "size", "path", "said"),
    [
        (1, 1, [], "outside the tree"),
        (-1, 1, [], "outside the tree"),
        (0, 0, [], "outside the tree"),
        (0, 1, [EMPTY], "too long"),
        (0, 2, [], "too short"),
        (0, 2, [b"short"], "32 bytes"),
        (0, 2, [EMPTY + b"x"], "32 bytes"),
    ],
)
def test_a_path_that_cannot_belong_there_says_why(position: int, size: int, path: list[bytes], said: str):
    with pytest.raises(ValueError, match=said):
        root_from_proof(HASHES[0], position, size, path)


@pytest.mark.parametrize("position", [-1, 3, 4])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(position: int):
    with pytest.raises(IndexError):
        inclusion_proof(HASHES[:3], position)


@given(st.integers(0, 300))
def test_a_packed_frontier_goes_on_as_if_it_had_never_been_packed(size: int):
    frontier = Frontier()
    for hashed in HASHES[:size]:
        frontier.append(hashed)
    packed = frontier.to_bytes()
    assert len(packed) == 32 * size.bit_count()
    again = Frontier.from_bytes(size, packed)
    for hashed in HASHES[:7]:
        again.append(hashed)
        frontier.append(hashed)
    assert (again.root(), again.to_bytes(), again.size) == (frontier.root(), frontier.to_bytes(), size + 7)


@pytest.mark.parametrize(
    ("size", "packed"), [(1, b""), (0, EMPTY), (3, EMPTY), (1, EMPTY[:-1]), (3, EMPTY + b"x"), (-1, EMPTY)]
)
def test_a_frontier_that_does_not_fit_its_size_is_refused(size: int, packed: bytes):
    with pytest.raises(ValueError, match="one peak of 32 bytes"):
        Frontier.from_bytes(size, packed)
