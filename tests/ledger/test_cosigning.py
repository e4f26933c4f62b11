"""The second signature: ML-DSA-44 on every checkpoint where it is asked for, and nothing of it where it is not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairgo.cli.main import app
from fairgo.core.errors import Misconfigured
from fairgo.core.events import Event
from fairgo.ledger import cosigning, reading
from fairgo.ledger.cosignatures import CosignerKey, cosigned, has_ml_dsa
from fairgo.ledger.cosigning import cosigners
from fairgo.ledger.house import House, open_house
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.note import BadNote, open_note, read_note
from fairgo.ledger.rotating import rotate
from tests.ledger.ledgers import leaves
from tests.serving import policy_folder

pytestmark = pytest.mark.skipif(not has_ml_dsa(), reason="this version of `cryptography` has no ML-DSA-44")


@contextmanager
def house(tmp_path: Path, *, asked: bool = True) -> Iterator[House]:
    folder = tmp_path / "policy-folder"
    if not folder.exists():
        policy_folder(folder)
        with (folder / "fairgo.toml").open("a", encoding="utf-8") as file:
            file.write("\nledger_mldsa = true\n")
    opened = open_house(folder, tmp_path / "data", {} if asked else {"FAIRGO_LEDGER_MLDSA": "false"})
    try:
        yield opened
    finally:
        opened.close()


def record(one: House) -> None:
    with one.ledger.recorded(Event("house.thing.happened")):
        pass


def test_every_checkpoint_has_both_signatures_and_a_leaf_names_the_second_key(tmp_path: Path):
    with house(tmp_path) as one:
        record(one)
    with house(tmp_path) as one, one.store.reading() as connection:
        (text,) = cosigners(connection)
        key = CosignerKey.parse(text)
        notes = reading.checkpoints(connection)
        verifier = one.ledger.signer.verifier
        assert reading.verify(connection, str(verifier)).size == max(notes)
        joined = [read_leaf(row.leaf) for row in leaves(connection) if b"ledger.key.joined" in row.leaf]
    assert key.name == f"{verifier.name}/mldsa"
    assert [leaf["facts"]["kind"] for leaf in joined] == ["ml-dsa-44"]
    for note in notes.values():
        assert open_note(note, verifier)
        assert [one.key for one in cosigned(note, [key])] == [key]
        assert [name for name, _blob in read_note(note)[1]] == [verifier.name, key.name]
    forged = note.replace(f"\n{max(notes)}\n", f"\n{max(notes) + 1}\n", 1)
    with pytest.raises(BadNote, match="does not fit"):
        cosigned(forged, [key])
    file = tmp_path / "policy-folder/keys/ledger-mldsa.key"
    assert file.stat().st_mode & 0o777 == 0o600


def test_it_is_handed_on_over_a_rotation_and_shown_by_vkey(tmp_path: Path):
    with house(tmp_path) as one:
        record(one)
    run = CliRunner()
    place = ["--data", str(tmp_path / "data")]
    rotate(tmp_path / "policy-folder", tmp_path / "data")
    with house(tmp_path) as one:
        record(one)
    said = json.loads(run.invoke(app, ["ledger", "vkey", "--all", "--json", *place]).stdout)
    assert len(said["keys"]) == 2
    (second,) = said["cosigners"]
    assert f"signs beside them: {second}" in run.invoke(app, ["ledger", "vkey", "--all", *place]).stdout
    with house(tmp_path) as one, one.store.reading() as connection:
        notes = reading.checkpoints(connection).values()
        assert all(cosigned(note, [CosignerKey.parse(second)]) for note in notes)
        assert sorted({len(read_note(note)[1]) for note in notes}) == [2, 3]


def test_without_the_setting_there_is_no_second_signature_and_no_key(tmp_path: Path):
    with house(tmp_path, asked=False) as one:
        record(one)
    with house(tmp_path, asked=False) as one, one.store.reading() as connection:
        assert cosigners(connection) == []
        assert {len(read_note(note)[1]) for note in reading.checkpoints(connection).values()} == {1}
    assert not (tmp_path / "policy-folder/keys/ledger-mldsa.key").exists()


def test_where_it_cannot_be_done_the_setting_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cosigning, "has_ml_dsa", lambda: False)
    with pytest.raises(Misconfigured, match="has no ML-DSA-44"), house(tmp_path):
        pass
