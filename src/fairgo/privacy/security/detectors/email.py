"""E-mail addresses: a bounded local part, an @, and a domain with a dot; or spelled out after a word that names one.

A local part longer than its limit is found with its last characters, so the address is never usable; an address
is never found by a pattern that could look at the same character more than a few times.
"""

import re
import unicodedata
from collections.abc import Iterator

from fairgo.privacy.security.characters import DOMAIN, LOCAL, UNSEEN, without_unseen
from fairgo.privacy.security.detector import CODE, OPEN, WORD_END, Candidate, View, Words

TYPE = "EMAIL"
SCORE = 0.99
LONGEST_LOCAL, LONGEST_DOMAIN = 128, 255
_LETTER = rf"(?:[^\W\d_]|[\u0300-\u036f{UNSEEN}])"
_BEFORE_AT = re.compile(  # and a domain that may be one, or may still come
    rf"(?<![{LOCAL}])[{LOCAL}]++(?=[@\uff20](?:[{DOMAIN}]{{0,{LONGEST_DOMAIN}}}?\.(?:xn--|{_LETTER}{{2}})|[{DOMAIN}]*+\Z))",
    re.IGNORECASE,
)
_AFTER_AT = re.compile(f"[{DOMAIN}]{{0,{LONGEST_DOMAIN}}}+")
_TOP = re.compile(rf"xn--[a-z0-9-]{{2,}}|(?:[^\W\d_]|[\u0300-\u036f{UNSEEN}]){{2,63}}", re.IGNORECASE)
_LEADING = ".'-+%"

_NAMES = frozenset(("email", "emails", "mail", "gmail", "payid", "correo", "posta", "邮箱"))
_SAID = frozenset(
    ("dot", "arroba", "chiocciola", "gmail", "hotmail", "outlook", "yahoo", "icloud", "bigpond", "optusnet")
)
_BRACKETED = ("(at", "[at", "{at", "<at", "( at", "[ at")
_PROVIDERS = frozenset(
    ("gmail", "hotmail", "outlook", "yahoo", "icloud", "bigpond", "live", "optusnet", "protonmail")
)
_NAMED = re.compile(
    rf"{CODE}(?:e-?mails?|mail|gmail|payid|correo|posta|邮箱|电子邮件|البريد|ईमेल|ਈਮੇਲ){WORD_END}"
)
_JOIN = (
    r"(?: ?\.+ ?| ?[(\[{]dot[)\]}] ?| dot | underscore | dash | hyphen | minus | plus |[_\-+]| (?=\d{1,4} ))"
)
_AT = r"(?:,? (?:at|arroba|chiocciola) | ?[(\[{<] ?at ?[)\]}>] ?| ?@ ?)"
_WORD = r"[^\W_]{1,40}"
_TOPS = "com|net|org|au|edu|gov|io|co|uk|nz|in|it|gr|vn|cn|ph|es|info|biz|me|id|asn"
_SPELLED = re.compile(
    rf"(?<![^\W_]){_WORD}(?:{_JOIN}{_WORD}){{0,6}}{_AT}{_WORD}(?:(?: dash | hyphen |-){_WORD}){{0,2}}"
    rf"(?:(?: ?\. ?| ?[(\[]?dot[)\]]? | punto | point ){_WORD}){{0,3}}?(?: ?\. ?| ?[(\[]?dot[)\]]? | punto | point )(?:{_TOPS})(?![^\W_])"
    rf"(?:(?: ?\. ?| ?[(\[]?dot[)\]]? | punto )(?:{_TOPS})(?![^\W_]))?"
)
_BEGUN = re.compile(
    rf"(?<![^\W_]){_WORD}(?:(?:{_JOIN}|{_AT}){_WORD}){{0,9}}(?:{_JOIN}|{_AT})?[ (\[{{<@.]{{0,3}}\Z"
)
_PARTED = re.compile(f"({_AT})")
_SPOKEN_DOT, _JOINED = (
    re.compile(r"(?<![^\W_])dot(?![^\W_])"),
    re.compile(r"[._\-+\d]| dot | underscore | dash "),
)
_LETTERS = re.compile(r"[^\W\d_]+")
_NOBODY = ("me at ", "us at ", "them at ", "it at ", "is at ")
NAMED_WITHIN, LONGEST_SPELLED = 64, 160
_SIGNS = (
    (re.compile(r" ?[(\[]?(?:dot|punto|point)[)\]]? ?| ?\.+ ?"), "."),
    (re.compile(_AT), "@"),
    (re.compile(" underscore "), "_"),
    (re.compile(" (?:dash|hyphen|minus) "), "-"),
    (re.compile(" plus "), "+"),
)


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


def find_spelled(view: View) -> Iterator[Candidate]:
    """Addresses spelled out: "jane dot doe at example dot com", "jane@ example.com", "jane (at) example (dot) com"."""
    text = view.text
    if not view.words.isdisjoint(_SAID) or "@" in text or any(sign in text for sign in _BRACKETED):
        for found in _SPELLED.finditer(text, view.begin):
            if not found[0].startswith(_NOBODY) and _stands_alone(found[0]):
                yield Candidate(found.start(), found.end(), 0.95, _said(found[0]))
    if not view.words.isdisjoint(_NAMES):
        yield from _named(view)
    begun = None if view.final else _BEGUN.search(text, max(view.begin, len(text) - LONGEST_SPELLED))
    if begun:
        yield Candidate(begun.start(), OPEN)


def _named(view: View) -> Iterator[Candidate]:
    """What stands not far behind a word that names an address."""
    for name in _NAMED.finditer(view.text):
        stop = name.end() + NAMED_WITHIN + LONGEST_SPELLED
        for found in _SPELLED.finditer(view.text, max(view.begin, name.end()), stop):
            if found.start() > name.end() + NAMED_WITHIN:
                break
            if not found[0].startswith(_NOBODY):
                yield Candidate(found.start(), found.end(), 0.95, _said(found[0]))


def _stands_alone(spelled: str) -> bool:
    """True when nothing else is written so: a sign for "at", or a name in parts, or a known provider of mail."""
    local, at, domain = _PARTED.split(spelled, maxsplit=1)
    if at.strip(" ,") not in {"at", "arroba", "chiocciola"}:
        return True
    signs = (
        _SPOKEN_DOT.search(domain) is not None,
        _JOINED.search(local) is not None,
        not _PROVIDERS.isdisjoint(_LETTERS.findall(domain)),
    )
    return sum(signs) >= 2


def _said(spelled: str) -> str:
    for sign, plain in _SIGNS:
        spelled = sign.sub(plain, spelled)
    return spelled


DETECTOR = Words(type=TYPE, name="email address", find=find_spelled)
