"""Accounts of people whom a provider signs in: made at their first sign-in, and as the provider says at every one."""

from uuid import uuid4

from sqlalchemy import delete, insert, update

from fairgo.core.errors import NotAllowed
from fairgo.core.events import Event
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts, records
from fairgo.staff.accounts import Account
from fairgo.staff.oidc import Identity

BY = "provider"


def welcome(tx: Recording, identity: Identity) -> Account:
    """The account of whoever the provider vouches for, with the roles its claim gives now.

    Raises NotAllowed when no role of the policy fits (then nobody gets an account, and who has one is not let in),
    or when the account was disabled here.
    """
    known = accounts.by_subject(tx.connection, identity.issuer, identity.subject)
    if not identity.grants or (known is not None and known.disabled_at is not None):
        raise NotAllowed(
            "This account may not sign in here.", hint="Ask an owner for a role.", detail="no_role"
        )
    if known is None:
        return accounts.existing(tx.connection, _made(tx, identity))
    if set(known.grants) != set(identity.grants) or known.name != identity.name:
        _given_anew(tx, known, identity)
    return accounts.existing(tx.connection, known.id)


def _made(tx: Recording, identity: Identity) -> str:
    made = uuid4().hex
    row = {
        "id": made,
        "name": identity.name,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "totp_step": 0,
        "made_at": tx.moment,
    }
    tx.execute(insert(records.member).values(row))
    tx.append(Event("staff.member.added", facts={"member": made, "by": BY}))
    for grant in identity.grants:
        accounts.give_role(tx, made, grant, by=BY)
    return made


def _given_anew(tx: Recording, known: Account, identity: Identity) -> None:
    """The roles as they are now. The claim decides: what it does not give any more is gone."""
    tx.execute(update(records.member).where(records.member.c.id == known.id).values(name=identity.name))
    for grant in set(known.grants) - set(identity.grants):
        kept = records.role.c
        mine = (kept.member == known.id, kept.tenant == grant.tenant, kept.role == grant.role.value)
        tx.execute(delete(records.role).where(*mine))
        facts = {"member": known.id, "role": grant.role.value, "tenant": grant.tenant, "by": BY}
        tx.append(Event("staff.role.taken", facts=facts))
    for grant in identity.grants:
        if grant not in known.grants:
            accounts.give_role(tx, known.id, grant, by=BY)
