"""Cursors: where a list goes on, as opaque signed text. One list's cursor does not fit another list or another reader.

A list goes on after a key, not after a number of rows, so what is added or removed meanwhile makes nobody miss or see
twice what was there.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import orjson

from fairgo.core.errors import BadRequest
from fairgo.web.forms import sign, unsign

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and reads the cursors of one list for one reader. `of` names both."""

    secret: bytes
    of: str

    def write(self, key: Sequence[Any]) -> str:
        """The cursor that goes on after a key (JSON values)."""
        packed = base64.urlsafe_b64encode(orjson.dumps(list(key))).rstrip(b"=").decode()
        return sign(self.secret, f"cursor/{self.of}", packed)

    def read(self, cursor: str | None, *kinds: type) -> Any:
        """The key to go on after, as a tuple of values of these kinds; None for the beginning.

        Without kinds the values are not looked at. Raises BadRequest for a cursor that was not made for this list.
        """
        if cursor is None:
            return None
        packed = unsign(self.secret, f"cursor/{self.of}", cursor)
        if packed is None:
            raise BadRequest(
                "the cursor was not made for this list", hint="start without one, then use `next`"
            )
        try:
            key: list[Any] = orjson.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        except (orjson.JSONDecodeError, binascii.Error):
            key = []
        # One of an earlier version may fit the signature and not the list, which has another order now.
        if kinds and tuple(type(value) for value in key) != kinds:
            raise BadRequest("the cursor is of an earlier version", hint="start without one")
        return tuple(key)

    def cut(
        self, rows: Sequence[Row], limit: int, key: Callable[[Row], Sequence[Any]]
    ) -> tuple[list[Row], str | None]:
        """The first `limit` rows, and the cursor for the rest: None when `rows` (one more was asked for) has no rest."""
        shown = list(rows[:limit])
        return shown, self.write(key(shown[-1])) if len(rows) > limit and shown else None
