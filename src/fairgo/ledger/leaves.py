"""Leaves: events as canonical JSON (RFC 8785), at most 4 KB, holding no personal information."""

from datetime import datetime
from typing import Any

import orjson

from fairgo.core.clock import coarse
from fairgo.core.errors import EvidenceBroken
from fairgo.core.events import Event

SCHEMA = "fairgo/leaf/v1"
LIMIT = 4096


def write_leaf(event: Event, *, name: str, moment: datetime, policy: str) -> bytes:
    """The bytes of the leaf for an event. Every leaf has a name of its own, so equal events stay apart.

    Raises EvidenceBroken when it would be larger than 4 KB.
    """
    value: dict[str, Any] = {
        "schema": SCHEMA,
        "id": name,
        "type": event.type,
        "time": coarse(moment),
        "policy": policy,
        "facts": event.facts,
        "commitments": event.commitments,
    }
    if event.system:
        value["system"] = event.system
    # Names, codes and counts are ASCII and small, so sorted JSON is canonical JSON (RFC 8785): a test compares the two.
    leaf = orjson.dumps(value, default=dict, option=orjson.OPT_SORT_KEYS)
    if len(leaf) > LIMIT:
        raise EvidenceBroken(
            f"a leaf of type {event.type} would have {len(leaf)} bytes", hint=f"at most {LIMIT}"
        )
    return leaf


def read_leaf(leaf: bytes) -> dict[str, Any]:
    """The leaf as a value. Raises EvidenceBroken when it is not a leaf of ours."""
    try:
        value = orjson.loads(leaf)
    except orjson.JSONDecodeError:
        raise EvidenceBroken("a leaf is not JSON") from None
    if not isinstance(value, dict) or value.get("schema") != SCHEMA:
        raise EvidenceBroken("a leaf has an unknown schema")
    return value
