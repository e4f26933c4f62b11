"""A house with evidence and a pack of it, for the tests of packs."""

import json
import subprocess

import pytest

from fairgo.core.events import Event
from fairgo.ledger.packs import form
from fairgo.ledger.packs.command import main
from tests.ledger.packing import faults, kept, members


@pytest.fixture
def run(capsys):
    """The same in this process, for what does not depend on being alone."""

    def verify(*words: object) -> subprocess.CompletedProcess[str]:
        try:
            code = main([*map(str, words)])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = capsys.readouterr()
        return subprocess.CompletedProcess([], code, said.out, said.err)

    return verify


@pytest.fixture(scope="session")
def full(tmp_path_factory):
    """A house with 700 leaves in five minutes, the middle ones of another system; each minute was signed."""
    with kept(tmp_path_factory.mktemp("full")) as house:
        house.turns(100, sealed=True)
        house.sign()
        for system in ("assistant", "triage", "assistant"):
            house.clock.step()
            house.turns(200, system=system)
            house.sign()
        yield house


@pytest.fixture(scope="session")
def pack(full, tmp_path_factory):
    """A pack over positions 120 to 610, with one opened leaf outside the first tile's beginning."""
    out = tmp_path_factory.mktemp("pack") / "pack.zip"
    full.pack(out, 50, 610, opened=(full.names[60],))
    return out


@pytest.fixture(scope="session")
def various(tmp_path_factory):
    """A pack with something of every kind in it: two checkpoints, partial tiles, a policy, a content, an audit."""
    folder = tmp_path_factory.mktemp("whole")
    audit = {"n": 9, "verdict": "finding", "findings": [], "settings": {"margin": 0.05}}
    (folder / "audit.json").write_text(json.dumps(audit), encoding="utf-8")
    facts = {
        "verdict": "finding",
        "rows": 9,
        "findings": 0,
        "settings": form.settings_hash(audit["settings"]),
    }
    with kept(folder / "data") as house:
        house.turns(20)
        house.sign()
        house.turns(5, sealed=True)
        with house.ledger.recorded(Event("bias.audit.run", facts=facts)):
            pass
        house.turns(300)
        house.sign()
        house.pack(folder / "pack.zip", 20, 300, opened=(house.names[21],), audits=(folder / "audit.json",))
    return folder / "pack.zip"


@pytest.fixture(scope="session")
def files(various) -> dict[str, bytes]:
    assert not faults(various)
    found = members(various)
    assert {name.partition("/")[0] for name in found} == {
        "audits", "checkpoint", "checkpoint-from", "cover.pdf", "disclosed", "manifest.json", "manifest.sig",
        "policies", "tile", "verifier.txt",
    }  # fmt: skip
    return found
