"""Australian addresses: unit, level and lot, street, suburb, state and postcode; post boxes; country mail runs; corners.

A number before a street's name and type is an address, with or without what follows; a suburb counts with its state
and postcode; a state, a town or a street alone does not. Types that are also everyday words ("drive", "place",
"close") need a street's name that is no everyday word, or a suburb after them.
"""

import re
from collections.abc import Iterator
from functools import cache

from fairgo.privacy.security.detector import FENCE, Candidate, View, Words
from fairgo.privacy.security.grammar import Fit, Grammar
from fairgo.privacy.security.lexicon import lexicon, parts, plain

_NUMBER = re.compile(r"\d{1,5}[a-z]?(?:-\d{1,5}[a-z]?)?\Z")
_POSTCODE = re.compile(r"\d{4}(?![\w-])")
_UNIT_NUMBER = re.compile(r"(?:u|unit|apt|flat|shop|suite|lot|level|lvl|l|f|g)-?\d{1,4}[a-z]?\Z")

_NO = "[n4]"
_NAME = "(?:[vykdSsp]Z?)"
_BEFORE_NO = rf"(?:(?:(?:U(?:{_NO}|[vi])|X|L{_NO})[,/-]?\n?){{1,3}}(?:[vyksd]{{1,4}}[,\n])?)?(?:{_NO}[/,])?"
_HOUSE = rf"{_BEFORE_NO}(?:{_NO}|X|L{_NO}(?:U[n49])?),?"
_SAID = rf"(?:{_HOUSE}|L?(?:U?N{{1,3}}/)?N{{1,4}})"
_STATE = r"(?:A|[dvk]{1,2}q)"
_AWAY = r"[,\n.-]{0,2}"
_PLACE = (
    rf"(?:{_AWAY}(?:[vkd]{{1,3}}(?=[,.;:!?)\n]|\Z)|[SN]?[kd][kdsb]{{0,2}}(?!S)|S?[vykdpsb]{{1,3}}(?={_AWAY}(?:{_STATE}|4(?!\d)))))?"
    rf"(?:{_AWAY}{_STATE})?(?:{_AWAY}4)?(?:,?q)?"
)
_SIDE = r"(?:d(?=[,.\n]|\Z))?"
_HERE = rf"{_AWAY}(?:S?[vykdpsb]{{1,3}}{_AWAY})?(?:{_STATE}{_AWAY}4|{_STATE}|4)"
RULES = (
    # a number, a street, and a suburb, state or postcode after it
    (0.95, rf"{_SAID}{_NAME}{{1,4}}?(?:f?S)d?{_HERE}"),
    # "212 Esplanade", "5 The Crescent"
    (0.93, rf"{_HOUSE}E?e{_PLACE}"),
    (0.92, rf"{_HOUSE}E[Ss](?!y){_PLACE}"),
    # a number and a street: by a name that is no ordinary word, then by one that is
    (0.92, rf"{_SAID}(?:[vkp]|d(?!Sy))Z?{_NAME}{{0,2}}?S{_SIDE}{_PLACE}"),
    (0.9, rf"{_SAID}(?:(?:[vkp]|d(?!Sy))Z?){{1,3}}f?S{_PLACE}"),
    (0.9, rf"{_HOUSE}S[vkd]{{1,2}}S{_PLACE}"),
    (0.9, rf"{_HOUSE}Sf[vk]{{1,2}}{_PLACE}"),
    (0.85, rf"N{{1,4}}y{{1,2}}S,?[kd]{_PLACE}"),
    (0.88, rf"{_HOUSE}{_NAME}{{1,3}}?S(?![yv]){_PLACE}"),
    # a type of street that is an everyday word: with a suburb after it, a name of its own, or "at" before it
    (0.92, rf"{_SAID}{_NAME}{{1,3}}?s{_HERE}"),
    (0.86, rf"{_HOUSE}(?:[vkp]Z?){{1,2}}s(?![y4]){_PLACE}"),
    (0.86, rf"(?<=[ht]){_HOUSE}(?:[vkyp]Z?){{1,2}}s{_PLACE}"),
    # boxes, bags, country mail runs
    (0.95, rf"(?:P|i\.?i\.?)o[n49X]{_PLACE}"),
    (0.95, rf"Bg{_NO}{_PLACE}"),
    (0.95, rf"(?:r|i\.i\.i\.){_NO}(?:,?{_NAME}{{1,3}}?S)?{_PLACE}"),
    # corners
    (0.88, rf"cf?{_NAME}{{1,3}}?[Ss]&{_NAME}{{1,3}}?[Ss]{_PLACE}"),
    (0.88, rf"cf?{_NAME}{{1,2}}&{_NAME}{{1,3}}?[Ss]{_PLACE}"),
    # a town with state and postcode; a numbered house in a town without streets; a town with its postcode; a label
    (0.9, rf"S?[vkd]{{1,3}}{_AWAY}{_STATE}{_AWAY}4(?:,?q)?"),
    (0.92, rf"(?:U{_NO}|X|L{_NO}){_AWAY}[vkd]{{1,3}}{_AWAY}{_STATE}{_AWAY}4"),
    (0.8, r"k{1,2}[,\n]?4"),
    (0.85, r"(?:(?<=b\":\")|(?<=b:))[vykd]{1,3}"),
)
_TOWN_ALONE = next(at for at, (_, pattern) in enumerate(RULES, 1) if pattern.startswith("k{1,2}"))


@cache
def _town_words() -> frozenset[str]:
    return frozenset(part for suburb in lexicon().suburbs for part in suburb.split())


@cache
def _roles() -> dict[str, str]:
    """The part that every known word can play in an address."""
    roles = {word: "y" if kind in "w%" else "v" for word, kind in lexicon().kinds.items()}
    roles |= dict.fromkeys("bcdefghijklmnopqrstuvwxyz", "i")
    never, *others = parts("addresses.txt")
    roles |= dict.fromkeys(_town_words().difference(never[1]), "k") | dict.fromkeys(never[1], never[0])
    for sign, words in others:
        roles |= dict.fromkeys(words, sign)
    roles |= {mark: mark for mark in ".,:;()\"'-=@/<>{}[]"}
    return roles | {"'s": "Z", FENCE: "|"}


@cache
def _wanted() -> frozenset[str]:
    """Words without one of which a text holds no address, but for a town with its postcode."""
    return frozenset(word for sign, words in parts("addresses.txt") if sign in "SseAqogrcb" for word in words)


def _sign_of(word: str) -> str:
    """The part that a word can play which is not known as it is written."""
    if word[0] == "\n":
        return "\n" if word.count("\n") == 1 else ";"
    if word[0].isdigit():
        return _number_sign(word)
    if not word[0].isalpha():
        return ";"
    if _UNIT_NUMBER.match(word):
        return "X"
    whole = word.replace("-", "").replace("'", "").isalpha()
    return _roles().get(plain(word), "v" if whole else "9")


def _number_sign(word: str) -> str:
    if word.isdigit() and len(word) == 4:
        return "4"
    return "n" if _NUMBER.match(word) else "9"


def find(view: View) -> Iterator[Candidate]:
    """The addresses in a text."""
    if (
        view.final
        and view.words.isdisjoint(_wanted())
        and not _is_town_alone(view)
        and "r.m.b" not in view.text
    ):
        return
    yield from _GRAMMAR.read(view)


def _is_town_alone(view: View) -> bool:
    return not view.words.isdisjoint(_town_words()) and _POSTCODE.search(view.text) is not None


def _stands(fit: Fit) -> bool:
    """False for what is part of a price, a decimal, a web page or a file, and for a town with something like a year."""
    text, start = fit.text, fit.row.starts[fit.at]
    before = text[start - 1 : start]
    if before in {"$", "@", "_", "#"} or (
        before in {".", ":", "/", "-"} and text[start - 2 : start - 1].isalnum()
    ):
        return False
    if fit.rule == _TOWN_ALONE:
        said = fit.row.words[fit.at : fit.stop]
        town = " ".join(word for word in said if word.isalpha())
        return town in lexicon().suburbs and not 1900 <= int(said[-1]) <= 2035
    return True


_STARTS = (
    r"[n4XULN](?=.{0,13}[SsAeq])|[PBrc]|i(?=\.?[io])"
    r"|[kdvSsb](?=[vkdsSb,.\n-]{0,5}(?:[Aq4]))|(?<=[:\"])[vkyd]"
)
_GRAMMAR = Grammar(
    known=_roles,
    sign_of=_sign_of,
    rules=RULES,
    starts=re.compile(_STARTS, re.DOTALL),
    held=re.compile(rf"{_STARTS}|[n4XULNi]|[vkdSsyb](?=.{{0,8}}\Z)", re.DOTALL),
    stands=_stands,
    before=4,
    after=30,
    ahead=156,
    trimmed=",.-\n",
)
DETECTOR = Words(type="ADDRESS", name="address", find=find)
