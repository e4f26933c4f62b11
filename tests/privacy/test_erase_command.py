"""`fairgo erase` as its users run it: what it prints, what it refuses, and its exit codes."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
import typer

from fairgo.cli.main import app
from fairgo.core.errors import FairgoError
from fairgo.ledger.house import visiting
from tests.privacy.erasing import ADA, BEN, MAI, TOM, lives, said, wrapped_key
from tests.serving import policy_folder


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    policy, data = policy_folder(tmp_path / "policy"), tmp_path / "data"
    with visiting(policy, data) as house:
        lives(house.ledger)
    return policy, data


@pytest.fixture
def run(folders: tuple[Path, Path], capsys: pytest.CaptureFixture[str]):
    """Runs `fairgo erase …`. Gives the exit code and what was printed."""

    def command(*words: str, as_json: bool = True) -> tuple[int, Any]:
        line = ["erase", "--policy", str(folders[0]), "--data", str(folders[1]), *words]
        found = typer.main.get_command(app)
        code = found.main([*line, *(["--json"] if as_json else [])], standalone_mode=False)
        printed = capsys.readouterr().out
        return int(code or 0), json.loads(printed) if as_json else printed

    return command


def test_from_the_request_to_the_certificate(run, folders: tuple[Path, Path]):
    code, asked = run(MAI, "--basis", "APP 11.2", "--by", ADA)
    assert (code, asked["state"]) == (0, "requested")
    request = asked["request"]
    code, done = run("--approve", request, "--by", BEN)
    assert (code, done["state"]) == (0, "certified")
    assert done["deleted"]["content"] == 7
    code, printed = run("--certificate", request, as_json=False)
    assert printed.startswith("fairgo/erasure-certificate/v1\n{")
    assert code == 0
    code, listed = run("--list")
    assert [(one["id"], one["state"], one["basis"]) for one in listed["erasures"]] == [
        (request, "certified", "app-11.2")
    ]
    assert run("--verify", request)[1]["state"] == "certified"
    with visiting(*folders) as house:
        assert said(house.ledger, MAI) == []


def test_the_name_may_come_by_standard_input(run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{MAI}\n"))
    assert run("-", "--basis", "customer request", "--by", ADA)[0] == 0


def test_a_hit_gives_exit_code_1_and_the_place(run, folders: tuple[Path, Path]):
    with visiting(*folders) as house:
        (folders[1] / "old.tar").write_bytes(wrapped_key(house.ledger, MAI))
    request = run(MAI, "--basis", "court order", "--by", ADA)[1]["request"]
    code, words = run("--approve", request, "--by", BEN, as_json=False)
    assert code == 1
    assert "found in old.tar" in words
    with pytest.raises(FairgoError) as none:
        run("--certificate", request)
    assert "--verify" in none.value.hint
    (folders[1] / "old.tar").unlink()
    assert run("--approve", request, "--by", BEN)[0] == 0  # approving again carries on


def test_a_hold_and_its_end(run):
    hold = run("--hold", MAI, "--reason", "litigation", "--by", ADA)[1]["hold"]
    with pytest.raises(FairgoError, match="legal hold"):
        run(MAI, "--basis", "APP 11.2", "--by", ADA)
    assert run("--list")[1]["holds"] == [{"id": hold, "reason": "litigation", "state": "in force"}]
    assert run("--lift", hold, "--by", BEN)[1]["state"] == "lifted"
    assert run(MAI, "--basis", "APP 11.2", "--by", ADA)[0] == 0


def test_the_list_leaves_the_house_and_comes_back(run, tmp_path: Path):
    request = run(TOM, "--basis", "APP 11.2", "--by", ADA)[1]["request"]
    run("--approve", request, "--by", BEN)
    code, written = run("--export-list", str(tmp_path / "list"))
    assert (code, written["erasures"]) == (0, 1)
    assert TOM not in (tmp_path / "list").read_text(encoding="utf-8")
    assert run("--replay", str(tmp_path / "list"))[1] == {"erased_again": [], "failed": []}


MISTAKES = (
    ((), "--basis"),
    ((MAI, "--by", ADA), "--basis"),
    ((MAI, "--basis", "APP 11.2"), "--by"),
    (("nobody-here", "--basis", "APP 11.2", "--by", ADA), "letter by letter"),
    (("--approve", "0" * 32, "--by", BEN), "--list"),
    (("--list", "--lift", "x"), "one after the other"),
    (("--replay", "no-such-file"), "--export-list"),
    (("--certificate", "0" * 32), "--list"),
)


def test_every_mistake_is_met_with_a_hint(run):
    for words, hint in MISTAKES:
        with pytest.raises(FairgoError) as mistake:
            run(*words)
        assert hint in mistake.value.hint
        assert "nobody-here" not in mistake.value.message


def test_an_empty_folder_is_no_house(run, folders: tuple[Path, Path], tmp_path: Path):
    with pytest.raises(FairgoError, match="holds no Fairgo data"):
        run("--list", "--data", str(tmp_path / "elsewhere"))
