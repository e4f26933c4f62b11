"""What a turn leaves behind: opened before the assistant is called, closed when the last byte is ready to go.

Each function is one piece of work for `Ledger.submit`: state and leaves commit together or not at all.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from fairgo.consent import alternatives
from fairgo.core.events import Event, Fact
from fairgo.core.verdicts import Outcome
from fairgo.gateway.pipeline import Decision
from fairgo.ledger import turns
from fairgo.ledger.counters import CLOSED, OPENED, REFUSED, Usage, keep_usage
from fairgo.ledger.recording import Recording
from fairgo.privacy import records as vaults
from fairgo.transparency import disclosure
from fairgo.transparency import records as told

PAD = 256  # sizes in leaves are rounded up to this: a length is a clue


@dataclass(frozen=True, slots=True)
class Closing:
    """How a turn ended: its words to the customer, and what was done to them."""

    outcome: Outcome
    reason: str
    by_ai: bool
    reply: list[str]
    opened_with_statement: bool = False
    hidden: Mapping[str, int] = field(default_factory=dict)
    restored: int = 0
    unknown: int = 0
    scanned: int = 0
    usage: Usage | None = None  # None when no assistant was called


def opened(tx: Recording, decision: Decision) -> str:
    """Open the turn, keep what the steps found, and hand over where a step said so. Gives the leaf's name."""
    turn = decision.turn
    commitment = turns.open_turn(tx, turn)
    facts: dict[str, Fact] = {
        "turn": turn.id,
        "channel": turn.channel,
        "streaming": turn.streaming,
        "steps": decision.codes(),
    }
    name = tx.append(Event(OPENED, turn.system.name, facts, {"request": commitment}))
    before = decision.recalled.get("privacy.security")
    if before is not None:
        vaults.keep_vault(tx, turn, before)
        vaults.keep_counts(tx, turn.id, "request", decision.last.counts)
    if decision.last.outcome is Outcome.HAND_OVER:
        alternatives.request(tx, turn, decision.reason)
    return name


def wished(tx: Recording, decision: Decision, arrived: float) -> None:
    """Keep a recognised wish and how long after its arrival the model was refused (seconds)."""
    way = decision.reason.removeprefix("opt_out.")
    told.keep_wish(tx, turn=decision.turn.id, way=way, refused_after=time.monotonic() - arrived)
    facts = {"turn": decision.turn.id, "way": way}
    tx.append(Event("transparency.wish.recognised", decision.turn.system.name, facts))


def closed(tx: Recording, decision: Decision, closing: Closing) -> str:
    """Close the turn: seal what the customer read, count what was hidden, keep what they were told. Gives the leaf's name."""
    turn = decision.turn
    facts: dict[str, Fact] = {
        "turn": turn.id,
        "outcome": closing.outcome.value,
        "reason": closing.reason,
        "by_ai": closing.by_ai,
        "called": closing.usage is not None,
        "hidden": dict(closing.hidden),
        "restored": closing.restored,
        "unknown_tokens": closing.unknown,
        "scanned": -(-closing.scanned // PAD) * PAD,
    }
    if closing.opened_with_statement:
        facts["disclosure"] = disclosure.delivered(tx, turn, kind="statement")
    elif closing.reason == "disclosure.asked":
        facts["disclosure"] = disclosure.delivered(tx, turn, kind="answer")
    vaults.keep_counts(tx, turn.id, "reply", closing.hidden)
    commitment = turns.close_turn(
        tx,
        turn,
        outcome=closing.outcome.value,
        reason=closing.reason,
        by_ai=closing.by_ai,
        reply=closing.reply,
    )
    if closing.usage is not None:
        keep_usage(tx.connection, turn.id, closing.usage)
    name = tx.append(Event(CLOSED, turn.system.name, facts, {"reply": commitment}))
    if closing.outcome is Outcome.HAND_OVER and closing.reason.startswith("upstream."):
        alternatives.request(tx, turn, closing.reason)
    return name


def answered(tx: Recording, decision: Decision, arrived: float) -> str:
    """Open and close a turn that no model answers, in one commit. Gives the name of the leaf that closes it."""
    opened(tx, decision)
    if decision.reason.startswith("opt_out."):
        wished(tx, decision, arrived)
    reply = [decision.last.reply or ""]
    return closed(tx, decision, Closing(decision.outcome, decision.reason, by_ai=False, reply=reply))


def refused(tx: Recording, code: str, system: str) -> str:
    """Keep that a request was refused before it became a turn: the code, never what was sent. Gives the leaf's name."""
    return tx.append(Event(REFUSED, system=system, facts={"reason": code}))
