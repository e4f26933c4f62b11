"""The steps a turn passes before any model is called, as one visible tuple.

A step recalls what it needs to know, then judges the turn. The first verdict that ends the steps is the answer;
a step that cannot run ends them too unless it is declared `FLAGGED`: the customer gets the human way.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from fairgo.consent import alternatives, choices
from fairgo.core.turns import Turn
from fairgo.core.verdicts import OnFailure, Outcome, Verdict
from fairgo.privacy import records as vaults
from fairgo.privacy.security import redact_turn
from fairgo.store.keys import Keys
from fairgo.transparency import disclosure, opt_out

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Step:
    """One safeguard: what it recalls, how it judges, and what happens when it cannot."""

    name: str
    recall: Callable[[Connection, Keys, Turn], Any]
    check: Callable[[Turn, Any], Verdict]
    on_failure: OnFailure


def _redact(turn: Turn, vault: Any) -> Verdict:
    return redact_turn(replace(turn, vault=vault), turn.contacts)


STEPS: tuple[Step, ...] = (
    Step("consent.alternatives", alternatives.recall, alternatives.check, OnFailure.CLOSED),
    Step("transparency.opt_out", opt_out.recall, opt_out.check, OnFailure.CLOSED),
    Step("consent.choices", choices.recall, choices.check, OnFailure.CLOSED),
    Step("transparency.disclosure", disclosure.recall, disclosure.check, OnFailure.CLOSED),
    Step("privacy.security", vaults.recall_vault, _redact, OnFailure.CLOSED),
)


@dataclass(frozen=True, slots=True)
class Decision:
    """What the steps decided: the turn as the model may see it, every verdict, and what each step recalled."""

    turn: Turn
    verdicts: tuple[tuple[str, Verdict], ...]
    recalled: dict[str, Any]

    @property
    def last(self) -> Verdict:
        """The verdict that ended the steps, or that of the last step."""
        return self.verdicts[-1][1]

    @property
    def calls_model(self) -> bool:
        """True when every step let the turn through to the assistant."""
        return not self.last.ends

    @property
    def outcome(self) -> Outcome:
        """The strongest outcome of all steps."""
        if self.last.ends:
            return self.last.outcome
        changed = any(verdict.outcome is Outcome.CHANGE for _name, verdict in self.verdicts)
        return Outcome.CHANGE if changed else Outcome.ALLOW

    @property
    def reason(self) -> str:
        """The code of the verdict that counts most."""
        reasons = [verdict.reason for _name, verdict in self.verdicts if verdict.reason]
        return reasons[-1] if reasons else "none"

    def codes(self) -> dict[str, int]:
        """For the leaf: each step that ran, and whether it let the turn pass as it was (0) or not (1)."""
        return {name: int(verdict.outcome is not Outcome.ALLOW) for name, verdict in self.verdicts}


def run(connection: Connection, keys: Keys, turn: Turn, steps: tuple[Step, ...] = STEPS) -> Decision:
    """Pass a turn through the steps."""
    verdicts: list[tuple[str, Verdict]] = []
    recalled: dict[str, Any] = {}
    for step in steps:
        try:
            recalled[step.name] = step.recall(connection, keys, turn)
            verdict = step.check(turn, recalled[step.name])
        except Exception as failure:  # noqa: BLE001 - a safeguard that cannot run is an outcome, never a way past it
            log.error("step %s could not run (%s)", step.name, type(failure).__name__)  # noqa: TRY400 - values stay out
            verdict = _failed(step, turn)
        verdicts.append((step.name, verdict))
        turn = verdict.turn or turn
        if verdict.ends:
            break
    return Decision(turn, tuple(verdicts), recalled)


def _failed(step: Step, turn: Turn) -> Verdict:
    if step.on_failure is OnFailure.FLAGGED:
        return Verdict(Outcome.ALLOW, f"{step.name}.not_checked")
    return Verdict(Outcome.HAND_OVER, f"{step.name}.failed", reply=turn.system.human.words)
