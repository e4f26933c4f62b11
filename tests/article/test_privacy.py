"""Acceptance of area privacy: through HTTP and the command line only."""

import json

import pytest

from fairgo.demo.customers import CANARIES, LEFTOVER
from tests.article.conftest import Banksia, Served
from tests.article.customers import NOT_BUILT, Rows, page, readable, say


@pytest.mark.xfail(strict=True, reason="not built yet: clocks for access, correction, complaint and breach")
def test_principles(served: Served, rows: Rows) -> None:
    """Follow the Australian Privacy Principles and other law: it is measured, and its page shows the measure."""
    assert rows["privacy.principles"]["state"] != NOT_BUILT
    assert page(served, "/console/privacy/principles").status_code == 200


def test_security(banksia: Banksia, served: Served, rows: Rows) -> None:
    """Identifiers are hidden from the assistant and given back; nothing a customer typed lies readable on disk."""
    words = "my tfn is 123 456 782 and my number is 0491 570 157"
    served.assistant.texts = ["Thanks."]
    reply = say(served, words, "security")
    assert reply.endswith("Thanks.")
    assert "123 456 782" not in json.dumps(served.assistant.seen)
    assert set(banksia.summary["redacted"]) >= {"TFN", "MEDICARE", "PHONE", "EMAIL", "CARD"}
    assert readable(banksia.data, (*CANARIES, *LEFTOVER, "123 456 782", "0491 570 157")) == []
    assert rows["privacy.security"]["state"] == "ok"


@pytest.mark.xfail(
    strict=True, reason="not built yet: the register of what flows and the policy made from it"
)
def test_policies(served: Served, rows: Rows) -> None:
    """Publish transparent collection and usage policies: it is measured, and its page shows the measure."""
    assert rows["privacy.policies"]["state"] != NOT_BUILT
    assert page(served, "/console/privacy/policies").status_code == 200
