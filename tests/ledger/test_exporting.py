"""An exported log: whole files, nothing but the log, resumed where it broke off, and never over another history."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from typer.testing import CliRunner

from fairgo.cli.main import app
from fairgo.core.errors import Conflict, EvidenceBroken, NotFound
from fairgo.ledger import exporting
from fairgo.ledger.exporting import Exported, export
from fairgo.ledger.note import Checkpoint, Signer, open_note
from fairgo.ledger.recording import Ledger
from fairgo.ledger.tiles import TileTree, bundles, hash_tiles
from tests.ledger.ledgers import HAPPENED, NAME, SIGNER, opened, sign, tamper


def record(ledger: Ledger, count: int) -> None:
    with ledger.recorded() as tx:
        for _ in range(count):
            tx.append(HAPPENED)
    sign(ledger)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tree_in(folder: Path) -> TileTree:
    """The tree a folder holds, read as an outsider would: by its files and the key alone."""
    point = Checkpoint.parse(open_note((folder / "checkpoint").read_text(encoding="utf-8"), SIGNER.verifier))
    tree = TileTree(lambda path: (folder / path).read_bytes(), point.size)
    assert tree.root() == point.root
    return tree


@pytest.fixture
def ledger(tmp_path: Path):
    with opened(tmp_path / "data") as made:
        record(made, 300)
        yield made


def test_a_folder_holds_the_log_and_nothing_else(ledger: Ledger, tmp_path: Path):
    said: list[tuple[int, int]] = []
    done = export(ledger.store, tmp_path / "out", lambda at, of: said.append((at, of)))
    assert done == Exported(NAME, 300, 6, 6)
    expected = {tile.path for tile in (*bundles(300), *hash_tiles(300))} | {"checkpoint"}
    assert set(files(tmp_path / "out")) == expected
    tree = tree_in(tmp_path / "out")
    assert all(b"house.thing.happened" in tree.leaf(at) for at in (0, 255, 256, 299))
    assert said[-1] == (5, 5)


def test_an_export_again_writes_what_is_new_and_clears_what_has_grown(ledger: Ledger, tmp_path: Path):
    out = tmp_path / "out"
    export(ledger.store, out)
    assert export(ledger.store, out).written == 0
    record(ledger, 230)
    assert export(ledger.store, out) == Exported(NAME, 530, 8, 6)  # the first two full tiles were there
    assert tree_in(out).size == 530
    assert set(files(out)) == {tile.path for tile in (*bundles(530), *hash_tiles(530))} | {"checkpoint"}
    assert not list(out.rglob("001.p"))


def test_a_file_that_was_changed_or_lost_is_written_again(ledger: Ledger, tmp_path: Path):
    out = tmp_path / "out"
    export(ledger.store, out)
    whole = files(out)
    (out / "tile/0/000").write_bytes(b"")
    (out / "tile/entries/001.p/44").unlink()
    assert export(ledger.store, out).written == 2
    assert files(out) == whole


class Killed(BaseException):
    """The process ends here."""


@settings(max_examples=6)
@given(st.integers(0, 8))
def test_broken_off_anywhere_it_holds_a_whole_log_and_goes_on(
    tmp_path_factory: pytest.TempPathFactory, at: int
):
    folder = tmp_path_factory.mktemp("broken")
    with opened(folder / "data") as ledger, pytest.MonkeyPatch.context() as patch:
        record(ledger, 300)
        export(ledger.store, folder / "out")
        record(ledger, 230)
        write, left = exporting._write, [at]

        def dying(path: Path, data: bytes) -> bool:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return write(path, data)

        patch.setattr(exporting, "_write", dying)
        try:
            export(ledger.store, folder / "out")
        except Killed:
            assert tree_in(folder / "out").leaf(299)
            assert tree_in(folder / "out").size == 300
        patch.undo()
        export(ledger.store, folder / "out")
        assert tree_in(folder / "out").size == 530


def test_a_log_that_was_changed_is_not_exported(ledger: Ledger, tmp_path: Path):
    tamper(ledger.store, "UPDATE ledger_leaf SET leaf = hash WHERE position = 7")
    with pytest.raises(EvidenceBroken, match="tile/entries/000 does not fit its hashes"):
        export(ledger.store, tmp_path / "out")
    tamper(ledger.store, "UPDATE ledger_tile SET hashes = zeroblob(32) WHERE level = 1")
    with pytest.raises(EvidenceBroken, match="do not lead to the checkpoint at 300"):
        export(ledger.store, tmp_path / "two")
    assert not (tmp_path / "out/checkpoint").exists()
    assert not (tmp_path / "two").exists()


def test_a_folder_with_another_history_is_left_as_it_is(ledger: Ledger, tmp_path: Path):
    out = tmp_path / "out"
    with opened(tmp_path / "other") as other:
        record(other, 200)
        export(other.store, out)
    before = files(out)
    with pytest.raises(EvidenceBroken, match="another history"):
        export(ledger.store, out)
    assert files(out) == before
    shorter = Checkpoint(NAME, 301, b"r" * 32)
    (out / "checkpoint").write_text(SIGNER.sign(shorter.text()), encoding="utf-8")
    with pytest.raises(EvidenceBroken, match="another history"):
        export(ledger.store, out)
    foreign = Signer("other.example/log", b"o" * 32)
    (out / "checkpoint").write_text(
        foreign.sign(Checkpoint(foreign.name, 1, b"r" * 32).text()), encoding="utf-8"
    )
    with pytest.raises(Conflict, match=r"holds the log other\.example/log"):
        export(ledger.store, out)
    (out / "checkpoint").write_bytes(b"\xff")
    with pytest.raises(Conflict, match="is not a checkpoint"):
        export(ledger.store, out)


def test_a_folder_with_something_else_or_no_folder_at_all_is_refused(ledger: Ledger, tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letters.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Conflict, match="holds something else"):
        export(ledger.store, tmp_path / "mine")
    with pytest.raises(Conflict, match=r"cannot be (read|written)"):
        export(ledger.store, tmp_path / "mine" / "letters.txt")
    assert list((tmp_path / "mine").iterdir()) == [tmp_path / "mine" / "letters.txt"]


def test_a_full_disk_leaves_the_log_that_was_there(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    out = tmp_path / "out"
    export(ledger.store, out)
    record(ledger, 230)

    def full(_self: Path, _to: Path) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(Conflict, match="No space left"):
        export(ledger.store, out)
    assert tree_in(out).size == 300


def test_what_is_recorded_meanwhile_is_for_the_next_export(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(exporting, "TOGETHER", 1)
    done = export(ledger.store, tmp_path / "out", lambda _at, _of: record(ledger, 60))
    assert done.size == tree_in(tmp_path / "out").size == 300
    assert export(ledger.store, tmp_path / "out").size == 600


def test_nothing_signed_is_nothing_to_export(tmp_path: Path):
    with opened(tmp_path / "data") as ledger, pytest.raises(NotFound, match="nothing to export"):
        export(ledger.store, tmp_path / "out")


def test_an_export_changes_nothing_and_keeps_no_transaction_open(ledger: Ledger, tmp_path: Path):
    statements: list[str] = []
    event.listen(ledger.store._writer, "before_cursor_execute", lambda *parts: statements.append(parts[2]))
    export(ledger.store, tmp_path / "out")
    assert not statements


def test_the_commands_give_folder_and_key(ledger: Ledger, tmp_path: Path):
    run = CliRunner()
    data = ["--data", str(tmp_path / "data")]
    done = run.invoke(app, ["ledger", "export", str(tmp_path / "out"), *data, "--json"])
    assert json.loads(done.stdout) == {
        "folder": str(tmp_path / "out"), "origin": NAME, "size": 300, "files": 6, "written": 6
    }  # fmt: skip
    assert "300 leaves" in run.invoke(app, ["ledger", "export", str(tmp_path / "out"), *data]).stdout
    assert run.invoke(app, ["ledger", "vkey", *data]).stdout == f"{SIGNER.verifier}\n"
    said = json.loads(run.invoke(app, ["ledger", "vkey", *data, "--all", "--json"]).stdout)
    assert ([row["verifier"] for row in said["keys"]], said["cosigners"]) == ([str(SIGNER.verifier)], [])
    assert tree_in(tmp_path / "out").size == 300
