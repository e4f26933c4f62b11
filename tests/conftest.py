"""What every test can count on: the network shut, a clean environment, and an account of what was not run."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests import network
from tests.postgres import NoPostgres, Postgres, running

ROOT = Path(__file__).resolve().parent.parent

hypothesis.settings.register_profile(
    "house",
    deadline=None,  # a shared machine is slow now and then; that is no fault of the code
    derandomize="CI" in os.environ,  # a gate must not depend on luck; looking further is for desks
    database=None,
)
hypothesis.settings.load_profile("house")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Every test that did not run and why; every one that is known to fail and what is missing."""
    skipped = terminalreporter.stats.get("skipped", [])
    missing = terminalreporter.stats.get("xfailed", [])
    if skipped:
        terminalreporter.section("skipped, and why")
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.line(f"{report.nodeid}: {reason.removeprefix('Skipped: ')}")
    if missing:
        terminalreporter.section("not built yet, and what is missing")
    for report in missing:
        terminalreporter.line(f"{report.nodeid}: {report.wasxfail.removeprefix('reason: ')}")


@pytest.fixture(scope="session", autouse=True)
def _shut_network_and_clean_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        network.shut(patch)
        for name in [name for name in os.environ if name.startswith("FAIRGO_")]:
            patch.delenv(name)
        yield


@pytest.fixture(autouse=True)
def _no_attempt_to_leave() -> Iterator[None]:
    network.attempts.clear()
    yield
    assert not network.attempts, f"this test tried to reach {', '.join(network.attempts)}"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of material beside the repository; without it the test is skipped."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("no shared/ folder beside the repository")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this test process; `postgres.fresh()` is the URL of an empty database."""
    with contextlib.ExitStack() as until_the_end:
        try:
            server = until_the_end.enter_context(running())
        except NoPostgres as why:
            pytest.skip(str(why))
        yield server
