"""A house with two tenants: systems, a conversation and an application in each, and staff who are signed in."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fairgo.core.events import Event
from fairgo.core.policy import Policy
from fairgo.gateway.reading import Caller, make_turn
from fairgo.gateway.wire import chat
from fairgo.ledger import turns
from fairgo.ledger.house import House, open_house
from fairgo.ledger.recording import Recording
from fairgo.staff import accounts, applications, sessions
from fairgo.staff.accounts import Grant
from fairgo.staff.rights import Right, Role
from tests.serving import policy_folder

MAIN, NORTH = "main", "north"
TENANTS = (MAIN, NORTH)
SYSTEMS = {MAIN: "lighthouse-helper", NORTH: "harbour-helper"}


@dataclass(frozen=True)
class Things:
    """What belongs to one tenant, by the names that pages and lists show."""

    system: str
    conversation: str
    turn: str
    leaf: str
    application: str
    member: str

    @property
    def names(self) -> tuple[str, ...]:
        """All of them; none may ever be shown in another tenant."""
        return (self.system, self.conversation, self.turn, self.leaf, self.application, self.member)


@dataclass(frozen=True)
class Tenants:
    """The house and what stands in it."""

    house: House
    things: dict[str, Things]


def two_tenant_policy(folder: Path) -> Path:
    """The folder `fairgo init` writes, its system once for each tenant under names that stand nowhere else."""
    policy_folder(folder)
    systems = folder / "policy" / "systems"
    one = (systems / "assistant.toml").read_text(encoding="utf-8")
    (systems / "assistant.toml").unlink()
    for tenant, name in SYSTEMS.items():
        (systems / f"{name}.toml").write_text(f'tenant = "{tenant}"\n{one}', encoding="utf-8")
    return folder


@contextmanager
def two_tenants(folder: Path, environ: Mapping[str, str] | None = None) -> Iterator[Tenants]:
    """The house, with a customer's conversation, an application and a member in each tenant; closed at the end."""
    house = open_house(two_tenant_policy(folder / "policy-folder"), folder / "data", environ or {})
    try:
        yield Tenants(house, {tenant: _furnish(house, tenant) for tenant in TENANTS})
    finally:
        house.close()


def _furnish(house: House, tenant: str) -> Things:
    system = SYSTEMS[tenant]
    with house.ledger.recorded() as tx:
        name, turn, leaf = _talk(tx, house.policy, tenant)
        application = f"crm-of-{tenant}"
        wanted = applications.Wanted(frozenset({Right.STATUS_READ}))
        applications.add(tx, application, tenant, wanted, by="test")
        member = accounts.create(tx, f"Sam of {tenant}", [Grant(tenant, Role.STAFF)])
    return Things(system, name, turn, leaf, application, member)


def _talk(tx: Recording, policy: Policy, tenant: str) -> tuple[str, str, str]:
    system = SYSTEMS[tenant]
    who = Caller("jo", "about a bill", "chat", "en-AU", leaving=False)
    asked = chat.ask([("user", f"The secret word of {tenant}.")])
    turn = make_turn(policy, tx.keys, system, who, asked, connection=tx.connection)
    sealed = turns.open_turn(tx, turn)
    leaf = tx.append(Event("gateway.turn.opened", system, {"turn": turn.id}, {"request": sealed}))
    turns.close_turn(tx, turn, outcome="allow", reason="", by_ai=True, reply=["Said to nobody else."])
    return turn.conversation, turn.id, leaf


def member(house: House, tenant: str, *roles: Role) -> str:
    """A new member with these roles; an auditor for the tenant's system and a day. Gives the id."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    narrow = {"systems": frozenset({SYSTEMS[tenant]}), "until": tomorrow}
    grants = [Grant(tenant, role, **(narrow if role is Role.AUDITOR else {})) for role in roles]
    with house.ledger.recorded() as tx:
        return accounts.create(tx, f"{'-'.join(roles)} {tenant} {datetime.now(UTC).timestamp()}", grants)


def session(house: House, identity: str, tenant: str) -> str:
    """The value of the session cookie of a member who has just signed in."""
    with house.ledger.recorded() as tx:
        token = sessions.begin(
            tx, member=identity, tenant=tenant, way="password", device="test", lasts=timedelta(hours=1)
        )
    secret = house.ledger.keys.derived("sign-in", "cookie")
    return sessions.cookie_value(secret, token, datetime.now(UTC))
