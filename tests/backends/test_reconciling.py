"""Completeness: whatever is lost or taken away is named by its place; what is whole is found whole."""

import contextlib
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from fairgo.ledger import viewing
from fairgo.ledger.counters import Usage, hash_of
from fairgo.ledger.provider import Charged
from fairgo.ledger.reconciling import Reconciled, reconcile
from fairgo.ledger.recording import Ledger
from fairgo.store.engine import open_store
from tests.ledger.ledgers import a_ledger, sign
from tests.ledger.talks import refuse, talk, turn_name

TURNS = 6


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def book(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A run that ended in good order: six turns (1 to 6, the last without a model), a refusal, a list of models."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").fresh()
    store = open_store(tmp_path_factory.mktemp("book"), url)
    ledger = a_ledger(store)
    for number in range(1, TURNS + 1):
        talk(ledger, number, calls=number < TURNS)
    refuse(ledger)
    ledger.counters.saw_request()
    ledger.counters.listed_models()
    ledger.stop()
    yield ledger
    store.close()


class Undo(Exception):
    """Takes back what a test changed."""


def after(book: Ledger, *changes: str, charged: list[Charged] | None = None, **values: object) -> Reconciled:
    """What is found after these changes, which are taken back."""
    found: list[Reconciled] = []
    with contextlib.suppress(Undo), book.store.writing() as connection:
        for change in changes:
            named = {name: value for name, value in values.items() if f":{name}" in change}
            assert connection.execute(text(change), named).rowcount > 0, change
        found.append(reconcile(connection, charged))
        raise Undo
    return found[0]


def said(found: Reconciled) -> list[str]:
    return [f"{one.place}: {one.words}" for one in found.mismatches]


def leaf(book: Ledger, number: int) -> str:
    return f"{book.names.process}.{number}"


def test_a_whole_book_is_found_whole(book: Ledger) -> None:
    found = after(book)
    assert (found.mismatches, found.counts, found.unfinished, found.under_way) == ((), {}, (), 0)
    assert found.counted == {
        "leaves": 13, "processes": 1, "turns": 6, "usage": 5, "seen": 8, "listed": 1, "calls": 5,
        "refused": 1, "opened": 6, "closed": 6,
    }  # fmt: skip
    with book.store.reading() as connection:
        assert viewing.glance(connection, 13) == ((), 0)


def test_a_leaf_taken_away_is_named_by_process_number_place_and_turn(book: Ledger) -> None:
    found = after(book, "DELETE FROM ledger_leaf WHERE name = :name", name=leaf(book, 3))
    process = book.names.process
    assert said(found) == [
        f"turn {turn_name(2)}: leaf {process}.4 closes it, but no leaf opens it",
        "number 2: no leaf has this place in the tree",
        f"process {process}, number 3: 1 leaf is missing",
    ]


def test_a_range_taken_away_is_one_line_each(book: Ledger) -> None:
    found = after(book, "DELETE FROM ledger_leaf WHERE position BETWEEN 4 AND 9")
    process = book.names.process
    lines = said(found)
    assert f"process {process}, numbers 5–10: 6 leaves are missing" in lines
    assert "numbers 4–9: no leaf has this place in the tree" in lines
    for number in (3, 4, 5):
        assert f"turn {turn_name(number)}: its row is kept, but no leaf tells of it" in lines
        assert (
            f"turn {turn_name(number)}: the assistant was called: no leaf says so, but usage is kept" in lines
        )
    assert f"process {process}: 3 calls to an assistant belong to no turn" in lines
    assert found.counts["leaves"] == found.counts["places in the tree"] == 6


def test_the_newest_leaves_cut_off_are_missed_even_with_their_checkpoint(book: Ledger) -> None:
    found = after(
        book, "DELETE FROM ledger_leaf WHERE position >= 11", "DELETE FROM ledger_checkpoint WHERE size > 11"
    )
    assert f"process {book.names.process}, numbers 12–13: 2 leaves are missing" in said(found)


def test_a_turn_row_taken_away_is_named(book: Ledger) -> None:
    found = after(book, "DELETE FROM turn WHERE id = :turn", turn=turn_name(4))
    assert said(found) == [f"turn {turn_name(4)}: leaf {leaf(book, 8)} tells of it, but its row is missing"]


def test_a_turn_row_that_says_something_else_is_named(book: Ledger) -> None:
    found = after(book, "UPDATE turn SET outcome = 'refuse' WHERE id = :turn", turn=turn_name(1))
    assert said(found) == [f"turn {turn_name(1)}: its leaf ({leaf(book, 2)}) says allow, its row refuse"]


def test_usage_taken_away_is_named(book: Ledger) -> None:
    found = after(book, "DELETE FROM usage WHERE turn = :turn", turn=turn_name(2))
    assert said(found) == [f"turn {turn_name(2)}: the assistant was called: no usage is kept"]


def test_usage_without_a_turn_is_named(book: Ledger) -> None:
    found = after(book, "INSERT INTO usage (turn) VALUES ('nobody')")
    assert said(found) == ["turn nobody: the assistant was called: no leaf says so, but usage is kept"]


def test_a_counter_taken_away_or_lowered_is_named(book: Ledger) -> None:
    process = book.names.process
    assert said(after(book, "DELETE FROM process_counter")) == [
        f"process {process}: 13 leaves, but the counter of this process is missing"
    ]
    assert said(after(book, "UPDATE process_counter SET opened = 5, seen = 7")) == [
        f"process {process}: 6 leaves say opened, its counter says 5"
    ]


def test_requests_that_left_nothing_are_counted(book: Ledger) -> None:
    process = book.names.process
    stopped = after(book, "UPDATE process_counter SET seen = seen + 3")
    assert said(stopped) == [f"process {process}: 3 requests were seen and left no leaf"]
    killed = after(book, "UPDATE process_counter SET seen = seen + 3, stopped_at = NULL")
    assert (killed.mismatches, killed.under_way) == ((), 3)
    unseen = after(book, "UPDATE process_counter SET seen = 0, listed = 0")
    assert said(unseen) == [f"process {process}: 7 turns or refusals that the gateway never saw"]


def test_a_leaf_under_another_name_is_named(book: Ledger) -> None:
    found = after(book, "UPDATE ledger_leaf SET name = 'x.1' WHERE name = :name", name=leaf(book, 13))
    assert "leaf x.1: what it says is not a leaf of that name" in said(found)
    assert f"process {book.names.process}, number 13: 1 leaf is missing" in said(found)


def charged(line: int, identity: str, prompt: int | None = None, completion: int | None = None) -> Charged:
    return Charged(line, Usage(hash_of(identity), prompt, completion))


def test_an_ai_reply_that_went_unlogged_is_the_line_of_the_providers_file(book: Ledger) -> None:
    records = [charged(n + 1, f"chat-{n}", 10 + n, 20) for n in range(1, TURNS)]
    whole = after(book, charged=records)
    assert (whole.mismatches, whole.counted["provider_records"]) == ((), 5)
    found = after(book, charged=[*records, charged(7, "chat-99", 1, 1), charged(8, "chat-1", 11, 21)])
    assert said(found) == [
        f"line 7: an AI reply that is not in the evidence (hash {hash_of('chat-99')})",
        "line 8: the provider counts 11 and 21 tokens, kept are 11 and 20",
    ]
    assert after(book, charged=[charged(1, "chat-3")]).mismatches == ()


def test_a_turn_that_never_closed_is_unfinished_and_no_mismatch(tmp_path, database: str) -> None:
    store = open_store(tmp_path / "data", database)
    ledger = a_ledger(store)
    talk(ledger, 1)
    talk(ledger, 2, closes=False)
    sign(ledger)
    with store.reading() as connection:
        found = reconcile(connection)
        assert viewing.glance(connection, found.counted["leaves"]) == ((), 1)
    assert (found.mismatches, found.under_way) == ((), 0)
    assert [(one.turn, one.leaf) for one in found.unfinished] == [(turn_name(2), leaf(ledger, 3))]
    store.close()


def test_every_process_counts_for_itself_and_a_failed_change_takes_no_number(tmp_path, database: str) -> None:
    store = open_store(tmp_path / "data", database)
    one, two = a_ledger(store), a_ledger(store)
    for number in range(1, 4):
        talk(one, number)
        talk(two, number + 10)
        with contextlib.suppress(Undo), one.recorded() as tx:
            from tests.ledger.ledgers import HAPPENED

            tx.append(HAPPENED)
            raise Undo
    one.stop()
    with store.reading() as connection:
        found = reconcile(connection)
    assert (found.mismatches, found.unfinished, found.under_way) == ((), (), 0)
    assert (found.counted["leaves"], found.counted["processes"], found.counted["seen"]) == (12, 4, 6)
    gone = "DELETE FROM ledger_leaf WHERE name = :name"
    assert f"process {two.names.process}, number 6: 1 leaf is missing" in said(
        after(one, gone, name=leaf(two, 6))
    )
    store.close()


def glance_after(connection: Connection, change: str) -> tuple[str, ...]:
    connection.execute(text(change))
    leaves = connection.scalar(text("SELECT count(*) FROM ledger_leaf")) or 0
    return viewing.glance(connection, leaves)[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("DELETE FROM ledger_leaf WHERE position = 5", "the counters tell of 13 events, 12 are kept"),
        ("UPDATE process_counter SET seen = seen + 2", ": 2 requests were seen and left no leaf"),
        ("UPDATE process_counter SET seen = 1", ": 7 turns or refusals that the gateway never saw"),
    ],
)
def test_the_counters_alone_show_it_at_a_glance(book: Ledger, change: str, words: str) -> None:
    found: list[str] = []
    with contextlib.suppress(Undo), book.store.writing() as connection:
        found += glance_after(connection, change)
        raise Undo
    assert len(found) == 1
    assert found[0].endswith(words)
