"""Verifying a pack: alone, against what was kept from earlier, with witnesses, and by sample."""

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text as sql

from fairgo.ledger.cosignatures import Cosigner
from fairgo.ledger.keyring import succeed
from fairgo.ledger.note import Checkpoint, Signer
from fairgo.ledger.packs import form
from fairgo.ledger.packs.check import Held, check_pack
from fairgo.ledger.reading import checkpoints
from fairgo.ledger.receipts import receipt
from fairgo.ledger.tile_store import grow
from fairgo.ledger.trust import Trust, Witness
from fairgo.ledger.witnesses import Answer, keep
from fairgo.store.engine import open_store
from tests.ledger.ledgers import NAME, SIGNER, leaves
from tests.ledger.packing import KEY, START, Kept, check, faults, kept, members, signed_anew, zipped

ALONE = """
import runpy, sys
class Nothing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if not name.startswith("fairgo") and top not in {*sys.stdlib_module_names, "cryptography", "_cffi_backend", "cffi"}:
            raise ImportError(name)
sys.meta_path.insert(0, Nothing())
sys.argv = ["verify", *sys.argv[1:]]
runpy.run_module("fairgo.ledger.verify", run_name="__main__")
"""


def alone(*words: object) -> subprocess.CompletedProcess[str]:
    """The verifier in a process that can import the standard library and `cryptography` only."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", ALONE, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_pack_verifies_alone_with_nothing_but_the_standard_library_and_cryptography(pack):
    done = alone(pack, "--key", KEY)
    assert (done.returncode, done.stderr) == (0, "")
    assert "561 leaves of banksia.example/test-ledger, positions 50 to 610" in done.stdout
    assert "Opened commitments: 1" in done.stdout
    assert alone(pack).stdout.count("shows the pack is whole, not whose it is") == 1


def test_json_says_the_same(pack):
    said = json.loads(alone(pack, "--key", KEY, "--json").stdout)
    assert (said["verified"], said["leaves"], said["keys_from_the_pack"]) == (True, 561, False)
    assert said["systems"] == {"assistant": 361, "triage": 200}


def test_a_stranger_s_key_is_refused(run, pack):
    done = run(pack, "--key", Signer(NAME, b"z" * 32).verifier)
    assert done.returncode == 1
    assert f"manifest.sig: its signature does not verify: not signed by {NAME}" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["absent.zip"], "absent.zip cannot be used: No such file"),
        (["{pack}", "--key", "nonsense"], "--key: not a"),
        (["{pack}", "--trust", "absent"], "absent cannot be read"),
        (["{pack}", "--since", "absent"], "absent cannot be read"),
        (["{pack}", "--sample", "0"], "at least 1"),
        (["{pack}", "--sample", "2", "--system", "other"], "no leaf of the range is of the system other"),
        ([], "usage:"),
    ],
)
def test_a_question_that_cannot_be_put_ends_with_2(run, pack, words, said):
    done = run(*(word.replace("{pack}", str(pack)) for word in words))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def notes_of(house: Kept) -> dict[int, str]:
    with house.ledger.store.reading() as connection:
        return checkpoints(connection)


def test_earlier_checkpoints_and_receipts_fit(run, full, pack, tmp_path):
    notes = notes_of(full)
    fitting = [Held(f"at-{size}", note) for size, note in notes.items() if size <= 700]
    found = check(pack, held=fitting)
    assert (found.faults, len(found.compared)) == ([], 4)
    (tmp_path / "old").write_text(notes[300], encoding="utf-8")
    done = run(pack, "--key", KEY, "--since", tmp_path / "old")
    assert "old: this log began as it says, and nothing was cut off since." in done.stdout


def test_newest_leaves_that_were_cut_off_are_detected_against_a_receipt(run, tmp_path):
    with kept(tmp_path / "data") as house:
        house.turns(300)
        house.sign()
        house.turns(50)
        house.sign()
        with house.ledger.store.reading() as connection:
            text = receipt(connection, house.names[340])
    cut(tmp_path / "data", 300)
    with kept(tmp_path / "data") as house:
        house.pack(tmp_path / "cut.zip", 0, 299)
        house.turns(60)  # another history over the same places
        house.sign()
        house.pack(tmp_path / "other.zip", 0, 340)
    (tmp_path / "one.tlog-proof").write_text(text, encoding="utf-8")
    assert not faults(tmp_path / "cut.zip")
    done = run(tmp_path / "cut.zip", "--key", KEY, "--since", tmp_path / "one.tlog-proof")
    assert done.returncode == 1
    assert (
        "one.tlog-proof: leaves were cut off: it has seen 350, the pack's checkpoint covers 300"
        in done.stdout
    )
    assert faults(tmp_path / "other.zip", held=[Held("mine", text)]) == [
        "mine: another history: its first 350 leaves are not those of this pack"
    ]


def cut(folder: Path, size: int) -> None:
    """Take the newest leaves out of a database so well that it verifies by itself."""
    store = open_store(folder)
    with store.writing() as connection:
        hashes = [row.hash for row in leaves(connection)][:size]
        for statement in (
            "DELETE FROM ledger_leaf WHERE position >= :size",
            "DELETE FROM ledger_checkpoint WHERE size > :size",
            "DELETE FROM ledger_tile",
        ):
            connection.execute(sql(statement), {"size": size} if ":size" in statement else {})
        grow(connection, 0, hashes)
    store.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nothing of the kind", "its signature does not verify: not a signed note"),
        (Signer("other.example/log", b"o" * 32).sign(Checkpoint("other.example/log", 5, b"r" * 32).text()), f"not signed by {NAME}"),
        (SIGNER.sign("just\nsome words\n"), "not a checkpoint"),
        (SIGNER.sign(Checkpoint("other.example/log", 5, b"r" * 32).text()), "names the log other.example/log"),
        (SIGNER.sign(Checkpoint(NAME, 100, b"r" * 32).text()), "another history: its first 100 leaves"),
    ],
)  # fmt: skip
def test_a_checkpoint_of_another_log_or_history_does_not_fit(pack, text, said):
    (fault,) = faults(pack, held=[Held("mine", text)])
    assert fault.startswith("mine: ")
    assert said in fault


def test_a_checkpoint_outside_the_range_may_need_a_wider_pack(full, tmp_path):
    full.pack(tmp_path / "late.zip", 600, 650)
    note = notes_of(full)[100]
    assert faults(tmp_path / "late.zip", held=[Held("mine", note)]) == [
        "mine: cannot be compared: tile/0/000 is not in the pack; ask for one whose range has position 100"
    ]


def test_the_checkpoint_before_the_range_and_one_that_witnesses_signed_are_in_the_pack(run, tmp_path):
    witness = Cosigner("witness.example/one", b"w" * 32)
    trusted = Witness("one", witness.key)
    with kept(tmp_path / "data") as house:
        for _ in range(3):
            house.turns(100)
            house.sign()
        note = notes_of(house)[200]
        line = witness.cosign(note.rpartition("\n\n")[0] + "\n", int(START.timestamp()))
        with house.ledger.store.writing() as connection:
            keep(connection, trusted, Answer(200, line), datetime.now(UTC))
        house.pack(tmp_path / "pack.zip", 120, 180)
        house.pack(tmp_path / "later.zip", 120, 250)
    held = members(tmp_path / "pack.zip")
    assert Checkpoint.within(held["checkpoint-from"].decode()).size == 100
    assert Checkpoint.within(held["checkpoint-cosigned"].decode()).size == 200
    trust = Trust(logs=(KEY,), witnesses={"one": trusted}, quorum="one")
    found = check(tmp_path / "pack.zip", trust=trust)
    assert (found.faults, found.witnesses) == ([], 1)
    (tmp_path / "trust").write_text(f"log {KEY}\nwitness one {witness.key}\nquorum one\n", encoding="utf-8")
    assert "Witnesses: 1." in run(tmp_path / "pack.zip", "--trust", tmp_path / "trust").stdout
    # The cosigned checkpoint does not cover the later pack's range.
    assert faults(tmp_path / "later.zip", trust=trust) == [
        "checkpoint: too few witnesses have cosigned for the quorum one"
    ]


def test_after_a_change_of_keys_the_newest_key_is_enough(run, tmp_path):
    newer = Signer(NAME, b"new key".ljust(32))
    with kept(tmp_path / "data") as house:
        house.turns(10)
        house.sign()
        with house.ledger.recorded() as tx:
            tx.append(succeed(tx.connection, KEY, newer.verifier, tx.moment))
    with kept(tmp_path / "data", signer=newer) as house:
        house.turns(10)
        house.pack(tmp_path / "pack.zip", 10, 15)
    done = run(tmp_path / "pack.zip", "--key", newer.verifier)
    assert done.returncode == 0, done.stdout
    assert len(members(tmp_path / "pack.zip")["verifier.txt"].splitlines()) == 2
    assert "not signed by" in run(tmp_path / "pack.zip", "--key", KEY).stdout


def test_a_cosignature_that_does_not_fit_and_another_log_are_named(pack, full, tmp_path):
    witness = Cosigner("witness.example/one", b"w" * 32)
    files = members(pack)
    wrong = witness.cosign(Checkpoint(NAME, 3, b"r" * 32).text(), 1)
    signed = signed_anew(files | {"checkpoint": files["checkpoint"] + wrong.encode()})
    trust = Trust(logs=(KEY,), witnesses={"one": Witness("one", witness.key)})
    (fault, *_rest) = faults(zipped(tmp_path / "odd.zip", signed.items()), trust=trust)
    assert fault == "checkpoint: the cosignature of witness.example/one does not fit the checkpoint"
    other = Signer("other.example/log", b"o" * 32)
    text = other.sign(Checkpoint(other.name, 5, b"r" * 32).text())
    found = check_pack(pack, [KEY, other.verifier], held=[Held("mine", text)]).faults
    assert [str(fault) for fault in found] == [
        f"mine: is of the log other.example/log, and this pack is of {NAME}"
    ]


def test_a_file_that_is_no_pack_ends_with_1(run, tmp_path):
    (tmp_path / "odd.zip").write_text("words", encoding="utf-8")
    done = run(tmp_path / "odd.zip")
    assert (done.returncode, done.stdout) == (
        1, "odd.zip does not verify:\n- odd.zip: not a whole zip file (BadZipFile)\n",
    )  # fmt: skip


def test_a_sample_is_drawn_as_documented(run, full, pack):
    def drawn(seed: str, total: int, count: int) -> list[int]:
        places: list[int] = []
        n = 0
        while len(places) < count:
            number = int(hashlib.sha256(f"fairgo/sample/v1\n{seed}\n{n}".encode()).hexdigest()[:16], 16)
            n += 1
            if number < 2**64 // total * total and number % total not in places:
                places.append(number % total)
        return places

    done = run(pack, "--key", KEY, "--sample", "9", "--seed", "blue gum")
    rows = [line.split("\t") for line in done.stdout.splitlines()[-9:]]
    assert [int(row[0]) for row in rows] == [50 + place for place in drawn("blue gum", 561, 9)]
    assert all(row[1] == full.names[int(row[0])] for row in rows)
    assert {row[2] for row in rows} == {"gateway.turn.closed"}
    only = json.loads(run(pack, "--sample", "5", "--system", "triage", "--json").stdout)["sample"]
    assert [one["position"] for one in only] == [300 + place for place in drawn("", 200, 5)]
    assert {one["system"] for one in only} == {"triage"}


@given(st.integers(1, 300), st.integers(1, 400), st.text(max_size=5))
def test_a_sample_has_no_doubles(total, count, seed):
    drawn = form.draw(range(total), count, seed.encode("utf-8", "replace").decode())
    assert len(drawn) == len(set(drawn)) == min(total, count)
    assert set(drawn) <= set(range(total))


def test_every_leaf_is_as_likely():
    hits = [0] * 10
    for seed in range(3000):
        for place in form.draw(range(10), 3, str(seed)):
            hits[place] += 1
    assert all(abs(hit - 900) < 5 * (900 * 0.7) ** 0.5 for hit in hits)


def test_a_pack_about_one_system_draws_from_it(run, full, tmp_path):
    full.pack(tmp_path / "pack.zip", 0, 699, system="triage")
    said = json.loads(run(tmp_path / "pack.zip", "--sample", "400", "--json").stdout)
    assert (said["system"], said["leaves"], len(said["sample"])) == ("triage", 700, 200)


def test_the_checked_leaves_are_written_one_on_each_line(run, full, pack, tmp_path):
    out = tmp_path / "leaves.jsonl"
    assert run(pack, "--leaves", out).returncode == 0
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(one["position"], one["leaf"]["id"]) for one in lines] == list(enumerate(full.names))[50:611]
    done = run(pack, "--leaves", tmp_path / "absent" / "leaves.jsonl")
    assert (done.returncode, "cannot be used" in done.stderr) == (2, True)
