"""Placeholders: what stands in a text for a value, and how it is recognised when a model writes it back.

A placeholder is the type, a middle dot, and a keyed hash of the value under the conversation's own secret, between
single angle quotation marks (U+2039, U+203A). The same value has the same placeholder throughout a conversation, and
a meaningless one anywhere else.

A model may write it back in other letters, escaped (JSON, HTML, percent signs, Markdown), in bold, with zero-width
characters, or in pieces between spaces. Nothing in here knows any value: whatever reads like a placeholder is found,
and who restores it looks it up whole.
"""

import hmac
import re
from base64 import b32encode
from collections.abc import Collection, Iterator
from typing import NamedTuple

from fairgo.core.hiding import IDENTIFIERS
from fairgo.privacy.security.characters import UNSEEN

OPEN, DOT, CLOSE = "‹", "·", "›"
BODY = 10
LONGEST_UNFINISHED = 128
# One of these is in every placeholder, however it is written.
_SIGNS = (OPEN, DOT, "&", "\\u", "\\U", "%e", "%E", *"•∙‧・")


def _any_of(*ways: str) -> str:
    return f"(?:{'|'.join(ways)})"


_SPACE = r" \t\n\u00a0\u202f"
_MARKDOWN = rf"*`_~\\{UNSEEN}"
_LITTLE = f"[{_MARKDOWN}]{{0,3}}"  # what a model puts inside without meaning to separate
_MUCH = f"[{_MARKDOWN}{_SPACE}]{{0,3}}"
_OPENS = _any_of(r"\\?‹", "&lsaquo;", "&#8249;", "&#x2039;", r"\\{1,2}u2039", "%e2%80%b9")
_CLOSES = _any_of(r"\\?›", "&rsaquo;", "&#8250;", "&#x203a;", r"\\{1,2}u203a", "%e2%80%ba")
_MIDDLE = _any_of("[·•∙‧・]", "&middot;", "&#183;", "&#xb7;", r"\\{1,2}u00b7", "%c2%b7")
_DOTS = _any_of(_MIDDLE, "[.:-]")
_PLAIN_OPENS, _PLAIN_CLOSES = "(?:<|&lt;)?", "(?:>|&gt;)?"
_TYPES = _any_of(*(r"\\{0,2}_".join(type_.split("_")) for type_ in IDENTIFIERS))
_LETTER = "[a-z2-7]"
_CUT = rf"[\\{UNSEEN}{_SPACE}]{{0,2}}"
_CUT_TYPES = _any_of(*(_CUT.join(type_) for type_ in IDENTIFIERS))
_TIGHT = rf"{_LETTER}(?:[\\{UNSEEN}]{{0,2}}{_LETTER}){{{BODY - 1}}}"
_LOOSE = rf"{_LETTER}(?:{_CUT}{_LETTER}){{{BODY - 1}}}"
_ESCAPED = r"&(?:[lL][sS][aA][qQ][uU][oO]|#8249|#[xX]2039);|\\{1,2}[uU]2039|%[eE]2%80%[bB]9"
# Where a placeholder may begin, or its middle stand: cheap to look for, since most texts have neither.
# (Literals first: the engine drops such branches at a glance.)
_ANCHOR = re.compile(
    rf"(‹|\\‹|{_ESCAPED})(?={_MUCH}[A-Za-z])"
    r"|(?:·|•|∙|‧|・)(?<=[A-Za-z].)"
    r"|&(?<=[A-Za-z]&)(?:[mM][iI][dD][dD][oO][tT]|#183|#[xX][bB]7);"
    r"|\\(?<=[A-Za-z]\\)\\?[uU]00[bB]7|%(?<=[A-Za-z]%)[cC]2%[bB]7"
)
_CUT_TYPE = rf"(?P<type>[a-z](?:{_CUT}[a-z_]){{1,15}})"
_OPENED = re.compile(
    rf"{_MUCH}{_CUT_TYPE}{_MUCH}{_DOTS}"
    rf"(?:{_MUCH}(?P<loose>{_LOOSE}){_MUCH}{_CLOSES}|{_LITTLE}(?P<tight>{_TIGHT})(?![a-z0-9])(?:{_LITTLE}{_CLOSES})?)",
    re.IGNORECASE,
)
_ODD = re.compile(rf"(?P<type>[a-z_]{{2,16}}){_MIDDLE}(?P<body>[a-z0-9]{{0,40}}){_CLOSES}?", re.IGNORECASE)
_BEFORE_MIDDLE = re.compile(rf"{_PLAIN_OPENS}(?P<type>{_TYPES})\Z", re.IGNORECASE)
_AFTER_MIDDLE = re.compile(
    rf" ?{_LITTLE}(?P<body>(?=[a-z]*[2-7])(?=[2-7]*[a-z]){_LETTER}{{{BODY}}})(?![\w@]){_PLAIN_CLOSES}",
    re.IGNORECASE,
)
_LONGEST_BEFORE_MIDDLE = 24
_CUT_OFF = re.compile(
    rf"{_OPENS}{_MUCH}(?P<type>{_CUT_TYPES}){_MUCH}{_DOTS}{_MUCH}(?:{_LETTER}{_MUCH}){{0,{BODY}}}\Z"
    rf"|{_PLAIN_OPENS}(?P<bare>{_TYPES}){_MIDDLE} ?{_LITTLE}{_LETTER}{{0,{BODY}}}\Z"
    rf"|{_OPENS}{_MUCH}(?P<begun>[a-z_\\{UNSEEN}{_SPACE}]{{0,42}}){_MUCH}\Z",
    re.IGNORECASE,
)
# Wider than any placeholder that is still arriving, so that none can begin before what is held.
_ARRIVING = rf"[\w{UNSEEN}*`~\\ \t\n\u00a0\u202f.:\-&#;%·•∙‧・]"
_ONLY_ARRIVING = re.compile(f"{_ARRIVING}*+")
_ESCAPED_OPEN = re.compile(_ESCAPED)
_LAST_WORD = re.compile(
    rf"(?:{_PLAIN_OPENS}[a-z_\\]{{1,24}}(?:{_MIDDLE} ?{_LITTLE}[a-z0-9]{{0,{BODY}}})?|<|&lt;)?"
    r"(?:&[#\w]{0,7}|\\{1,2}(?:u[0-9a-f]{0,4})?|%[0-9a-f%]{0,8})?\Z",
    re.IGNORECASE,
)
_LONGEST_LAST_WORD = 64
_WORD_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
_NOT_JUST_A_WORD = frozenset("<&;\\%·•∙‧・")
_EXACTLY_ONE = re.compile(f"{OPEN}([A-Z][A-Z_]{{1,15}}){DOT}[a-z2-7]{{{BODY}}}{CLOSE}")
# Wider than a placeholder: what follows may become one when something beside it is hidden.
_LOOKS_OPENED = re.compile(rf"{_MUCH}{_CUT_TYPE}{_MUCH}{_DOTS}", re.IGNORECASE)
_LOOKS_ODD = re.compile(rf"[a-z_]{{2,16}}{_MIDDLE}", re.IGNORECASE)
_NO_BODY = re.compile(r"[^a-z0-9]", re.IGNORECASE)
_NO_TYPE = re.compile(r"[^A-Z_]")
_HARMLESS = (
    (re.compile(_OPENS, re.IGNORECASE), "<"),
    (re.compile(_MIDDLE, re.IGNORECASE), "-"),
    (re.compile(_CLOSES, re.IGNORECASE), ">"),
)


class Mark(NamedTuple):
    """A placeholder, or what looks like one, in a text. `token` is empty when it broke off before its type ended."""

    start: int
    end: int
    type: str
    token: str


def token_of(type_: str, normal: str, secret: bytes) -> str:
    """The placeholder of a value in the conversation that has this secret."""
    body, again = "", 0
    while body.isalpha() or body.isdecimal() or not body:  # neither a word nor a number reads like one
        value = f"{type_}\0{normal}".encode() + bytes(again)
        keyed = hmac.digest(secret, value, "sha256")
        body, again = b32encode(keyed).decode()[:BODY], again + 1
    return _written(type_, body)


def _written(type_: str, body: str) -> str:
    return f"{OPEN}{type_.upper()}{DOT}{body.lower()}{CLOSE}"


def find_marks(text: str, *, final: bool) -> list[Mark]:
    """Everything in a text that is or looks like a placeholder, in order.

    Also found: what a model makes of one, the plain brackets `<` and `>` or none, and, at the end of a `final` text,
    one that was cut off.
    """
    if not _may_hold_one(text):
        return []
    marks = list(_whole_marks(text))
    if final:
        cut = _cut_off(text, max([m.end for m in marks if _EXACTLY_ONE.fullmatch(m.token)], default=0))
        if cut:
            marks = [*(mark for mark in marks if mark.end <= cut.start), cut]
    return marks


def _may_hold_one(text: str) -> bool:
    return any(sign in text for sign in _SIGNS)


def _whole_marks(text: str) -> Iterator[Mark]:
    at, anchor = 0, _ANCHOR.search(text)
    while anchor:
        mark = _opened(text, anchor) if anchor[1] else _bare(text, anchor, at)
        if mark:
            yield mark
            at = mark.end
        anchor = _ANCHOR.search(text, at if mark else anchor.end())


def _opened(text: str, anchor: re.Match[str]) -> Mark | None:
    found = _EXACTLY_ONE.match(text, anchor.start())
    if found:
        return Mark(found.start(), found.end(), found[1], found[0])
    found = _OPENED.match(text, anchor.end())
    if found and _type(found) in IDENTIFIERS:
        return _mark(anchor.start(), found.end(), _type(found), found["loose"] or found["tight"])
    found = _ODD.match(text, anchor.end())
    return _mark(anchor.start(), found.end(), _type(found), found["body"]) if found else None


def _bare(text: str, anchor: re.Match[str], at: int) -> Mark | None:
    found = _AFTER_MIDDLE.match(text, anchor.end())
    named = _named_before(text, anchor, at) if found else None
    if found is None or named is None:
        return None
    start = anchor.start() - (named.end() - named.start())
    return _mark(start, found.end(), _type(named), found["body"])


def _named_before(text: str, anchor: re.Match[str], at: int) -> re.Match[str] | None:
    """The type directly before a middle."""
    before = text[max(at, anchor.start() - _LONGEST_BEFORE_MIDDLE) : anchor.start()]
    ends = before.replace("\\", "").upper().endswith(IDENTIFIERS)
    return _BEFORE_MIDDLE.search(before) if ends else None


def _type(found: re.Match[str]) -> str:
    named: str = found["type"]
    return named.upper() if named.isalpha() else _NO_TYPE.sub("", named.upper())


def _mark(start: int, end: int, type_: str, body: str) -> Mark:
    return Mark(start, end, type_, _written(type_, body if body.isalnum() else _NO_BODY.sub("", body)))


def _cut_off(text: str, start: int) -> Mark | None:
    found = _CUT_OFF.search(text, max(start, len(text) - LONGEST_UNFINISHED))
    if found is None:
        return None
    type_ = found["type"] or found["bare"]
    if type_:
        return Mark(found.start(), found.end(), _NO_TYPE.sub("", type_.upper()), _written(type_, "?"))
    begun = _NO_TYPE.sub("", found["begun"].upper())
    known = any(name.startswith(begun) for name in IDENTIFIERS)
    return Mark(found.start(), found.end(), "", "") if known else None


def unfinished(text: str) -> int:
    """Where the last characters of a text could be a placeholder that is still arriving; else the text's length."""
    tail = text[-LONGEST_UNFINISHED:]
    before = len(text) - len(tail)
    place = tail.rfind(OPEN)
    if place >= 0 and _arriving(tail, place + 1):
        return before + place - tail.endswith("\\", 0, place)
    if "&" in tail or "\\" in tail or "%" in tail:
        for found in _ESCAPED_OPEN.finditer(tail):
            if _arriving(tail, found.end()):
                return before + found.start()
    end = tail[-_LONGEST_LAST_WORD:]
    if _NOT_JUST_A_WORD.isdisjoint(end):
        return max(len(text) - _LONGEST_BEFORE_MIDDLE, len(text) - len(end) + len(end.rstrip(_WORD_SIGNS)))
    word = _LAST_WORD.search(end)
    return len(text) - len(end) + (word.start() if word else len(end))


def _arriving(text: str, start: int) -> bool:
    found = _ONLY_ARRIVING.match(text, start)
    return found is not None and found.end() == len(text)


def is_exact(written: str) -> bool:
    """True for a placeholder exactly as Fairgo writes it, whoever's it is."""
    return _EXACTLY_ONE.fullmatch(written) is not None


def defused(text: str, *, final: bool) -> str:
    """The text, as long as before, with what only looks like a placeholder made into ordinary characters.

    Real ones hide nothing any more; what somebody wrote between such signs may be an identifier.
    """
    parts, at = [], 0
    for mark in find_marks(text, final=final):
        written = text[mark.start : mark.end]
        if not is_exact(written):
            written = _as_long(written)
        parts += [text[at : mark.start], written]
        at = mark.end
    return "".join([*parts, text[at:]])


def _as_long(written: str) -> str:
    for sign, plain in _HARMLESS:
        for found in sign.finditer(written):
            written = written[: found.start()] + plain * len(found[0]) + written[found.end() :]
    return written


def without_strangers(text: str, known: Collection[str]) -> str:
    """The text with every placeholder that is not exactly one of `known` made into ordinary characters.

    So nobody can type a placeholder and have a value put in its place.
    """
    if not _may_hold_one(text):
        return text
    parts, at = [], 0
    for found in _EXACTLY_ONE.finditer(text):
        if found[0] in known:
            parts += [_ordinary(text[at : found.start()]), found[0]]
            at = found.end()
    return "".join([*parts, _ordinary(text[at:])])


def _ordinary(text: str) -> str:
    if any(_looks_like_one(text, anchor) for anchor in _ANCHOR.finditer(text)):
        for sign, plain in _HARMLESS:
            text = sign.sub(plain, text)
    return text


def _looks_like_one(text: str, anchor: re.Match[str]) -> bool:
    if not anchor[1]:
        return _named_before(text, anchor, 0) is not None
    found = _LOOKS_OPENED.match(text, anchor.end())
    return (found is not None and _type(found) in IDENTIFIERS) or bool(_LOOKS_ODD.match(text, anchor.end()))
