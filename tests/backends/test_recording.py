"""State and evidence commit together or not at all; works that wait together share a commit and no fault."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError

from fairgo.core.errors import Conflict, EvidenceBroken, Misconfigured, NotFound
from fairgo.core.events import Event
from fairgo.ledger import reading, turns
from fairgo.ledger.committing import TOGETHER
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.note import Signer
from fairgo.ledger.policies import policy_version, publish
from fairgo.ledger.recording import Ledger, Recording
from fairgo.store.engine import Store
from tests.ledger.ledgers import (
    HAPPENED,
    KEYS,
    NAME,
    SIGNER,
    a_ledger,
    appending,
    happen,
    leaves,
    running,
    sign,
)
from tests.turns import a_turn


def change(tx: Recording, version: str = "v") -> None:
    """A change of state without a leaf."""
    tx.execute(insert(policy_version).values(version=version, applied_at=tx.moment))


def state(store: Store) -> tuple[list[str], int]:
    """The changes that were kept, and how many leaves."""
    with store.reading() as connection:
        versions = connection.scalars(select(policy_version.c.version).order_by(policy_version.c.version))
        return list(versions), len(leaves(connection))


def test_a_change_and_its_leaf_commit_together(ledger: Ledger):
    with ledger.recorded(HAPPENED, HAPPENED) as tx:
        change(tx)
    assert state(ledger.store) == (["v"], 2)


def test_equal_events_get_leaves_of_their_own(ledger: Ledger):
    with ledger.recorded(HAPPENED, HAPPENED):
        pass
    happen(ledger, 3)
    with ledger.store.reading() as connection:
        rows = leaves(connection)
    assert len({row.leaf for row in rows}) == len({read_leaf(row.leaf)["id"] for row in rows}) == 5


def test_a_change_without_a_leaf_is_refused_and_nothing_is_kept(ledger: Ledger):
    with pytest.raises(EvidenceBroken, match="without a leaf"), ledger.recorded() as tx:
        change(tx)
    assert state(ledger.store) == ([], 0)


def test_what_is_raised_takes_the_change_and_its_leaf_away(ledger: Ledger):
    with pytest.raises(NotFound), ledger.recorded(HAPPENED) as tx:  # noqa: PT012 - the transaction is what is tested
        change(tx)
        tx.append(HAPPENED)
        raise NotFound("gone")
    with (
        pytest.raises(EvidenceBroken),
        ledger.recorded(Event("a.b.c", facts={f"f{i}": "x" * 99 for i in range(50)})) as tx,
    ):
        change(tx)
    assert state(ledger.store) == ([], 0)


def test_a_swallowed_database_error_is_never_a_silent_success(ledger: Ledger):
    # PostgreSQL answers COMMIT with a quiet ROLLBACK once a statement has failed.
    def swallow(tx: Recording) -> None:
        tx.append(HAPPENED)
        with pytest.raises(DBAPIError):
            tx.execute(text("INSERT INTO no_such_table VALUES (1)"))

    try:
        with ledger.recorded() as tx:
            swallow(tx)
    except (EvidenceBroken, DBAPIError):
        assert state(ledger.store) == ([], 0)
    else:
        assert state(ledger.store) == ([], 1)


def test_the_policy_in_force_and_the_minute_stand_in_every_leaf(ledger: Ledger):
    happen(ledger)
    sign(ledger)
    with ledger.store.reading() as connection:
        (leaf,) = reading.contents(connection)
    assert leaf["policy"] == ledger.policy == "f" * 64
    assert leaf["facts"] == {"count": 1}


def test_submitted_works_get_their_own_results_and_each_its_leaf(ledger: Ledger):
    async def many() -> list[str]:
        return await asyncio.gather(*(ledger.submit(appending(str(i))) for i in range(300)))

    with running(ledger):
        assert asyncio.run(many()) == [str(i) for i in range(300)]
        assert state(ledger.store) == ([], 300)
    with ledger.store.reading() as connection:
        assert reading.verify(connection).size == 300


async def together(ledger: Ledger, works: Sequence[Callable[[Recording], Any]]) -> list[Any]:
    """The answers to works that wait together, because one before them takes its time."""
    hold = threading.Event()

    def held(tx: Recording) -> None:
        hold.wait(10)
        tx.append(HAPPENED)

    first = asyncio.ensure_future(ledger.submit(held))
    await asyncio.sleep(0.05)
    waiting = [asyncio.ensure_future(ledger.submit(work)) for work in works]
    await asyncio.sleep(0)
    hold.set()
    await first
    return await asyncio.gather(*waiting, return_exceptions=True)


def test_one_failing_work_does_not_break_the_others(ledger: Ledger):
    def no_leaf(tx: Recording) -> None:
        change(tx, "no leaf")

    def broken(tx: Recording) -> None:
        change(tx, "broken")
        tx.append(HAPPENED)
        raise NotFound("this one only")

    def twice(tx: Recording) -> None:
        tx.append(HAPPENED)
        for _ in range(2):
            change(tx, "twice")

    def good(tx: Recording) -> None:
        change(tx, f"good {uuid4().hex}")
        tx.append(HAPPENED)

    with running(ledger):
        answers = asyncio.run(together(ledger, [good, no_leaf, good, broken, twice, good]))
    assert [type(answer).__name__ for answer in answers] == [
        "NoneType", "EvidenceBroken", "NoneType", "NotFound", "IntegrityError", "NoneType",
    ]  # fmt: skip
    versions, kept = state(ledger.store)
    assert [version[:4] for version in versions] == ["good"] * 3
    assert kept == 4


def test_works_that_wait_together_share_a_commit_that_holds_at_most_so_many(ledger: Ledger):
    commits: list[object] = []
    count = commits.append
    with running(ledger, checkpoint_seconds=60):
        event.listen(ledger.store._writer, "commit", count)
        answers = asyncio.run(together(ledger, [appending(str(i)) for i in range(TOGETHER + 10)]))
        event.remove(ledger.store._writer, "commit", count)
    assert answers == [str(i) for i in range(TOGETHER + 10)]
    assert len(commits) == 3  # the one that held the others up, a full one, and the rest
    assert state(ledger.store)[1] == TOGETHER + 11


def test_a_result_comes_only_when_it_is_durable(ledger: Ledger):
    async def one_after_another() -> None:
        for i in range(20):
            await ledger.submit(appending())
            assert state(ledger.store)[1] == i + 1

    with running(ledger):
        asyncio.run(one_after_another())


@pytest.mark.parametrize(
    "raised", [StopIteration(1), SystemExit(3), KeyboardInterrupt(), asyncio.CancelledError()]
)
def test_whatever_a_work_raises_the_ledger_goes_on(ledger: Ledger, raised: BaseException):
    def ends(tx: Recording) -> None:
        tx.append(HAPPENED)
        raise raised

    async def both() -> str:
        with pytest.raises(RuntimeError, match=f"the work ended with {type(raised).__name__}"):
            await asyncio.wait_for(ledger.submit(ends), 10)
        return await asyncio.wait_for(ledger.submit(appending("after")), 10)

    with running(ledger):
        assert asyncio.run(both()) == "after"
    assert state(ledger.store) == ([], 1)


def test_a_caller_that_left_takes_nothing_back_and_a_loop_that_closed_stops_nobody(ledger: Ledger):
    hold = threading.Event()

    def held(tx: Recording) -> None:
        hold.wait(10)
        tx.append(HAPPENED)

    async def leave() -> None:
        waiting = [asyncio.ensure_future(ledger.submit(work)) for work in (held, appending())]
        await asyncio.sleep(0.05)
        for one in waiting:
            one.cancel()

    with running(ledger):
        asyncio.run(leave())
        hold.set()
        assert asyncio.run(ledger.submit(appending("next"))) == "next"
    assert state(ledger.store)[1] == 3


def test_stopping_drains_what_was_submitted(ledger: Ledger):
    async def stop_at_once() -> list[str]:
        waiting = [asyncio.ensure_future(ledger.submit(appending(str(i)))) for i in range(400)]
        await asyncio.sleep(0)
        await asyncio.to_thread(ledger.stop)
        return await asyncio.wait_for(asyncio.gather(*waiting), 20)

    ledger.start(checkpoint_seconds=60)
    assert asyncio.run(stop_at_once()) == [str(i) for i in range(400)]
    with ledger.store.reading() as connection:
        assert reading.verify(connection).size == 400


def test_a_ledger_that_does_not_run_refuses_work_and_can_be_started_again(ledger: Ledger):
    for _ in range(2):
        with pytest.raises(EvidenceBroken, match="the ledger does not run"):
            asyncio.run(ledger.submit(appending()))
        with running(ledger):
            assert asyncio.run(ledger.submit(appending("now"))) == "now"
            with pytest.raises(RuntimeError, match="runs already"):
                ledger.start(checkpoint_seconds=1)
        ledger.stop()
    assert state(ledger.store) == ([], 2)


def test_submitting_while_it_stops_is_answered_one_way_or_the_other(ledger: Ledger):
    async def race() -> Counter[str]:
        async def one() -> str:
            try:
                return await ledger.submit(appending("kept"))
            except EvidenceBroken:
                return "refused"

        async def keep_coming() -> list[str]:
            answers = []
            while not answers or answers[-1] == "kept":
                answers.append(await one())
            return answers

        tasks = [asyncio.ensure_future(keep_coming()) for _ in range(20)]
        await asyncio.sleep(0.1)
        await asyncio.to_thread(ledger.stop)
        answers = await asyncio.wait_for(asyncio.gather(*tasks), 20)
        return Counter(chain.from_iterable(answers))

    ledger.start(checkpoint_seconds=60)
    answers = asyncio.run(race())
    assert answers["refused"] == 20
    assert state(ledger.store)[1] == answers["kept"] > 0


def test_commands_and_turns_write_side_by_side(ledger: Ledger):
    async def turns_() -> None:
        for _ in range(10):
            await asyncio.gather(*(ledger.submit(appending()) for _ in range(10)))

    with running(ledger, checkpoint_seconds=0.005):
        thread = threading.Thread(target=happen, args=(ledger, 30))
        thread.start()
        asyncio.run(turns_())
        thread.join()
    assert state(ledger.store)[1] == 130
    with ledger.store.reading() as connection:
        assert reading.verify(connection).size == 130


def test_a_policy_version_is_published_once(ledger: Ledger):
    publish(ledger, "a" * 64)
    publish(ledger, "a" * 64)
    publish(ledger, "b" * 64)
    assert state(ledger.store) == (["a" * 64, "b" * 64], 2)


def test_nodes_that_start_together_publish_once(ledger: Ledger):
    together = threading.Barrier(4)

    def node() -> None:
        own = a_ledger(ledger.store)
        together.wait(10)
        publish(own, "a" * 64)

    nodes = [threading.Thread(target=node) for _ in range(4)]
    for thread in nodes:
        thread.start()
    for thread in nodes:
        thread.join()
    assert state(ledger.store) == (["a" * 64], 1)


def test_a_ledger_keeps_its_name(ledger: Ledger):
    with pytest.raises(Misconfigured, match=f"begun under the name {NAME}, not other") as wrong:
        a_ledger(ledger.store, signer=Signer("other.example/log", b"l" * 32))
    assert "ledger_origin" in wrong.value.hint


def test_a_turn_is_opened_once_closed_once_and_read_back(ledger: Ledger):
    turn = a_turn("How much is my bill?")
    with ledger.recorded() as tx:
        tx.append(Event("gateway.turn.opened", commitments={"request": turns.open_turn(tx, turn)}))
    with ledger.store.reading() as connection:
        assert turns.counts(connection) == {"open": 1}
        (kept,) = turns.conversation(connection, KEYS, turn.conversation)
    assert (kept.said, kept.reply, kept.by_ai, kept.outcome) == (("How much is my bill?",), (), False, "open")
    for fits in (True, False):
        try:
            with ledger.recorded() as tx:
                words = ["$40."] if fits else ["something else"]
                done = turns.close_turn(tx, turn, outcome="allow", reason="none", by_ai=True, reply=words)
                tx.append(Event("gateway.turn.closed", commitments={"reply": done}))
        except Conflict:
            assert not fits
        else:
            assert fits
    with ledger.store.reading() as connection:
        (kept,) = turns.conversation(connection, KEYS, turn.conversation)
        assert turns.counts(connection) == {"allow": 1}
        assert set(connection.scalars(turns.answered_by_ai())) == {turn.conversation}
        assert len(leaves(connection)) == 2
    assert (kept.said, kept.reply, kept.by_ai, kept.outcome) == (
        ("How much is my bill?",),
        ("$40.",),
        True,
        "allow",
    )
    assert kept.at.endswith("Z")


def test_a_turn_that_was_never_opened_is_not_closed(ledger: Ledger):
    with pytest.raises(Conflict, match="not open"), ledger.recorded(HAPPENED) as tx:
        turns.close_turn(tx, a_turn("hi"), outcome="allow", reason="none", by_ai=True, reply=[])
    assert state(ledger.store) == ([], 0)
    assert SIGNER.name == NAME
