"""Passkeys (WebAuthn level 2): a key pair per member and device, which proves possession and the person in one step.

User verification is always asked for, so a passkey is two factors. A challenge is random, tied to the browser that
got it, and taken once: the surface sees to both. A sign count that does not grow shows a copied key, and is refused.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, Row, and_, delete, literal, or_, select, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from fairgo.core.errors import BadRequest, Conflict, NotAllowed, NotFound
from fairgo.ledger.recording import Recording
from fairgo.staff import factors
from fairgo.staff.records import passkey
from fairgo.store.schema import insert_unless_there

LONGEST_ANSWER = 32 * 1024
LONGEST_LABEL = 64
# What a broken answer can make the library raise besides its own errors.
BROKEN = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passkey is good: the host's name (`rp_id`) and the whole origin with scheme and port."""

    rp_id: str
    origin: str
    organisation: str


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as kept."""

    id: str
    credential: bytes
    member: str
    public_key: bytes
    sign_count: int
    label: str
    backed_up: bool
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class New:
    """A passkey that has just proved itself and is not kept yet."""

    credential: bytes
    public_key: bytes
    sign_count: int
    backed_up: bool


def options_to_add(place: Place, *, member: str, name: str, challenge: bytes, there: list[Passkey]) -> str:
    """What the browser needs to make a passkey, as JSON. `there` are the member's: a device is not added twice."""
    return options_to_json(
        generate_registration_options(
            rp_id=place.rp_id,
            rp_name=place.organisation,
            user_name=name,
            user_id=member.encode(),
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in there],
        )
    )


def options_to_prove(place: Place, *, challenge: bytes, of: list[Passkey] | None = None) -> str:
    """What the browser needs to use a passkey, as JSON. Without `of` the browser offers whichever it has for here."""
    return options_to_json(
        generate_authentication_options(
            rp_id=place.rp_id,
            challenge=challenge,
            allow_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in of or []],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def added(place: Place, answer: str, *, challenge: bytes) -> New:
    """The passkey in a browser's answer. Raises BadRequest when it was not made here, now, and by a verified person."""
    try:
        proved = verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=place.rp_id,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except BROKEN:
        raise BadRequest("The passkey could not be added.", hint="Try once more.", detail="passkey") from None
    return New(
        proved.credential_id, proved.credential_public_key, proved.sign_count, proved.credential_backed_up
    )


def proved(place: Place, answer: str, kept: Passkey, *, challenge: bytes) -> int:
    """The new sign count when the answer proves this passkey. Raises NotAllowed when it does not."""
    try:
        return verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=place.rp_id,
            expected_origin=place.origin,
            credential_public_key=kept.public_key,
            credential_current_sign_count=kept.sign_count,
            require_user_verification=True,
        ).new_sign_count
    except BROKEN:
        raise _unfit() from None


def keep(tx: Recording, member: str, new: New, *, label: str, session: str = "") -> None:
    """Keep a new passkey. Raises Conflict when it is kept already."""
    row = {
        "id": _name(new.credential),
        "credential": new.credential,
        "member": member,
        "public_key": new.public_key,
        "sign_count": new.sign_count,
        "label": " ".join(label.split())[:LONGEST_LABEL] or "Passkey",
        "backed_up": new.backed_up,
        "added_at": tx.moment,
    }
    if not insert_unless_there(tx.connection, passkey, row):
        raise Conflict("This passkey is here already.")
    factors.changed(tx, member, factor="passkey", change="added", session=session)


def remove(tx: Recording, member: str, identity: str, *, session: str = "") -> None:
    """Take this passkey no more. Raises NotFound when it is not theirs."""
    if not tx.execute(delete(passkey).where(passkey.c.id == identity, passkey.c.member == member)).rowcount:
        raise NotFound("There is no such passkey.")
    factors.changed(tx, member, factor="passkey", change="removed", session=session)


def use(tx: Recording, kept: Passkey, sign_count: int) -> None:
    """Note the use of a passkey. Raises NotAllowed when it is gone, or its count grew meanwhile: then it was copied."""
    # Many devices do not count: theirs stays at 0.
    grows = or_(passkey.c.sign_count < sign_count, and_(passkey.c.sign_count == 0, literal(sign_count) == 0))
    mine = update(passkey).where(passkey.c.id == kept.id, grows)
    if not tx.execute(mine.values(sign_count=sign_count, used_at=tx.moment)).rowcount:
        raise _unfit()


def answering(connection: Connection, answer: str) -> Passkey:
    """The kept passkey that a browser's answer names. Raises NotAllowed when there is none."""
    try:
        credential = base64url_to_bytes(str(_read(answer)["id"]))
    except BROKEN:
        raise _unfit() from None
    row = connection.execute(select(passkey).where(passkey.c.id == _name(credential))).one_or_none()
    if row is None:
        raise _unfit()
    return _passkey(row)


def of_member(connection: Connection, member: str) -> list[Passkey]:
    """The member's passkeys, oldest first."""
    mine = select(passkey).where(passkey.c.member == member).order_by(passkey.c.added_at)
    return [_passkey(row) for row in connection.execute(mine).all()]


def _read(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("the answer is too long")
    said = orjson.loads(answer.encode("utf-8", "surrogatepass"))
    if not isinstance(said, dict):
        raise TypeError("the answer is no object")
    return said


def _unfit() -> NotAllowed:
    return NotAllowed("This passkey does not fit.", hint="Try once more.", detail="passkey")


def _name(credential: bytes) -> str:
    return hashlib.sha256(credential).hexdigest()


def _passkey(row: Row[tuple[object, ...]]) -> Passkey:
    values = row._mapping  # noqa: SLF001 - the documented name of a row's columns
    return Passkey(**{name: values[name] for name in Passkey.__dataclass_fields__})
