"""The real API of a house in a client of its own, asked by a member or with a key."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from starlette.testclient import TestClient

from fairgo.staff.doors import MEMBER
from fairgo.staff.rights import Member, Role
from tests.tenants import MAIN, SYSTEMS

SAME = {"sec-fetch-site": "same-origin"}


class Seat:
    """Puts a member where the session's middleware would."""

    def __init__(self, app, member):
        self.app = app
        self.member = member

    async def __call__(self, scope, receive, send):
        scope[MEMBER] = self.member
        await self.app(scope, receive, send)


def a_member(*roles, tenant=MAIN, stepped_up=False, **more):
    now = datetime.now(UTC)
    if Role.AUDITOR in roles:
        more = {"systems": frozenset({SYSTEMS[tenant]}), "until": now + timedelta(days=1)} | more
    return Member(
        name="Alex",
        roles=frozenset(roles),
        tenant=tenant,
        stepped_up_at=now if stepped_up else None,
        **({"id": "m1"} | more),
    )


def a_client(app, member=None, key=""):
    headers = SAME | ({"authorization": f"Bearer {key}"} if key else {})
    return TestClient(Seat(app, member), headers=headers, raise_server_exceptions=True)


@contextmanager
def serving(house):
    """The ledger's threads run, as in a server."""
    house.ledger.start(checkpoint_seconds=0.05)
    try:
        yield
    finally:
        house.ledger.stop()
