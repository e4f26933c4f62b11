"""How a sentence gives something its name: "my PIN is", "password:", "the code they sent me was"."""

import re
from collections.abc import Iterator, Sequence

from fairgo.privacy.security.detector import CODE, OPEN, Candidate, View

IS = (
    r"(?:\s?(?:[:=]|->|=>)+\s?| - |'s "
    r"| (?:is called|was called|changed to|is|was|are|it's|its|to|set to|ay|es|là|la|είναι|هي|هو|है|ਹੈ|è|e'|é)"
    r"(?: (?:now|still|currently|set to|actually))?(?: ?:)? | ?(?:是|为) ?)"
)
NO_MORE = r"(?!\w|[.,/\-]\d|%)"  # what follows a number that is no part of something longer
_WORD_START = re.compile(rf"{CODE}[^\W_]")
LONGEST_START = 18  # of the words before the one that shows that a name is here: telephone banking (code)


def matches(
    text: str, at: int, patterns: Sequence[tuple[re.Pattern[str], float]]
) -> Iterator[tuple[re.Match[str], float]]:
    """What matches where one of the few words up to this place begins, or at the place itself."""
    starts = {at, *(word.start() for word in _WORD_START.finditer(text, max(0, at - LONGEST_START), at + 1))}
    for start in sorted(starts):
        for pattern, score in patterns:
            found = pattern.match(text, start)
            if found:
                yield found, score


def found_at(view: View, span: tuple[int, int], score: float) -> Iterator[Candidate]:
    """The candidate, when it stands in the part to be searched; OPEN when more text could make it longer."""
    start, end = span
    if start >= view.begin:
        yield Candidate(start, end if view.final or end < len(view.text) - 1 else OPEN, score)
