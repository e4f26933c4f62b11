"""Changing the register: each change is a new version and a leaf. An edit of an older version is refused, nothing is lost."""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from uuid import uuid4

import orjson
from sqlalchemy import insert

from fairgo.core.errors import Conflict
from fairgo.core.events import Event, Fact
from fairgo.ledger.recording import Recording
from fairgo.staff.register import records, tiering
from fairgo.staff.register.entry import missing
from fairgo.staff.rights import Member

LONGEST_CONDITIONS = 2000
STALE = "stale"  # the finer code of a Conflict: what was edited is not the newest version any more


class Decision(StrEnum):
    """What can be decided about a system."""

    APPROVED = "approved"
    WITH_CONDITIONS = "with_conditions"
    DECLINED = "declined"


def _stale() -> Conflict:
    return Conflict(
        "Somebody else changed this while you were writing.",
        hint="Both versions are shown; yours is still in the form.",
        detail=STALE,
    )


def keep_entry(
    tx: Recording, member: Member, system: str, said: Mapping[str, str], *, seen: int
) -> records.Entry:
    """Keep a new version of an entry. `seen` is the version it was written from, 0 for none.

    Raises Conflict (detail `stale`) when another version stands by now.
    """
    now = records.entries(tx.connection, [system]).get(system)
    if (now.version if now else 0) != seen:
        raise _stale()
    facts: dict[str, Fact] = {
        "by": member.id,
        "version": seen + 1,
        "entry": _hash(said),
        "missing": len(missing(said)),
    }
    made = _made(tx, member, Event("staff.register.edited", system, facts))
    row = {"system": system, "version": seen + 1, "said": dict(said)}
    tx.execute(insert(records.entry_table).values(row | made))
    return records.Entry(system, seen + 1, said, records.Made(**made))


def keep_answers(
    tx: Recording, member: Member, system: str, said: Mapping[str, str], *, seen: int, minutes: int | None
) -> tiering.Tiering:
    """Keep a set of answers and the tier that comes of it. `seen` is as in `keep_entry`. Raises Conflict as there."""
    now = records.answers(tx.connection, [system]).get(system)
    if (now.version if now else 0) != seen:
        raise _stale()
    found = tiering.tier(said)
    facts: dict[str, Fact] = {
        "by": member.id,
        "version": seen + 1,
        "questions": tiering.VERSION,
        "answers": _hash(said),
        "tier": tiering.TIERS[found.tier],
        "full": found.full,
    }
    made = _made(tx, member, Event("staff.register.tiered", system, facts))
    row = {
        "system": system,
        "version": seen + 1,
        "questions": tiering.VERSION,
        "answers": dict(said),
        "tier": tiering.TIERS[found.tier],
        "minutes": minutes,
    }
    tx.execute(insert(records.answers_table).values(row | made))
    return found


def keep_approval(
    tx: Recording,
    member: Member,
    system: str,
    decision: Decision,
    *,
    conditions: str,
    seen: tuple[int, int],
) -> str:
    """Keep a decision about a system. `seen` are the versions of entry and answers that were on the page.

    Raises Conflict (detail `stale`) when one of them is another by now: nobody approves what they have not seen. Gives the leaf's name.
    """
    entry = records.entries(tx.connection, [system]).get(system)
    answers = records.answers(tx.connection, [system]).get(system)
    if seen != (entry.version if entry else 0, answers.version if answers else 0):
        raise _stale()
    facts: dict[str, Fact] = {
        "by": member.id,
        "decision": decision.value,
        "entry_version": seen[0],
        "answers_version": seen[1],
        "conditions": hashlib.sha256(conditions.encode()).hexdigest(),
    }
    made = _made(tx, member, Event("staff.register.decided", system, facts))
    row = {
        "id": uuid4().hex,
        "system": system,
        "entry_version": seen[0],
        "answers_version": seen[1],
        "decision": decision.value,
        "conditions": conditions,
    }
    tx.execute(insert(records.approval_table).values(row | made))
    return str(made["leaf"])


def _made(tx: Recording, member: Member, event: Event) -> dict[str, Any]:
    return {"leaf": tx.append(event), "by": member.id, "by_name": member.name, "made_at": tx.moment}


def _hash(said: Mapping[str, str]) -> str:
    return hashlib.sha256(orjson.dumps(dict(said), option=orjson.OPT_SORT_KEYS)).hexdigest()
