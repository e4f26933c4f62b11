"""Messages written by hand, with marks where an identifier stands, made into labelled text.

A file of `written/` holds scenarios. `== source kind …` opens one; `--` with further words of kind opens a message;
lines that start with `< ` are what was said just before. Inside a message:

    {PERSON=Priya Nair}   these very words are an identifier (short: P, A, D, E, S for the commonest types)
    {TFN 3 3 3}           a generated one in groups of three; 0 stands for all the rest; other characters are kept
    {TFN 3-3-3 !wrong}    changed on the way: a digit mistyped, full-width, spoken, over several lines …
    {~TFN 9}              the same characters, but no identifier here: a hard negative
    {#8} {#3-4-4}         any digits
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.pii.identifiers import MAKERS, digits

SHORT = {"P": "PERSON", "A": "ADDRESS", "D": "DATE_OF_BIRTH", "E": "EMAIL", "S": "SECRET"}
MARK = re.compile(r"\{(~?)(#|[A-Z][A-Z_0-9]*)(?:=([^}]*)|([^}=]*))\}")
SPOKEN = ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FULL_WIDTH = {ord("0") + value: chr(0xFF10 + value) for value in range(10)}
ARABIC = {ord("0") + value: chr(0x0660 + value) for value in range(10)}


@dataclass
class Message:
    """One message as it is written: where it comes from, of what kind it is, and its marked text."""

    source: str
    kind: list[str]
    before: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def labelled(self, name: str, seed: str) -> dict[str, Any]:
        """The record of the published set."""
        rng = random.Random(seed)
        parts: list[str] = []
        spans: list[dict[str, Any]] = []
        kind = list(self.kind)
        text, at, length = "\n".join(self.lines).strip("\n"), 0, 0
        for mark in MARK.finditer(text):
            plain = text[at : mark.start()]
            said, label = filled(mark, rng)
            parts += [plain, said]
            length += len(plain)
            if label:
                spans.append({"start": length, "end": length + len(said), "type": label})
            kind += ["mistyped"] * (bool(label) and "!wrong" in mark[0])
            length, at = length + len(said), mark.end()
        record: dict[str, Any] = {"id": name}
        if self.before:
            record["before"] = "\n".join(self.before)
            kind.append("turns")
        whole = "".join([*parts, text[at:]])
        return {**record, "text": whole, "spans": spans, "source": self.source, "kind": " ".join(kind)}


def filled(mark: re.Match[str], rng: random.Random) -> tuple[str, str]:
    """What stands in place of a mark, and the type of its label (none for a hard negative)."""
    negative, word, literal, rest = mark[1], mark[2], mark[3], mark[4] or ""
    if literal is not None:
        return literal, "" if negative else SHORT.get(word, word)
    mask, *changes = (part.strip() for part in rest.split("!"))
    if word == "#":
        label, number = "", digits(rng, sum(int(size) for size in re.findall(r"\d+", mask)), "123456789")
    else:
        label, make = MAKERS[word]
        number = make(rng)
    for change in changes:
        if change == "wrong":
            number = mistyped(number, rng)
    said = grouped(number, mask)
    for change in changes:
        said = changed(said, change, rng)
    return said, "" if negative else label


def mistyped(number: str, rng: random.Random) -> str:
    """The number with its last digit wrong, which no check digit lets pass."""
    place = max(place for place, char in enumerate(number) if char.isdigit())
    other = (int(number[place]) + rng.choice((1, 3, 7))) % 10
    return f"{number[:place]}{other}{number[place + 1 :]}"


def grouped(number: str, mask: str) -> str:
    """The number in the mask's groups: figures are sizes, 0 the rest, everything else itself."""
    if not mask:
        return number
    parts, at = [], 0
    for piece in re.findall(r"\d+|\D+", mask):
        if piece.isdigit():
            size = int(piece) or len(number)
            parts.append(number[at : at + size])
            at += size
        else:
            parts.append(piece)
    if at < len(number):
        raise SystemExit(f"the mask {mask!r} leaves characters of a number of {len(number)} over")
    return "".join(parts)


def changed(said: str, change: str, rng: random.Random) -> str:
    """The identifier as it arrives: spoken, in other characters, broken over lines."""
    if change == "slowly":
        return spoken(said, pause=", ", doubles=rng.random() < 0.5)
    return CHANGES[change](said)


def spoken(said: str, *, pause: str, doubles: bool) -> str:
    """Digits as words, letters as themselves; groups apart by the pause."""
    groups = []
    for group in said.replace("+", "plus ").split():
        if group == "plus":
            groups.append(group)
            continue
        words = []
        for run in re.findall(r"(\d)(\1{0,2})|([A-Za-z])", group):
            digit, more, letter = run
            if letter:
                words.append(letter)
            elif doubles and more:
                words += [("double", "triple")[len(more) - 1], SPOKEN[int(digit)]]
            else:
                words += [SPOKEN[int(digit)]] * (1 + len(more))
        groups.append(" ".join(words))
    return pause.join(groups)


CHANGES: dict[str, Callable[[str], str]] = {
    "wrong": str,  # the number was changed before it was written
    "fw": lambda said: said.translate(FULL_WIDTH),
    "arabic": lambda said: said.translate(ARABIC),
    "zw": lambda said: "\u200b".join(re.findall(r"\S{1,3}\s?", said)),
    "lines": lambda said: said.replace(" ", "\n"),
    "nbsp": lambda said: said.replace(" ", "\u00a0"),
    "wide": lambda said: said.replace(" ", "  "),
    "lower": str.lower,
    "spoken": lambda said: spoken(said, pause=" ", doubles=True),
    "zero": lambda said: spoken(said, pause=" ", doubles=False).replace("oh", "zero"),
}


def read_written(folder: Path) -> Iterator[Message]:
    """Every message of a half, in the order of the files."""
    for path in sorted(folder.glob("*.txt")):
        scenarios = re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for scenario in scenarios[1:]:
            heading, *messages = re.split(r"^--(?= |$)", scenario, flags=re.MULTILINE)
            source, *kinds = heading.split()
            for message in messages:
                kind, _, body = message.partition("\n")
                lines = body.split("\n")
                before = [line[2:] for line in lines if line.startswith("< ")]
                rest = [line for line in lines if not line.startswith("< ")]
                yield Message(source, [*kinds, *kind.split()], before, rest)
