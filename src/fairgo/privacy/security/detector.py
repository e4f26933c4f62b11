"""What a detector is. One file in `detectors/` holds one, under the name DETECTOR; the catalogue lists it.

Detectors never see the text as typed but a folded view of it: lower case, digits of every script and width as 0 to 9,
dashes and spaces of every kind as `-` and a space, nothing of zero width, spoken digits as digits, and every
placeholder as FENCE signs of the same length. So a detector is written once, for the plain form.

There are two kinds. A `Shape` is a pattern with check digits and the words that name it: the engine looks for it and
judges it. A `Words` detector reads the view itself and says what it found: for names, addresses, dates in words.

Scores are meant as the share of such finds that are right. They are set by kind of evidence (a shape that stands for
itself, check digits and a name, a name alone, a name and a wrong check digit) and were compared with labelled
messages that were read for tuning: of finds with 0.97 and more 203 of 203 were right, of those with 0.93 to 0.96
85 of 86, of those with 0.88 to 0.92 11 of 11, below 2 of 3. The labelled set is small: they are a rank with honest
ends, no probability to two digits.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from fairgo.privacy.security.folding import words_in

BEHIND = 96  # how far before its start a Words detector may look, in characters of the view
OPEN = -1
FENCE = "\u2039"
CJK = "\u3040-\u30ff\u3400-\u9fff"  # parts of a character class
# What opens the pattern of a value that may begin with a letter, and of one that may begin with a word; what ends a
# value and a word. Scripts without spaces between words stand directly beside them.
CODE, PHRASE = rf"(?<![^\W_{CJK}])(?<!')", rf"(?<![^\W_{CJK}])(?<!')(?:)"
END, WORD_END = rf"(?![^\W{CJK}])", rf"(?![^\W\d_{CJK}])"
# What people put between the parts of a number; at the end of a line, the next one may begin with signs of a quote.
GAP = r"(?:[ .\-/()]{0,3}+| ?\n[> ]{0,3})"
LOOSE_GAP = r"(?:[ .,\-/()_*:]{0,4}+| ?\n[> ]{0,3})"
_BETWEEN = re.compile(r"[\W_]+")
_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


class Candidate(NamedTuple):
    """What a Words detector found: `view.text[start:end]`, how sure it is (0 to 1), and its normal form.

    The score is the share of such finds that are right. `normal` is the form that two writings of one value share;
    empty for the folded text with its white space made single. An `end` of OPEN says: text that has not arrived
    yet could make an identifier that begins at `start`, or change one; nothing from there on is given out.
    """

    start: int
    end: int
    score: float = 0.0
    normal: str = ""


class Token(NamedTuple):
    """A word of letters (with apostrophes inside), and where it stands in the view."""

    start: int
    end: int
    word: str


class View:
    """A folded text, as every detector sees it.

    `text[begin:]` is what may be searched; what stands before it was given out already or is the message before, and
    is there to be looked back at. A view that is not `final` goes on: more text may follow, though never in the
    middle of a word. `words` are all that occur, cut at apostrophes: the cheap first question is
    `view.words.isdisjoint(...)`.
    """

    def __init__(
        self, text: str, begin: int = 0, *, final: bool = True, words: frozenset[str] | None = None
    ) -> None:
        self.text = text
        self.begin = begin
        self.final = final
        self.words = words_in(text) if words is None else words

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The words in order with their places, apostrophes inside them. Dearer than `words`: ask only when those say it is worth it."""
        return tuple(Token(found.start(), found.end(), found[0]) for found in _TOKEN.finditer(self.text))


Finder = Callable[[View], Iterable[Candidate]]


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """A detector that reads the view itself.

    `find` gives candidates with `start >= view.begin`, in any order. Its rules, which make streaming the same as not
    streaming: whether there is a candidate at a place depends on at most BEHIND characters before it and, in a view
    that is not final, on text that has arrived; what could still change is given as OPEN, and at most 160 characters
    before the end of the view. It takes time in proportion to the view, and asks `view.words` or one plain
    search first, since most messages hold nothing. Letter case says nothing: the view has none.
    A FENCE is a barrier: what stands behind it belongs to something else.
    """

    type: str
    name: str
    find: Finder


class Need(IntEnum):
    """What must stand near a value for it to count."""

    NAME_ONLY = 0  # nothing but what is nearest to it may name it: for values whose check digits do not fit
    NAME = 1  # one of the words that name it, before or after
    NO_DENIAL = 2  # nothing, unless a word directly before or after says that it is something else
    NOTHING = 3  # it stands for itself


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One way to write a value: a pattern over the folded text, its check, and what must stand near it.

    The pattern begins and ends with the value; digits never stand directly before or after it. `score` is the share
    of such finds that are right. `after` is False when only words before it may name it; `unsure` is True when it
    says so much itself that the unsure words will do without support.
    """

    pattern: str
    need: Need = Need.NAME
    score: float = 0.95
    check: Callable[[str], bool] = bool
    after: bool = True
    unsure: bool = False


def compact(value: str) -> str:
    """The letters and digits of a value."""
    return _BETWEEN.sub("", value)


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A detector of what has a shape. `name` is what it is called in plain words.

    `words` name it in any language (folded: lower case, plain signs; several words are a phrase). `unsure` words
    name it only when one of `support` stands near, too. What directly beside a value names something else, denies it:
    the words of other detectors, and order, invoice, tracking and so on.
    """

    type: str
    name: str
    rules: tuple[Rule, ...] = field(repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)
    unsure: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    normal: Callable[[str], str] = compact


Detector = Shape | Words
