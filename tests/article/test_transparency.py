"""Acceptance of area transparency: through HTTP and the command line only."""

import pytest

from fairgo.core.policy import Policy
from tests.article.conftest import Banksia, Served
from tests.article.customers import NOT_BUILT, Rows, page, say


def test_disclosure(banksia: Banksia, served: Served, rows: Rows) -> None:
    """The statement stands before the first AI word, and "are you human?" gets the true answer without a model."""
    statement = Policy.read(banksia.policy).disclosure("en-AU", "chat").statement
    assert say(served, "hello", "disclosure").startswith(statement)
    calls = len(served.assistant.seen)
    answer = Policy.read(banksia.policy).disclosure("en-AU", "chat").answer
    assert say(served, "hang on, are you a bot?", "disclosure") == answer
    assert len(served.assistant.seen) == calls
    assert rows["transparency.disclosure"]["value"].startswith("0 without disclosure")
    assert banksia.summary["disclosed"] > 0


@pytest.mark.xfail(strict=True, reason="not built yet: reasons for decisions and the way to contest them")
def test_explanations(served: Served, rows: Rows) -> None:
    """Explain recommendations and decisions: it is measured, and its page shows the measure."""
    assert rows["transparency.explanations"]["state"] != NOT_BUILT
    assert page(served, "/console/transparency/explanations").status_code == 200


def test_opt_out(banksia: Banksia, served: Served, rows: Rows) -> None:
    """A wish in the customer's own words is met at once and no model is called from then on."""
    calls = len(served.assistant.seen)
    human = Policy.read(banksia.policy).system("assistant").human
    assert say(served, "look mate, just put me on to a real person", "opt-out") == human.words
    assert say(served, "what is my balance", "opt-out") == human.waiting
    assert len(served.assistant.seen) == calls
    assert rows["transparency.opt_out"]["state"] == "ok"
