"""How a member wants to be told: which kinds by e-mail, at once or in a daily digest, and when not."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import Connection, insert, select, update

from fairgo.core.errors import BadRequest, Conflict
from fairgo.core.events import Event
from fairgo.ledger.recording import Recording
from fairgo.staff.notices.kinds import KINDS
from fairgo.staff.notices.records import preference

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,187}[A-Za-z0-9])?")
CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Pace(StrEnum):
    """How a kind of notice reaches a member. It stands in the console in any case."""

    NOW = "at once"
    DIGEST = "in the digest"
    CONSOLE = "in the console only"


@dataclass(frozen=True, slots=True)
class Preferences:
    """A member's wishes. Without an address nothing is mailed. `quiet_from` and `quiet_until` (HH:MM) are empty for never.

    `revision` counts the changes, so that an edit of an old page is noticed.
    """

    address: str = ""
    paces: Mapping[str, Pace] = field(default_factory=dict)
    digest_hour: int = 8
    quiet_from: str = ""
    quiet_until: str = ""
    revision: int = 0

    def pace(self, kind: str) -> Pace:
        """How this kind reaches them; at once, unless they said otherwise."""
        return self.paces.get(kind, Pace.NOW)

    def mail_at(self, now: datetime, zone: ZoneInfo) -> datetime:
        """When a notice raised now may be mailed: now, or the end of the quiet hours it falls into."""
        if not self.quiet_from or self.quiet_from == self.quiet_until:
            return now
        begins, ends = time.fromisoformat(self.quiet_from), time.fromisoformat(self.quiet_until)
        local = now.astimezone(zone)
        here = local.time()
        within = begins <= here < ends if begins < ends else here >= begins or here < ends
        if not within:
            return now
        day = local.date() + timedelta(days=1 if here >= ends else 0)
        return max(now, datetime.combine(day, ends, zone).astimezone(now.tzinfo))


def of_member(connection: Connection, member: str) -> Preferences:
    """A member's wishes; the usual ones when they never said."""
    row = connection.execute(select(preference).where(preference.c.member == member)).one_or_none()
    if row is None:
        return Preferences()
    said: dict[str, str] = orjson.loads(row.paces)
    paces = {kind: Pace(pace) for kind, pace in said.items() if kind in KINDS}
    return Preferences(row.address, paces, row.digest_hour, row.quiet_from, row.quiet_until, row.revision)


def fitting(wished: Preferences) -> Preferences:
    """The wishes again. Raises BadRequest for an address, an hour or a kind that is none; `detail` names the field."""
    if wished.address and not ADDRESS.fullmatch(wished.address):
        raise BadRequest(
            "This does not look like an e-mail address.", hint="name@example.com", detail="address"
        )
    if not 0 <= wished.digest_hour <= 23:
        raise BadRequest("The digest's hour is from 0 to 23.", detail="digest_hour")
    for name in ("quiet_from", "quiet_until"):
        said = getattr(wished, name)
        if said and not CLOCK_TIME.fullmatch(said):
            raise BadRequest("Quiet hours are times such as 22:00.", detail=name)
    if bool(wished.quiet_from) != bool(wished.quiet_until):
        missing = "quiet_until" if wished.quiet_from else "quiet_from"
        raise BadRequest("Quiet hours need a beginning and an end.", detail=missing)
    if not set(wished.paces) <= set(KINDS):
        raise BadRequest("There is no such kind of notice.", detail="paces")
    return wished


def keep(tx: Recording, member: str, wished: Preferences) -> Preferences:
    """Keep a member's wishes, made from those of `wished.revision`. Raises BadRequest, or Conflict when they have changed since."""
    fitting(wished)
    values = {
        "address": wished.address,
        "paces": orjson.dumps(dict(wished.paces)).decode(),
        "digest_hour": wished.digest_hour,
        "quiet_from": wished.quiet_from,
        "quiet_until": wished.quiet_until,
        "revision": wished.revision + 1,
    }
    now = of_member(tx.connection, member)
    if now.revision != wished.revision:
        raise Conflict("Your settings have changed in the meantime.", hint="Look at both versions.")
    if now.revision == 0:
        tx.execute(insert(preference).values({"member": member, **values}))
    else:
        mine = update(preference).where(preference.c.member == member)
        if tx.execute(mine.where(preference.c.revision == wished.revision).values(values)).rowcount != 1:
            raise Conflict("Your settings have changed in the meantime.", hint="Look at both versions.")
    tx.append(Event("staff.preferences.changed", facts={"member": member}))
    return of_member(tx.connection, member)
