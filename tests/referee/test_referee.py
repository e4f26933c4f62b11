"""A neutral referee: Go's own packages for signed notes and transparency logs verify a log that Fairgo exported.

The program beside this file knows nothing of Fairgo. It is built from Debian's golang-go and golang-golang-x-mod-dev,
without a module proxy.
"""

import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fairgo.ledger import reading
from fairgo.ledger.exporting import export
from fairgo.ledger.keyring import Joined, line_of
from fairgo.ledger.note import Signer
from fairgo.ledger.rotating import hand_over
from tests.ledger.ledgers import HAPPENED, NAME, SIGNER, opened, sign

PROGRAM = Path(__file__).with_name("main.go")
SOURCES = Path("/usr/share/gocode")
SIZE, STEP = 70_000, 10_000
NEWER = Signer(NAME, b"n" * 32)


@dataclass(frozen=True)
class Log:
    """An exported log and what else an auditor has of it: checkpoints from before."""

    folder: Path
    earlier: list[Path]


Referee = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def referee(tmp_path_factory: pytest.TempPathFactory) -> Referee:
    if shutil.which("go") is None:
        pytest.skip("no go: install golang-go")
    if not (SOURCES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        pytest.skip("no golang.org/x/mod: install golang-golang-x-mod-dev")
    made = tmp_path_factory.mktemp("referee")
    offline = {
        "GO111MODULE": "off",
        "GOPATH": str(SOURCES),
        "GOFLAGS": "",
        "GOPROXY": "off",
        "GOCACHE": str(made / "cache"),
        "CGO_ENABLED": "0",
    }
    built = subprocess.run(
        ["go", "build", "-o", made / "referee", PROGRAM],
        cwd=made,
        env=os.environ | offline,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr

    def judge(*places: Path, key: object = SIGNER.verifier) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [made / "referee", str(key), "1", *places], capture_output=True, text=True, check=False
        )

    return judge


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    folder = tmp_path_factory.mktemp("log")
    earlier = []
    with opened(folder / "data") as ledger:
        for _ in range(SIZE // STEP):
            with ledger.recorded() as tx:
                for _ in range(STEP):
                    tx.append(HAPPENED)
            sign(ledger)
        with ledger.store.reading() as connection:
            notes = reading.checkpoints(connection)
        assert export(ledger.store, folder / "out").size == SIZE == max(notes)
    for size, note in notes.items():
        earlier.append(folder / f"checkpoint-{size}")
        earlier[-1].write_text(note, encoding="utf-8")
    return Log(folder / "out", earlier)


def changed(log: Log, into: Path, path: str, content: bytes | None) -> Path:
    """The log again with one other file (None takes it away); what did not change is linked."""
    here, there = into, log.folder
    for part in Path(path).parts:
        here.mkdir(parents=True)
        for other in there.iterdir():
            if other.name != part:
                (here / other.name).symlink_to(other)
        here, there = here / part, there / part
    if content is not None:
        here.write_bytes(content)
    return into


def flipped(log: Log, into: Path, path: str, place: int) -> Path:
    """The log with one bit of one byte changed."""
    content = bytearray((log.folder / path).read_bytes())
    content[place] ^= 1 << place % 8
    return changed(log, into, path, bytes(content))


def test_it_verifies_the_checkpoint_every_leaf_and_what_came_before(log: Log, referee: Referee):
    files = [str(path.relative_to(log.folder)) for path in log.folder.rglob("*") if path.is_file()]
    assert sum(path.startswith("tile/0/") and ".p/" not in path for path in files) == 273
    assert sum(path.startswith("tile/entries/") and ".p/" not in path for path in files) == 273
    assert {path for path in files if ".p/" in path or path.startswith(("tile/1", "tile/2"))} == {
        "tile/0/273.p/112", "tile/entries/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"
    }  # fmt: skip
    assert len(files) == 1 + 2 * 274 + 3
    assert len(log.earlier) == 7
    done = referee(*log.earlier, log.folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"ok {SIZE}\n", "")


def test_it_refuses_any_changed_byte_of_the_checkpoint(log: Log, referee: Referee, tmp_path: Path):
    length = (log.folder / "checkpoint").stat().st_size
    done = referee(
        *(flipped(log, tmp_path / str(place), "checkpoint", place) for place in range(length)), log.folder
    )
    *refused, last = done.stdout.splitlines()
    assert len(refused) == length > 150
    assert all(line.startswith("refused ") for line in refused)
    assert last == f"ok {SIZE}"


def places(log: Log) -> Iterator[tuple[str, int]]:
    """Bytes of each kind of file: one between, and the first or the last."""
    draw = random.Random(7)
    for nth, path in enumerate((
        "tile/0/000", "tile/0/137", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1",
        "tile/entries/000", "tile/entries/200", "tile/entries/273.p/112",
    )):  # fmt: skip
        length = (log.folder / path).stat().st_size
        yield from ((path, place) for place in (draw.randrange(length), (length - 1) * (nth % 2)))


def test_it_refuses_any_changed_byte_of_a_tile_or_a_bundle(log: Log, referee: Referee, tmp_path: Path):
    tried = list(places(log))
    folders = [flipped(log, tmp_path / str(nth), *place) for nth, place in enumerate(tried)]
    verdicts = referee(*folders).stdout.splitlines()
    assert len(verdicts) == len(tried)
    accepted = [place for place, said in zip(tried, verdicts, strict=True) if not said.startswith("refused ")]
    assert not accepted


def test_it_refuses_a_file_that_is_missing_or_cut_a_foreign_key_and_another_history(
    log: Log, referee: Referee, tmp_path: Path
):
    last = (log.folder / "tile/entries/273.p/112").read_bytes()
    folders = [
        changed(log, tmp_path / "missing", "tile/entries/100", None),
        changed(log, tmp_path / "cut", "tile/entries/273.p/112", last[:-1]),
        changed(log, tmp_path / "more", "tile/entries/273.p/112", last + b"\0\1x"),
    ]
    assert referee(*folders).stdout.count("refused ") == 3
    assert "refused" in referee(log.folder, key=NEWER.verifier).stdout
    # Somebody begins the log again with the same key: it verifies, but it does not continue what was seen before.
    with opened(tmp_path / "data") as ledger:
        with ledger.recorded() as tx:
            for _ in range(STEP + 1):
                tx.append(HAPPENED)
        sign(ledger)
        export(ledger.store, tmp_path / "other")
    assert referee(tmp_path / "other").stdout == f"ok {STEP + 1}\n"
    assert (
        f"the checkpoint at {STEP} is not how this log began"
        in referee(log.earlier[0], tmp_path / "other").stdout
    )


def test_it_verifies_a_hand_over_with_the_key_before_and_the_key_after(referee: Referee, tmp_path: Path):
    with opened(tmp_path / "data") as ledger:
        with ledger.recorded() as tx:
            for _ in range(300):
                tx.append(HAPPENED)
        hand_over(ledger, Joined(NAME, b"n" * 32, (line_of(SIGNER),)))
        export(ledger.store, tmp_path / "out")
    for key in (SIGNER.verifier, NEWER.verifier):
        assert referee(tmp_path / "out", key=key).stdout == "ok 301\n"
