"""Acceptance of area consent: through HTTP and the command line only."""

import pytest

from fairgo.core.policy import Policy
from tests.article.conftest import Banksia, Served
from tests.article.customers import NOT_BUILT, Rows, choose, page, say


def test_choices(banksia: Banksia, served: Served, rows: Rows) -> None:
    """Consent withdrawn is in force on the very next call, and may be given again."""
    human = Policy.read(banksia.policy).system("assistant").human
    choose(served, "chooser", "withdraw")
    calls = len(served.assistant.seen)
    assert say(served, "hello", "chooser") == human.words
    assert len(served.assistant.seen) == calls
    choose(served, "chooser", "give")
    assert say(served, "hello", "chooser").endswith(served.assistant.texts[0])
    assert banksia.summary["withdrawn"] >= 5
    assert rows["consent.choices"]["state"] == "ok"


def test_alternatives(banksia: Banksia, served: Served, rows: Rows) -> None:
    """A conversation handed to a person stays with a person, whatever is said next."""
    human = Policy.read(banksia.policy).system("assistant").human
    assert say(served, "agent please", "alternatives") == human.words
    for words in ("are you still there?", "are you human?", "never mind, what is my bill"):
        assert say(served, words, "alternatives") == human.waiting
    assert banksia.summary["handed_over"] >= 12
    assert int(rows["consent.alternatives"]["value"].split()[0]) >= 12


@pytest.mark.xfail(strict=True, reason="not built yet: the five comparisons of service for those who said no")
def test_parity(served: Served, rows: Rows) -> None:
    """Opting out must not diminish the quality of service: it is measured, and its page shows the measure."""
    assert rows["consent.parity"]["state"] != NOT_BUILT
    assert page(served, "/console/consent/parity").status_code == 200
