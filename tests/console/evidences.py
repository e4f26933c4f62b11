"""Evidence to show: values a ledger would give, small and valid by default."""

from dataclasses import replace
from datetime import UTC, datetime

from fairgo.core.errors import NotFound
from fairgo.core.ports import EventLine, EventProof, Evidence, Health, ProofStep, Signed, WitnessLine

NOW = datetime(2026, 11, 23, 3, 2, 5, tzinfo=UTC)
NAME = "00112233445566aa.7"
HASH = "a1b2c3d4" * 8
POINT = Signed(9, "5ce1" * 16, NOW, "banksia.example/ledger+530d903a")
LINE = EventLine(NAME, "gateway.turn.closed", "2026-11-23T03:01Z", "assistant", 6)
STEPS = (
    ProofStep("11aa" * 16, 7, 7, on_left=False, result="22bb" * 16, fits=True),
    ProofStep("33cc" * 16, 4, 5, on_left=True, result="44dd" * 16, fits=True),
    ProofStep("55ee" * 16, 0, 3, on_left=True, result="66ff" * 16, fits=True),
    ProofStep("77aa" * 16, 8, 8, on_left=False, result="5ce1" * 16, fits=True),
)
PROOF = EventProof(
    line=LINE,
    policy="4932" * 16,
    facts={"by_ai": True, "turn": "t7", "hidden": {"tfn": 2}, "reason": "none", "scanned": 1280, "disclosure": HASH},
    commitments={"reply": "99ab" * 16},
    text='{"schema":"fairgo/leaf/v1"}',
    fingerprint=HASH,
    leaf_fits=True,
    steps=STEPS,
    checkpoint=POINT,
    root_signed=True,
)  # fmt: skip
HEALTH = Health(
    leaves=9,
    waiting=0,
    checkpoint=POINT,
    witnesses=(WitnessLine("witness.example/union", 9, NOW, ""),),
    mismatches=(),
    unfinished=0,
    newest=(LINE, replace(LINE, name="00112233445566aa.6", type="gateway.turn.opened", position=5)),
)


def an_evidence(health: Health = HEALTH, proof: EventProof = PROOF) -> Evidence:
    def event(name: str) -> EventProof:
        if name != proof.line.name:
            raise NotFound("there is no event of that name", hint="the page Evidence lists the newest ones")
        return proof

    return Evidence(lambda: health, event)
