"""What a safeguard decides about a turn, and what a live measure says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fairgo.core.turns import Turn


class Outcome(StrEnum):
    """The four things a safeguard can decide. The word is also the `fairgo-verdict` header."""

    ALLOW = "allow"
    CHANGE = "change"
    HAND_OVER = "hand-over"
    REFUSE = "refuse"


class OnFailure(StrEnum):
    """What happens when a safeguard itself cannot run."""

    CLOSED = "closed"  # no AI answer goes out; the customer gets the human way
    FLAGGED = "flagged"  # the turn goes on, marked as not checked


@dataclass(frozen=True, slots=True)
class Verdict:
    """One safeguard's decision: `reason` is a code, never the customer's words.

    `turn` is the turn as the next step shall see it (for a change); `reply` is text that goes to the
    customer in place of the model's answer. A verdict with a reply ends the steps: no model is called.
    `counts` are figures for the evidence, such as how many identifiers of a type were hidden.
    """

    outcome: Outcome
    reason: str = ""
    turn: Turn | None = None
    reply: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def ends(self) -> bool:
        """True when no model may be called after this verdict."""
        return self.reply is not None or self.outcome in {Outcome.HAND_OVER, Outcome.REFUSE}


ALLOW = Verdict(Outcome.ALLOW)


class State(StrEnum):
    """How a live measure stands. Only `OK` may be drawn green."""

    OK = "ok"
    ATTENTION = "needs attention"
    CANNOT_TELL = "cannot tell yet"
    NOT_BUILT = "not built yet"


@dataclass(frozen=True, slots=True)
class Measure:
    """A live measure of one strategy: a figure in words, and how it stands."""

    value: str
    state: State
    detail: str = ""


NOT_BUILT = Measure("not built yet", State.NOT_BUILT)
