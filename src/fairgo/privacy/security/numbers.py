"""What a detector of numbers is given, and what it answers.

A run is a stretch of digits with the separators people type; a group is what stands between two separators;
a window is a row of whole groups that together have the right number of digits. A detector looks at one
window at a time and at the words near it, never at the neighbouring groups: so hiding one number never
changes what is found next to it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from fairgo.privacy.security.characters import DASHES, SPACES, UNSEEN, without_unseen

# What may stand between a word such as "order" and its number without changing what is meant.
LITTLE = frozenset(
    {
        "is",
        "was",
        "are",
        "number",
        "numbers",
        "no",
        "nr",
        "num",
        "id",
        "code",
        "of",
        "the",
        "my",
        "your",
        "our",
    }
    | {"this", "it", "its", "s", "a", "an"}
)
_VALUES = bytes.maketrans(b"0123456789", bytes(range(10)))
_WORD = re.compile(r"[^\W\d_]+")
_CLAUSE_ENDS = re.compile(r"[,;!?\n]")
_IGNORED = re.compile(f"[{SPACES}{UNSEEN}]+")
_DASH = re.compile(f"[{DASHES}]")
_WIDE = str.maketrans("\uff08\uff09\uff0e\uff0f", "()./")


class Strength(IntEnum):
    """How much a window's own digits and grouping say."""

    POSSIBLE = 1  # an identifier only if words near it say so
    LIKELY = 2  # an identifier unless words near it say what else it is
    CERTAIN = 3  # whatever the words say


SCORES = {Strength.POSSIBLE: 0.8, Strength.LIKELY: 0.85, Strength.CERTAIN: 0.95}


@dataclass(frozen=True, slots=True)
class Group:
    """Digits without a separator between them, and where they stand in the text."""

    start: int
    end: int
    digits: str


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive whole groups of a run. `plus` is True when a plus sign stands directly before them."""

    text: str
    groups: Sequence[Group]
    digits: str
    plus: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """How many digits each group has."""
        return tuple(len(group.digits) for group in self.groups)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What separates the groups: one of ` - . / ( )` or a combination, without superfluous spaces."""
        pairs = zip(self.groups, self.groups[1:], strict=False)
        return tuple(_gap(self.text[left.end : right.start]) for left, right in pairs)


def _gap(between: str) -> str:
    return _DASH.sub("-", _IGNORED.sub("", between)).translate(_WIDE) or " "


def _always(_given: str) -> bool:
    return True


def _digits(window: Window) -> str:
    return window.digits


@dataclass(frozen=True, slots=True, eq=False)
class Number:
    """A type of identifier made of digits: one row of the catalogue, one file.

        `lengths` are how many digits it has, by its first digit; "+" stands for a plus sign before it. `check` looks at
        the digits alone, `fit` at their grouping. `words` near it support it (lower case; several in a row as one phrase);
        `contrary` words directly before or after say that it is something else. `normal` is the form in which two ways of
    writing it are the same. `only_named` promises that `fit` never says more than POSSIBLE.
    """

    type: str
    lengths: Mapping[str, Iterable[int]]
    fit: Callable[[Window], Strength | None]
    words: tuple[str, ...]
    check: Callable[[str], bool] = _always
    contrary: frozenset[str] = frozenset()
    normal: Callable[[Window], str] = _digits
    only_named: bool = False

    def is_named(self, said: str) -> bool:
        """True when one of the supporting words is said."""
        return any(f" {phrase} " in said for phrase in self.words)

    def could_be_named(self, *texts: str) -> bool:
        """False when no supporting word occurs in these texts, not even as part of another."""
        whole = without_unseen("".join(texts)).casefold()
        return any(phrase.partition(" ")[0] in whole for phrase in self.words)

    def is_denied(self, before: str, after: str) -> bool:
        """True when the words directly before or after say that it is something else."""
        clause = _CLAUSE_ENDS.split(before)[-1]
        following = _CLAUSE_ENDS.split(after, maxsplit=1)[0]
        earlier, last = ["", "", *_telling(clause)][-2:]
        first = [*_telling(following), ""][0]
        return (last in self.contrary and earlier != "in") or first in self.contrary


def values(given: str) -> bytes:
    """The digits 0 to 9 as numbers, for sums of check digits."""
    return given.encode().translate(_VALUES)


def _telling(text: str) -> list[str]:
    return [word for word in spoken(text).split() if word not in LITTLE]


def spoken(text: str) -> str:
    """The words of a text in lower case, with one space around each: no digits, no punctuation."""
    return f" {' '.join(_WORD.findall(without_unseen(text).casefold()))} "
