"""What a member proves themselves with besides a password: an authenticator app and recovery codes.

When a factor comes or goes, every other session of the member ends: who signed in with what was there before must
prove themselves with what is there now.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, delete, func, insert, select, update

from fairgo.core.errors import NotAllowed, NotFound
from fairgo.core.events import Event
from fairgo.ledger.recording import Recording
from fairgo.staff import totp
from fairgo.staff.records import member, recovery_code
from fairgo.staff.sessions import end_all


def changed(tx: Recording, identity: str, *, factor: str, change: str, session: str = "") -> None:
    """Write down that a factor changed, and end the member's sessions but this one."""
    tx.append(Event(f"staff.factor.{change}", facts={"member": identity, "factor": factor}))
    end_all(tx, identity, reason="factor", but=session)


def set_app(tx: Recording, identity: str, secret: str, *, step: int, session: str = "") -> None:
    """Take an authenticator app that has just shown a code for `step`; an earlier app is good for nothing any more."""
    sealed = totp.seal(tx.keys, identity, secret)
    tx.execute(update(member).where(member.c.id == identity).values(totp=sealed, totp_step=step))
    changed(tx, identity, factor="app", change="added", session=session)


def remove_app(tx: Recording, identity: str, *, session: str = "") -> None:
    """Take no codes of the app any more. Raises NotFound when there is none."""
    mine = update(member).where(member.c.id == identity, member.c.totp.is_not(None))
    if not tx.execute(mine.values(totp=None)).rowcount:
        raise NotFound("There is no authenticator app.")
    changed(tx, identity, factor="app", change="removed", session=session)


def use_step(tx: Recording, identity: str, step: int) -> None:
    """Use up a code. Raises NotAllowed when it, or a later one, was used before: two at once are not both let in."""
    mine = update(member).where(member.c.id == identity, member.c.totp_step < step)
    if not tx.execute(mine.values(totp_step=step)).rowcount:
        raise NotAllowed("This code was used already.", hint="Wait for the next one.", detail="code")


def set_recovery_codes(tx: Recording, identity: str, codes: Iterable[str], *, session: str = "") -> None:
    """Keep the hashes of new recovery codes; the earlier ones are good for nothing any more."""
    tx.execute(delete(recovery_code).where(recovery_code.c.member == identity))
    rows = [{"hash": totp.recovery_hash(code), "member": identity} for code in codes]
    tx.execute(insert(recovery_code), rows)
    changed(tx, identity, factor="recovery", change="added", session=session)


def use_recovery_code(tx: Recording, identity: str, code: str) -> None:
    """Use up a recovery code. Raises NotAllowed when it is none of theirs, or was used before."""
    mine = (recovery_code.c.member == identity, recovery_code.c.hash == totp.recovery_hash(code))
    if not tx.execute(delete(recovery_code).where(*mine)).rowcount:
        raise NotAllowed("This code does not fit.", detail="code")
    tx.append(Event("staff.factor.used_up", facts={"member": identity, "factor": "recovery"}))


def has_recovery_code(connection: Connection, identity: str, code: str) -> bool:
    """True when this is one of their unused recovery codes."""
    mine = select(recovery_code.c.member).where(recovery_code.c.hash == totp.recovery_hash(code))
    return connection.scalar(mine) == identity


def recovery_codes_left(connection: Connection, identity: str) -> int:
    """How many recovery codes are unused."""
    return connection.scalar(select(func.count()).where(recovery_code.c.member == identity)) or 0
