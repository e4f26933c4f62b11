import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient

from fairgo.console.app import TONES, app
from fairgo.console.status import read_status
from fairgo.core.article import AREAS, STRATEGIES
from fairgo.core.errors import EvidenceBroken
from fairgo.core.ports import Overview, Row
from fairgo.core.verdicts import Measure, State
from tests.console.evidences import an_evidence
from tests.console.overviews import MEASURED, an_overview

NOW = datetime(2026, 11, 23, 3, 2, 5, tzinfo=UTC)
HTML = {"accept": "text/html"}


def a_client(overview=None, client="127.0.0.1", host="localhost"):
    console = app(an_overview() if overview is None else overview, an_evidence(), clock=lambda: NOW)
    return TestClient(
        Mount("/console", console),
        base_url=f"http://{host}",
        client=(client, 50000),
        raise_server_exceptions=False,
    )


class Rows(HTMLParser):
    """The rows of the page as a reader meets them: id, tone, shape and words."""

    def __init__(self, text):
        super().__init__()
        self.rows = {}
        self.row = None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "tr" and "id" in found:
            self.row = self.rows[found["id"]] = {"tones": {found["data-tone"]}, "shape": "", "words": ""}
        elif self.row is not None:
            self.row["tones"] |= {found["data-tone"]} if "data-tone" in found else set()
            self.row["shape"] += found.get("d", "") + found.get("stroke-dasharray", "")

    def handle_endtag(self, tag):
        if tag == "tr":
            self.row = None

    def handle_data(self, data):
        if self.row is not None:
            self.row["words"] = f"{self.row['words']} {data}".strip()


def rows_of(text):
    rows = Rows(text).rows
    return {key: row | {"words": " ".join(row["words"].split())} for key, row in rows.items()}


def test_the_page_has_the_21_rows_under_the_seven_areas():
    text = a_client().get("/console/").text
    assert list(rows_of(text)) == [f"{item.area}-{item.name}" for item in STRATEGIES]
    titles = re.findall(r'<h2 id="\w+-title">(\w+)</h2>', text)
    assert titles == list(AREAS.values())


def test_the_json_twin_equals_the_page():
    client = a_client()
    twin = client.get("/console/status.json").json()
    text = client.get("/console/").text
    rows = rows_of(text)
    assert len(twin["rows"]) == len(rows) == 21
    for row in twin["rows"]:
        shown = rows[f"{row['area']}-{row['strategy']}"]
        assert shown["words"].endswith(row["state"])
        for word in ("asks", "does", "measure", "value", "detail"):
            assert row[word].replace("'", "&#39;") in shown["words"]
        assert shown["tones"] == {TONES[State(row["state"])]}
    assert f"{twin['summary']}." in text
    assert twin["at"] == "2026-11-23T03:02:05Z"
    assert '<time datetime="2026-11-23T03:02:05Z">23 November 2026 at 03:02 UTC</time>' in text
    assert twin["counts"] == {"ok": 5, "needs attention": 1, "cannot tell yet": 1, "not built yet": 14}


def test_not_built_says_so_is_planned_and_is_never_green():
    rows = rows_of(a_client().get("/console/").text)
    for item in STRATEGIES:
        row = rows[f"{item.area}-{item.name}"]
        if item.name in MEASURED:
            assert "Planned" not in row["words"]
        else:
            assert row["words"].endswith("not built yet")
            assert f"Planned: {item.does}" in row["words"]
            assert row["tones"] == {"quiet"}


def test_only_ok_is_green_and_every_state_has_its_own_shape_and_word():
    assert [state for state, tone in TONES.items() if tone == "good"] == [State.OK]
    rows = rows_of(a_client().get("/console/").text)
    shapes = {
        rows[f"{area}-{name}"]["shape"]
        for area, name in [
            ("transparency", "disclosure"),
            ("consent", "alternatives"),
            ("consent", "parity"),
            ("bias", "audits"),
        ]
    }
    assert len(shapes) == 4


def test_a_strategy_nobody_names_counts_as_not_built_and_a_double_is_not_counted_twice():
    disclosure = next(item for item in STRATEGIES if item.name == "disclosure")
    row = Row(disclosure, Measure("0 of 3", State.OK))
    twin = a_client(Overview("Banksia Mobile", rows=lambda: [row, row])).get("/console/status.json").json()
    assert len(twin["rows"]) == 21
    assert twin["summary"] == "1 measured, 20 not built yet"


@pytest.mark.parametrize(
    ("measures", "sentence"),
    [
        ({}, "21 not built yet"),
        (
            {"audits": Measure("1", State.OK), "teams": Measure("2", State.ATTENTION)},
            "1 measured, 1 needs attention, 19 not built yet",
        ),
        (
            {"audits": Measure("1", State.ATTENTION), "teams": Measure("2", State.ATTENTION)},
            "2 need attention, 19 not built yet",
        ),
        ({"parity": Measure("0", State.CANNOT_TELL)}, "1 cannot tell yet, 20 not built yet"),
    ],
)
def test_the_summary_is_counted_from_the_rows(measures, sentence):
    assert read_status(an_overview(measures), NOW).summary == sentence
    assert f"{sentence}." in a_client(an_overview(measures)).get("/console/").text


def test_the_rows_are_read_anew_each_time():
    measures = {}
    client = a_client(an_overview(measures))
    assert "21 not built yet." in client.get("/console/").text
    measures["audits"] = Measure("0 open findings", State.OK)
    assert "1 measured, 20 not built yet." in client.get("/console/").text


@pytest.mark.parametrize("path", ["/console/", "/console/status.json", "/console/static/site.css"])
@pytest.mark.parametrize(
    ("client", "host", "status"), [("192.0.2.7", "localhost", 403), ("127.0.0.1", "a.example", 400)]
)
def test_another_machine_or_another_name_gets_nothing(path, client, host, status):
    reply = a_client(client=client, host=host).get(path, headers=HTML)
    assert reply.status_code == status
    assert "Say clearly that it is AI" not in reply.text


def test_it_can_only_be_read():
    client = a_client()
    for path in ("/console/", "/console/status.json"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert client.request(method, path).status_code == 405


def test_the_page_says_there_is_no_sign_in_yet():
    assert (
        "There is no sign-in yet. This console answers only on the machine it runs on."
        in a_client().get("/console/").text
    )


def test_what_comes_from_the_measures_is_escaped():
    measures = {"audits": Measure("<img src=x>", State.OK, "<b>")}
    text = a_client(an_overview(measures, organisation="<i>House</i>")).get("/console/").text
    assert "<img src=x>" not in text
    assert "<i>" not in text


def test_broken_evidence_is_told_to_staff():
    def broken():
        raise EvidenceBroken("leaf 7 does not verify", hint="fairgo ledger verify")

    reply = a_client(Overview("Banksia Mobile", rows=broken)).get("/console/", headers=HTML)
    assert reply.status_code == 500
    assert "leaf 7 does not verify" in reply.text
    assert "fairgo ledger verify" in reply.text


def test_no_claim_words_on_the_page():
    text = a_client().get("/console/").text
    assert not re.search(r"\b(fair|unbiased|compliant)\b", text, re.IGNORECASE)
