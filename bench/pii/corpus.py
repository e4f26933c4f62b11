"""The published set: loaded, and checked for what it promises."""

import itertools
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.pii.identifiers import CHECKS
from bench.pii.writing import SPOKEN

HERE = Path(__file__).resolve().parent
HALVES = ("tune", "report")
NAMED = ("PERSON", "ADDRESS")  # told by words; the rest have a structure
TYPES = (
    "PERSON",
    "EMAIL",
    "PHONE",
    "ADDRESS",
    "DATE_OF_BIRTH",
    "TFN",
    "MEDICARE",
    "IHI",
    "DVA",
    "CRN",
    "PASSPORT",
    "DRIVER_LICENCE",
    "BANK_ACCOUNT",
    "CARD",
    "SECRET",
    "ABN",
    "ACN",
    "NMI",
    "VEHICLE_REG",
    "IP_ADDRESS",
    "USI",
    "VISA_NUMBER",
)
SHAPES = {
    "EMAIL": r".+@.+\..+|.+ at .+ dot .+",
    "PHONE": r"\+?\d{8,12}",
    "DVA": r"[NVQWST][A-Z]{0,3}\d{4,6}[A-Z]?",
    "CRN": r"\d{9}[A-Z]",
    "PASSPORT": r"[A-Z]{1,2}\d{7}",
    "BANK_ACCOUNT": r"\d{6}|\d{8,9}|\d{14}",
    "VISA_NUMBER": r"\d{13}",
    "DRIVER_LICENCE": r"[A-Z]?\d{5,10}",
    "VEHICLE_REG": r"[A-Z0-9]{5,7}",
    "USI": r"[2-9A-HJ-NP-Z]{10}",
    "TFN": r"\d{8,9}",
    "IP_ADDRESS": r"[0-9A-F.:]+",
}
TAKEN_OUT = "0"
ALSO_SPOKEN = {"double", "triple", "zero", "plus"}
SEPARATORS = re.compile(r"[\s\u200b.,·/()–-]+")


@dataclass(frozen=True)
class Labelled:
    """One identifier in a message, in code points."""

    start: int
    end: int
    type: str


@dataclass(frozen=True)
class Record:
    """One message of the set. `before` is what was said just before it; a message without spans is a negative."""

    id: str
    text: str
    spans: tuple[Labelled, ...]
    source: str
    kind: str
    before: str = ""


def read_records(half: str) -> tuple[Record, ...]:
    """One half of the set, in order."""
    lines = (HERE / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    loaded = (json.loads(line) for line in lines)
    return tuple(
        Record(**{**line, "spans": tuple(Labelled(**span) for span in line["spans"])}) for line in loaded
    )


def plain(said: str) -> str:
    """An identifier without its writing: ASCII digits, no separators, capitals; spoken digits as figures."""
    words = re.sub(r"[^\w\s@.]+", " ", said.lower()).split()
    if words and all(word in SPOKEN or word in ALSO_SPOKEN or len(word) == 1 for word in words):
        said = "".join(figures(words))
    said = SEPARATORS.sub("", said.upper())
    return "".join(str(unicodedata.decimal(char, char)) for char in said)


def figures(words: Iterable[str]) -> Iterator[str]:
    times = 1
    for word in words:
        if word in {"double", "triple"}:
            times = 2 if word == "double" else 3
            continue
        figure = {"zero": "0", "plus": "+"}.get(word, word)
        yield (str(SPOKEN.index(word)) if word in SPOKEN else figure) * times
        times = 1


def faults(record: Record) -> list[str]:
    """What is wrong with a message's labels: bounds, order, type, shape, check digits."""
    found = []
    at = 0
    for span in record.spans:
        said = record.text[span.start : span.end]
        number = plain(said)
        if not at <= span.start < span.end <= len(record.text) or said != said.strip():
            found.append(f"{record.id}: {span.type} lies badly")
        if span.type not in TYPES:
            found.append(f"{record.id}: no type {span.type}")
        shape = SHAPES.get(span.type)
        if shape and not re.fullmatch(
            shape, said.upper() if span.type in {"EMAIL", "IP_ADDRESS"} else number, re.IGNORECASE
        ):
            found.append(f"{record.id}: no {span.type} by its shape")
        check = CHECKS.get(span.type)
        if check and "mistyped" not in record.kind.split() and not check(number):
            found.append(f"{record.id}: the check digit of a {span.type} is wrong")
        at = span.end
    return found


def frame(record: Record) -> tuple[str, ...]:
    """The words of a message with identifiers, figures and codes taken out: what two uses of one template share."""
    parts, at = [], 0
    for span in record.spans:
        parts += [record.text[at : span.start], f" {TAKEN_OUT} "]
        at = span.end
    text = "".join([*parts, record.text[at:]]).lower()
    words = (TAKEN_OUT if any(c.isdigit() for c in word) else word for word in re.findall(r"\w+", text))
    return tuple(word for word, _ in itertools.groupby(words))


def triples(record: Record) -> set[tuple[str, ...]]:
    """Every three words that stand together in a frame, at least two of them words indeed."""
    words = frame(record)
    together = (words[at : at + 3] for at in range(len(words) - 2))
    return {three for three in together if three.count(TAKEN_OUT) <= 1}


def near_duplicates(
    first: Iterable[Record], second: Iterable[Record], most: float = 0.5
) -> list[tuple[str, str]]:
    """Pairs of messages, one from each side, that share more than so much of the shorter one's word triples.

    A message with fewer than three such triples ("yes", a number alone, "my tfn is …") is no template of anything.
    """
    known = [(record.id, triples(record)) for record in first]
    where: dict[tuple[str, ...], list[int]] = {}
    for number, (_, threes) in enumerate(known):
        for three in threes:
            where.setdefault(three, []).append(number)
    pairs = []
    for record in second:
        mine = triples(record)
        shared = Counter(number for three in mine for number in where.get(three, ()))
        for number, count in shared.items():
            name, threes = known[number]
            shorter = min(len(mine), len(threes))
            if shorter >= 3 and count > most * shorter and name != record.id:
                pairs.append((name, record.id))
    return pairs
