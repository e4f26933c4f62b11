"""Placeholders: what stands in a text for a value, and how it is recognised when a model writes it back.

A placeholder is the type, a middle dot, and a keyed hash of the value under the conversation's own secret, between
single angle quotation marks (U+2039, U+203A). The same value has the same placeholder throughout a conversation, and a meaningless one anywhere else.
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Collection
from dataclasses import dataclass

from fairgo.privacy.security.catalogue import WORDS

OPEN, DOT, CLOSE = "‹", "·", "›"
BODY = 10
LONGEST_UNFINISHED = 96
_TYPES = "|".join(WORDS)
_OPENS, _PLAIN_OPENS = "‹|&lsaquo;|&#8249;|&#x2039;", "<|&lt;"
_DOTS = "·|&middot;|&#183;|&#xb7;"
_CLOSES, _PLAIN_CLOSES = "›|&rsaquo;|&#8250;|&#x203a;", ">|&gt;"
_MARK = re.compile(
    rf"(?i:(?:{_OPENS})(?P<type>[a-z_]{{2,16}})(?:{_DOTS})(?P<body>[a-z0-9]{{0,40}})(?:{_CLOSES})?)"
    rf"|(?:{_PLAIN_OPENS})?(?P<bare>{_TYPES})(?:{_DOTS})"
    rf"(?P<rest>[a-z2-7]{{{BODY}}}(?![\w@]))(?:{_PLAIN_CLOSES})?"
)
_CUT_OFF = re.compile(
    rf"(?:{_PLAIN_OPENS})?(?P<type>{_TYPES})(?:{_DOTS})(?P<body>[a-z2-7]{{0,{BODY}}})\Z"
    rf"|(?i:{_OPENS})(?P<begun>[A-Za-z_]{{0,16}})\Z"
)
_UNFINISHED = re.compile(
    rf"(?i:{_OPENS}|{_PLAIN_OPENS})?[A-Za-z_]{{0,16}}(?:(?i:{_DOTS})[A-Za-z0-9]{{0,40}})?(?:&[#\w]{{0,7}})?\Z"
)
_EXACTLY_ONE = re.compile(f"{OPEN}(?:{_TYPES}){DOT}[a-z2-7]{{{BODY}}}{CLOSE}")
_LOOKS_LIKE_ONE = re.compile(rf"(?i:(?:{_OPENS})[a-z_]{{2,16}}(?:{_DOTS}))|(?:{_TYPES})(?:{_DOTS})")


@dataclass(frozen=True, slots=True)
class Mark:
    """A placeholder, or what looks like one, in a text. `token` is empty when it broke off before its type ended."""

    start: int
    end: int
    type: str
    token: str


def token_of(type_: str, normal: str, secret: bytes) -> str:
    """The placeholder of a value in the conversation that has this secret."""
    keyed = hmac.digest(secret, f"{type_}\0{normal}".encode(), "sha256")
    return _written(type_, b32encode(keyed).decode()[:BODY])


def _written(type_: str, body: str) -> str:
    return f"{OPEN}{type_.upper()}{DOT}{body.lower()}{CLOSE}"


def find_marks(text: str, *, final: bool) -> list[Mark]:
    """Everything in a text that is or looks like a placeholder, in order.

    Also found: other letter case, HTML entities, the plain brackets `<` and `>` or none, and, at the end of a
    `final` text, one that was cut off.
    """
    marks = []
    if DOT in text or "&" in text:
        for found in _MARK.finditer(text):
            type_ = found["type"] or found["bare"]
            body = found["rest"] if found["body"] is None else found["body"]
            marks.append(Mark(found.start(), found.end(), type_.upper(), _written(type_, body)))
    if final:
        marks += _cut_off(text, marks[-1].end if marks else 0)
    return marks


def _cut_off(text: str, start: int) -> list[Mark]:
    found = _CUT_OFF.search(text, max(start, len(text) - LONGEST_UNFINISHED))
    if found is None:
        return []
    if found["type"]:
        token = _written(found["type"], found["body"])
        return [Mark(found.start(), found.end(), found["type"], token)]
    begun = found["begun"].upper()
    if any(type_.startswith(begun) for type_ in WORDS):
        return [Mark(found.start(), found.end(), "", "")]
    return []


def unfinished(text: str) -> int:
    """Where the last characters of a text could be a placeholder that is still arriving; else the text's length."""
    tail = text[-LONGEST_UNFINISHED:]
    if not any(sign in tail for sign in "‹<&·"):
        return len(text)
    found = _UNFINISHED.search(tail)
    return len(text) - len(tail) + (found.start() if found else len(tail))


def without_strangers(text: str, known: Collection[str]) -> str:
    """The text with every placeholder that is not exactly one of `known` made into ordinary characters.

    So nobody can type a placeholder and have a value put in its place.
    """
    if not _LOOKS_LIKE_ONE.search(text):
        return text
    parts, at = [], 0
    for found in _EXACTLY_ONE.finditer(text):
        if found[0] in known:
            parts += [_ordinary(text[at : found.start()]), found[0]]
            at = found.end()
    return "".join([*parts, _ordinary(text[at:])])


def _ordinary(text: str) -> str:
    if not _LOOKS_LIKE_ONE.search(text):
        return text
    for entity in _DOTS.split("|")[1:]:
        text = re.sub(entity, "-", text, flags=re.IGNORECASE)
    return text.replace(OPEN, "<").replace(DOT, "-").replace(CLOSE, ">")
