"""What a detector of numbers is given, and what it answers.

A run is a stretch of digits with the separators people type; a group is what stands between two separators;
a window is a row of whole groups that together have the right number of digits. A detector looks at one
window at a time and at the words near it, never at the neighbouring groups: so hiding one number never
changes what is found next to it.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from fairgo.privacy.security.characters import DASHES, LETTERS_END, LETTERS_START, SPACES, UNSEEN, digits

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


def window_of(text: str) -> Window:
    """A window over the whole of a text that is one number, for detectors looked at by themselves."""
    groups = [Group(m.start(), m.end(), digits(m[0])) for m in re.finditer(r"\d+", text)]
    return Window(text, groups, "".join(g.digits for g in groups), plus=text.lstrip("( ").startswith("+"))


@dataclass(frozen=True, slots=True)
class Contrary:
    """Words that say a number is something else: directly before it ("order no. …") or after it ("… is my order")."""

    before: re.Pattern[str]
    after: re.Pattern[str]


def contrary(*alternatives: str) -> Contrary:
    """Contrary words, with the little words that may stand between them and the number."""
    named = f"{LETTERS_START}(?:{'|'.join(alternatives)}){LETTERS_END}"
    little = r"(?:is|was|are|numbers?|no|nr|num|id|code|ref|of|the|my|your|our|this|it|its|an?)"
    apart = r"[^\w,;!?\n]"
    return Contrary(
        before=re.compile(rf"{named}(?:{apart}+{little})*{apart}*\Z", re.IGNORECASE),
        after=re.compile(rf"{apart}*(?:{little}{apart}+)*{named}", re.IGNORECASE),
    )


@dataclass(frozen=True, slots=True)
class Number:
    """A type of identifier made of digits: one row of the catalogue, one file.

    `fit` judges a window by prefix, grouping and check digits. `words` near it support it, `contrary` words
    say that it is something else. `normal` is the form in which two ways of writing it are the same.
    """

    type: str
    lengths: range
    starts: str
    fit: Callable[[Window], Strength | None]
    words: re.Pattern[str]
    contrary: Contrary | None = None
    normal: Callable[[Window], str] = lambda window: window.digits
