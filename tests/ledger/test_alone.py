"""The verifier stands alone: an auditor runs it without Fairgo's database, settings or web parts."""

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairgo.ledger.note import Checkpoint, Signer
from fairgo.ledger.tree import leaf_hash, root_of
from fairgo.ledger.verify import LogBroken, Verified, verify_log

SIGNER = Signer("log.example/one", b"s" * 32)
LEAVES = [b"leaf %d" % i for i in range(20)]
NEWER = """
import json, sys
before = set(sys.modules)
import fairgo.ledger.verify
new = {name for name in set(sys.modules) - before if not name.startswith('_')}
tops = {name.partition('.')[0] for name in new}
print(json.dumps([sorted(tops - sys.stdlib_module_names), sorted(n for n in new if n.startswith('fairgo'))]))
"""


def test_it_imports_the_standard_library_and_cryptography_only():
    done = subprocess.run([sys.executable, "-c", NEWER], capture_output=True, text=True, check=True)
    others, ours = json.loads(done.stdout)
    assert others == ["cryptography", "fairgo"]
    assert ours == [
        "fairgo", "fairgo.ledger", "fairgo.ledger.note", "fairgo.ledger.tree", "fairgo.ledger.verify",
    ]  # fmt: skip


def note(size: int, leaves: list[bytes] | None = None, *, signer: Signer = SIGNER, origin: str = "") -> str:
    root = root_of(leaf_hash(leaf) for leaf in (LEAVES if leaves is None else leaves)[:size])
    return signer.sign(Checkpoint(origin or signer.name, size, root).text())


def check(leaves: list[bytes], notes: list[str]) -> Verified:
    return verify_log(enumerate(leaves), notes, [SIGNER.verifier])


@given(st.sets(st.integers(0, 20), min_size=1))
def test_a_log_verifies_up_to_its_newest_checkpoint(sizes: set[int]):
    newest = max(sizes)
    shown = check(LEAVES[:newest], [note(size) for size in sorted(sizes)])
    assert shown == Verified(SIGNER.name, newest, root_of(map(leaf_hash, LEAVES[:newest])), len(sizes))


def test_an_empty_log_without_a_checkpoint_shows_nothing():
    assert check([], []).size == 0


@given(st.integers(0, 19), st.data())
def test_any_changed_leaf_is_found_between_two_checkpoints(at: int, data: st.DataObject):
    changed = list(LEAVES)
    changed[at] = data.draw(st.binary().filter(lambda other: other != LEAVES[at]))
    below = 0 if at < 8 else 8
    above = 7 if at < 8 else 19
    with pytest.raises(LogBroken, match=f"a leaf from {below} to {above} was changed"):
        check(changed, [note(8), note(20)])


@pytest.mark.parametrize(
    ("leaves", "notes", "said"),
    [
        ([(0, b"leaf 0"), (2, b"leaf 2")], [note(3)], "leaf 1 is missing"),
        ([(1, b"leaf 1")], [note(2)], "leaf 0 is missing"),
        (list(enumerate(LEAVES[:9])), [note(5), note(12)], "the checkpoint at 12 covers leaves that are not here (only 9)"),
        (list(enumerate(LEAVES[:9])), [note(5)], "no signed checkpoint covers leaf 8"),
        (list(enumerate(LEAVES[:9])), [], "no signed checkpoint covers leaf 8"),
        (list(enumerate(LEAVES[:9])), [note(9), note(5)], "not in growing order"),
        (list(enumerate(LEAVES[:9])), [note(9), note(9)], "not in growing order"),
        (list(enumerate(LEAVES[:9])), [note(9, signer=Signer(SIGNER.name, b"x" * 32))], "not signed by"),
        (list(enumerate(LEAVES[:9])), [note(9, origin="other.example")], "names the origin 'other.example'"),
        (list(enumerate(LEAVES[:9])), [SIGNER.sign("words\n")], "not a checkpoint"),
        ([], [SIGNER.sign(Checkpoint(SIGNER.name, 0, b"x" * 32).text())], "does not have the root of an empty log"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)  # fmt: skip
def test_a_fault_is_named(leaves: list[tuple[int, bytes]], notes: list[str], said: str):
    with pytest.raises(LogBroken) as wrong:
        verify_log(leaves, notes, [SIGNER.verifier])
    assert said in str(wrong.value)


def test_without_a_key_nothing_is_shown():
    with pytest.raises(LogBroken, match="no verifier key is known"):
        verify_log(enumerate(LEAVES[:2]), [note(2)], [])


def test_a_key_that_was_changed_on_the_way_verifies_with_both_keys_known():
    newer = Signer(SIGNER.name, b"n" * 32)
    notes = [note(5), note(9, signer=newer)]
    assert verify_log(enumerate(LEAVES[:9]), notes, [newer.verifier, SIGNER.verifier]).checkpoints == 2
