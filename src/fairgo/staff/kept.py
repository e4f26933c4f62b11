"""Forms that came too late: kept sealed for an hour, so that an ended session loses nothing that was typed.

Only what was sent with a cookie that once was a session of ours is kept, for its member alone, and a few at most.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import orjson
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, delete, insert, select

from fairgo.core.errors import NotFound
from fairgo.core.events import Event
from fairgo.ledger.recording import Recording
from fairgo.staff.records import kept_form
from fairgo.store.keys import Keys, decrypt, encrypt

KEPT_FOR = timedelta(hours=1)
MOST = 5


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form as it was sent: where to, and its fields."""

    id: str
    path: str
    fields: Mapping[str, str]


def keep(tx: Recording, member: str, path: str, fields: Mapping[str, str]) -> str:
    """Keep a form for a member, and of their others only the newest few. Gives its id."""
    tx.execute(delete(kept_form).where(kept_form.c.ends_at <= tx.moment))
    mine = select(kept_form.c.id).where(kept_form.c.member == member).order_by(kept_form.c.ends_at.desc())
    too_many = [row.id for row in tx.execute(mine).all()][MOST - 1 :]
    tx.execute(delete(kept_form).where(kept_form.c.id.in_(too_many)))
    identity = uuid4().hex
    plain = orjson.dumps({"path": path, "fields": dict(fields)})
    sealed = encrypt(tx.keys.derived("kept-form"), plain, f"{member}/{identity}".encode())
    row = {"id": identity, "member": member, "sealed": sealed, "ends_at": tx.moment + KEPT_FOR}
    tx.execute(insert(kept_form).values(row))
    tx.append(Event("staff.form.kept", facts={"member": member}))
    return identity


def newest(connection: Connection, keys: Keys, member: str, *, at: datetime) -> KeptForm | None:
    """The newest form that is kept for a member, or None."""
    mine = select(kept_form).where(kept_form.c.member == member, kept_form.c.ends_at > at)
    row = connection.execute(mine.order_by(kept_form.c.ends_at.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    try:
        said = orjson.loads(decrypt(keys.derived("kept-form"), row.sealed, f"{row.member}/{row.id}".encode()))
    except InvalidTag:
        return None
    return KeptForm(row.id, said["path"], said["fields"])


def drop(tx: Recording, member: str, identity: str) -> None:
    """Forget a form. Raises NotFound when it is not kept for this member."""
    mine = delete(kept_form).where(kept_form.c.id == identity, kept_form.c.member == member)
    if not tx.execute(mine).rowcount:
        raise NotFound("This is not kept any more.")
    tx.append(Event("staff.form.dropped", facts={"member": member}))
