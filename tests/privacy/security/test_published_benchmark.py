"""What Fairgo finds in the reporting half of the published Australian set, and what that set promises of itself."""

import functools
from collections import Counter

import pytest

from bench.pii.corpus import HALVES, NAMED, TYPES, Labelled, Record, faults, near_duplicates, read_records
from bench.pii.make import HERE, written_out
from bench.pii.scoring import OTHER, Score, asked_of, score
from fairgo.privacy.security import detect


@functools.cache
def ours() -> Score:
    """Fairgo's score on the reporting half."""
    records = read_records("report")
    found = [[(span.start, span.end, span.type) for span in detect(asked_of(record))] for record in records]
    return score(records, found)


def missed() -> dict[str, str]:
    """Each type's labels, and how many of them were covered and found."""
    kinds = ((name, ours().types[name]) for name in TYPES)
    return {name: f"{kind.covered} covered, {kind.found} found of {kind.labels}" for name, kind in kinds}


@pytest.mark.xfail(reason="not there yet: leak recall is 0.92 of the 0.97 wanted", strict=True)
def test_structured_identifiers_do_not_leak():
    assert ours().structured.leak_recall >= 0.97, missed()


@pytest.mark.xfail(reason="not there yet: leak recall is 0.80 of the 0.85 wanted", strict=True)
def test_names_and_addresses_do_not_leak():
    assert ours().named.leak_recall >= 0.85, missed()


@pytest.mark.xfail(reason="not there yet: typed F1 is 0.92 of the 0.93 wanted", strict=True)
def test_identifiers_are_found_as_what_they_are():
    assert ours().everything.f1 >= 0.93, missed()


@pytest.mark.xfail(reason="not there yet: 3.4 false alarms per 100 where 2 are wanted", strict=True)
def test_what_holds_nothing_stays():
    assert ours().false_per_hundred <= 2, ours().by_alarm


def test_the_set_is_as_large_as_it_says():
    halves = {half: read_records(half) for half in HALVES}
    everything = [record for records in halves.values() for record in records]
    assert len(everything) >= 1200
    assert len(halves["report"]) >= 600
    assert len({record.id for record in everything}) == len(everything)
    for records in halves.values():
        assert 2 * sum(not record.spans for record in records) >= len(records)
    labels = Counter(span.type for record in halves["report"] for span in record.spans)
    assert set(labels) == set(TYPES)
    assert min(labels.values()) >= 15
    foreign = [
        record
        for record in everything
        if set(record.kind.split()) & {"zh", "vi", "ar", "el", "it", "hi", "pa", "es", "tl"}
    ]
    assert 0.07 <= len(foreign) / len(everything) <= 0.1


@pytest.mark.parametrize("half", HALVES)
def test_every_label_is_what_it_says(half: str):
    assert not [fault for record in read_records(half) for fault in faults(record)]


@pytest.mark.parametrize(
    ("text", "start", "end", "label", "kind"),
    [
        ("tfn 123 456 783", 4, 15, "TFN", "chat"),
        ("tfn 123 456 782", 4, 16, "TFN", "chat"),
        ("tfn 123 456 782", 3, 15, "TFN", "chat"),
        ("card 4242 4242 4242 4243", 5, 24, "CARD", "chat"),
        ("crn 204 567 890", 4, 15, "CRN", "chat mistyped"),
        ("it is Ann", 6, 9, "NAME", "chat"),
    ],
)
def test_a_wrong_label_is_seen(text: str, start: int, end: int, label: str, kind: str):
    assert faults(Record("x", text, (Labelled(start, end, label),), "s", kind))


@pytest.mark.parametrize(
    ("text", "label", "kind"),
    [
        ("123 456 782", "TFN", "chat"),
        ("123 456 783", "TFN", "chat mistyped"),
        ("one two three, four five six, seven eight two", "TFN", "call"),
        ("１２３ ４５６ ７８２", "TFN", "chat"),
        ("2001985732 8", "NMI", "chat"),
        ("BNGH7C75FN", "USI", "chat"),
        ("8003 6088 3335 7361", "IHI", "chat"),
        ("51 824 753 556", "ABN", "chat"),
        ("004 085 616", "ACN", "chat"),
        ("2123 45670 1/1", "MEDICARE", "chat"),
        ("37118629", "TFN", "chat"),
    ],
)
def test_a_right_label_passes(text: str, label: str, kind: str):
    assert not faults(Record("x", text, (Labelled(0, len(text), label),), "s", kind))


def test_the_halves_share_no_scenario_and_no_template():
    tune, report = (read_records(half) for half in HALVES)
    assert not {record.source for record in tune} & {record.source for record in report}
    assert not near_duplicates(tune, report)


def test_a_template_with_other_values_is_seen():
    first = Record(
        "a", "hello, my name is Ann and my tfn is 123 456 782", (Labelled(18, 21, "PERSON"),), "s", "chat"
    )
    second = Record(
        "b", "Hello my name is Bao Ngoc and my TFN is 876543210!", (Labelled(17, 25, "PERSON"),), "t", "chat"
    )
    assert near_duplicates([first], [second]) == [("a", "b")]


@pytest.mark.parametrize("half", HALVES)
def test_the_set_is_what_was_written(half: str):
    assert (HERE / f"{half}.jsonl").read_text(encoding="utf-8") == written_out(half)


@pytest.mark.parametrize(
    ("said", "covered", "found", "right"),
    [
        ([(3, 11, "PERSON")], 1, 1, 1),
        ([(3, 11, "EMAIL")], 1, 0, 0),
        ([(3, 6, "PERSON"), (7, 11, "PERSON")], 1, 1, 2),
        ([(3, 8, "PERSON")], 0, 1, 1),
        ([(0, 30, "PERSON")], 1, 1, 0),
        ([(3, 11, OTHER)], 1, 0, 0),
        ([], 0, 0, 0),
    ],
)
def test_scores_are_counted_as_the_guide_says(
    said: list[tuple[int, int, str]], covered: int, found: int, right: int
):
    record = Record("x", "hi Ann Nair, how are you today", (Labelled(3, 11, "PERSON"),), "s", "chat")
    total = score([record], [said]).everything
    assert (total.covered, total.found, total.right) == (covered, found, right)


def test_false_positives_are_counted_in_negatives_only():
    negative = Record("n", "order 123456782", (), "s", "chat", before="my tfn is 876543210")
    positive = Record("p", "tfn 123456782 or 5", (Labelled(4, 13, "TFN"),), "s", "chat")
    in_before, in_text = (10, 19, "TFN"), (26, 35, "TFN")
    total = score([negative, negative, positive], [[in_before, in_text], [in_before], [(0, 18, "CARD")]])
    assert total.false_per_hundred == 50
    assert total.by_alarm == {"TFN": 1}


def test_names_are_apart_from_structured_types():
    assert set(NAMED) < set(TYPES)
    assert ours().structured.labels + ours().named.labels == ours().everything.labels
