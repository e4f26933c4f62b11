"""What the demo shows at the end, read back from the store, the ledger and the audit."""

from pathlib import Path
from typing import Any

from fairgo.assemble import rows
from fairgo.bias import audits
from fairgo.bias.records import keep_audit
from fairgo.consent.records import choices_by_state, handed_over
from fairgo.core.ports import Row
from fairgo.demo.decisions import ATTRIBUTES, OUTCOME, POSITIVE, write_decisions
from fairgo.ledger.house import House
from fairgo.ledger.reading import verify
from fairgo.ledger.sequencer import integrate
from fairgo.privacy.records import hidden
from fairgo.transparency.records import told_turns

DECISIONS = "hardship-decisions.parquet"


def audit(house: House, data: Path, *, planted: bool = True) -> audits.Audit:
    """Write Banksia's decision log, audit it as `fairgo audit` would, and keep that it was audited."""
    path = data / DECISIONS
    write_decisions(path, planted=planted)
    result = audits.audit(path, outcome=OUTCOME, positive=POSITIVE, attributes=list(ATTRIBUTES))
    keep_audit(house.ledger, verdict=result.verdict, result=result.to_dict())
    return result


def summarise(
    house: House, data: Path, turns: int, conversations: int, result: audits.Audit
) -> dict[str, Any]:
    """The summary as one JSON object. `finding` is the strongest one, or null."""
    integrate(house.store, house.ledger.signer, house.ledger.clock)
    with house.store.reading() as connection:
        verified = verify(connection)
        return {
            "conversations": conversations,
            "turns": turns,
            "disclosed": len(told_turns(connection)),
            "handed_over": handed_over(connection),
            "withdrawn": choices_by_state(connection).get("withdrawn", 0),
            "redacted": hidden(connection),
            "finding": result.findings[0].to_dict() if result.findings else None,
            "ledger": {"size": verified.size, "root": verified.root.hex(), "verified": True},
            "data_dir": str(data),
        }


def standing(house: House) -> list[Row]:
    """The 21 rows as they stand after the demo."""
    return rows(house.store)
