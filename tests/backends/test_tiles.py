"""Tiles grow with the tree, in the same transaction, and nothing is signed that they do not lead to."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from fairgo.core.errors import EvidenceBroken, NotFound
from fairgo.ledger import reading
from fairgo.ledger.recording import Ledger
from fairgo.ledger.tile_store import check, fits, grow, tile_reader, tile_table, tree
from fairgo.ledger.tiles import bundle, bundles, hash_tiles
from fairgo.ledger.tree import inclusion_proof, leaf_hash, root_of
from fairgo.store.engine import Store
from tests.ledger.ledgers import HAPPENED, a_ledger, leaves, sign, tamper

HASHES = [leaf_hash(b"%d" % i) for i in range(70_000)]
same_database = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)


def kept(store: Store) -> dict[tuple[int, int], bytes]:
    with store.reading() as connection:
        return {(row.level, row.number): row.hashes for row in connection.execute(select(tile_table))}


def record(ledger: Ledger, count: int) -> None:
    with ledger.recorded() as tx:
        for _ in range(count):
            tx.append(HAPPENED)
    sign(ledger)


@same_database
@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_growth_in_batches_equals_growth_at_once(store: Store, batches: list[int]):
    size = 0
    tamper(store, "DELETE FROM ledger_tile")
    for batch in batches:
        with store.writing() as connection:
            grow(connection, size, HASHES[size : size + batch])
        size += batch
    in_batches = kept(store)
    tamper(store, "DELETE FROM ledger_tile")
    with store.writing() as connection:
        grow(connection, 0, HASHES[:size])
        fits(connection, size, root_of(HASHES[:size]))
        check(connection, HASHES[:size])
    assert kept(store) == in_batches
    assert {key: len(data) // 32 for key, data in in_batches.items()} == {
        (tile.level, tile.index): tile.width for tile in hash_tiles(size)
    }


def test_a_large_tree_grows_over_every_edge(store: Store):
    size = 0
    for batch in (255, 1, 1, 65_278, 1, 1, 4_463):
        with store.writing() as connection:
            grow(connection, size, HASHES[size : size + batch])
            size += batch
            fits(connection, size, root_of(HASHES[:size]))
    assert size == 70_000
    counted = [sum(level == at for level, _number in kept(store)) for at in range(3)]
    assert counted == [274, 2, 1]
    with store.reading() as connection:
        check(connection, HASHES)
        for at in random.Random(3).sample(range(size), 3):
            assert tree(connection, size).inclusion(at) == inclusion_proof(HASHES, at)


def test_every_signed_size_can_be_read_also_after_the_tree_has_grown(ledger: Ledger):
    for count in (1, 254, 1, 1, 300):
        record(ledger, count)
    with ledger.store.reading() as connection:
        signed = reading.checkpoints(connection)
        rows = leaves(connection)
        assert list(signed) == [1, 255, 256, 257, 557]
        for size in signed:
            read = tile_reader(connection, size)
            assert tree(connection, size).root() == root_of(row.hash for row in rows[:size])
            for tile in bundles(size):
                part = rows[tile.index * 256 : tile.index * 256 + tile.width]
                assert read(tile.path) == bundle(row.leaf for row in part)
        for path in (
            "tile/0/002.p/46",
            "tile/0/003",
            "tile/1/000",
            "tile/1/000.p/3",
            "tile/2/000.p/1",
            "tile/0/02",
        ):
            with pytest.raises(NotFound):
                tile_reader(connection, 557)(path)


def test_what_is_rolled_back_leaves_no_tiles(ledger: Ledger):
    record(ledger, 3)
    before = kept(ledger.store)

    def breaks_off() -> None:
        with ledger.store.writing() as connection:
            grow(connection, 3, HASHES[:600])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks_off()
    assert kept(ledger.store) == before


WRONG = (
    "UPDATE ledger_tile SET hashes = (SELECT substr(hashes, 33, 32) FROM (SELECT * FROM ledger_tile) AS last "
    "WHERE level = 0 AND number = 1) WHERE level = 1"
)
MOVED = (
    "UPDATE ledger_tile SET hashes = (SELECT hashes FROM (SELECT * FROM ledger_tile) AS last "
    "WHERE level = 0 AND number = 1) WHERE level = 0 AND number = 0"
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE ledger_tile SET hashes = substr(hashes, 33) WHERE level = 0 AND number = 1", r"tile/0/001\.p/44 is not"),
        ("DELETE FROM ledger_tile WHERE level = 1", r"tile/1/000\.p/1 is not"),
        (WRONG, "the tiles do not lead to the checkpoint at 301"),
    ],
)  # fmt: skip
def test_nothing_is_signed_on_top_of_a_changed_tile(ledger: Ledger, change: str, said: str):
    record(ledger, 300)
    assert tamper(ledger.store, change) == 1
    with pytest.raises(EvidenceBroken, match=said):
        record(ledger, 1)
    with ledger.store.reading() as connection:
        assert max(reading.checkpoints(connection)) == 300


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (MOVED, "tile/0/000 is not what the leaves give"),
        ("INSERT INTO ledger_tile (level, number, hashes) SELECT 0, 2, hashes FROM ledger_tile WHERE level = 1",
         "4 tiles are kept where the leaves give 3"),
    ],
)  # fmt: skip
def test_any_changed_tile_is_found_when_the_whole_is_verified(ledger: Ledger, change: str, said: str):
    record(ledger, 300)
    assert tamper(ledger.store, change) == 1
    with ledger.store.reading() as connection, pytest.raises(EvidenceBroken, match=said):
        reading.verify(connection)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE ledger_checkpoint SET root = (SELECT hash FROM ledger_leaf WHERE position = 0)", "not as it was made"),
        ("DELETE FROM ledger_leaf WHERE position = 9", r"tile/entries/000\.p/10 is not whole"),
        ("UPDATE ledger_leaf SET leaf = hash WHERE position = 9", "leaf 9 does not fit its hash"),
        ("DELETE FROM ledger_tile", "is not whole"),
        ("UPDATE ledger_tile SET hashes = (SELECT hash FROM ledger_leaf WHERE position = 0)", "is not whole"),
        ("DELETE FROM ledger_checkpoint WHERE size = 10", "tiles beyond its end|not as it was left|no checkpoint covers"),
    ],
)  # fmt: skip
def test_a_ledger_that_was_changed_or_cut_is_not_signed_again_at_the_next_start(
    store: Store, change: str, said: str
):
    ledger = a_ledger(store)
    record(ledger, 4)
    record(ledger, 6)
    assert tamper(store, change) >= 1
    with pytest.raises(EvidenceBroken, match=said):
        record(a_ledger(store), 1)
    with store.reading() as connection:
        assert max(reading.checkpoints(connection)) in {4, 10}
