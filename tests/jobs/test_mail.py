"""Mail through a real SMTP server, with and without TLS, and what becomes of it when the server refuses."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from fairgo.core.jobs import RunState
from fairgo.core.settings import read_settings
from fairgo.ledger.house import House
from fairgo.staff import accounts
from fairgo.staff.accounts import Grant
from fairgo.staff.notices import delivering, mail, preferences
from fairgo.staff.notices.inbox import NoticeLine, mark_read
from fairgo.staff.notices.kinds import JOB_DEAD
from fairgo.staff.notices.preferences import Pace, Preferences
from fairgo.staff.notices.raising import raise_notice
from fairgo.staff.rights import Role
from tests.jobs.certificates import a_certificate
from tests.jobs.labour import a_house, leaves, work_off
from tests.jobs.test_running import state

ADDRESS = "owner@example.com"


class Letters:
    """A mail server's hand: it keeps what it takes. `says` is its answer to a recipient."""

    def __init__(self) -> None:
        self.taken: list = []
        self.says = "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802 - aiosmtpd's name
        if self.says.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.taken.append((message_from_bytes(envelope.content, policy=policy.default), session))
        return "250 OK"


def sign_in(_server, _session, _envelope, _mechanism, data) -> AuthResult:
    return AuthResult(success=data.login == b"fairgo" and data.password == b"s3cret words", handled=False)


@contextmanager
def a_server(folder: Path, security: str) -> Iterator[tuple[Letters, dict[str, str]]]:
    """A server, what it takes, and the settings that lead to it."""
    letters = Letters()
    certificate, key = a_certificate(folder)
    trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trust.load_cert_chain(certificate, key)
    how = {
        "starttls": {"tls_context": trust, "require_starttls": True, "auth_required": True},
        "tls": {"ssl_context": trust},
        "none": {},
    }[security]
    if security == "starttls":
        how |= {"authenticator": sign_in}
    controller = Controller(letters, hostname="127.0.0.1", port=0, server_hostname="mail.test", **how)
    controller.port = free_port()
    controller.start()
    password = folder / "mail.password"
    password.write_text("s3cret words\n")
    password.chmod(0o600)
    settings = {
        "smtp_host": "localhost" if security != "none" else "127.0.0.1",
        "smtp_port": str(controller.port),
        "smtp_security": security,
        "smtp_user": "fairgo" if security == "starttls" else "",
        "smtp_password_file": str(password),
        "smtp_certificates": str(certificate),
        "mail_from": "fairgo@banksia.example",
    }
    try:
        yield letters, settings
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def told(folder: Path, settings: dict[str, str], wishes: Preferences) -> Iterator[tuple[House, str]]:
    """A house whose owner wants to be told so, and who has just been told of something."""
    house = a_house(folder, **settings)
    with house.ledger.recorded() as tx:
        owner = accounts.create(tx, "owner", [Grant("main", Role.OWNER)])
        preferences.keep(tx, owner, wishes)
        notice = raise_notice(tx, JOB_DEAD, "k", about="ledger.check/2026-11-23T16:10Z")
    try:
        yield house, f"notices.mail/{notice}/{owner}"
    finally:
        house.close()


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_notice_arrives(tmp_path: Path, security: str):
    with (
        a_server(tmp_path, security) as (letters, settings),
        told(tmp_path, settings, Preferences(ADDRESS)) as (
            house,
            run,
        ),
    ):
        work_off(house, *delivering.JOBS)
        assert state(house, run).state is RunState.DONE, state(house, run).problem
        ((letter, session),) = letters.taken
        assert session.ssl is not None or security != "starttls"  # with tls the server speaks nothing else
        assert (letter["to"], letter["from"]) == (ADDRESS, "fairgo@banksia.example")
        assert letter["subject"] == JOB_DEAD.title
        assert letter["auto-submitted"] == "auto-generated"
        words = letter.get_content()
        assert "ledger.check/2026-11-23T16:10Z" in words
        assert "/console/jobs/run/" in words
        assert leaves(house, "staff.notice.mailed")[0]["facts"]["count"] == 1
        assert ADDRESS not in str(
            leaves(house, "staff.notice.mailed") + leaves(house, "staff.preferences.changed")
        )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"smtp_certificates": ""}, "mail.bad_certificate"),
        ({"smtp_user": "somebody"}, "mail.sign_in_refused"),
        ({"smtp_port": "1"}, "mail.unreachable"),
        ({"smtp_security": "none", "smtp_host": "mail.example"}, "misconfigured"),
        ({"smtp_password_file": "nowhere"}, "secret.missing"),
    ],
)
def test_what_goes_wrong_has_a_code_and_is_tried_again(tmp_path: Path, change: dict[str, str], problem: str):
    with (
        a_server(tmp_path, "starttls") as (letters, settings),
        told(tmp_path, settings | change, Preferences(ADDRESS)) as (house, run),
    ):
        work_off(house, *delivering.JOBS)
        assert (state(house, run).problem, state(house, run).state) == (problem, RunState.QUEUED)
        assert not letters.taken


def test_a_server_that_refuses_is_asked_again_later_and_then_given_up(tmp_path: Path):
    with (
        a_server(tmp_path, "none") as (letters, settings),
        told(tmp_path, settings, Preferences(ADDRESS)) as (house, run),
    ):
        letters.says = "550 no such box owner@example.com"
        for _attempt in range(8):
            work_off(house, *delivering.JOBS)
            later(house, hours=2)
        dead = state(house, run)
        assert (dead.state, dead.attempt, dead.problem) == (RunState.DEAD, 7, "mail.recipient_refused")
        assert ADDRESS not in str(leaves(house, "jobs.run.failed") + leaves(house, "jobs.run.dead"))
        assert len(leaves(house, "staff.notice.raised")) == 2
        work_off(house, *delivering.JOBS)
        assert not letters.taken, "the notice about it is not mailed"


def test_what_was_read_meanwhile_is_not_mailed(tmp_path: Path):
    with (
        a_server(tmp_path, "none") as (letters, settings),
        told(tmp_path, settings, Preferences(ADDRESS)) as (house, run),
    ):
        with house.ledger.recorded() as tx:
            owner = accounts.as_member(accounts.everyone(tx.connection)[0], "main", at=tx.moment)
            assert owner is not None
            mark_read(tx, owner)
        work_off(house, *delivering.JOBS)
        assert state(house, run).state is RunState.DONE
        assert not letters.taken


def test_mail_waits_for_the_end_of_quiet_hours(tmp_path: Path):
    wishes = Preferences(ADDRESS, quiet_from="22:00", quiet_until="07:00")
    with a_server(tmp_path, "none") as (letters, settings), told(tmp_path, settings, wishes) as (house, _run):
        at(house, datetime(2027, 1, 4, 12, 0, tzinfo=UTC))  # 23:00 in Sydney
        work_off(house, *delivering.JOBS)
        assert not letters.taken
        at(house, datetime(2027, 1, 4, 20, 1, tzinfo=UTC))  # 07:01
        work_off(house, *delivering.JOBS)
        assert len(letters.taken) == 1


def test_a_digest_comes_once_a_day_with_all_there_is(tmp_path: Path):
    wishes = Preferences(ADDRESS, {"job.dead": Pace.DIGEST}, digest_hour=8)
    with a_server(tmp_path, "none") as (letters, settings), told(tmp_path, settings, wishes) as (house, _run):
        with house.ledger.recorded() as tx:
            raise_notice(tx, JOB_DEAD, "another", about="ledger.keys/x")
        at(house, datetime(2027, 1, 4, 20, 0, tzinfo=UTC))  # 07:00 in Sydney
        work_off(house, *delivering.JOBS)
        at(house, datetime(2027, 1, 4, 20, 6, tzinfo=UTC))
        work_off(house, *delivering.JOBS)
        assert not letters.taken, "its hour has not come"
        for hour in range(21, 24):
            at(house, datetime(2027, 1, 4, hour, 6, tzinfo=UTC))
            work_off(house, *delivering.JOBS)
        ((letter, _session),) = letters.taken
        assert letter["subject"] == "2 notices need a person"
        assert "ledger.keys/x" in letter.get_content()


def test_a_mail_that_is_sent_again_is_known_by_its_name(tmp_path: Path):
    settings = read_settings(tmp_path, {"FAIRGO_SMTP_HOST": "mail.example"})
    line = NoticeLine("i", "k", "T", "A.", "", "", "/", datetime.now(UTC), None)
    first, second = (mail.compose(settings, "Banksia", ADDRESS, [line], key="a/b") for _ in range(2))
    assert first["message-id"] == second["message-id"] == "<a.b@mail.example>"


def at(house: House, moment: datetime) -> None:
    house.ledger.clock = lambda: moment


def later(house: House, **by: float) -> None:
    at(house, house.ledger.clock() + timedelta(**by))
