"""What the register says of a system: one table of fields, and what of an entry is still missing.

The fields are the union of three lists that Australian companies meet: the Australian Government's AI impact assessment
tool, the United Kingdom's Algorithmic Transparency Recording Standard (tiers 1 and 2), and the model card.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

STAGES = {
    "plan": "Plan and design",
    "build": "Prepare data, build or adapt a model",
    "test": "Test, evaluate and validate",
    "deploy": "Make it available",
    "operate": "Operate and monitor",
    "retire": "Retire",
}
OVERSIGHT = {
    "person_decides": "A person decides; AI only helps them",
    "person_approves": "AI proposes; a person approves each time",
    "person_watches": "AI acts; a person watches and can stop it",
    "person_on_request": "AI acts; a person takes over when asked",
    "none": "AI acts alone",
}
EXPOSURE = {
    "public": "The public, without signing in",
    "customers": "Customers",
    "staff": "Staff only",
    "machines": "Other systems only",
}
OUTPUT = {
    "answer": "Answers in words",
    "recommendation": "Recommendations or offers",
    "score": "Scores or rankings",
    "decision": "Decisions",
    "action": "Actions in other systems",
    "label": "Labels or sorting",
}


class Kind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name, its label, a hint, how it is filled in, how many words fit, and whether the public may see it.

    An entry is complete when no required field is empty.
    """

    name: str
    label: str
    hint: str = ""
    kind: Kind = Kind.TEXT
    words: int = 200
    choices: Mapping[str, str] | None = None
    public: bool = False
    required: bool = False


LINE, TEXT, CHOICE, DATE = Kind.LINE, Kind.TEXT, Kind.CHOICE, Kind.DATE

GROUPS: Mapping[str, tuple[Field, ...]] = {
    "What it is": (
        Field("title", "Name", "As people in the company call it.", LINE, 15, public=True, required=True),
        Field("reference", "Reference number", "Your own, if you have one.", LINE, 5),
        Field(
            "description",
            "What it does, in plain words",
            "At most 200 words. Somebody who has never seen it should understand it.",
            public=True,
            required=True,
        ),
        Field(
            "technology",
            "What kind of technology it is",
            "At most 100 words: which model, who made it, how it was adapted.",
            words=100,
            public=True,
            required=True,
        ),
        Field("stage", "Stage of its life", "", CHOICE, choices=STAGES, public=True, required=True),
    ),
    "Who answers for it": (
        Field("owner", "Owner", "The one who answers for it.", LINE, 15, required=True),
        Field("lead", "Lead team", "Who builds and runs it.", LINE, 15, required=True),
        Field(
            "contact", "Contact", "Where questions go: a shared mailbox is best.", LINE, 15, public=True, required=True
        ),
        Field("sponsor", "Sponsor", "The executive who stands behind it.", LINE, 15),
        Field("supplier", "Supplier", "Who it was bought from, or your own team.", LINE, 30, required=True),
        Field("third_parties", "Third parties", "Who else sees data or runs a part of it.", words=100),
    ),
    "What it is for": (
        Field("rationale", "Why AI", "What is better with it, and what else was looked at.", public=True),
        Field("intended_use", "What it is meant for", "", public=True, required=True),
        Field("out_of_scope", "What it must not be used for", "", public=True, required=True),
        Field("exposure", "Who meets it", "", CHOICE, choices=EXPOSURE, public=True, required=True),
    ),
    "How it works": (
        Field("inputs", "What goes in", "Kinds of data, personal information named.", required=True),
        Field("output_type", "What comes out", "", CHOICE, choices=OUTPUT, public=True, required=True),
        Field("data", "What it was trained and tested on", ""),
        Field(
            "decision_process",
            "Where it stands in the decision",
            "What happens before and after it, and what the customer is told.",
            public=True,
        ),
        Field("oversight", "Who decides", "", CHOICE, choices=OVERSIGHT, public=True, required=True),
        Field(
            "human_oversight",
            "How a person looks after it",
            "Who watches, how they stop it, how a customer reaches a person.",
            public=True,
            required=True,
        ),
    ),
    "What can go wrong": (
        Field("risks", "Risks, and what is done about them", "", required=True),
        Field("limitations", "What it does badly", "", public=True, required=True),
        Field("factors", "Groups and settings that matter", "For whom or where it may work less well."),
        Field("metrics", "How its work is measured", ""),
        Field("ethics", "Ethical questions", "What was asked, and what was decided."),
        Field("trade_offs", "Trade-offs", "What was given up for what."),
    ),
    "Review": (
        Field("next_review", "Next review", "A date.", DATE, required=True),
        Field("review_trigger", "What brings the review forward", "Such as a new model or a new use.", words=50),
        Field("review_note", "What changed this time", "At most 50 words, for the review history.", words=50),
    ),
}  # fmt: skip
FIELDS: tuple[Field, ...] = tuple(field for fields in GROUPS.values() for field in fields)
SPARE = 400  # characters beyond twelve for each word: a text without spaces is too long as well


def read_entry(form: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What was typed, by field, and what is wrong with it, by field. Fields the form left out are empty."""
    said = {field.name: form.get(field.name, "").replace("\r\n", "\n").strip() for field in FIELDS}
    wrong = {field.name: fault for field in FIELDS if (fault := _fault(field, said[field.name]))}
    return said, wrong


def missing(said: Mapping[str, str]) -> tuple[Field, ...]:
    """The required fields that are still empty."""
    return tuple(field for field in FIELDS if field.required and not said.get(field.name))


def shown(field: Field, value: str) -> str:
    """A field's value for people: a choice by its words, the rest as typed."""
    return (field.choices or {}).get(value, value)


def _fault(field: Field, value: str) -> str:
    if not value:
        return ""
    if field.kind is Kind.CHOICE:
        return "" if value in (field.choices or {}) else "Choose one of the list."
    return _date_fault(value) if field.kind is Kind.DATE else _text_fault(field, value)


def _text_fault(field: Field, value: str) -> str:
    if field.kind is Kind.LINE and "\n" in value:
        return "This takes one line."
    if any(not (letter.isprintable() or letter in "\n\t") for letter in value):
        return "This holds a character that cannot be shown."
    count = len(value.split())
    if count > field.words:
        return f"At most {field.words} words fit here; these are {count}."
    if len(value) > field.words * 12 + SPARE:
        return "This is too long."
    return ""


def _date_fault(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        return "Write the date as year-month-day, such as 2027-03-31."
    return ""
