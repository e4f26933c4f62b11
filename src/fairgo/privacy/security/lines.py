"""Texts from a file, piece by piece, and what becomes of them: plain text as one text, JSON Lines as one text a line."""

import codecs
import io
from collections.abc import Iterator
from typing import Any

import orjson

from fairgo.core.errors import BadRequest
from fairgo.privacy.security.documents import Hider, Restorer

PIECE = 1 << 16
_SHAPE = 'each line is an object such as {"id": "1", "text": "…"}'


def hidden_text(source: io.BufferedReader, name: str, hider: Hider) -> Iterator[bytes]:
    """A plain text with placeholders, as it comes. Raises BadRequest naming the line that is not UTF-8."""
    for text in _texts(source, name):
        yield hider.feed(text).encode()
        hider.spans.clear()  # nobody asks for them, and the text may be long
    yield hider.finish().encode()


def restored_text(source: io.BufferedReader, name: str, restorer: Restorer) -> Iterator[bytes]:
    """A plain text with its values put back, as it comes. Raises BadRequest naming the line that is not UTF-8."""
    for text in _texts(source, name):
        yield restorer.feed(text).encode()
    yield restorer.finish().encode()


def hidden_lines(source: io.BufferedReader, name: str, hider: Hider) -> Iterator[bytes]:
    """Each line's object with placeholders in its text, and what was found in the given one. Raises BadRequest by line."""
    for row in _rows(source, name):
        said, spans = hider.whole(row["text"])
        found = [{"start": s.start, "end": s.end, "type": s.type, "score": s.score} for s in spans]
        yield orjson.dumps({**_named(row), "text": said, "spans": found}) + b"\n"


def restored_lines(source: io.BufferedReader, name: str, restorer: Restorer) -> Iterator[bytes]:
    """Each line's object with the values put back in its text. Raises BadRequest by line."""
    for row in _rows(source, name):
        said = restorer.feed(row["text"]) + restorer.finish()
        yield orjson.dumps({**_named(row), "text": said}) + b"\n"


def hidden_object(source: io.BufferedReader, name: str, hider: Hider) -> Iterator[bytes]:
    """A plain text as one object with what was found in it. Raises BadRequest naming the line that is not UTF-8."""
    said, spans = hider.whole("".join(_texts(source, name)))
    found = [{"start": s.start, "end": s.end, "type": s.type, "score": s.score} for s in spans]
    yield orjson.dumps({"text": said, "spans": found}) + b"\n"


def begins_an_object(source: io.BufferedReader) -> bool:
    """True when the first sign of the source is the beginning of a JSON object. Nothing is taken from the source."""
    return source.peek(PIECE).removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"{"


def _texts(source: io.BufferedReader, name: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    for piece in _pieces(source):
        pending = decoder.getstate()[0]
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as wrong:
            bad = line + (pending + piece)[: wrong.start].count(b"\n")
            raise BadRequest(
                f"{name}, line {bad}: this is not UTF-8", hint="save the file as UTF-8"
            ) from None
        line += text.count("\n")
        yield text


def _pieces(source: io.BufferedReader) -> Iterator[bytes]:
    """The source in pieces, and an empty one at its end."""
    while True:
        piece = source.read(PIECE)
        yield piece
        if not piece:
            return


def _rows(source: io.BufferedReader, name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(source, start=1):
        said = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if not said.strip():
            continue
        try:
            row = orjson.loads(said)
        except orjson.JSONDecodeError:
            raise BadRequest(f"{name}, line {number}: this is not JSON", hint=_SHAPE) from None
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise BadRequest(f"{name}, line {number}: there is no text in it", hint=_SHAPE)
        yield row


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"]} if "id" in row else {}
