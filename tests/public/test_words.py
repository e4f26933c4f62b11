import re
from dataclasses import asdict, replace
from importlib.resources import files

import pytest

from fairgo.public.words import ENGLISH

SENTENCES = {key: words for key, words in asdict(ENGLISH).items() if key != "locale"}


def grade(text):
    """Flesch-Kincaid grade, syllables counted as groups of vowels without a silent final e."""
    sentences = max(1, len(re.findall(r"[.!?]+(?:\s|$)", text)))
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def test_the_measure_tells_plain_from_legal():
    assert grade("You can stop at any time. A person will help you.") < 3
    assert (
        grade("Notwithstanding the aforementioned authorisation, utilisation necessitates acknowledgement.")
        > 15
    )


@pytest.mark.parametrize("key", [key for key, words in SENTENCES.items() if words.endswith(".")])
def test_each_text_reads_at_year_7_or_lower(key):
    assert grade(SENTENCES[key]) <= 7


@pytest.mark.parametrize("words", SENTENCES.values())
def test_no_text_makes_a_claim(words):
    assert not re.search(r"\b(fair|unbiased|compliant|trust)\b", words, re.IGNORECASE)


@pytest.mark.parametrize(
    ("locale", "direction"),
    [("en-AU", "ltr"), ("ar", "rtl"), ("he-IL", "rtl"), ("fa-AF", "rtl"), ("vi", "ltr")],
)
def test_a_locale_has_a_direction(locale, direction):
    assert replace(ENGLISH, locale=locale).direction == direction


def test_the_script_is_small_and_writes_text_only():
    script = files("fairgo.public").joinpath("static", "chat.js").read_text(encoding="utf-8")
    assert len(script.encode()) < 4000
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|https?:", script
    )
