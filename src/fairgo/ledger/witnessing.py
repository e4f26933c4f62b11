"""Asking witnesses to cosign new checkpoints (C2SP tlog-witness), beside the signing and never in its way.

No outbound call but to the addresses that the company's own policy folder names; no redirects, no proxies.
"""

import base64
import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from fairgo.core.clock import Clock, system_clock
from fairgo.core.errors import Misconfigured
from fairgo.ledger import witnesses
from fairgo.ledger.cosignatures import cosigned
from fairgo.ledger.note import SIZE, BadNote, Checkpoint
from fairgo.ledger.receipts import newest_signed
from fairgo.ledger.tile_store import tree
from fairgo.ledger.trust import BadTrust, Trust, Witness, read_trust
from fairgo.ledger.witnesses import Answer, Standing
from fairgo.store.engine import Store

log = logging.getLogger(__name__)
FILE = Path("policy", "witnesses.tlog-policy")
SIZE_TYPE = "text/x.tlog.size"
WAIT_SECONDS = 5.0  # for one answer, from connecting to its last byte
REFRESH = timedelta(
    minutes=10
)  # an idle ledger is cosigned again, so that its cosignatures do not look forgotten
LARGEST_ANSWER = 64 * 1024
TICK_SECONDS = 1.0
MOST_AT_ONCE = 8

# Each problem as words for people; the codes stand in the database.
PROBLEMS = {
    "unreachable": "it cannot be reached",
    "unknown_log": "it does not know this ledger",
    "wrong_key": "it does not take this ledger's key",
    "bad_proof": "it says the proof of consistency does not verify",
    "other_history": "it has seen another history of this ledger",
    "ahead": "it has seen more leaves than there are here",
    "no_cosignature": "its answer holds no cosignature by its key",
    "odd_answer": "its answer makes no sense",
}
BY_STATUS = {403: "wrong_key", 404: "unknown_log", 409: "other_history", 422: "bad_proof"}

# The proof that a checkpoint begins with the tree of an older size.
Prove = Callable[[int], Sequence[bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a witness answered."""

    status: int
    kind: str
    body: bytes


def witnesses_of(folder: Path) -> Trust:
    """The witnesses of a policy folder, from `policy/witnesses.tlog-policy`; none when there is no such file.

    Raises Misconfigured naming the line when it is malformed, or a witness's address is not one.
    """
    path = folder / FILE
    try:
        trust = read_trust(path.read_bytes())
    except FileNotFoundError:
        return Trust()
    except BadTrust as wrong:
        raise Misconfigured(
            f"{path}: {wrong}", hint="the format is C2SP tlog-policy: log, witness, group and quorum lines"
        ) from None
    except OSError as wrong:
        raise Misconfigured(f"{path} cannot be read ({wrong.strerror})") from None
    for witness in trust.witnesses.values():
        if witness.url and not _is_address(witness.url):
            raise Misconfigured(
                f"{path}: the address of witness {witness.name!a} is not one", hint="https://HOST/PATH"
            )
    return trust


class Witnessing:
    """Asks each witness that has an address, at most every `seconds`, from a thread of its own."""

    def __init__(
        self,
        store: Store,
        asked: Iterable[Witness],
        *,
        seconds: float,
        clock: Clock = system_clock,
        wait: float = WAIT_SECONDS,
    ) -> None:
        self.store = store
        self.asked = tuple(witness for witness in asked if witness.url)
        self._pace = timedelta(seconds=seconds)
        self._clock = clock
        self._wait = wait
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin asking. Without a witness that has an address nothing is started."""
        with self.store.reading() as connection:
            shown = witnesses.standing(connection)
        if shown:
            with self.store.writing() as connection:
                witnesses.forget_others(connection, self.asked)
        if self.asked:
            self._ended.clear()
            self._thread = threading.Thread(target=self._ask_on, name="witnessing", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ask no more; what is under way may take a few seconds to end."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def ask_those_due(self) -> list[Answer]:
        """Ask every witness that is due for the newest checkpoint, all at the same time, and keep what they say."""
        due, note = self._due()
        if note is None or not due:
            return []
        now = self._clock()
        with self.store.writing() as connection:
            mine = [one for one in due if witnesses.claim(connection, one[0], one[1], now)]
        if not mine:
            return []
        with ThreadPoolExecutor(min(len(mine), MOST_AT_ONCE)) as pool:
            answers = list(pool.map(lambda one: self._ask(one[0], one[1], note), mine))
        with self.store.writing() as connection:
            for (witness, since), answer in zip(mine, answers, strict=True):
                witnesses.keep(connection, witness, answer, self._clock())
                if answer.problem and answer.problem != (since.problem if since else ""):
                    log.warning(
                        "the witness %s has not cosigned: %s", witness.key.name, PROBLEMS[answer.problem]
                    )
        return answers

    def _due(self) -> tuple[list[tuple[Witness, Standing | None]], str | None]:
        with self.store.reading() as connection:
            note = newest_signed(connection)
            if note is None:
                return [], None
            size, now = Checkpoint.within(note).size, self._clock()
            all_of_them = [(witness, witnesses.known(connection, witness)) for witness in self.asked]
        return [(witness, since) for witness, since in all_of_them if self._is_due(since, size, now)], note

    def _is_due(self, since: Standing | None, size: int, now: datetime) -> bool:
        if since is None:
            return True
        if abs(now - since.asked_at) < self._pace:  # a clock that was set back must not silence us
            return False
        has_all = since.size == size and not since.problem and since.cosigned_at is not None
        return not has_all or abs(now - (since.cosigned_at or now)) >= REFRESH

    def _ask(self, witness: Witness, since: Standing | None, note: str) -> Answer:
        size = Checkpoint.within(note).size

        def prove(old_size: int) -> Sequence[bytes]:
            with self.store.reading() as connection:
                return tree(connection, size).consistency(old_size)

        try:
            return ask(witness, note, since.size if since else 0, prove, wait=self._wait)
        except Exception as failure:  # noqa: BLE001 - one witness's trouble must not keep us from the others
            log.warning("the witness %s could not be asked (%s)", witness.key.name, type(failure).__name__)
            return Answer(size, problem="odd_answer")

    def _ask_on(self) -> None:
        tick = min(TICK_SECONDS, self._pace.total_seconds())
        while not self._ended.wait(tick):
            try:
                self.ask_those_due()
            except Exception as failure:  # noqa: BLE001 - a busy database now is no reason to stop asking for good
                log.warning("witnesses could not be asked (%s); trying again", type(failure).__name__)


def ask(witness: Witness, note: str, known_size: int, prove: Prove, *, wait: float = WAIT_SECONDS) -> Answer:
    """Submit a checkpoint to a witness that is thought to know the tree of `known_size`.

    When it says that it knows another size, the proof is made again from there, once.
    """
    size = Checkpoint.within(note).size
    old = min(known_size, size)
    for _attempt in range(2):
        try:
            reply = post(witness.url, request(old, prove(old), note), wait=wait)
        except (OSError, HTTPException, ValueError):
            return Answer(size, problem="unreachable")
        if reply.status == 200:
            return _cosignature(witness, note, size, reply.body)
        if reply.status != 409 or reply.kind != SIZE_TYPE:
            break
        there = _size(reply.body)
        if there is None or there == old:
            return Answer(size, problem="odd_answer")
        if there > size:
            return Answer(size, problem="ahead")
        old = there
    else:
        return Answer(size, problem="odd_answer")
    return Answer(size, problem=BY_STATUS.get(reply.status, "odd_answer"))


def request(old_size: int, path: Sequence[bytes], note: str) -> bytes:
    """The body of add-checkpoint."""
    proof = [base64.b64encode(part).decode() for part in path]
    return "\n".join([f"old {old_size}", *proof, "", note]).encode()


def post(url: str, body: bytes, *, wait: float) -> Reply:
    """Post to `<url>/add-checkpoint`. The whole answer must come within `wait` seconds, else the connection is cut.

    Raises OSError, HTTPException or ValueError when no answer comes.
    """
    place = urlsplit(url)
    connection = _connection(place, wait)
    try:
        connection.connect()
        over = threading.Timer(wait, _cut, [connection.sock])
        over.daemon = True
        over.start()
        try:
            headers = {"content-type": "text/plain; charset=utf-8", "user-agent": "fairgo"}
            connection.request("POST", f"{place.path.rstrip('/')}/add-checkpoint", body, headers)
            answer = connection.getresponse()
            content = answer.read(LARGEST_ANSWER + 1)
        finally:
            over.cancel()
    finally:
        connection.close()
    if len(content) > LARGEST_ANSWER:
        raise ValueError("the answer never ends")
    return Reply(answer.status, answer.headers.get_content_type(), content)


def _connection(place: SplitResult, wait: float) -> HTTPConnection:
    host = place.hostname or ""
    if place.scheme == "https":
        return HTTPSConnection(host, place.port, timeout=wait, context=ssl.create_default_context())
    return HTTPConnection(host, place.port, timeout=wait)


def _cut(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(
            sock, socket.SHUT_RDWR
        )  # not the one of TLS, which would wait for the other side
    except OSError:
        return  # closed already


def _cosignature(witness: Witness, note: str, size: int, body: bytes) -> Answer:
    try:
        lines = body.decode()
        found = cosigned(note + lines, [witness.key])
    except (BadNote, UnicodeDecodeError):
        found = []
    if not found:
        return Answer(size, problem="no_cosignature")
    return Answer(size, max(found, key=lambda one: one.moment).line)


def _size(body: bytes) -> int | None:
    text = body.decode("ascii", "replace")
    return int(text) if text.endswith("\n") and SIZE.fullmatch(text[:-1]) else None


def _is_address(url: str) -> bool:
    try:
        place = urlsplit(url)
        fine = place.port != 0
    except ValueError:
        return False
    plain = re.fullmatch(r"[!-~]+", url) is not None and not (place.query or place.fragment or place.username)
    return fine and plain and place.scheme in {"http", "https"} and bool(place.hostname)
