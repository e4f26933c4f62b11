"""E-mail addresses: a bounded local part, an @, and a domain with a dot.

A local part longer than its limit is found with its last characters, so the address is never usable; an address
is never found by a pattern that could look at the same character more than a few times.
"""

import re
import unicodedata
from collections.abc import Iterator

from fairgo.privacy.security.characters import DOMAIN, LOCAL, UNSEEN, without_unseen

TYPE = "EMAIL"
SCORE = 0.95
LONGEST_LOCAL, LONGEST_DOMAIN = 128, 255
_BEFORE_AT = re.compile(f"(?<![{LOCAL}])[{LOCAL}]++(?=@)")
_AFTER_AT = re.compile(f"[{DOMAIN}]{{0,{LONGEST_DOMAIN}}}+")
_TOP = re.compile(rf"xn--[a-z0-9-]{{2,}}|(?:[^\W\d_]|[\u0300-\u036f{UNSEEN}]){{2,63}}", re.IGNORECASE)
_LEADING = ".'-+%"


def find(text: str, stops: Iterator[tuple[int, int]], *, final: bool) -> Iterator[tuple[int, int | None]]:
    """Where addresses stand, in order: start and end, or None for an end that has not arrived yet.

    `stops` are stretches in order that no address may reach into.
    """
    stop = next(stops, None)
    free = 0
    for found in _BEFORE_AT.finditer(text):
        at = found.end()
        while stop and stop[0] <= at:
            free = max(free, stop[1])
            stop = next(stops, None)
        start = max(found.start(), at - LONGEST_LOCAL, free)
        while start < at and text[start] in _LEADING:
            start += 1
        domain = _AFTER_AT.match(text, at + 1, stop[0] if stop else len(text))
        if start == at or domain is None:
            continue
        if domain.end() == len(text) and len(domain[0]) < LONGEST_DOMAIN and not final:
            yield start, None
            return
        length = _domain(domain[0])
        if length:
            free = at + 1 + length
            yield start, free


def _domain(text: str) -> int:
    """How many characters of this text are a domain: up to the last label that could be a top level, or none."""
    if "." not in text:
        return 0
    best = at = 0
    for place, label in enumerate(text.split(".")):
        if not label:
            break
        top = _TOP.match(label) if place else None
        if top:
            best = at + top.end()
        at += len(label) + 1
    return best


def normal(address: str) -> str:
    """The address in the one form two writings of it share."""
    return unicodedata.normalize("NFC", without_unseen(address)).casefold()
