"""The sequencer: every leaf gets one place, every size one checkpoint, whoever else is at it and whatever is killed when."""

import asyncio
import multiprocessing
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from fairgo.core.errors import EvidenceBroken
from fairgo.ledger import reading, records, sequencer
from fairgo.ledger.note import Checkpoint, Signer
from fairgo.ledger.recording import Ledger
from fairgo.ledger.sequencer import integrate, waiting
from fairgo.store.engine import Store
from tests.ledger.ledgers import SIGNER, a_ledger, appending, happen, leaves, opened, running, sign, tamper

nursery = multiprocessing.get_context("forkserver")
nursery.set_forkserver_preload(["fairgo.ledger.recording", "tests.ledger.ledgers"])


def points(store: Store) -> list[tuple[int, str | None]]:
    with store.reading() as connection:
        point = records.checkpoint.c
        return [
            (row.size, row.note)
            for row in connection.execute(select(point.size, point.note).order_by(point.size))
        ]


def every_leaf_has_one_place(store: Store, expected: int) -> None:
    with store.reading() as connection:
        rows = leaves(connection)
        assert sorted(row.position for row in rows) == list(range(expected))
        assert waiting(connection) == 0
        assert reading.verify(connection).size == expected
    sizes = [size for size, _note in points(store)]
    assert len(set(sizes)) == len(sizes)


def test_places_are_contiguous_in_the_order_leaves_came(ledger: Ledger):
    for times in (1, 2, 5, 1):
        happen(ledger, times)
        with ledger.store.reading() as connection:
            assert waiting(connection) == times
        sign(ledger)
    with ledger.store.reading() as connection:
        assert [row.position for row in leaves(connection)] == list(range(9))
    assert [size for size, _note in points(ledger.store)] == [1, 3, 8, 9]
    every_leaf_has_one_place(ledger.store, 9)


def test_nothing_new_is_no_new_checkpoint(ledger: Ledger):
    assert sign(ledger) == 0
    happen(ledger)
    assert [sign(ledger) for _ in range(3)] == [1, 1, 1]
    assert [size for size, _note in points(ledger.store)] == [1]


def test_more_than_fits_one_batch_is_taken_in_several(ledger: Ledger, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sequencer, "BATCH", 10)
    happen(ledger, 25)
    assert sign(ledger) == 25
    assert [size for size, _note in points(ledger.store)] == [10, 20, 25]
    every_leaf_has_one_place(ledger.store, 25)


class Killed(BaseException):
    """The process ends here, as far as the database can see."""


class DyingSigner(Signer):
    """A signer whose process is killed before it has signed."""

    def sign(self, text: str) -> str:
        raise Killed(text)


def test_killed_between_persisting_and_signing_the_same_root_is_signed_at_the_next_start(store: Store):
    ledger = a_ledger(store)
    happen(ledger, 3)
    sign(ledger)
    happen(ledger, 4)
    with pytest.raises(Killed):
        integrate(store, DyingSigner(SIGNER.name, b"l" * 32), ledger.clock)
    assert [(size, note is None) for size, note in points(store)] == [(3, False), (7, True)]
    with store.reading() as connection:
        assert reading.verify(connection).size == 3
        root = connection.scalar(select(records.checkpoint.c.root).where(records.checkpoint.c.size == 7))
    happen(ledger, 2)
    with pytest.raises(Killed):
        integrate(store, DyingSigner(SIGNER.name, b"l" * 32), ledger.clock)
    assert len(points(store)) == 2, "no further checkpoint before the last one is signed"
    a_ledger(store)
    note = dict(points(store))[7]
    assert note is not None
    assert Checkpoint.within(note).root == root
    every_leaf_has_one_place(store, 9)


def test_a_signed_checkpoint_is_never_signed_again(ledger: Ledger):
    if ledger.store.is_sqlite:
        pytest.skip("on SQLite no two transactions write at once")

    class LateSigner(Signer):
        """A signer that another process overtakes while it signs."""

        def sign(self, text: str) -> str:
            with ledger.store.writing() as other:
                sequencer._sign(other, SIGNER)
            return super().sign(text).replace("\n\n", "\nlate\n\n")

    happen(ledger)
    integrate(ledger.store, LateSigner(SIGNER.name, b"l" * 32), ledger.clock)
    assert "late" not in str(points(ledger.store))
    every_leaf_has_one_place(ledger.store, 1)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_checkpoint SET frontier = root",
        "UPDATE ledger_checkpoint SET root = frontier",
        "UPDATE ledger_checkpoint SET frontier = substr(frontier, 2)",
    ],
)
def test_nothing_is_signed_on_top_of_a_changed_checkpoint(ledger: Ledger, change: str):
    happen(ledger, 3)
    sign(ledger)
    happen(ledger)
    tamper(ledger.store, change)
    before = points(ledger.store)
    with pytest.raises(EvidenceBroken, match="the checkpoint at 3 is not as it was made"):
        sign(ledger)
    assert points(ledger.store) == before


def test_a_place_that_no_checkpoint_covers_stops_the_sequencer(ledger: Ledger):
    happen(ledger, 2)
    sign(ledger)
    happen(ledger, 3)
    last = "WHERE seq = (SELECT max(seq) FROM ledger_leaf)"
    tamper(ledger.store, f"UPDATE ledger_leaf SET position = 9 {last}")  # noqa: S608 - a literal of this test
    if not ledger.store.is_sqlite:
        tamper(ledger.store, f"UPDATE ledger_leaf SET position = 3 {last}")  # noqa: S608 - a literal of this test
    with pytest.raises(EvidenceBroken) as stopped:
        sign(ledger)
    said = (
        "is missing that waited"
        if ledger.store.is_sqlite
        else "a place in the tree that no checkpoint covers"
    )
    assert said in stopped.value.message
    assert [size for size, _note in points(ledger.store)] == [2]


def test_while_another_leads_leaves_are_left_to_it(ledger: Ledger):
    if ledger.store.is_sqlite:
        pytest.skip("SQLite lets one process write at a time: whoever writes leads")
    happen(ledger, 2)
    with ledger.store.writing() as connection:
        assert sequencer._lead(connection)
        assert sign(ledger) == 0
    assert sign(ledger) == 2


def test_a_leaf_that_commits_late_gets_a_later_place(ledger: Ledger):
    if ledger.store.is_sqlite:
        pytest.skip("on SQLite no two transactions write at once")
    another_node = a_ledger(ledger.store)
    with another_node.recorded() as slow:
        appending()(slow)
        happen(ledger)
        assert sign(ledger) == 1
    assert sign(ledger) == 2
    every_leaf_has_one_place(ledger.store, 2)


def test_sequencers_of_many_threads_give_each_leaf_one_place(ledger: Ledger):
    done = threading.Event()

    def keep_signing() -> None:
        while not done.is_set():
            sign(ledger)

    others = [threading.Thread(target=keep_signing) for _ in range(3)]
    for thread in others:
        thread.start()
    happen(ledger, 60)
    done.set()
    for thread in others:
        thread.join()
    assert sign(ledger) == 60
    every_leaf_has_one_place(ledger.store, 60)


def _node(folder: Path, database: str, together, said) -> None:
    async def work(ledger: Ledger) -> None:
        for _ in range(8):
            await asyncio.gather(*(ledger.submit(appending()) for _ in range(10)))

    try:
        together.wait(20)
        with opened(folder, database) as ledger, running(ledger, checkpoint_seconds=0.005):
            asyncio.run(work(ledger))
        said.put("done")
    except BaseException as wrong:
        said.put(repr(wrong))
        raise


def test_nodes_of_two_processes_never_both_win(tmp_path: Path, database: str):
    together, said = nursery.Barrier(2), nursery.Queue()
    nodes = [
        nursery.Process(target=_node, args=(tmp_path / "data", database, together, said)) for _ in range(2)
    ]
    for node in nodes:
        node.start()
    assert [said.get(timeout=40) for _ in nodes] == ["done", "done"]
    for node in nodes:
        node.join(10)
    said.close()
    with opened(tmp_path / "data", database) as ledger:
        assert sign(ledger) == 160
        every_leaf_has_one_place(ledger.store, 160)


def test_the_sequencer_signs_by_itself_and_goes_on_after_a_fault(
    ledger: Ledger, caplog: pytest.LogCaptureFixture
):
    broken = [True]

    def clock() -> datetime:
        if broken and threading.current_thread().name == "sequencer":
            broken.clear()
            raise OSError("no time now")
        return datetime.now(UTC)

    ledger.clock = clock
    with running(ledger, checkpoint_seconds=0.01):
        happen(ledger)
        for _ in range(500):
            if points(ledger.store):
                break
            threading.Event().wait(0.01)
        assert [size for size, _note in points(ledger.store)] == [1]
    assert "could not sign (OSError)" in caplog.text
    assert "no time now" not in caplog.text
