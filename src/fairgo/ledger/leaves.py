"""Leaves: events as canonical JSON (RFC 8785), at most 4 KB, holding no personal information."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

import orjson
import rfc8785

from fairgo.core.clock import coarse
from fairgo.core.errors import EvidenceBroken
from fairgo.core.events import Event

SCHEMA = "fairgo/leaf/v1"
LIMIT = 4096


def write_leaf(event: Event, *, moment: datetime, policy: str) -> bytes:
    """The bytes of the leaf for an event. Every leaf has an id of its own, so equal events stay apart.

    Raises EvidenceBroken when it would be larger than 4 KB.
    """
    value: dict[str, Any] = {
        "schema": SCHEMA,
        "id": uuid4().hex,
        "type": event.type,
        "time": coarse(moment),
        "policy": policy,
        "facts": {
            name: dict(fact) if isinstance(fact, Mapping) else fact for name, fact in event.facts.items()
        },
        "commitments": dict(event.commitments),
    }
    if event.system:
        value["system"] = event.system
    leaf = rfc8785.dumps(value)
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
