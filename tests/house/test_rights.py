"""The doors: every route names a right or says why it is open; every role gets through exactly where the table says."""

import asyncio
import itertools
import re

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

from fairgo.assemble import application
from fairgo.console.sign_in import cookies
from fairgo.gateway.app import ROUTES
from fairgo.staff.doors import REFUSED, page, public
from fairgo.staff.rights import DANGEROUS, GRANTS, SCOPES, TABLE, Right, Role
from tests import tenants
from tests.house.doors import ask, ways
from tests.tenants import MAIN, TENANTS

SAME = {"host": "localhost", "sec-fetch-site": "same-origin", "accept": "application/json"}
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
NOBODY = None
# What a parameter names, by the word before it.
KINDS = {
    "systems": "system",
    "conversations": "conversation",
    "leaf": "leaf",
    "leaves": "leaf",
    "applications": "application",
    "staff": "member",
}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A house with two tenants, running, its application, and a cookie for every role in both."""
    with tenants.two_tenants(tmp_path_factory.mktemp("rights")) as found:
        house = found.house
        seats = {}
        for tenant, role in itertools.product(TENANTS, Role):
            identity = tenants.member(house, tenant, role)
            seats[tenant, role] = tenants.session(house, identity, tenant)
        house.ledger.start(checkpoint_seconds=3600)
        yield found, application(house), seats
        house.ledger.stop()


def every_way(app):
    return list(ways(app.surfaces))


def test_every_route_names_a_right_or_says_why_it_is_open(here):
    _found, app, _seats = here
    silent = [str(way) for way in every_way(app) if way.right is None and not way.public]
    assert not silent, "name a right (fairgo.staff.doors.page, needs) or say why everyone may (public)"


def test_a_route_that_says_nothing_is_seen():
    def hello(_request):
        return PlainTextResponse("hello")

    app = Starlette(
        routes=[
            Mount("/a", Starlette(routes=[Route("/silent", hello)])),
            page("/named", hello, right=Right.STATUS_READ),
            public("/open", hello, why="a test"),
        ]
    )
    assert [str(way) for way in ways(app) if way.right is None and not way.public] == ["GET /a/silent"]


def test_the_gateway_lets_nobody_in_without_a_key(here):
    _found, app, _seats = here

    async def all_of_it():
        for path, methods in ROUTES.items():
            for method in methods:
                assert (await ask(app, method, path, SAME)).status == 401

    asyncio.run(all_of_it())


def filled(path, things):
    """The path with its parameters filled by a name of these things: the one that fits, or each where none is known to."""
    if not PARAMETER.search(path):
        return [path]
    fitting = [getattr(things, kind) for word, kind in KINDS.items() if f"/{word}/{{" in path]
    return [PARAMETER.sub(thing, path) for thing in fitting or things.names]


def expected(right, role):
    """What the table says: a set of codes that a door answers with; None stands for getting through it."""
    if right not in GRANTS[role]:
        return "refused"
    return "through"


async def outcome(app, method, path, cookie):
    headers = SAME | ({"cookie": f"{cookies.SESSION}={cookie}"} if cookie else {})
    reply = await ask(app, method, path, headers)
    if reply.status >= 500:
        return f"a fault ({reply.status})", reply
    if reply.status == 401:
        return "sign in", reply
    if reply.status == 403 and REFUSED in reply.text:
        return "refused", reply
    if reply.status == 403 and "step_up_needed" in reply.text:
        return "step up", reply
    return "through", reply


def test_every_route_for_every_role_in_both_tenants(here):
    found, app, seats = here
    asked = [way for way in every_way(app) if way.right is not None]
    assert len(asked) > 10

    async def all_of_it():
        wrong, count = [], 0
        for way in asked:
            for method in way.methods:
                for (tenant, role), cookie in [*seats.items(), ((MAIN, NOBODY), "")]:
                    path = filled(way.path, found.things[tenant])[0]
                    said, _reply = await outcome(app, method, path, cookie)
                    count += 1
                    if said != ("sign in" if role is NOBODY else expected(way.right, role)):
                        wrong.append(f"{method} {way.path} as {role} of {tenant}: {said}")
        return wrong, count

    wrong, count = asyncio.run(all_of_it())
    assert not wrong
    assert count >= len(asked) * (len(seats) + 1)


def test_nothing_of_another_tenant_is_shown_to_anybody(here):
    """Whatever a page of one tenant is asked for, by its own names or the other's, it shows no name of the other."""
    found, app, seats = here

    async def all_of_it():
        shown = []
        for way, tenant in itertools.product(every_way(app), TENANTS):
            if "GET" not in way.methods or way.public:
                continue
            (other,) = (things for name, things in found.things.items() if name != tenant)
            paths = filled(way.path, found.things[tenant]) + filled(way.path, other)
            for path in dict.fromkeys(paths):
                _said, reply = await outcome(app, "GET", path, seats[tenant, Role.OWNER])
                # What was asked for may stand in the address of a link; a page that exists names more than that.
                names = [name for name in other.names if stands_in(name, reply.text) and name not in path]
                asked_for = path != way.path and path in filled(way.path, other)
                if names or (
                    asked_for and reply.status == 200 and any(name in reply.text for name in other.names)
                ):
                    shown.append(f"{path} as {tenant}: {names or reply.status}")
        return shown

    assert not asyncio.run(all_of_it())


def stands_in(name, text):
    """True when the text has the name as a whole: the name of a leaf may be the beginning of another's."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def test_what_does_not_exist_says_so_alike_to_everyone(here):
    _found, app, seats = here
    cookie = seats[MAIN, Role.OWNER]

    async def all_of_it():
        for path in ("/nothing", "/console/nothing-here", "/api/nothing-here", "/you/nothing-here"):
            for who in ("", cookie):
                _said, reply = await outcome(app, "GET", path, who)
                assert reply.status == 404, path
                assert "Traceback" not in reply.text

    asyncio.run(all_of_it())


def test_the_table_has_one_row_for_every_right():
    assert sorted(row.right for row in TABLE) == sorted(Right)


def test_what_is_not_granted_is_denied_and_nobody_is_left_out():
    for role in Role:
        assert GRANTS[role]
    assert not [row.right for row in TABLE if not row.roles]


def test_an_auditor_only_reads():
    assert not [row.right for row in TABLE if row.changes and Role.AUDITOR in row.roles]


def test_dangerous_rights_change_something_and_no_key_holds_them():
    assert {
        Right.STAFF_MANAGE,
        Right.CUSTOMERS_ERASE,
        Right.APPLICATIONS_MANAGE,
        Right.KEYS_MANAGE,
    } <= DANGEROUS
    for row in TABLE:
        if row.dangerous:
            assert row.changes
            assert row.right not in SCOPES


def test_reading_content_is_in_nobodys_key_and_not_an_auditors():
    assert Right.CONTENT_READ not in SCOPES
    assert Right.CONTENT_READ not in GRANTS[Role.AUDITOR]
