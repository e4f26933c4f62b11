"""A pack is the same thing on either database."""

from pathlib import Path

from fairgo.ledger.packs.asking import Asked
from fairgo.ledger.packs.check import check_pack
from fairgo.ledger.packs.making import make_pack
from fairgo.ledger.recording import Ledger
from fairgo.ledger.sequencer import integrate
from fairgo.store.engine import Store
from tests.ledger.ledgers import KEYS, SIGNER
from tests.ledger.packing import Clock, Kept
from tests.turns import POLICY


def test_a_pack_is_made_and_verifies(store: Store, tmp_path: Path):
    clock = Clock()
    kept = Kept(Ledger(store, KEYS, SIGNER, policy=POLICY.version, clock=clock), clock)
    for _ in range(3):
        kept.turns(100, sealed=True)
        kept.sign()
        clock.step()
    asked = Asked("2026-11-23T09:01Z", "2026-11-23", opened=(kept.names[250],))
    made = make_pack(kept.ledger, POLICY, asked, tmp_path / "pack.zip")
    assert (made.manifest["first"], made.manifest["last"], len(made.manifest["disclosed"])) == (100, 299, 1)
    found = check_pack(tmp_path / "pack.zip", [SIGNER.verifier])
    assert not found.faults
    assert integrate(store, SIGNER, clock) == 301  # the pack's own leaf
