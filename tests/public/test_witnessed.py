"""The whole way: a turn through Fairgo, witnesses of other organisations, and a receipt that checks offline."""

import time
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx

from fairgo.core.policy import Policy
from fairgo.core.settings import read_settings
from fairgo.ledger.cosignatures import cosigned
from fairgo.ledger.note import Checkpoint, Signer
from fairgo.ledger.receipts import Shown, check_receipt
from fairgo.ledger.trust import read_trust
from fairgo.public.witness import open_watch
from fairgo.store.keys import read_key_file
from tests.public.watching import watching
from tests.scripted import scripted
from tests.serving import Fairgo, fairgo, policy_folder


def test_a_turn_gets_a_receipt_that_two_of_three_witnesses_stand_behind(tmp_path: Path) -> None:
    folder = policy_folder(tmp_path / "policy-folder")
    origin = Policy.read(folder).organisation.ledger_origin
    log = str(Signer(origin, read_key_file(read_settings(folder, {}).ledger_key_file)).verifier)
    with ExitStack() as servers:
        lines = [f"log {log}"]
        for number in (1, 2, 3):
            watch = open_watch(tmp_path / f"witness{number}", f"witness{number}.example", [log])
            site = servers.enter_context(watching(watch))
            lines.append(f"witness w{number} {watch.cosigners[0].key} {site}")
        text = "\n".join([*lines, "group g 2 w1 w2 w3", "quorum g\n"])
        (folder / "policy" / "witnesses.tlog-policy").write_text(text)
        assistant = servers.enter_context(scripted())
        quick = {"FAIRGO_WITNESS_SECONDS": "0.1", "FAIRGO_CHECKPOINT_SECONDS": "0.05"}
        house = servers.enter_context(fairgo(tmp_path, assistant.address, quick))
        place = _turn(house)
        shown = _receipt(house.base + place, text)
        assert len(shown.cosigned) == 3
        served = httpx.get(f"{house.base}/ledger/checkpoint").text
        keys = [witness.key for witness in read_trust(text.encode()).witnesses.values()]
        assert Checkpoint.within(served).size >= shown.checkpoint.size
        assert len(cosigned(served, keys)) in {0, 3}


def _turn(house: Fairgo) -> str:
    got = httpx.post(
        f"{house.base}/v1/chat/completions",
        json={"messages": [{"role": "user", "content": "hi"}]},
        headers={"authorization": f"Bearer {house.key}"},
    )
    return got.headers["fairgo-receipt"]


def _receipt(address: str, policy: str) -> Shown:
    """The receipt, once enough witnesses have cosigned."""
    trust = read_trust(policy.encode())
    until = time.monotonic() + 20
    while True:
        got = httpx.get(address)
        if got.status_code == 404:
            assert got.headers["retry-after"] == "1"
        elif "witness3.example" in got.text or time.monotonic() > until:
            return check_receipt(got.text, None, trust=trust)
        assert time.monotonic() < until + 1
        time.sleep(0.05)
