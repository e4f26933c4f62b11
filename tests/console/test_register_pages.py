"""The register: forms keep what was typed, stale edits are refused with both versions, every change is evidence."""

import json
import re

import pytest

from fairgo.ledger.reading import contents
from fairgo.ledger.sequencer import integrate
from fairgo.staff.rights import Role
from tests.console.rooms import a_client, a_member, an_entry, answers, send, words_of

ENTRY, TIER, DECIDE = (f"/console/systems/assistant/{part}" for part in ("entry", "tier", "decide"))
SEE_OTHER = 303


def kept(ledger, kind):
    integrate(ledger.store, ledger.signer, ledger.clock)
    with ledger.store.reading() as connection:
        return [leaf for leaf in contents(connection) if leaf["type"] == kind]


def keep(client, path, said, **seen):
    return send(
        client, path, said | {name: str(value) for name, value in seen.items()}, follow_redirects=False
    )


def test_an_entry_can_be_kept_half_done_and_the_page_says_what_is_missing(ours):
    client = a_client(ours)
    assert keep(client, ENTRY, {"title": "Help"}, seen=0).status_code == SEE_OTHER
    words = words_of(client.get("/console/systems/assistant"))
    assert "answers missing" in words
    assert "Still missing: what it does, in plain words" in words
    [leaf] = kept(ours, "staff.register.edited")
    assert leaf["facts"]["by"] == "m1"
    assert "Help" not in json.dumps(leaf)


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("description", "word " * 201, "At most 200 words fit here; these are 201."),
        ("technology", "x" * 2000, "This is too long."),
        ("owner", "one\ntwo", "This takes one line."),
        ("stage", "nowhere", "Choose one of the list."),
        ("next_review", "31/12/2027", "Write the date as year-month-day"),
        ("risks", "a\u0007b", "a character that cannot be shown"),
    ],
)
def test_what_does_not_fit_is_told_beside_its_field_and_nothing_typed_is_lost(field, typed, told, ours):
    client = a_client(ours)
    reply = keep(client, ENTRY, an_entry(supplier="<b>Wattle & Co</b>") | {field: typed}, seen=0)
    assert reply.status_code == 400
    beside = re.search(rf'id="w-{field}">([^<]*)<', reply.text)
    assert told in beside[1]
    assert f'href="#f-{field}"' in reply.text
    assert "&lt;b&gt;Wattle &amp; Co&lt;/b&gt;" in reply.text
    assert "Some words about rationale" in reply.text
    assert not kept(ours, "staff.register.edited")


def test_a_stale_edit_is_refused_with_both_versions_and_can_be_kept_after_a_look(ours):
    client = a_client(ours)
    keep(client, ENTRY, an_entry(risks="first"), seen=0)
    keep(client, ENTRY, an_entry(risks="theirs"), seen=1)
    reply = keep(client, ENTRY, an_entry(risks="mine"), seen=1)
    assert reply.status_code == 409
    words = words_of(reply)
    assert "Risks, and what is done about them theirs mine" in words
    assert "version 2" in words
    assert 'name="seen" value="2"' in reply.text
    assert len(kept(ours, "staff.register.edited")) == 2
    assert keep(client, ENTRY, an_entry(risks="mine"), seen=2).status_code == SEE_OTHER
    assert ">mine<" in client.get("/console/systems/assistant").text


def test_the_tier_shows_the_threshold_the_three_answers_and_the_gates(ours):
    client = a_client(ours)
    assert keep(client, TIER, answers(meets="public", undo="slowly"), seen=0).status_code == SEE_OTHER
    words = words_of(client.get("/console/systems/assistant"))
    assert "At least one risk is medium or more, so all questions count." in words
    assert "Who meets it? Customers or the public, directly" in words
    assert "not measured here The ethics committee has seen it" in words
    assert client.get("/console/systems/assistant").text.count("<li><p><strong>") == 3
    [leaf] = kept(ours, "staff.register.tiered")
    assert (leaf["facts"]["tier"], leaf["facts"]["full"]) == ("high", True)


def test_below_the_threshold_the_rest_is_not_asked_and_the_tier_is_low(ours):
    client = a_client(ours)
    harms = {name: value for name, value in answers("rare", "minor").items() if "." in name}
    assert keep(client, TIER, harms, seen=0).status_code == SEE_OTHER
    assert "the threshold is not passed" in words_of(client.get("/console/systems/assistant"))


def test_missing_answers_are_named_and_the_given_ones_stay_chosen(ours):
    said = answers()
    del said["meets"], said["privacy.likelihood"]
    reply = keep(a_client(ours), TIER, said, seen=0)
    assert reply.status_code == 400
    assert 'id="w-privacy.likelihood"' in reply.text
    assert reply.text.count(" selected>") == len(said)


def test_a_decision_is_about_the_versions_that_were_seen(ours):
    client = a_client(ours, a_member(Role.COMMITTEE_MEMBER, name="Cleo"))
    writer = a_client(ours)
    keep(writer, ENTRY, an_entry(), seen=0)
    keep(writer, TIER, answers(), seen=0)
    yes = {"decision": "approved", "conditions": ""}
    assert keep(client, DECIDE, yes, entry=1, answers=0).status_code == 409
    assert keep(client, DECIDE, {"decision": "declined"}, entry=1, answers=1).status_code == 400
    assert keep(client, DECIDE, yes, entry=1, answers=1).status_code == SEE_OTHER
    [leaf] = kept(ours, "staff.register.decided")
    assert leaf["facts"]["decision"] == "approved"
    page = words_of(client.get("/console/systems/assistant"))
    assert "Cleo" in page
    keep(writer, ENTRY, an_entry(risks="new"), seen=1)
    assert "no decision about this version" in words_of(client.get("/console/systems/assistant"))


@pytest.mark.parametrize("path", [ENTRY, TIER])
def test_only_who_may_write_the_register_gets_its_forms(path, ours):
    client = a_client(ours, a_member(Role.COMMITTEE_MEMBER))
    assert client.get(path).status_code == 403
    assert keep(client, path, an_entry(), seen=0).status_code == 403


@pytest.mark.parametrize("token", ["", "forged.token"])
def test_a_form_from_elsewhere_does_nothing(token, ours):
    reply = a_client(ours).post(ENTRY, data={**an_entry(), "token": token})
    assert reply.status_code == 403
    assert not kept(ours, "staff.register.edited")


@pytest.mark.parametrize("seen", ["", "-1", "x", "9" * 40, "٣"])
def test_a_version_that_is_none_is_stale_or_the_first(seen, ours):
    assert keep(a_client(ours), ENTRY, an_entry(), seen=seen).status_code in {SEE_OTHER, 409}


def test_the_model_card_comes_in_both_forms_with_what_was_measured(full):
    client = a_client(full)
    card = client.get("/console/systems/assistant/model-card.json")
    assert card.headers["content-type"] == "application/vnd.cyclonedx+json; version=1.6"
    said = card.json()
    assert (said["bomFormat"], said["specVersion"]) == ("CycloneDX", "1.6")
    [component] = said["components"]
    metrics = component["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    assert {"type", "value", "slice", "confidenceInterval"} == set(metrics[0])
    assert client.get("/console/systems/assistant/model-card.json").content == card.content
    text = client.get("/console/systems/assistant/model-card.md").text
    assert text.startswith("# Model card: Help assistant")
    assert "approved" not in text or "with conditions" in text
    assert client.get("/console/systems/assistant/model-card.pdf").status_code == 404


def test_the_model_card_is_valid_cyclonedx(full, ours):
    schemas = pytest.importorskip(
        "cyclonedx.validation.json", reason="cyclonedx-python-lib[json-validation] is not installed"
    )
    from cyclonedx.schema import SchemaVersion

    client = a_client(ours)
    keep(client, ENTRY, {"title": "Only a name"}, seen=0)
    for text in (
        a_client(full).get("/console/systems/assistant/model-card.json").text,
        client.get("/console/systems/assistant/model-card.json").text,
    ):
        assert schemas.JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
