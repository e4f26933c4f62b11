"""What the policy says about personal information: which types are hidden, from which score on, and how long placeholders live."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

IDENTIFIERS = (
    "PERSON",
    "EMAIL",
    "PHONE",
    "ADDRESS",
    "DATE_OF_BIRTH",
    "TFN",
    "MEDICARE",
    "IHI",
    "DVA",
    "CRN",
    "PASSPORT",
    "DRIVER_LICENCE",
    "BANK_ACCOUNT",
    "CARD",
    "SECRET",
    "ABN",
    "ACN",
    "NMI",
    "VEHICLE_REG",
    "IP_ADDRESS",
    "USI",
    "VISA_NUMBER",
)
BUSINESS = frozenset({"ABN", "ACN"})  # of businesses, on a public register
# Privacy (Tax File Number) Rule 2015; Healthcare Identifiers Act 2010: disclosing these is an offence of its own.
ALWAYS = ("TFN", "IHI")


def _known(type_: str) -> str:
    if type_ not in IDENTIFIERS:
        raise PydanticCustomError("unknown_identifier", "there is no type {type}", {"type": repr(type_)})
    return type_


def _lawful(types: tuple[str, ...]) -> tuple[str, ...]:
    for type_ in ALWAYS:
        if type_ not in types:
            raise PydanticCustomError("always_hidden", "{type} is always hidden", {"type": type_})
    return types


def _at_any_score(thresholds: Mapping[str, float]) -> Mapping[str, float]:
    for type_ in ALWAYS:
        if type_ in thresholds:
            raise PydanticCustomError("always_hidden", "{type} is hidden at any score", {"type": type_})
    return thresholds


Identifier = Annotated[str, AfterValidator(_known)]
Score = Annotated[float, Field(ge=0, le=1, description="a score from 0 to 1, such as 0.9")]
Thresholds = Annotated[Mapping[Identifier, Score], AfterValidator(_at_any_score)]
DAYS = "whole days, from 1 to 3650"
Days = Annotated[int, Field(ge=1, le=3650, strict=True, description=DAYS)]


class Privacy(BaseModel):
    """What an assistant never sees of a customer. Types of third-party detectors are always hidden.

    `thresholds` are scores from which on a find counts; a type without one counts at any score that is reported.
    `keep_days` is how long after a conversation's last turn its placeholders can still be put back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden: Annotated[tuple[Identifier, ...], AfterValidator(_lawful)] = tuple(
        name for name in IDENTIFIERS if name not in BUSINESS
    )
    thresholds: Thresholds = {}
    keep_days: Days = 30

    def hides(self, type_: str, score: float) -> bool:
        """True when a find of this type and score must not be seen."""
        if type_ not in self.hidden and type_ in IDENTIFIERS:
            return False
        return score >= self.thresholds.get(type_, 0.0)

    def narrowed(self, by: "Narrowing") -> "Privacy":
        """The rules with what a system adds: more types, lower thresholds, fewer days; never the other way."""
        hidden = (*self.hidden, *(name for name in by.hidden if name not in self.hidden))
        lower = {name: min(score, self.thresholds.get(name, 0.0)) for name, score in by.thresholds.items()}
        days = self.keep_days if by.keep_days is None else min(self.keep_days, by.keep_days)
        return Privacy(hidden=hidden, thresholds={**self.thresholds, **lower}, keep_days=days)


class Narrowing(BaseModel):
    """What one system hides beyond the organisation's rules. It can only be stricter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    hidden: tuple[Identifier, ...] = ()
    thresholds: Thresholds = {}
    keep_days: Days | None = Field(default=None, description=DAYS)

    def widens(self, rules: Privacy) -> tuple[str, str] | None:
        """The first key that would be laxer than the organisation's rules, and why; else None."""
        for name, score in self.thresholds.items():
            given = rules.thresholds.get(name, 0.0)
            if score > given:
                return f"thresholds.{name}", f"{score:g} is above the organisation's {given:g}"
        if self.keep_days is not None and self.keep_days > rules.keep_days:
            return "keep_days", f"{self.keep_days} is longer than the organisation's {rules.keep_days}"
        return None


DEFAULT = Privacy()
