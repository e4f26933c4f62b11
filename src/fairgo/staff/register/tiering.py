"""The tier of a system: fixed questions with fixed answers, no essays, the same tier for the same answers.

The threshold comes first, as in the Australian Government's AI impact assessment tool: each harm gets a likelihood and
a consequence, and one risk of medium or more asks for the rest. Then each answer has a level; the highest level is the
tier, and three answers of medium make it high. A chatbot that the public meets is high, as New South Wales has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

VERSION = "2026-11"


class Level(IntEnum):
    """How much an answer weighs."""

    LOW = 0
    MEDIUM = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its name, its words, and its answers by code with their words and levels."""

    name: str
    words: str
    answers: Mapping[str, tuple[str, Level]]


@dataclass(frozen=True, slots=True)
class Deciding:
    """An answer that drove the tier: the question, the answer in words, and its level."""

    question: str
    answer: str
    level: Level


@dataclass(frozen=True, slots=True)
class Tiering:
    """The outcome: whether the threshold was passed, the tier, the three answers that weighed most, and the gates."""

    full: bool
    tier: Level
    deciding: tuple[Deciding, ...]
    gates: tuple[str, ...]


LIKELIHOOD: Mapping[str, str] = {
    "rare": "Rare: less than 5 in 100",
    "unlikely": "Unlikely: 5 to 30 in 100",
    "possible": "Possible: 31 to 60 in 100",
    "likely": "Likely: 61 to 90 in 100",
    "almost_certain": "Almost certain: 91 in 100 or more",
}
CONSEQUENCE: Mapping[str, str] = {
    "insignificant": "Hardly any",
    "minor": "Minor: put right at once",
    "moderate": "Moderate: somebody loses time or money",
    "major": "Major: lasting harm to somebody",
    "severe": "Severe: somebody’s safety or livelihood",
}
# Rows: likelihood, rarest first. Columns: consequence, smallest first.
MATRIX = ("LLLMM", "LLMMH", "LMMHH", "MMHHH", "MMHHH")
LETTERS = {"L": Level.LOW, "M": Level.MEDIUM, "H": Level.HIGH}
HARMS: Mapping[str, str] = {
    "wrong_answer": "Somebody acts on a wrong answer",
    "unequal": "Some groups of people are treated worse than others",
    "privacy": "Personal information is used or shown as it should not be",
    "no_person": "Somebody who needs a person does not reach one",
    "security": "Somebody makes it do what it should not",
}
NO, SOME, YES = Level.LOW, Level.MEDIUM, Level.HIGH
QUESTIONS: tuple[Question, ...] = (
    Question(
        "meets",
        "Who meets it?",
        {
            "machines": ("Other systems or staff only", NO),
            "with_person": ("Customers, through a person", SOME),
            "public": ("Customers or the public, directly", YES),
        },
    ),
    Question(
        "decides",
        "What does it decide?",
        {
            "nothing": ("Nothing about a person", NO),
            "helps": ("It helps a person decide about a customer", SOME),
            "alone": ("It decides about a customer by itself", YES),
        },
    ),
    Question(
        "effect",
        "What could a decision or answer change for a customer?",
        {
            "nothing": ("Nothing that lasts", NO),
            "cost": ("What they pay or get", SOME),
            "rights": ("Their service, contract, credit, hardship help or safety", YES),
        },
    ),
    Question(
        "information",
        "What personal information does it use?",
        {
            "none": ("None", NO),
            "ordinary": ("Names, contacts, bills", SOME),
            "sensitive": ("Health, money troubles, background or other sensitive information", YES),
        },
    ),
    Question(
        "at_risk",
        "Do people at risk meet it (hardship, family violence, grief, disability)?",
        {
            "no": ("Hardly", NO),
            "some": ("Sometimes", SOME),
            "often": ("Often, or it is made for them", YES),
        },
    ),
    Question(
        "undo",
        "Can what it did be undone?",
        {
            "easily": ("Yes, in minutes", NO),
            "slowly": ("Yes, with work or loss of time", SOME),
            "no": ("No", YES),
        },
    ),
    Question(
        "scale",
        "How many people does it reach in a month?",
        {
            "few": ("Fewer than 1,000", NO),
            "many": ("1,000 to 100,000", SOME),
            "most": ("More, or most customers", SOME),
        },
    ),
    Question(
        "known",
        "How well is it known how it comes to its answers?",
        {
            "rules": ("Rules that can be read", NO),
            "explained": ("A model whose answers can be explained", SOME),
            "opaque": ("A model whose answers cannot be explained", SOME),
        },
    ),
)
GATES: Mapping[Level, tuple[str, ...]] = {
    Level.LOW: ("entry", "approval"),
    Level.MEDIUM: ("entry", "approval", "audit", "privacy"),
    Level.HIGH: ("entry", "approval", "committee", "audit", "privacy", "security", "legal", "access"),
}
GATE_WORDS: Mapping[str, str] = {
    "entry": "The register entry is complete",
    "approval": "Somebody with the right approved this version",
    "committee": "The ethics committee has seen it",
    "audit": "An audit for gaps between groups is kept, not older than a year",
    "privacy": "A privacy impact assessment is done",
    "security": "A security review is done",
    "legal": "A legal review is done",
    "access": "People with disability tested it",
}
TIERS: Mapping[Level, str] = {Level.LOW: "low", Level.MEDIUM: "medium", Level.HIGH: "high"}
DECIDING = 3
MANY_MEDIUM = 3


def names() -> tuple[str, ...]:
    """The names of all answers a form gives: two for each harm, then one for each question."""
    pairs = [f"{harm}.{part}" for harm in HARMS for part in ("likelihood", "consequence")]
    return (*pairs, *(question.name for question in QUESTIONS))


def risk(likelihood: str, consequence: str) -> Level:
    """The risk of a harm."""
    row, column = list(LIKELIHOOD).index(likelihood), list(CONSEQUENCE).index(consequence)
    return LETTERS[MATRIX[row][column]]


def read_answers(form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was chosen, and what is wrong, by name. The second part may stay empty where the threshold is not passed."""
    said = {name: form.get(name, "") for name in names()}
    wrong = {}
    for harm in HARMS:
        for part, known in (("likelihood", LIKELIHOOD), ("consequence", CONSEQUENCE)):
            if said[f"{harm}.{part}"] not in known:
                wrong[f"{harm}.{part}"] = "Choose one."
    needed = bool(wrong) or passes(said)
    for question in QUESTIONS:
        value = said[question.name]
        if value not in question.answers and (value or (needed and not wrong)):
            wrong[question.name] = "Choose one."
    return said, wrong


def passes(said: Mapping[str, str]) -> bool:
    """True when at least one risk is medium or more, so that all questions must be answered."""
    return any(level > Level.LOW for _harm, level in _risks(said))


def tier(said: Mapping[str, str]) -> Tiering:
    """The tier for a set of answers that `read_answers` found nothing wrong with."""
    harms = [
        Deciding(f"Risk: {words}", f"{_of(LIKELIHOOD, said, harm, 'likelihood')}; {_of(CONSEQUENCE, said, harm, 'consequence')}", level)
        for (harm, words), (_name, level) in zip(HARMS.items(), _risks(said), strict=True)
    ]  # fmt: skip
    full = passes(said)
    asked = [
        Deciding(question.words, *question.answers[said[question.name]])
        for question in QUESTIONS
        if said[question.name]
    ]
    counted = [*asked, *harms] if full else harms
    highest = max(one.level for one in counted)
    if highest is Level.MEDIUM and sum(one.level is Level.MEDIUM for one in asked) >= MANY_MEDIUM:
        highest = Level.HIGH
    found = highest if full else Level.LOW
    deciding = sorted(counted, key=lambda one: -one.level)[:DECIDING]
    return Tiering(full, found, tuple(deciding), GATES[found])


def _risks(said: Mapping[str, str]) -> list[tuple[str, Level]]:
    return [(harm, risk(said[f"{harm}.likelihood"], said[f"{harm}.consequence"])) for harm in HARMS]


def _of(words: Mapping[str, str], said: Mapping[str, str], harm: str, part: str) -> str:
    return words[said[f"{harm}.{part}"]].partition(":")[0].lower()
