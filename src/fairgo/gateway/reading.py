"""From an HTTP request to a turn: whose key, which system, who speaks. The caller can only narrow what is done."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import Connection

from fairgo.core.errors import BadRequest
from fairgo.core.policy import MAIN, Policy, customer_of
from fairgo.core.turns import Turn
from fairgo.gateway.wire.chat import Asked
from fairgo.privacy.security import suppression
from fairgo.store.keys import Keys

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
LONGEST = 256
NO = frozenset({"", "0", "false", "no"})


@dataclass(frozen=True, slots=True)
class Caller:
    """What the headers say of the customer. Empty customer or conversation means the caller named none."""

    customer: str
    conversation: str
    channel: str
    locale: str
    leaving: bool


def caller(headers: Mapping[str, str], *, locale: str) -> Caller:
    """The `fairgo-*` headers. Raises BadRequest naming the header that does not fit."""
    said = {name: _name(headers.get(f"fairgo-{name}", "")) for name in ("customer", "conversation")}
    for name, value in said.items():
        if len(value) > LONGEST or not value.isprintable():
            raise BadRequest(f"the header fairgo-{name} must be at most {LONGEST} printable characters")
    channel = headers.get("fairgo-channel", "chat").strip().lower()
    if not CODE.fullmatch(channel):
        raise BadRequest("the header fairgo-channel must be a short word such as chat, voice or email")
    wanted = headers.get("fairgo-locale", "").strip() or locale
    if not LOCALE.fullmatch(wanted):
        raise BadRequest("the header fairgo-locale must be a language tag such as en-AU or vi")
    leaving = headers.get("fairgo-opt-out", "").strip().lower() not in NO
    return Caller(said["customer"], said["conversation"], channel, wanted, leaving)


def _name(header: str) -> str:
    """A header's bytes are UTF-8 where they can be: the same name as in an address or on the command line."""
    with suppress(UnicodeError):
        header = header.encode("latin-1").decode()
    return header.strip()


def make_turn(
    policy: Policy, keys: Keys, system: str, who: Caller, asked: Asked, *, connection: Connection
) -> Turn:
    """The turn of a chat request. Names become pseudonyms here; nothing after this sees what the caller sent.

    A caller who names no conversation gets one that nobody else shares and that ends with this request; one who
    names a conversation but no customer has that conversation to itself. Raises NotFound for an unknown system.
    """
    entry = policy.system(system)
    identity = uuid4().hex
    remembered = bool(who.conversation)
    customer = (
        customer_name(connection, keys, who.customer, entry.tenant)
        if who.customer
        else keys.pseudonym("anonymous", system, who.conversation or identity)
    )
    return Turn(
        id=identity,
        system=entry,
        purpose=policy.purposes[entry.purpose],
        wording=policy.disclosure(who.locale, who.channel),
        contacts=policy.organisation.contacts,
        customer=customer,
        conversation=keys.pseudonym("conversation", system, customer, who.conversation or identity),
        channel=who.channel,
        locale=who.locale,
        texts=asked.texts,
        remembered=remembered,
        leaving=who.leaving,
        streaming=asked.streaming,
        privacy=policy.privacy(system),
    )


def customer_name(connection: Connection, keys: Keys, customer: str, tenant: str = MAIN) -> str:
    """The pseudonym that stands for a customer everywhere now: the same as on a turn that names them.

    Tenants are kept apart: the same name is another customer in another tenant.
    """
    return suppression.pseudonym(connection, keys, customer_of(tenant, customer))
