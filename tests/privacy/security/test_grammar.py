"""Rules over rows of signs: in pieces as in one, in time that grows with the text, and nothing kept of it."""

import gc
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairgo.privacy.security.detector import BEHIND, OPEN, View, Words
from fairgo.privacy.security.detectors import person
from fairgo.privacy.security.detectors.au import address
from fairgo.privacy.security.folding import fold
from fairgo.privacy.security.grammar import _PARTED
from fairgo.privacy.security.lexicon import lexicon

PIECES = st.sampled_from(
    [
        *(
            "my name is",
            "this is",
            "i'm",
            "dear",
            "regards,\n",
            "name:",
            "my husband",
            "speaking",
            "here",
            "and",
        ),
        *(
            "priya",
            "nair",
            "grace",
            "liu",
            "mr",
            "o'brien",
            "de la",
            "van",
            "wei",
            "zhang",
            "j.",
            "k",
            "thuy's",
        ),
        *(
            "12",
            "34",
            "12/34",
            "u3",
            "lot",
            "the",
            "smith",
            "station",
            "st",
            "street",
            "road",
            "drive",
            "parade",
        ),
        *(
            "po box",
            "rmb",
            "corner of",
            "carlton",
            "woy woy",
            "vic",
            "nsw",
            "3053",
            "2150",
            "new south wales",
        ),
        *("order", "refund", "will", "may", "hope", "to", "is", "a-b", "é", "王小明", "我叫", "‹", "x" * 40),
    ]
)
GAPS = st.sampled_from(
    [" ", " ", " ", ", ", "\n", ". ", " - ", "-", "'s ", "/", ": ", '"', " " * 40, " " * 120]
)
TEXTS = st.lists(st.tuples(PIECES, GAPS), max_size=24).map(lambda parts: "".join(a + b for a, b in parts))
BOTH = pytest.mark.parametrize("detector", [person.DETECTOR, address.DETECTOR], ids=lambda d: d.type)


def in_one(detector: Words, text: str) -> set[tuple[int, int, float]]:
    return {(c.start, c.end, c.score) for c in detector.find(View(text))}


def in_pieces(detector: Words, text: str, cuts: list[int]) -> set[tuple[int, int, float]]:
    """What a detector finds when the text comes piece by piece, and is let go up to what is settled."""
    begin, found = 0, set[tuple[int, int, float]]()
    for cut in [*cuts, len(text)]:
        final, stop = cut == len(text), cut
        while not final and begin < stop and text[stop - 1].isalnum() and text[stop].isalnum():
            stop -= 1
        if stop <= begin and not final:
            continue
        low = max(0, begin - BEHIND)
        settled, now = stop, []
        for candidate in detector.find(View(text[low:stop], begin - low, final=final)):
            start = candidate.start + low
            if candidate.end == OPEN:
                assert stop - start <= 160
                settled = min(settled, start)
            else:
                now.append((start, candidate.end + low, candidate.score))
        settled = min([settled, *(start for start, end, _ in now if end > settled)])
        found |= {item for item in now if item[1] <= settled}
        begin = max(begin, settled)
    return found


@BOTH
@settings(max_examples=120, deadline=None)
@given(text=TEXTS, data=st.data())
def test_pieces_of_a_text_give_what_the_whole_gives(detector: Words, text: str, data: st.DataObject) -> None:
    folded = fold(text).text
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(folded) - 1)), max_size=8)))
    cuts = [cut for cut in cuts if cut < len(folded)]
    assert in_pieces(detector, folded, cuts) == in_one(detector, folded)


@BOTH
@settings(max_examples=60, deadline=None)
@given(text=TEXTS)
def test_surrounding_white_space_changes_nothing(detector: Words, text: str) -> None:
    bare = text.strip()
    moved = {(start + 3, end + 3, score) for start, end, score in in_one(detector, fold(bare).text)}
    assert in_one(detector, fold(f" \n {bare} \n ").text) == moved
    assert in_one(detector, fold(f" \n {bare}").text) == moved


@BOTH
@pytest.mark.parametrize(
    "unit",
    [
        "priya nair ",
        "de la ",
        "j. ",
        "12 smith ",
        "st ",
        "my name is ",
        "12/",
        "-a",
        "\n",
        "grace, ",
        "王",
        "lot 1 ",
    ],
)
def test_time_grows_with_the_text_and_no_faster(detector: Words, unit: str) -> None:
    def seconds(length: int) -> float:
        view = View(fold((unit * length)[:length]).text)
        start = time.process_time()
        for _ in detector.find(view):
            pass
        return time.process_time() - start

    seconds(2_000)
    assert seconds(40_000) < 40 * max(seconds(4_000), 0.002)


def test_nothing_of_a_text_is_kept_after_it_was_read() -> None:
    list(person.find(View("my name is priya nair")))
    gc.collect()
    assert not [view for view in list(_PARTED) if "priya" in view.text]


def test_unknown_words_are_told_apart_by_their_letters() -> None:
    known = lexicon()
    names = ["thanushikan", "tewodrosa", "ngurrala", "olwennah", "zhenyuana", "sangeethani"]
    words = ["unreachably", "rediculous", "disapointing", "rebooting", "chatboxes", "speedtests"]
    assert not set(names) & set(known.kinds)
    assert min(map(known.likeness, names)) > max(map(known.likeness, words))
