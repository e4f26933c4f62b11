"""Core's small values: errors, events, the article, verdicts, turns and the clock."""

from datetime import UTC, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.core import errors
from fairgo.core.area import Area
from fairgo.core.article import AREAS, STRATEGIES
from fairgo.core.clock import coarse, system_clock
from fairgo.core.errors import EvidenceBroken, FairgoError, nearest
from fairgo.core.events import Event
from fairgo.core.ports import Row, as_lines
from fairgo.core.turns import Role, Text, Vault
from fairgo.core.verdicts import ALLOW, NOT_BUILT, Measure, Outcome, State, Verdict
from tests.turns import a_turn


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("prot", ["host", "port"], "did you mean 'port'?"),
        ("zzz", ["b", "a"], "known: a, b"),
        ("zzz", [], ""),
    ],
)
def test_nearest_names_one_or_all(name: str, known: list[str], hint: str):
    assert nearest(name, known) == hint


def test_an_error_carries_its_code_and_may_carry_a_finer_one():
    plain = errors.BadRequest("it does not fit")
    assert (plain.code, plain.detail, plain.status, plain.hint, str(plain)) == (
        "bad_request", "bad_request", 400, "", "it does not fit",
    )  # fmt: skip
    finer = errors.BadRequest("too large", hint="send less", detail="too_large", status=413)
    assert (finer.code, finer.detail, finer.status, finer.hint) == (
        "bad_request",
        "too_large",
        413,
        "send less",
    )
    assert errors.BadRequest("again").status == 400
    assert isinstance(finer, FairgoError)


@pytest.mark.parametrize("kind", ["a.b", "a.b.c.d", "A.b.c", "a.b.c ", "a.b-c.d", "a..c", "", "a.b.c\n"])
def test_a_type_is_area_subject_action(kind: str):
    Event("consent.choice.given")
    with pytest.raises(EvidenceBroken, match="not an event type"):
        Event(kind)


@pytest.mark.parametrize(
    "fact",
    ["hand-over", "cannot tell yet", "assistant", "f" * 64, "", 0, -1, True, 2**53 - 1, {"phone": 2}, MappingProxyType({"a.b": 1})],
)  # fmt: skip
def test_codes_counts_and_hashes_are_facts(fact):
    assert Event("a.b.c", facts={"fact": fact}).facts["fact"] == fact


@pytest.mark.parametrize(
    "fact",
    ["I want a person!", "Jo Citizen", "jo@example.com", "0412 345 678", "naïve", "a\nb", "x" * 129, "a  b",
     1.5, None, 2**53, -(2**53), ["a"], b"a", {"Jo Citizen": 1}, {"a": "b"}, {"a": 2**60}, {"a": None}, {1: 1}],
)  # fmt: skip
def test_words_of_people_are_no_facts(fact):
    with pytest.raises(EvidenceBroken, match="not a code"):
        Event("a.b.c", facts={"fact": fact})


def test_names_systems_and_commitments_keep_to_the_grammar_too():
    Event("a.b.c", "help-desk", {"turn": "1"}, {"request": "0" * 64})
    for broken in (
        {"system": "Jo's desk"},
        {"facts": {"Jo Citizen": 1}},
        {"commitments": {"Jo Citizen": "0" * 64}},
        {"commitments": {"request": "the words"}},
        {"commitments": {"request": "A" * 64}},
    ):
        with pytest.raises(EvidenceBroken):
            Event("a.b.c", **broken)


def test_no_error_of_an_event_repeats_a_value():
    with pytest.raises(EvidenceBroken) as wrong:
        Event("a.b.c", facts={"fact": "my secret is 12345678 !"})
    assert "secret" not in wrong.value.message


def test_the_article_has_seven_areas_of_three_strategies():
    assert len(STRATEGIES) == 21
    assert len(AREAS) == 7
    for area in AREAS:
        assert len([row for row in STRATEGIES if row.area == area]) == 3
    for unique in ("name", "module", "page", "test", "asks", "does", "measure"):
        assert len({getattr(row, unique) for row in STRATEGIES}) == 21
    assert [row.area for row in STRATEGIES] == [area for area in AREAS for _ in range(3)]


def test_a_strategy_says_where_it_lives():
    row = next(row for row in STRATEGIES if row.name == "opt_out")
    assert row.module == "fairgo.transparency.opt_out"
    assert row.test == "tests/article/test_transparency.py::test_opt_out"
    assert all(row.command.startswith("fairgo ") and row.page.startswith("/console/") for row in STRATEGIES)


def test_rows_stand_as_lines_under_their_area():
    done = Row(STRATEGIES[0], Measure("3 groups", State.OK, "today"))
    waiting = Row(STRATEGIES[3], NOT_BUILT)
    assert as_lines([done, waiting]).splitlines() == [
        "Bias", "  datasets       3 groups (today)  [ok]", "", "Privacy", "  principles     not built yet",
    ]  # fmt: skip


def test_an_area_has_no_measures_until_it_says_so():
    assert Area("bias").measures == {}


@pytest.mark.parametrize(
    ("verdict", "ends"),
    [
        (ALLOW, False),
        (Verdict(Outcome.CHANGE), False),
        (Verdict(Outcome.CHANGE, reply="No, I am an AI."), True),
        (Verdict(Outcome.CHANGE, reply=""), True),
        (Verdict(Outcome.HAND_OVER), True),
        (Verdict(Outcome.REFUSE), True),
    ],
)
def test_a_verdict_with_a_reply_or_without_ai_ends_the_steps(verdict: Verdict, ends: bool):
    assert verdict.ends is ends


def test_outcomes_and_states_are_the_words_on_the_screen():
    assert [str(outcome) for outcome in Outcome] == ["allow", "change", "hand-over", "refuse"]
    assert State.CANNOT_TELL == "cannot tell yet"


HISTORY = (
    Text(Role.SYSTEM, "be kind"),
    Text(Role.CUSTOMER, "first"),
    Text(Role.AI, "answer"),
    Text(Role.TOOL, "result"),
)


def test_a_remembered_turn_must_answer_what_came_after_the_last_answer():
    assert a_turn("second", "third", history=HISTORY).said == ("second", "third")


def test_a_turn_that_nobody_remembers_must_answer_everything_the_customer_says():
    assert a_turn("second", history=HISTORY, remembered=False).said == ("first", "second")


def test_a_vault_does_not_show_its_secret():
    assert "secret-bytes" not in repr(Vault({"<A>": "a"}, frozenset({"a"}), b"secret-bytes"))


@given(st.datetimes(timezones=st.just(UTC), max_value=datetime(9998, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001 - Hypothesis adds the zone
def test_a_coarse_time_is_the_minute_in_utc_wherever_it_is_said(moment: datetime, hours: int):
    if moment.year < 1900:
        moment = moment.replace(year=1900, day=min(moment.day, 28))
    said = coarse(moment.astimezone(timezone(timedelta(hours=hours))))
    back = datetime.fromisoformat(said)
    assert back == moment.replace(second=0, microsecond=0)
    assert len(said) == len("2026-11-23T12:34Z")


def test_the_clock_says_utc():
    assert system_clock().utcoffset() == timedelta(0)
