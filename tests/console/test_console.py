import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from fairgo.console.home import TONES
from fairgo.console.status import read_status
from fairgo.core.article import AREAS, STRATEGIES
from fairgo.core.errors import EvidenceBroken
from fairgo.core.ports import Overview, Row
from fairgo.core.verdicts import Measure, State
from fairgo.staff.rights import Role
from tests.console.evidences import an_evidence
from tests.console.overviews import MEASURED, an_overview
from tests.console.rooms import a_client as console_client
from tests.console.rooms import a_member
from tests.ledger.ledgers import opened

NOW = datetime(2026, 11, 23, 3, 2, 5, tzinfo=UTC)
HTML = {"accept": "text/html"}


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("console")) as found:
        yield found


@pytest.fixture
def a_client(ledger):
    def client(overview=None, **how):
        return console_client(ledger, overview=overview or an_overview(), evidence=an_evidence(), **how)

    return client


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


def test_the_page_has_the_21_rows_under_the_seven_areas(a_client):
    text = a_client().get("/console/").text
    assert list(rows_of(text)) == [f"{item.area}-{item.name}" for item in STRATEGIES]
    titles = re.findall(r'<h2 id="(\w+)-title">(\w+)</h2>', text)
    assert titles == list(AREAS.items())


def test_the_json_twin_equals_the_page(a_client):
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


def test_not_built_says_so_is_planned_and_is_never_green(a_client):
    rows = rows_of(a_client().get("/console/").text)
    for item in STRATEGIES:
        row = rows[f"{item.area}-{item.name}"]
        if item.name in MEASURED:
            assert "Planned" not in row["words"]
        else:
            assert row["words"].endswith("not built yet")
            assert f"Planned: {item.does}" in row["words"]
            assert row["tones"] == {"quiet"}


def test_only_ok_is_green_and_every_state_has_its_own_shape_and_word(a_client):
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


def test_a_strategy_nobody_names_counts_as_not_built_and_a_double_is_not_counted_twice(a_client):
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
def test_the_summary_is_counted_from_the_rows(a_client, measures, sentence):
    assert read_status(an_overview(measures), NOW).summary == sentence
    assert f"{sentence}." in a_client(an_overview(measures)).get("/console/").text


def test_the_rows_are_read_anew_each_time(a_client):
    measures = {}
    client = a_client(an_overview(measures))
    assert "21 not built yet." in client.get("/console/").text
    measures["audits"] = Measure("0 open findings", State.OK)
    assert "1 measured, 20 not built yet." in client.get("/console/").text


@pytest.mark.parametrize("path", ["/console/", "/console/status.json", "/console/static/site.css"])
@pytest.mark.parametrize(
    ("client", "host", "status"), [("192.0.2.7", "localhost", 403), ("127.0.0.1", "a.example", 400)]
)
def test_another_machine_or_another_name_gets_nothing(a_client, path, client, host, status):
    reply = a_client(client=client, host=host).get(path, headers=HTML)
    assert reply.status_code == status
    assert "Say clearly that it is AI" not in reply.text


def test_it_can_only_be_read(a_client):
    client = a_client()
    for path in ("/console/", "/console/status.json"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert client.request(method, path).status_code == 405


def test_somebody_signed_in_sees_who_they_are_and_only_what_their_role_may_open(a_client):
    owner = a_client().get("/console/").text
    staff = a_client(member=a_member(Role.STAFF, name="Sam Staff")).get("/console/").text
    assert "Ada Owner" in owner
    assert "Sam Staff" in staff
    for path in ("/systems", "/conversations", "/evidence", "/staff"):
        assert f'href="/console{path}"' in owner
        assert f'href="/console{path}"' not in staff


def test_nobody_signed_in_sees_nothing(a_client):
    reply = a_client(member=None).get("/console/")
    assert reply.status_code == 401
    assert "Say clearly that it is AI" not in reply.text


def test_what_comes_from_the_measures_is_escaped(a_client):
    measures = {"audits": Measure("<img src=x>", State.OK, "<b>")}
    text = a_client(an_overview(measures, organisation="<i>House</i>")).get("/console/").text
    assert "<img src=x>" not in text
    assert "<i>" not in text


def test_broken_evidence_is_told_to_staff(a_client):
    def broken():
        raise EvidenceBroken("leaf 7 does not verify", hint="fairgo ledger verify")

    reply = a_client(Overview("Banksia Mobile", rows=broken)).get("/console/", headers=HTML)
    assert reply.status_code == 500
    assert "leaf 7 does not verify" in reply.text
    assert "fairgo ledger verify" in reply.text


def test_no_claim_words_on_the_page(a_client):
    text = a_client().get("/console/").text
    assert not re.search(r"\b(fair|unbiased|compliant)\b", text, re.IGNORECASE)
