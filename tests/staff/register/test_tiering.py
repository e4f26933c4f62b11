"""The tier: the same for the same answers, never lower for a worse answer, and driven by the answers it names."""

import hypothesis.strategies as st
from hypothesis import given

from fairgo.staff.register import tiering
from fairgo.staff.register.tiering import CONSEQUENCE, HARMS, LIKELIHOOD, QUESTIONS, Level

CHOICES = {
    **{f"{harm}.likelihood": list(LIKELIHOOD) for harm in HARMS},
    **{f"{harm}.consequence": list(CONSEQUENCE) for harm in HARMS},
    **{one.name: list(one.answers) for one in QUESTIONS},
}
ANSWERS = st.fixed_dictionaries({name: st.sampled_from(choices) for name, choices in CHOICES.items()})


@given(ANSWERS)
def test_every_full_set_of_answers_has_one_tier_and_three_deciding_answers(said):
    assert tiering.read_answers(said) == ({name: said[name] for name in tiering.names()}, {})
    found = tiering.tier(said)
    assert found == tiering.tier(dict(reversed(said.items())))
    assert len(found.deciding) == 3
    assert found.full == tiering.passes(said)
    assert found.deciding[0].level >= found.deciding[-1].level
    if not found.full:
        assert found.tier is Level.LOW
    assert found.gates == tiering.GATES[found.tier]


@given(ANSWERS, st.sampled_from(sorted(CHOICES)))
def test_a_worse_answer_never_makes_the_tier_lower(said, name):
    choices = CHOICES[name]
    place = choices.index(said[name])
    worse = said | {name: choices[min(place + 1, len(choices) - 1)]}
    assert tiering.tier(worse).tier >= tiering.tier(said).tier


def test_the_bands_and_the_matrix_are_whole_and_never_fall():
    rows = [[tiering.risk(a, b) for b in CONSEQUENCE] for a in LIKELIHOOD]
    assert [len(row) for row in rows] == [5] * 5
    assert all(row == sorted(row) for row in rows)
    assert all(list(column) == sorted(column) for column in zip(*rows, strict=True))
    assert rows[0][0] is Level.LOW
    assert rows[-1][-1] is Level.HIGH


def test_a_chatbot_that_the_public_meets_is_high():
    said = {name: choices[0] for name, choices in CHOICES.items()}
    said |= {"wrong_answer.likelihood": "possible", "wrong_answer.consequence": "moderate", "meets": "public"}
    assert tiering.tier(said).tier is Level.HIGH


def test_there_are_few_enough_questions_for_half_an_hour():
    assert len(tiering.names()) <= 30
