"""A provider's own usage records, as a file: one line for each reply it charged for."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from fairgo.core.errors import BadRequest
from fairgo.ledger.counters import Usage, hash_of

# What providers call the two counts.
PROMPT = ("prompt_tokens", "input_tokens")
COMPLETION = ("completion_tokens", "output_tokens")
HINT = "a CSV or JSONL file with a column `id` and, if you like, `prompt_tokens` and `completion_tokens`"


@dataclass(frozen=True, slots=True)
class Charged:
    """One record of the provider: its line in the file, and what it counted. The id is hashed at once."""

    line: int
    usage: Usage


def read_records(path: Path) -> Iterator[Charged]:
    """The records of a CSV or JSONL file, one at a time. Raises BadRequest naming the line that cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _csv(file) if path.suffix.lower() == ".csv" else _jsonl(file)
    except (OSError, UnicodeDecodeError) as wrong:
        why = wrong.strerror if isinstance(wrong, OSError) else "it is not UTF-8"
        raise BadRequest(f"the usage records in {path.name} cannot be read: {why}", hint=HINT) from None


def _csv(file: Any) -> Iterator[Charged]:
    rows = csv.DictReader(file)
    if "id" not in (rows.fieldnames or ()):
        raise BadRequest("the usage records have no column `id`", hint=HINT)
    try:
        for row in rows:
            yield _charged(rows.line_num, row)
    except csv.Error:
        raise BadRequest(f"line {rows.line_num} of the usage records is not CSV", hint=HINT) from None


def _jsonl(file: Any) -> Iterator[Charged]:
    for line, words in enumerate(file, start=1):
        if not words.strip():
            continue
        try:
            value = orjson.loads(words)
        except orjson.JSONDecodeError:
            value = None
        if not isinstance(value, dict):
            raise BadRequest(f"line {line} of the usage records is not a JSON object", hint=HINT)
        counts = value.get("usage")
        yield _charged(line, {**value, **counts} if isinstance(counts, dict) else value)


def _charged(line: int, row: Mapping[str, Any]) -> Charged:
    identity = row.get("id")
    if not isinstance(identity, str) or not identity.strip():
        raise BadRequest(f"line {line} of the usage records has no id", hint=HINT)
    return Charged(
        line, Usage(hash_of(identity.strip()), _count(line, row, PROMPT), _count(line, row, COMPLETION))
    )


def _count(line: int, row: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    said = next((row[name] for name in names if row.get(name) not in (None, "")), None)
    if said is None:
        return None
    if str(said).strip().isdecimal():
        return int(said)
    raise BadRequest(f"line {line} of the usage records has a count that is not a whole number", hint=HINT)
