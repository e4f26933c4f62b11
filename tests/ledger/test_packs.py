"""Auditor packs: what is in them, and that nothing is half-written or opened that may not be."""

import hashlib
import json
import resource
import shutil

import pytest
from typer.testing import CliRunner

from fairgo.cli.evidence.app import app
from fairgo.cli.starting import write_starter
from fairgo.core.errors import BadRequest, EvidenceBroken, NotFound
from fairgo.core.events import Event
from fairgo.core.policy import Policy
from fairgo.ledger.packs import cover, form
from fairgo.ledger.packs.asking import Asked
from fairgo.ledger.packs.making import make_pack
from fairgo.ledger.tree import leaf_hash
from fairgo.store import sealing
from fairgo.store.keys import make_key_file
from tests.ledger.ledgers import HAPPENED, NAME, leaves, tamper
from tests.ledger.packing import KEY, Kept, check, faults, kept, members
from tests.turns import POLICY


def test_what_is_in_it(pack, full):
    files = members(pack)
    manifest = json.loads(files["manifest.json"])
    assert files["manifest.json"] == form.canonical(manifest)
    assert {name for name in files if not name.startswith(("tile/", "disclosed/"))} == {
        "checkpoint", "manifest.json", "manifest.sig", "verifier.txt", "cover.pdf", f"policies/{POLICY.version}.json",
    }  # fmt: skip
    assert [name for name in files if name.startswith("tile/entries/")] == [
        "tile/entries/000", "tile/entries/001", "tile/entries/002.p/188",
    ]  # fmt: skip
    assert files["cover.pdf"].startswith(b"%PDF")
    assert files["verifier.txt"].decode() == f"{KEY}\n"
    assert (manifest["origin"], manifest["size"], manifest["first"], manifest["last"]) == (NAME, 700, 50, 610)
    assert manifest["files"] == [
        {"path": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
        if name not in {"manifest.json", "manifest.sig"}
    ]


def test_other_software_can_compute_what_was_opened_and_which_policy_it_was(pack, full):
    files = members(pack)
    name = full.names[60]
    salt, content = files[f"disclosed/{name}/reply.salt"], files[f"disclosed/{name}/reply.json"]
    with full.ledger.store.reading() as connection:
        leaf = json.loads(leaves(connection)[60].leaf)
    assert hashlib.sha256(b"fairgo/commit/v1" + salt + content).hexdigest() == leaf["commitments"]["reply"]
    assert json.loads(content) == {"reply": ["words 60"]}
    assert (
        hashlib.sha256(files[f"policies/{leaf['policy']}.json"]).hexdigest()
        == leaf["policy"]
        == POLICY.version
    )
    assert form.COMMIT == sealing.COMMIT


def test_a_leaf_tells_of_the_pack_and_of_what_was_opened(full, pack):
    with full.ledger.store.reading() as connection:
        told = [json.loads(row.leaf) for row in leaves(connection)]
    made = next(leaf for leaf in told if leaf["type"] == "ledger.pack.made")
    assert made["facts"]["manifest"] == hashlib.sha256(members(pack)["manifest.json"]).hexdigest()
    assert made["facts"]["opened"] == {full.names[60]: 1}
    assert (made["facts"]["first"], made["facts"]["last"], made["facts"]["purpose"]) == (50, 610, "audit")


def test_many_opened_leaves_are_told_of_in_several_leaves(tmp_path):
    with kept(tmp_path / "data") as house:
        house.turns(140, sealed=True)
        house.sign()
        house.pack(tmp_path / "pack.zip", 0, 139, opened=tuple(house.names), purpose="complaint:4711")
        with house.ledger.store.reading() as connection:
            told = [json.loads(row.leaf) for row in leaves(connection)][140:]
        assert [leaf["facts"]["part"] for leaf in told] == [1, 2, 3]
        assert {name for leaf in told for name in leaf["facts"]["opened"]} == set(house.names)
        assert check(tmp_path / "pack.zip").manifest["purpose"] == "complaint:4711"


def test_the_same_moment_gives_the_same_bytes(tmp_path):
    with kept(tmp_path / "one") as house:
        house.turns(300, sealed=True)
        house.sign()
        names = house.names
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    packs = []
    for which in ("one", "two"):
        with kept(tmp_path / which) as house:
            house.pack(tmp_path / f"{which}.zip", 3, 270, opened=(names[7],))
        packs.append((tmp_path / f"{which}.zip").read_bytes())
    assert packs[0] == packs[1]


def test_only_leaves_inside_the_range_and_with_something_sealed_can_be_opened(full, tmp_path):
    for name, system, said in (
        (full.names[60], "", "is at position 60, outside the range 100 to 400"),
        (full.names[120], "", "has nothing to open"),
        (full.names[120], "triage", "is not of the system triage"),
    ):
        with pytest.raises(BadRequest, match=said):
            full.pack(tmp_path / "pack.zip", 100, 400, opened=(name,), system=system)
    with pytest.raises(BadRequest, match="opened twice"):
        full.pack(tmp_path / "pack.zip", 0, 400, opened=(full.names[1], full.names[1]))


def test_content_of_an_erased_customer_is_not_opened(tmp_path):
    with kept(tmp_path / "data") as house:
        house.turns(3, sealed=True)
        house.sign()
        store = house.ledger.store
        with store.writing() as connection:
            sealing.destroy_key(connection, house.ledger.keys, "customer-1")
        with pytest.raises(EvidenceBroken, match="cannot be opened: this content is here but its key is not"):
            house.pack(tmp_path / "pack.zip", 0, 2, opened=(house.names[1],))
        tamper(store, "DELETE FROM content WHERE customer = 'customer-1'")
        with pytest.raises(NotFound, match="cannot be opened: this content is not kept any more") as wrong:
            house.pack(tmp_path / "pack.zip", 0, 2, opened=(house.names[1],))
        assert wrong.value.hint
        house.pack(tmp_path / "pack.zip", 0, 2, opened=(house.names[0], house.names[2]))
        assert not faults(tmp_path / "pack.zip")


def test_a_policy_whose_text_is_not_at_hand_is_named_and_can_be_brought(run, tmp_path):
    write_starter(tmp_path / "past")
    file = tmp_path / "past" / "policy" / "organisation.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("en-AU", "en-NZ"), encoding="utf-8")
    past = Policy.read(tmp_path / "past")
    assert past.version != POLICY.version
    with kept(tmp_path / "data", policy=past.version) as house:
        house.turns(4)
        house.sign()
        lacking = house.pack(tmp_path / "lacking.zip", 0, 3)
        brought = house.pack(tmp_path / "brought.zip", 0, 3, past_policies=(tmp_path / "past",))
    assert lacking.manifest["policies"] == [{"version": past.version, "leaves": 4, "file": ""}]
    assert (
        f"The text of policy version {past.version} is not in the pack."
        in run(tmp_path / "lacking.zip").stdout
    )
    assert brought.manifest["policies"][0]["file"] == f"policies/{past.version}.json"
    assert not faults(tmp_path / "brought.zip")


ODD = b'{"of":"another","type":"house.thing.happened"}'
AUDIT = {
    "n": 40,
    "verdict": "finding",
    "findings": [{}],
    "settings": {"margin": 0.05, "inputs": {"rows.parquet": "a" * 64}},
}


def test_audits_are_tied_to_the_leaves_that_tell_of_them(tmp_path):
    files = {"known.json": AUDIT, "unknown.json": AUDIT | {"n": 41}}
    for name, value in files.items():
        (tmp_path / name).write_text(json.dumps(value), encoding="utf-8")
    facts = {
        "verdict": "finding",
        "rows": 40,
        "findings": 1,
        "settings": form.settings_hash(AUDIT["settings"]),
    }
    with kept(tmp_path / "data") as house:
        house.turns(5)
        with house.ledger.recorded(Event("bias.audit.run", facts=facts)):
            pass
        house.sign()
        made = house.pack(tmp_path / "pack.zip", 0, 5, audits=tuple(tmp_path / name for name in files))
    known, unknown = made.manifest["audits"]
    assert (known["position"], known["inputs"]) == (5, {"rows.parquet": "a" * 64})
    assert known["leaf"]
    assert unknown["leaf"] == ""
    assert not faults(tmp_path / "pack.zip")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", "[]", "is not the result of an audit"),
        ("a.json", "{", "is not the result of an audit"),
        ("a.json", '{"settings": 1}', "is not the result of an audit"),
        ("a.json", '{"settings": {"a": NaN}}', "is not the result of an audit"),
        ("a b.json", "{}", "has a name that is not plain"),
    ],
)
def test_a_file_that_is_no_audit_is_refused(full, tmp_path, name, text, said):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadRequest, match=said):
        full.pack(tmp_path / "pack.zip", 0, 9, audits=(tmp_path / name,))


def test_two_audits_of_one_name_are_refused(full, tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(AUDIT), encoding="utf-8")
    with pytest.raises(BadRequest, match="has the name of another audit"):
        full.pack(tmp_path / "pack.zip", 0, 9, audits=(tmp_path / "a.json", tmp_path / "a.json"))


def test_an_empty_ledger_gives_no_pack(tmp_path):
    with kept(tmp_path / "data") as house, pytest.raises(NotFound, match="no leaf is signed yet"):
        house.pack(tmp_path / "pack.zip", 0, 0)


def test_a_commitment_whose_name_no_file_can_have_is_not_opened(tmp_path):
    with kept(tmp_path / "data") as house:
        with house.ledger.recorded() as tx:
            name = tx.append(Event("house.thing.happened", commitments={"../x": "0" * 64}))
        with pytest.raises(BadRequest, match="has a name no file can have"):
            house.pack(tmp_path / "pack.zip", 0, 0, opened=(name,))


def test_a_leaf_of_another_form_gives_no_pack(tmp_path):
    with kept(tmp_path / "data") as house:
        with house.ledger.recorded() as tx:
            house.names.append(tx.append(HAPPENED))
            tx.rows[0] = (tx.rows[0][0], ODD, leaf_hash(ODD), *tx.rows[0][3:])
        with pytest.raises(EvidenceBroken, match="the leaf at 0 is not one of Fairgo's"):
            house.pack(tmp_path / "pack.zip", 0, 0)


def test_a_file_that_is_there_is_not_written_over(full, tmp_path):
    (tmp_path / "pack.zip").write_text("mine", encoding="utf-8")
    with pytest.raises(BadRequest, match="is there already"):
        full.pack(tmp_path / "pack.zip", 0, 9)
    assert (tmp_path / "pack.zip").read_text(encoding="utf-8") == "mine"


def test_a_place_that_cannot_be_written_is_named(full, tmp_path):
    with pytest.raises(BadRequest, match="cannot be written") as wrong:
        full.pack(tmp_path / "absent" / "pack.zip", 0, 9)
    assert wrong.value.hint


def test_a_full_disk_leaves_nothing_half_written(full, tmp_path):
    count = len(_told(full))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(BadRequest, match=r"cannot be written to .*pack.zip \(File too large\)"):
            full.pack(tmp_path / "pack.zip", 0, 699)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list(tmp_path.iterdir())
    assert len(_told(full)) == count


def test_an_interruption_leaves_nothing_half_written(full, tmp_path):
    def interrupted(_leaves: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_pack(full.ledger, POLICY, Asked("0", "99"), tmp_path / "pack.zip", interrupted)
    assert not list(tmp_path.iterdir())


def test_a_ledger_that_does_not_verify_gives_no_pack(tmp_path):
    with kept(tmp_path / "data") as house:
        house.turns(300)
        house.sign()
        tamper(
            house.ledger.store,
            "UPDATE ledger_leaf SET leaf = CAST(replace(leaf, 'turn77', 'turn78') AS BLOB) WHERE position = 77",
        )
        with pytest.raises(EvidenceBroken, match="the leaf at position 77 does not fit its hash"):
            house.pack(tmp_path / "pack.zip", 0, 299)
    assert not (tmp_path / "pack.zip").exists()


def _told(house: Kept) -> list[object]:
    with house.ledger.store.reading() as connection:
        return leaves(connection)


def test_the_cover_says_what_is_there_and_what_is_not(full, pack, monkeypatch):
    manifest = json.loads(members(pack)["manifest.json"])
    monkeypatch.setattr(cover, "typst", None)
    name, data = cover.cover(manifest, f"{KEY}\n", "Banksia")
    assert name == "cover.txt"
    text = data.decode()
    for words in (
        "561: positions 50 to 610, none left out",
        "What it does not show",
        str(KEY),
        "fairgo.ledger.verify",
    ):
        assert words in text


def test_letters_that_no_font_has_give_a_cover_all_the_same(pack):
    manifest = json.loads(members(pack)["manifest.json"])
    name, data = cover.cover(manifest, f"{KEY}\n", "Banksia \U000e0041\x07")
    assert name == "cover.txt"
    assert b"Banksia" in data


def test_the_command_makes_a_pack(run, tmp_path):
    write_starter(tmp_path / "policy")
    for name in ("master.key", "ledger.key"):
        make_key_file(tmp_path / "policy" / "keys" / name)
    out = tmp_path / "pack.zip"
    words = [
        "pack",
        out,
        "--from",
        "0",
        "--to",
        "0",
        "--policy",
        tmp_path / "policy",
        "--data",
        tmp_path / "data",
    ]
    done = CliRunner().invoke(app, [*map(str, words), "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert (said["first"], said["last"], said["policies_without_text"]) == (0, 0, [])
    assert said["manifest"] == hashlib.sha256(members(out)["manifest.json"]).hexdigest()
    assert run(out).returncode == 0
    again = CliRunner().invoke(app, [*map(str, words)])
    assert isinstance(again.exception, BadRequest)
