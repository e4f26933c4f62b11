"""The API keeps to its own description, whatever is sent: schemathesis makes it up from the OpenAPI document."""

import itertools

import hypothesis
import pytest
import schemathesis
from hypothesis.errors import Unsatisfiable
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance
from starlette.applications import Starlette

from fairgo.assemble import api, overview
from fairgo.staff import applications
from fairgo.staff.applications import Wanted
from fairgo.staff.rights import SCOPES, Role
from fairgo.web.surface import mounted
from tests.api.seated import SAME, Seat, a_member, serving
from tests.tenants import MAIN, two_tenants

FEW, MANY = 3, 20
ALL = hypothesis.settings.get_profile("house")
QUICK = hypothesis.settings(
    ALL, max_examples=FEW, suppress_health_check=list(hypothesis.HealthCheck), deadline=None
)
LONG = hypothesis.settings(QUICK, max_examples=MANY)


def api_of(house, member=None):
    """The API where it is mounted in the application, for this member or for keys."""
    return Starlette(routes=[mounted("/api", Seat(api(house, overview(house)), member))])


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    folder = tmp_path_factory.mktemp("described")
    with two_tenants(folder, {"FAIRGO_API_PER_MINUTE": "1000000"}) as found, serving(found.house):
        yield found


@pytest.fixture(scope="module")
def key(here):
    with here.house.ledger.recorded() as tx:
        return applications.add(tx, "everything", MAIN, Wanted(SCOPES), by="test")


@pytest.fixture(scope="module")
def for_programs(here):
    """As a program with every scope sees it."""
    return schemathesis.openapi.from_asgi("/api/openapi.json", api_of(here.house))


@pytest.fixture(scope="module")
def for_an_owner(here):
    """As an owner sees it who has just proved that it is them."""
    owner = a_member(Role.OWNER, stepped_up=True)
    return schemathesis.openapi.from_asgi("/api/openapi.json", api_of(here.house, owner))


def opaque(case):
    """A cursor is signed and an ETag names a version: no description can say which ones there are."""
    takes = {one.name.lower() for one in (*case.operation.query, *case.operation.headers)}
    return [positive_data_acceptance] if takes & {"cursor", "if-match"} else []


def tried(schema, how, excluded=(), **said):
    """Every operation, with data that fits its description and with data that does not."""
    schema.config.checks.negative_data_rejection.expected_statuses.append("413")
    for result, mode in itertools.product(schema.get_all_operations(), GenerationMode):
        operation = result.ok()

        def ask(case):
            case.call_and_validate(excluded_checks=(*excluded, *opaque(case)), **said)

        try:
            cases = operation.as_strategy(generation_mode=mode)
            how(hypothesis.given(case=cases)(ask))()
        except Unsatisfiable:  # nothing can be wrong about it: it takes no data
            assert mode is GenerationMode.NEGATIVE, operation.label


def test_for_a_key_with_every_scope(for_programs, key):
    tried(for_programs, QUICK, headers={"Authorization": f"Bearer {key}"})


def test_for_an_owner(for_an_owner):
    tried(for_an_owner, QUICK, headers=SAME, excluded=[ignored_auth])


@pytest.mark.long
def test_for_a_key_with_every_scope_at_length(for_programs, key):
    tried(for_programs, LONG, headers={"Authorization": f"Bearer {key}"})


@pytest.mark.long
def test_for_an_owner_at_length(for_an_owner):
    tried(for_an_owner, LONG, headers=SAME, excluded=[ignored_auth])
