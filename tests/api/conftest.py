"""One house with two tenants for all tests of the API that do not change it."""

import pytest

from fairgo.assemble import api, overview
from tests.api.seated import serving
from tests.tenants import two_tenants


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """The house, its things by tenant, and its API as it is mounted."""
    with two_tenants(tmp_path_factory.mktemp("tenants")) as found, serving(found.house):
        yield found


@pytest.fixture(scope="module")
def app(here):
    return api(here.house, overview(here.house))
