"""Identifiers that a customer splits over several messages: "my tfn is 123 456", then "782".

The second half alone says nothing, and the first may have been sent before anybody could know. So the last messages
of the customer are read together, whatever was said between them, and each part of what is found is hidden where it
stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fairgo.core.turns import Role, Text
from fairgo.privacy.security.detection import found_in
from fairgo.privacy.security.reading import Found

TOGETHER = 3  # messages that may share one identifier
LONGEST_PART = 64  # characters at the end of a message, and at the beginning of the next
FEWEST_DIGITS = 4  # fewer may be anything


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an identifier in one message: `text[start:end]` is part `number` of what was found."""

    start: int
    end: int
    number: int
    whole: Found
    value: str


def parts(texts: Sequence[Text], lead: Mapping[int, str]) -> dict[int, list[Part]]:
    """Pieces by the place of their message, for identifiers that lie in several of the customer's messages.

    `lead` are the words before a message, by its place.
    """
    found: dict[int, list[Part]] = {}
    mine = [at for at, text in enumerate(texts) if text.role is Role.CUSTOMER and text.text.strip()]
    for last in range(1, len(mine)):
        together = _short(texts, mine[max(0, last - TOGETHER + 1) : last + 1])
        if len(together) > 1:
            _join(texts, together, lead.get(together[0], ""), found)
    return found


def _short(texts: Sequence[Text], places: list[int]) -> list[int]:
    """The newest of these messages that hang together: nothing long stands between the first and the last."""
    kept = [places[-1]]
    for place in reversed(places[:-1]):
        kept.insert(0, place)
        if len(texts[place].text) > LONGEST_PART:
            break
    return kept


def _join(texts: Sequence[Text], places: list[int], lead: str, found: dict[int, list[Part]]) -> None:
    joined, bounds = "", []
    for place in places:
        text = texts[place].text
        begin = max(0, len(text) - LONGEST_PART) if place != places[-1] else 0
        piece = text[begin:] if place != places[-1] else text[:LONGEST_PART]
        gap = "" if not joined or joined.endswith("@") or piece.startswith("@") else " "
        joined += gap
        bounds.append((len(joined), len(joined) + len(piece), begin, place))
        joined += piece
    for item in found_in(joined, before=lead):
        inside = [bound for bound in bounds if item.start < bound[1] and item.end > bound[0]]
        if len(inside) > 1 and (
            item.type == "EMAIL" or sum(map(str.isdecimal, item.normal)) >= FEWEST_DIGITS
        ):
            _keep(joined, item, inside, found)


def _keep(
    joined: str, item: Found, inside: list[tuple[int, int, int, int]], found: dict[int, list[Part]]
) -> None:
    value = joined[item.start : item.end]
    for number, (start, end, begin, place) in enumerate(inside, start=1):
        part = Part(
            max(item.start, start) - start + begin, min(item.end, end) - start + begin, number, item, value
        )
        if not any(part.start < known.end and part.end > known.start for known in found.get(place, [])):
            found.setdefault(place, []).append(part)
