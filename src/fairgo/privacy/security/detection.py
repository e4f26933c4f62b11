"""Where personal identifiers stand in a text."""

from collections.abc import Iterator
from dataclasses import dataclass

from fairgo.privacy.security.contacts import normal_contacts
from fairgo.privacy.security.reading import Found, Place, Reading


@dataclass(frozen=True, slots=True)
class Span:
    """One identifier in a text: `text[start:end]`, its type, and how sure the detector is, from 0 to 1."""

    start: int
    end: int
    type: str
    score: float


def found_in(text: str, *, before: str = "") -> Iterator[Found]:
    """Every identifier in a text, in order, with its normal form; `before` are words that introduce the text."""
    place = Place(before=f"{before} " if before else "")
    for item in Reading(text, place, final=True).items:
        if isinstance(item, Found):
            yield item


def detect(text: str) -> tuple[Span, ...]:
    """The identifiers in a text, in order and without overlap. Takes time in proportion to the text's length."""
    return tuple(Span(found.start, found.end, found.type, found.score) for found in found_in(text))


def redact_text(text: str, contacts: tuple[str, ...] = ()) -> tuple[str, tuple[Span, ...]]:
    """The text with `[TYPE]` in place of every identifier but the company's own contacts, and what was hidden where."""
    own = normal_contacts(contacts)
    hidden, parts, at = [], [], 0
    for found in found_in(text):
        if (found.type, found.normal) in own:
            continue
        hidden.append(Span(found.start, found.end, found.type, found.score))
        parts += [text[at : found.start], f"[{found.type}]"]
        at = found.end
    return "".join([*parts, text[at:]]), tuple(hidden)
