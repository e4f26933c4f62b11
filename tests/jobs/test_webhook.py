"""The signed webhook: what it says, whom it may reach, and names that change their address."""

import hashlib
import hmac
import http.server
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from fairgo.core.errors import Misconfigured, UpstreamFailed
from fairgo.core.jobs import RunState
from fairgo.ledger.house import House
from fairgo.staff.notices import delivering, outbound
from fairgo.staff.notices.kinds import JOB_DEAD
from fairgo.staff.notices.raising import raise_notice
from tests.jobs.certificates import a_certificate
from tests.jobs.labour import a_house, leaves, work_off
from tests.jobs.test_running import state


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted; answers what the server was told to."""

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        self.server.got.append((self.path, dict(self.headers.items()), self.rfile.read(length)))  # type: ignore[attr-defined]
        status, headers, body = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Nothing is written to the terminal."""


@contextmanager
def a_hook(trust: ssl.SSLContext | None = None) -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.daemon_threads = True
    server.got, server.answer = [], (204, {}, b"")  # type: ignore[attr-defined]
    if trust is not None:
        server.socket = trust.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def raised(folder: Path, url: str, near: str = "127.0.0.1") -> Iterator[tuple[House, str, bytes]]:
    """A house with a webhook, in which something was just raised; its run, and the key."""
    key = folder / "webhook.key"
    key.write_text("a long secret of both\n")
    key.chmod(0o600)
    house = a_house(folder, webhook_url=url, webhook_key_file=str(key), webhook_private_hosts=near)
    with house.ledger.recorded() as tx:
        notice = raise_notice(tx, JOB_DEAD, "k", about="ledger.check/x")
    try:
        yield house, f"notices.webhook/{notice}", b"a long secret of both"
    finally:
        house.close()


def test_a_notice_is_sent_and_its_signature_fits(tmp_path: Path):
    with (
        a_hook() as server,
        raised(tmp_path, f"http://127.0.0.1:{server.server_port}/in?a=b") as (house, run, key),
    ):
        work_off(house, *delivering.JOBS)
        assert state(house, run).state is RunState.DONE
        ((path, headers, body),) = server.got
        assert path == "/in?a=b"
        stamp, signature = (part.partition("=")[2] for part in headers["fairgo-signature"].split(","))
        assert signature == hmac.new(key, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        assert abs(int(stamp) - time.time()) < 60
        said = json.loads(body)
        assert set(said) == {"id", "kind", "title", "about", "system", "raised_at"}
        assert headers["fairgo-delivery"] == said["id"]
        assert leaves(house, "staff.notice.sent")[0]["facts"]["status"] == 204


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        ((500, {}, b""), "webhook.status_500"),
        ((302, {"location": "http://127.0.0.1:1/"}, b""), "webhook.redirected"),
        ((200, {}, b"x" * 5000), "webhook.unreachable"),
    ],
)
def test_what_is_not_taken_is_tried_again(tmp_path: Path, answer, problem: str):
    with a_hook() as server, raised(tmp_path, f"http://127.0.0.1:{server.server_port}") as (house, run, _key):
        server.answer = answer
        work_off(house, *delivering.JOBS)
        assert (state(house, run).problem, state(house, run).state) == (problem, RunState.QUEUED)
        assert len(server.got) == 1


def test_a_private_address_is_not_reached_unless_the_policy_names_it(tmp_path: Path):
    with (
        a_hook() as server,
        raised(tmp_path, f"https://127.0.0.1:{server.server_port}", near="") as (house, run, _),
    ):
        work_off(house, *delivering.JOBS)
        assert state(house, run).problem == "webhook.private_address"
        assert not server.got


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1"),
        *(
            "169.254.169.254",
            "169.254.170.2",
            "100.100.100.200",
            "192.0.0.192",
            "224.0.0.1",
            "255.255.255.255",
        ),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::7f00:1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::1"),
        *("198.18.0.1", "192.0.2.1", "203.0.113.9", "2001:db8::1", "240.0.0.1", "localhost", "", "127.1"),
    ],
)
def test_an_address_that_is_ours_or_hides_one_is_no_outside_address(address: str):
    assert not outbound.is_outside(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "64:ff9b::101:101"])
def test_an_address_of_the_internet_is_outside(address: str):
    assert outbound.is_outside(address)


def test_one_private_address_among_many_is_enough_to_refuse():
    def resolve(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14", "10.0.0.1"]

    with pytest.raises(UpstreamFailed) as wrong:
        outbound.post("https://hooks.example/", b"", {}, resolve=resolve)
    assert wrong.value.detail == "webhook.private_address"


def test_a_name_that_changes_its_address_after_it_was_judged_gains_nothing(monkeypatch: pytest.MonkeyPatch):
    answers = iter([["93.184.215.14"], ["127.0.0.1"]])
    asked: list[str] = []
    reached: list[object] = []

    def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return next(answers)

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        reached.append(address)
        raise OSError("the network is shut")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(UpstreamFailed):
        outbound.post("https://rebind.example/", b"", {}, resolve=resolve)
    assert asked == ["rebind.example"]
    assert reached == [("93.184.215.14", 443)]


def test_tls_is_checked_against_the_name_though_the_connection_goes_to_the_address(tmp_path: Path):
    certificate, key = a_certificate(tmp_path, "hooks.example")
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(certificate, key)
    trust = ssl.create_default_context(cafile=certificate)
    with a_hook(server_side) as server:

        def sent(host: str) -> int:
            return outbound.post(
                f"https://{host}:{server.server_port}/",
                b"{}",
                {},
                private_hosts={host},
                trust=trust,
                resolve=lambda _host, _port: ["127.0.0.1"],
            )

        assert sent("hooks.example") == 204
        assert server.got[0][1]["Host"] == f"hooks.example:{server.server_port}"
        with pytest.raises(UpstreamFailed) as wrong:
            sent("other.example")
        assert wrong.value.detail == "webhook.bad_certificate"
        assert len(server.got) == 1


def test_silence_and_trickles_end_in_time():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def trickle() -> None:
            sock, _address = listening.accept()
            with sock:
                for _ in range(100):
                    try:
                        sock.send(b"H")
                    except OSError:
                        return
                    time.sleep(0.05)

        threading.Thread(target=trickle, daemon=True).start()
        begun = time.monotonic()
        with pytest.raises(UpstreamFailed):
            outbound.post(f"http://127.0.0.1:{port}/", b"", {}, private_hosts={"127.0.0.1"}, wait=0.3)
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://hooks.example/",
            "ftp://hooks.example/",
            "https://",
            "hooks.example",
            "https://u:p@hooks.example/",
        ),
        *(
            "https://hooks.example:0/",
            "https://hooks.example:99999/",
            "https://hooks.example/ x",
            "https://h\n.example",
        ),
    ],
)
def test_what_is_no_address_of_a_webhook_is_refused(url: str):
    with pytest.raises(Misconfigured):
        outbound.post(url, b"", {}, resolve=lambda _host, _port: ["93.184.215.14"])
