"""Errors in the shape that OpenAI clients read: `{"error": {"message", "type", "param", "code"}}`."""

from typing import Any

from fairgo.core.errors import FairgoError

KINDS = {401: "authentication_error", 404: "not_found_error"}


def error_body(problem: FairgoError) -> dict[str, Any]:
    """A problem with a name, its hint in the same sentence run: clients show the message only."""
    message = f"{problem.message}. Hint: {problem.hint}" if problem.hint else problem.message
    kind = KINDS.get(problem.status, "invalid_request_error")
    return {"error": {"message": message, "type": kind, "param": None, "code": problem.detail}}


def fault_body(reference: str) -> dict[str, Any]:
    """Our own fault: a reference number and nothing else."""
    message = f"Fairgo could not do this because of a fault of its own. Reference: {reference}"
    return {"error": {"message": message, "type": "server_error", "param": None, "code": "fault"}}
