"""The client of witnesses, against real servers on this machine: good ones, forked logs, and every kind of bad answer."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from fairgo.core.errors import Misconfigured
from fairgo.ledger import witnesses, witnessing
from fairgo.ledger.cosignatures import Cosigner
from fairgo.ledger.note import Checkpoint
from fairgo.ledger.receipts import BadReceipt, check_receipt, newest_signed, read_receipt, receipt
from fairgo.ledger.recording import Ledger
from fairgo.ledger.tile_store import tree
from fairgo.ledger.trust import Trust, Witness, read_trust
from fairgo.ledger.witnesses import Answer
from fairgo.ledger.witnessing import PROBLEMS, Witnessing, ask, witnesses_of
from fairgo.public.witness import Watch, open_watch
from tests.ledger.ledgers import SIGNER, happen, opened, sign
from tests.ledger.test_receipts import names
from tests.public.watching import watching

LOG = str(SIGNER.verifier)
START = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Hands:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with opened(tmp_path / "data") as made:
        happen(made, 3)
        sign(made)
        yield made


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    return open_watch(tmp_path / "witness", "witness.example/one", [LOG])


@pytest.fixture
def one(watch: Watch) -> Iterator[Witness]:
    """A witness that answers."""
    with watching(watch) as base:
        yield Witness("one", watch.cosigners[0].key, base)


def asking(ledger: Ledger, *asked: Witness, hands: Hands, wait: float = 2) -> Witnessing:
    return Witnessing(ledger.store, asked, seconds=10, clock=hands, wait=wait)


def problems(answers: list[Answer]) -> list[str]:
    return [answer.problem for answer in answers]


def one_receipt(ledger: Ledger, at: int = 0) -> str:
    with ledger.store.reading() as connection:
        return receipt(connection, names(ledger)[at])


def test_a_quorum_of_two_of_three_makes_receipts_that_check_offline(
    tmp_path: Path, ledger: Ledger, hands: Hands
):
    with ExitStack() as servers:
        lines = [f"log {LOG}"]
        for number in (1, 2, 3):
            watch = open_watch(tmp_path / f"w{number}", f"witness{number}.example", [LOG])
            base = servers.enter_context(watching(watch))
            lines.append(f"witness w{number} {watch.cosigners[0].key} {base if number < 3 else _nowhere()}")
        trust = read_trust("\n".join([*lines, "group g 2 w1 w2 w3", "quorum g\n"]).encode())
        with pytest.raises(BadReceipt, match="too few"):
            check_receipt(one_receipt(ledger), None, trust=trust)
        them = asking(ledger, *trust.witnesses.values(), hands=hands)
        assert problems(them.ask_those_due()) == ["", "", "unreachable"]
        shown = check_receipt(one_receipt(ledger), None, trust=trust)
        assert {one.key.name for one in shown.cosigned} == {"witness1.example", "witness2.example"}
        happen(ledger, 300)
        sign(ledger)
        hands.turn(seconds=11)
        assert problems(them.ask_those_due()) == ["", "", "unreachable"]
        assert check_receipt(one_receipt(ledger, 302), None, trust=trust).checkpoint.size == 303
        with ledger.store.reading() as connection:
            stands = witnesses.standing(connection)
        assert [(one.name, one.size, one.problem) for one in stands] == [
            ("witness1.example", 303, ""), ("witness2.example", 303, ""),
            ("witness3.example", 0, "unreachable"),
        ]  # fmt: skip
        hands.turn(seconds=5)
        assert [one.age(hands()) for one in stands] == [timedelta(seconds=5)] * 2 + [None]


def _nowhere() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_a_wrong_idea_of_what_the_witness_knows_is_put_right(ledger: Ledger, one: Witness, hands: Hands):
    with ledger.store.reading() as connection:
        note = newest_signed(connection)
        assert note is not None

        def prove(old: int) -> list[bytes]:
            return tree(connection, 3).consistency(old)

        for known in (0, 1, 2, 3, 9):
            answer = ask(one, note, known, prove)
            assert (answer.problem, answer.size) == ("", 3)
            assert answer.line.startswith("\u2014 witness.example/one ")


def test_a_forked_log_is_refused_and_it_is_said_so(
    tmp_path: Path, ledger: Ledger, one: Witness, hands: Hands, caplog: pytest.LogCaptureFixture
):
    assert problems(asking(ledger, one, hands=hands).ask_those_due()) == [""]
    with opened(tmp_path / "forked") as forked, caplog.at_level(logging.WARNING):
        happen(forked, 3)
        sign(forked)
        them = asking(forked, one, hands=hands)
        assert problems(them.ask_those_due()) == ["other_history"]
        happen(forked, 2)
        sign(forked)
        hands.turn(seconds=11)
        assert problems(them.ask_those_due()) == ["bad_proof"]
        with pytest.raises(BadReceipt):
            check_receipt(one_receipt(forked), None, trust=_only(one))
    assert PROBLEMS["other_history"] in caplog.text


def _only(witness: Witness) -> Trust:
    return read_trust(f"log {LOG}\nwitness one {witness.key}\nquorum one\n".encode())


def test_a_ledger_that_was_cut_off_is_noticed_at_the_witness(
    tmp_path: Path, ledger: Ledger, one: Witness, hands: Hands
):
    assert problems(asking(ledger, one, hands=hands).ask_those_due()) == [""]
    with opened(tmp_path / "cut") as cut:
        happen(cut)
        sign(cut)
        assert problems(asking(cut, one, hands=hands).ask_those_due()) == ["ahead"]


def test_each_is_asked_at_most_once_in_a_while_and_again_when_all_is_quiet(
    ledger: Ledger, one: Witness, hands: Hands
):
    them = asking(ledger, one, hands=hands)
    assert len(them.ask_those_due()) == 1
    happen(ledger)
    sign(ledger)
    hands.turn(seconds=9)
    assert them.ask_those_due() == []
    hands.turn(seconds=2)
    assert [answer.size for answer in them.ask_those_due()] == [4]
    hands.turn(minutes=5)
    assert them.ask_those_due() == []  # nothing is new
    hands.turn(minutes=6)
    assert [answer.size for answer in them.ask_those_due()] == [4]
    happen(ledger)
    sign(ledger)
    hands.turn(days=-400)  # a clock that was set back must not silence it
    assert [answer.size for answer in them.ask_those_due()] == [5]


def test_without_a_checkpoint_or_an_address_nobody_is_asked(tmp_path: Path, ledger: Ledger, hands: Hands):
    silent = Witness("silent", Cosigner("silent.example", b"s" * 32).key)
    assert asking(ledger, silent, hands=hands).ask_those_due() == []
    with opened(tmp_path / "new") as new:
        far = Witness("far", silent.key, _nowhere())
        assert asking(new, far, hands=hands).ask_those_due() == []


def test_what_is_no_longer_asked_is_no_longer_shown(ledger: Ledger, one: Witness, hands: Hands):
    them = asking(ledger, one, hands=hands)
    them.ask_those_due()
    nobody = asking(ledger, hands=hands)
    nobody.start()
    nobody.stop()
    with ledger.store.reading() as connection:
        assert witnesses.standing(connection) == []
    assert check_receipt(one_receipt(ledger), None, trust=_only(one)).cosigned


Script = Callable[[socket.socket], None]


@contextmanager
def scripted(script: Script) -> Iterator[str]:
    """A server that does to each connection what the script says, once the request has been read."""
    door = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                guest, _address = door.accept()
            except OSError:
                return
            with guest:
                guest.settimeout(10)
                try:
                    guest.recv(65536)
                    script(guest)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        ended.set()
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join(10)


def answering(status: str, body: str = "", *headers: str) -> Script:
    head = "\r\n".join(
        [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", "Connection: close", *headers]
    )
    return lambda guest: guest.sendall(f"{head}\r\n\r\n{body}".encode())


def drip(guest: socket.socket) -> None:
    guest.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        guest.sendall(b"x")
        time.sleep(0.05)


def flood(guest: socket.socket) -> None:
    guest.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(100):
        guest.sendall(b"x" * 65536)


SIZED = "Content-Type: text/x.tlog.size"
OTHER = Cosigner("witness.example/one", b"o" * 32)
BAD = {
    "403": (answering("403 Forbidden"), "wrong_key"),
    "404": (answering("404 Not Found"), "unknown_log"),
    "409 without a size": (answering("409 Conflict"), "other_history"),
    "409 ahead": (answering("409 Conflict", "4\n", SIZED), "ahead"),
    "409 as told": (answering("409 Conflict", "0\n", SIZED), "odd_answer"),
    "409 for ever": (answering("409 Conflict", "2\n", SIZED), "odd_answer"),
    "409 nonsense": (answering("409 Conflict", "two\n", SIZED), "odd_answer"),
    "409 no newline": (answering("409 Conflict", "2", SIZED), "odd_answer"),
    "422": (answering("422 Unprocessable Entity"), "bad_proof"),
    "500": (answering("500 Oh"), "odd_answer"),
    "302": (answering("302 Found", "", "Location: http://127.0.0.1:1/"), "odd_answer"),
    "nothing in 200": (answering("200 OK"), "no_cosignature"),
    "words in 200": (answering("200 OK", "thank you\n"), "no_cosignature"),
    "another's key": (answering("200 OK", OTHER.cosign(Checkpoint(SIGNER.name, 3, b"r" * 32).text(), 1)), "no_cosignature"),
    "no HTTP": (lambda guest: guest.sendall(b"\x00\x01\x02\r\n\r\n"), "unreachable"),
    "hanging up": (lambda _guest: None, "unreachable"),
    "silence": (lambda _guest: time.sleep(0.6), "unreachable"),
    "drops": (drip, "no_cosignature"),
    "flood": (flood, "unreachable"),
}  # fmt: skip


@pytest.fixture(scope="module")
def shared_ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with opened(tmp_path_factory.mktemp("shared")) as made:
        happen(made, 3)
        sign(made)
        yield made


@pytest.mark.parametrize("case", BAD)
def test_a_bad_answer_is_named_in_time_and_nothing_of_it_is_kept(
    shared_ledger: Ledger, hands: Hands, case: str
):
    script, problem = BAD[case]
    key = Cosigner("witness.example/one", case.encode().ljust(32)).key
    with scripted(script) as base:
        asked = Witness("one", key, base)
        them = asking(shared_ledger, asked, hands=hands, wait=0.4)
        began = time.monotonic()
        assert problems(them.ask_those_due()) == [problem]
        assert time.monotonic() - began < 3
    assert problem in PROBLEMS
    assert "witness.example" not in one_receipt(shared_ledger)
    with shared_ledger.store.reading() as connection:
        stands = witnesses.known(connection, asked)
    assert stands is not None
    assert (stands.problem, stands.cosigned_at) == (problem, None)


def test_a_redirect_is_not_followed(ledger: Ledger, hands: Hands):
    reached: list[bool] = []
    with scripted(lambda _guest: reached.append(True)) as elsewhere:
        turned = answering("307 Temporary Redirect", "", f"Location: {elsewhere}/add-checkpoint")
        with scripted(turned) as base:
            key = Cosigner("witness.example/one", b"k" * 32).key
            asking(ledger, Witness("one", key, base), hands=hands).ask_those_due()
    assert reached == []


def test_a_silent_witness_keeps_nobody_from_signing_and_a_good_one_from_nothing(ledger: Ledger, one: Witness):
    silent = Cosigner("silent.example", b"s" * 32).key
    with scripted(lambda _guest: time.sleep(0.6)) as base:
        them = Witnessing(ledger.store, [Witness("silent", silent, base), one], seconds=0.05, wait=0.4)
        them.start()
        took = []
        for _ in range(20):
            began = time.monotonic()
            happen(ledger)
            sign(ledger)
            took.append(time.monotonic() - began)
            time.sleep(0.01)
        until = time.monotonic() + 5
        while (
            "witness.example/one" not in read_receipt(one_receipt(ledger, 5)).note
            and time.monotonic() < until
        ):
            time.sleep(0.05)
        them.stop()
    assert (
        median(took) < 0.3
    )  # a slow machine may be late once; waiting for the silent one would be late each time
    assert "witness.example/one" in read_receipt(one_receipt(ledger, 5)).note


def test_a_database_that_is_busy_does_not_end_the_asking(
    ledger: Ledger, one: Witness, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    them = Witnessing(ledger.store, [one], seconds=0.02)
    honest, failed = them.ask_those_due, threading.Event()

    def failing_once() -> list[Answer]:
        if not failed.is_set():
            failed.set()
            raise OSError("words that must not be logged")
        return honest()

    monkeypatch.setattr(them, "ask_those_due", failing_once)
    with caplog.at_level(logging.WARNING, logger=witnessing.__name__):
        them.start()
        until = time.monotonic() + 5
        while "witness.example/one" not in one_receipt(ledger) and time.monotonic() < until:
            time.sleep(0.02)
        them.stop()
    assert "witness.example/one" in read_receipt(one_receipt(ledger)).note
    assert "OSError" in caplog.text
    assert "words" not in caplog.text


def test_the_policy_folder_names_the_witnesses(tmp_path: Path):
    assert witnesses_of(tmp_path) == Trust()
    file = tmp_path / "policy" / "witnesses.tlog-policy"
    file.parent.mkdir()
    key = Cosigner("witness.example/one", b"k" * 32).key
    file.write_text(f"witness one {key} https://witness.example/prefix\nquorum one\n")
    assert witnesses_of(tmp_path).witnesses["one"].url == "https://witness.example/prefix"
    for url in ("ftp://x", "witness.example", "http://", "http://x:99999", "http://x:0", "http://a@x/",
                "http://x/?q", "http://x/#f", "http://\u00e9"):  # fmt: skip
        file.write_text(f"witness one {key} {url}\nquorum one\n")
        with pytest.raises(Misconfigured, match="the address of witness 'one' is not one"):
            witnesses_of(tmp_path)
    file.write_text("quorum two\n")
    with pytest.raises(Misconfigured, match=r"witnesses\.tlog-policy: line 1: 'two' is neither"):
        witnesses_of(tmp_path)
    file.unlink()
    file.mkdir()
    with pytest.raises(Misconfigured, match="cannot be read"):
        witnesses_of(tmp_path)
