"""The pages of evidence: plain words, a tick only where something was computed, and the same in a table."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from fairgo.console.words import EVENTS, age_words, event_words, events_of, value_words
from fairgo.core.article import AREAS
from fairgo.core.ports import WitnessLine
from fairgo.ledger.counters import COLUMNS
from tests.console.evidences import HEALTH, LINE, NAME, NOW, POINT, PROOF, STEPS, an_evidence
from tests.console.rooms import a_client
from tests.house.tree import SOURCE, files, read
from tests.ledger.ledgers import opened

HTML = {"accept": "text/html"}


def text_of(path="/console/evidence", **shown):
    return a_client(KEPT[0], evidence=an_evidence(**shown)).get(path)


KEPT = []


@pytest.fixture(scope="module", autouse=True)
def _ledger(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("evidence")) as ledger:
        KEPT[:] = [ledger]
        yield


def words_of(reply):
    return " ".join(re.sub(r"<[^>]+>", " ", reply.text).split())


def one(proof=PROOF):
    return text_of(f"/console/evidence/leaf/{proof.line.name}", proof=proof)


def test_the_health_is_told_in_plain_words():
    words = words_of(text_of())
    for said in (
        "9 events are kept.",
        "9 signed Under the newest checkpoint, signed 0 seconds ago.",
        "1 of 1 witnesses cosigned The newest cosignature came 0 seconds ago.",
        "0 mismatches The counters agree with the tree.",
        "5ce1 5ce1 5ce1 5ce1",
        "banksia.example/ledger+530d903a",
        "A turn was closed",
        "23 Nov 2026, 03:01",
    ):
        assert said in words, said


@pytest.mark.parametrize(
    ("change", "words", "tone"),
    [
        ({"witnesses": ()}, "0 no witness yet Nobody outside keeps our checkpoints", "unsure"),
        ({"witnesses": (WitnessLine("w", 0, None, "witness.down"),)}, "No witness has cosigned yet.", "warn"),
        ({"mismatches": ("process x: 2 requests were seen and left no leaf",)}, "1 mismatches", "warn"),
        ({"waiting": 2, "checkpoint": replace(POINT, at=NOW - timedelta(hours=3))}, "9 late", "warn"),
        ({"checkpoint": replace(POINT, key="")}, "9 not signed No key kept here fits", "warn"),
        ({"checkpoint": None}, "no checkpoint yet", "unsure"),
    ],
)
def test_what_is_not_well_is_never_green(change, words, tone):
    reply = text_of(health=replace(HEALTH, **change))
    assert words in words_of(reply)
    tiles = re.findall(r'<li class="tile card" data-tone="(\w+)">(.*?)</li>', reply.text, re.DOTALL)
    (mine,) = [found for found, inside in tiles if words[:9] in " ".join(re.sub(r"<[^>]+>", " ", inside).split())
               or words in " ".join(re.sub(r"<[^>]+>", " ", inside).split())]  # fmt: skip
    assert mine == tone


def test_unfinished_turns_and_what_does_not_agree_are_said():
    health = replace(HEALTH, unfinished=3, mismatches=())
    assert "3 turns were opened and not closed: under way, or cut off." in words_of(text_of(health=health))
    health = replace(HEALTH, mismatches=("the counters tell of 9 events, 8 are kept",))
    words = words_of(text_of(health=health))
    assert "the counters tell of 9 events, 8 are kept" in words
    assert "fairgo ledger reconcile" in words


def test_each_of_the_newest_events_links_to_its_proof():
    text = text_of().text
    for line in HEALTH.newest:
        assert f'href="/console/evidence/leaf/{line.name}"' in text


def test_the_event_is_a_table_of_words():
    words = words_of(one())
    for said in (
        "A turn was closed",
        "Written by AI yes",
        "Hidden in the reply tfn: 2",
        "Characters scanned, rounded up 1,280",
        "Hash of the disclosure’s words a1b2 c3d4",
        "What the customer read, as a commitment 99ab 99ab",
        "Position in the tree 6 (the first is 0)",
        "Name 00112233445566aa.7",
    ):
        assert said in words, said


def test_the_picture_and_the_table_say_the_same():
    text = one().text
    picture, _end, table = text[text.index('<svg class="ladder"') :].partition(
        '<table role="table" class="steps"'
    )
    for step in STEPS:
        for fingerprint in (step.sibling, step.result):
            words = f"{fingerprint[:4]} {fingerprint[4:8]}"
            assert words in picture
            assert words in table
    assert "positions 0–3" in table
    assert "1 event after: position 8" in " ".join(table.split())
    assert picture.count(">fits</text>") == len(STEPS) + 2
    assert 'role="img"' in picture
    assert "<title" in picture
    assert "4 steps up. Everything fits." in picture


def test_it_says_fits_only_when_every_part_does():
    assert "fits This event is under the signed checkpoint. All 4 steps up" in words_of(one())
    alone = replace(PROOF, steps=())
    assert "It is the only event, so its fingerprint is the root." in words_of(one(alone))
    single = replace(PROOF, steps=STEPS[-1:])
    assert "The 1 step up was worked out again just now" in words_of(one(single))


@pytest.mark.parametrize(
    ("change", "words", "misfits"),
    [
        ({"leaf_fits": False}, "This event is not as it was recorded", 1),
        ({"steps": (replace(STEPS[0], fits=False), *STEPS[1:])}, "the marks show where", 1),
        (
            {"root_signed": False, "steps": (*STEPS[:3], replace(STEPS[3], fits=False))},
            "the marks show where",
            2,
        ),
        ({"root_signed": False, "checkpoint": replace(POINT, key="")}, "No key kept here fits", 1),
    ],
)
def test_what_does_not_fit_is_marked_at_its_place_and_never_green(change, words, misfits):
    reply = one(replace(PROOF, **change))
    assert words in words_of(reply)
    assert "does not fit" in re.search(r'id="verdict">.*?</p>', reply.text, re.DOTALL)[0]
    assert 'id="verdict"' in reply.text
    assert 'verdict" data-tone="warn"' in reply.text
    assert reply.text.count("does not fit here</text>") == misfits
    assert "Something does not fit." in reply.text


def test_an_event_that_waits_has_no_picture_and_no_receipt_yet():
    waiting = replace(PROOF, line=replace(LINE, position=None), checkpoint=None, steps=(), root_signed=False)
    reply = one(waiting)
    assert "waiting This event has no place in the tree yet." in words_of(reply)
    assert '<svg class="ladder' not in reply.text
    assert "/ledger/receipt/" not in reply.text


def test_a_tree_that_cannot_be_read_says_so():
    reply = one(replace(PROOF, steps=(), root_signed=False, problem="tile/0/000 is not whole"))
    assert "The tree could not be read here: tile/0/000 is not whole." in words_of(reply)
    assert '<svg class="ladder' not in reply.text


def test_the_receipt_can_be_downloaded_and_the_event_read_as_it_stands():
    reply = one()
    assert f'href="/ledger/receipt/{NAME}"' in reply.text
    assert "{&#34;schema&#34;:&#34;fairgo/leaf/v1&#34;}" in reply.text


def test_what_comes_from_the_ledger_is_escaped():
    line = replace(LINE, type="<b>", system="<i>")
    for reply in (text_of(health=replace(HEALTH, newest=(line,))), one(replace(PROOF, facts={"<u>": "<s>"}))):
        assert reply.status_code == 200
        assert not re.search(r"<(b|i|u|s)>", reply.text)


def test_an_event_nobody_knows_is_not_found():
    reply = text_of("/console/evidence/leaf/0011.9")
    assert reply.status_code == 404
    assert "there is no event of that name" in reply.text


def test_no_claim_words_on_the_pages():
    for reply in (text_of(), one()):
        assert not re.search(
            r"\b(fair|unbiased|compliant|tamper-?proof|guaranteed?)\b", reply.text, re.IGNORECASE
        )


def test_every_event_the_program_writes_has_its_words():
    areas = "|".join([*AREAS, "gateway", "ledger"])
    written = set(COLUMNS)
    for path in files(".py", under=SOURCE):
        if path.name != "words.py":
            written |= set(re.findall(rf'"((?:{areas})\.[a-z_]+\.[a-z_]+)"', read(path)))
    written |= {"consent.choice.given", "consent.choice.withdrawn"}
    assert sorted(written - set(EVENTS)) == []


def test_small_words():
    assert event_words("made.up.thing") == "made.up.thing"
    assert (events_of(1), events_of(256), events_of(1_048_576)) == ("1 event", "256 events", "1.0 million")
    assert [age_words(n) for n in (-1, 59, 60, 150, 7200, 200_000)] == [
        "0 seconds ago", "59 seconds ago", "1 minute ago", "2 minutes ago", "2 hours ago", "2 days ago",
    ]  # fmt: skip
    assert [value_words(v) for v in (True, False, {}, "", 1280)] == [
        "yes",
        "no",
        "nothing",
        "nothing",
        "1,280",
    ]
