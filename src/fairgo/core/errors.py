"""Everything that can go wrong on purpose, as one tree.

FairgoError
├── Misconfigured     settings, policy or keys cannot be used as they are
├── BadRequest        what the caller sent cannot be read or does not fit
├── NotAllowed        the caller is not known, or may not do this
├── SignInNeeded      nobody is signed in
├── StepUpNeeded      the right is there, but they must prove anew that it is them
├── NotFound          what was named does not exist
├── Conflict          the thing changed meanwhile, or is in another state
├── UpstreamFailed    the company's assistant is down, slow or broke off
└── EvidenceBroken    the ledger does not verify, or evidence cannot be kept

Each carries a stable code, one sentence, and where it helps a hint. None ever carries a customer's
words. Anything else that is raised is our own fault: callers get a reference number only.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class FairgoError(Exception):
    """A fault with a name: `code` for programs, `message` and `hint` for people."""

    code: ClassVar[str] = "fault"
    status: int = 500

    def __init__(self, message: str, *, hint: str = "", detail: str = "", status: int = 0) -> None:
        """`detail` is a finer code for the evidence; `status` an HTTP status other than the class's own."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail or self.code
        self.status = status or type(self).status


class Misconfigured(FairgoError):
    """Settings, policy or keys cannot be used as they are."""

    code = "misconfigured"


class BadRequest(FairgoError):
    """What the caller sent cannot be read or does not fit."""

    code = "bad_request"
    status = 400


class NotAllowed(FairgoError):
    """The caller is not known, or may not do this."""

    code = "not_allowed"
    status = 401


class SignInNeeded(FairgoError):
    """Nobody is signed in."""

    code = "sign_in_needed"
    status = 401


class StepUpNeeded(FairgoError):
    """The right is there, but they must prove anew that it is them."""

    code = "step_up_needed"
    status = 403


class NotFound(FairgoError):
    """What was named does not exist."""

    code = "not_found"
    status = 404


class Conflict(FairgoError):
    """The thing changed meanwhile, or is in another state."""

    code = "conflict"
    status = 409


class UpstreamFailed(FairgoError):
    """The company's assistant is down, slow or broke off."""

    code = "upstream_failed"
    status = 502


class EvidenceBroken(FairgoError):
    """The ledger does not verify, or evidence cannot be kept."""

    code = "evidence_broken"


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the closest known word, or lists them all when none is close."""
    words = sorted(known)
    close = get_close_matches(name, words, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known: {', '.join(words)}" if words else ""
