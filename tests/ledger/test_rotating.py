"""`fairgo ledger rotate`: key files change places safely, whatever breaks off when."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairgo.cli.main import app
from fairgo.core.errors import Misconfigured
from fairgo.core.events import Event
from fairgo.core.settings import read_settings
from fairgo.ledger import reading, rotating, sequencer
from fairgo.ledger.house import visiting
from fairgo.ledger.keyring import signing_keys
from fairgo.ledger.rotating import rotate
from fairgo.store.keys import read_key_file
from tests.serving import policy_folder


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """A policy folder with keys, and evidence in `data` beside it."""
    folder = policy_folder(tmp_path / "policy-folder")
    go_on(folder)
    return folder


def data(policy: Path) -> Path:
    return policy.parent / "data"


def go_on(policy: Path) -> None:
    """Open the house as a server would, and record something."""
    with visiting(policy, data(policy)) as house, house.ledger.recorded(Event("house.thing.happened")):
        pass


def verified_by_each(policy: Path) -> int:
    """Verify with each key in turn; gives how many keys there are."""
    with visiting(policy, data(policy)) as house, house.store.reading() as connection:
        keys = signing_keys(connection)
        for key in keys:
            assert reading.verify(connection, str(key.verifier)).size > 0
    return len(keys)


def test_the_new_key_takes_the_place_of_the_old_which_is_kept(policy: Path):
    file = read_settings(policy, {}).ledger_key_file
    old = read_key_file(file)
    run = CliRunner()
    place = ["--data", str(data(policy))]
    said = json.loads(run.invoke(app, ["ledger", "rotate", "--policy", str(policy), *place, "--json"]).stdout)
    archive = Path(said["archive"])
    assert archive.parent == file.parent
    assert read_key_file(archive) == old != read_key_file(file)
    assert {path.stat().st_mode & 0o777 for path in (file, archive)} == {0o600}
    assert not file.with_name(file.name + ".next").exists()
    go_on(policy)
    assert run.invoke(app, ["ledger", "vkey", *place]).stdout == said["verifier"] + "\n"
    shown = run.invoke(app, ["ledger", "vkey", "--all", *place]).stdout.splitlines()
    assert [line.split()[1] for line in shown] == [said["before"], said["verifier"]]
    for key in (said["before"], said["verifier"]):
        assert run.invoke(app, ["ledger", "verify", *place, "--key", key]).exit_code == 0
    words = run.invoke(app, ["ledger", "rotate", "--policy", str(policy), *place]).stdout
    assert "start every server anew" in words
    assert verified_by_each(policy) == 3


def kill_before_the_leaf(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rotating, "succeed", _die)


def kill_before_signing(patch: pytest.MonkeyPatch) -> None:
    calls = []

    def once(*parts: object) -> int:
        if calls:
            raise Killed
        calls.append(parts)
        return sequencer.integrate(*parts)  # type: ignore[arg-type]

    patch.setattr(rotating, "integrate", once)


def kill_before_the_archive(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rotating.os, "link", _die)


def kill_after_the_archive(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Path, "replace", _die)


def _die(*_parts: object) -> None:
    raise Killed


@pytest.mark.parametrize(
    "kill", [kill_before_the_leaf, kill_before_signing, kill_before_the_archive, kill_after_the_archive]
)
def test_broken_off_anywhere_it_is_finished_by_running_it_again(
    policy: Path, kill: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
):
    file = read_settings(policy, {}).ledger_key_file
    old = read_key_file(file)
    with monkeypatch.context() as patch:
        kill(patch)
        with pytest.raises(Killed):
            rotate(policy, data(policy))
    assert read_key_file(file) == old
    if kill is kill_before_the_leaf:
        go_on(policy)
    else:
        with pytest.raises(Misconfigured, match="signed by the key") as wrong:
            go_on(policy)
        assert "run it again" in wrong.value.hint
    done = rotate(policy, data(policy))
    assert read_key_file(done.archive) == old != read_key_file(file)
    go_on(policy)
    assert verified_by_each(policy) == 2


def test_a_key_file_that_cannot_be_put_in_place_says_what_to_do(
    policy: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_parts: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(rotating.os, "link", full)
    with pytest.raises(Misconfigured, match="Read-only file system") as wrong:
        rotate(policy, data(policy))
    assert "in its place" in wrong.value.hint
