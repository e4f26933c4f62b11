"""What we say: never a claim that something is fair, and Australian English.

A claim is one of the CLAIMS in a sentence that denies nothing. Sentences such as "Fairgo never says fair" or
"no number can tell whether a model is fair" deny or ask, so they pass; so does *a fair go*, which is an idiom.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, SOURCE, docstrings, files, place, read, strings

CLAIMS = re.compile(r"(?i)\b(fair(ly|er|est)?|un-?biased|bias-free|compliant|non-?discriminatory)\b")
IDIOM = re.compile(r"(?i)\ba fair go\b|\bFair (Work|Trading)\b")  # the idiom; two Australian authorities
DENIES = re.compile(
    r"(?i)\b(no|not|never|nor|neither|nothing|nobody|none|cannot|whether|without|whose)\b|n't\b"
)
SENTENCE = re.compile(r"(?<=[.!?:])\s+|\n\s*\n|\n(?=\s*[-*|#])|<[^>]*>|[{}]{2}")
AMERICAN = re.compile(
    r"(?i)\b("
    r"(colo|behavio|favo|hono|labo|neighbo|harbo)r(s|ed|ing|al|ite|able)?|centers?|centered|gray|defense|offense"
    r"|(organ|recogn|apolog|summar|priorit|custom|minim|maxim|anonym|pseudonym|personal|categor|emphas|final)"
    r"iz(e|es|ed|ing|ation|ations)"
    r"|(un)?authoriz(e|es|ed|ing)|analyz(e|es|ed|ing)|cancel(ed|ing)|label(ed|ing)|model(ed|ing)|enrollment"
    r")\b"
)
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
MARKUP = re.compile(r"<style.*?</style>|<script.*?</script>|<[^>]*>|{[%{#].*?[%}#]}", re.DOTALL)


def claims(text: str) -> list[str]:
    """The sentences of a text that claim what we never claim."""
    sentences = (IDIOM.sub("", sentence) for sentence in SENTENCE.split(text))
    return [" ".join(s.split()) for s in sentences if CLAIMS.search(s) and not DENIES.search(s)]


def american(text: str) -> list[str]:
    """The words of a text that are spelt the American way."""
    return [found[0] for found in AMERICAN.finditer(MARKUP.sub(" ", CODE.sub(" ", text)))]


def shown() -> Iterator[tuple[str, str]]:
    """What people read: pages, documents, policies, the demonstration, and the sentences in the program."""
    for path in files(".html", ".md", ".txt", ".js", under=SOURCE):
        yield place(path), read(path)
    for path in (*files(".toml", under=SOURCE), *written()):
        yield place(path), read(path)
    for path in files(".py", under=SOURCE):
        for line, text in strings(path):
            if " " in text:
                yield f"{place(path)}:{line}", text


def written() -> list[Path]:
    """Our documents."""
    return [path for path in files(".md") if path.is_relative_to(ROOT / "docs") or path.parent == ROOT]


def test_nothing_claims_to_be_what_nobody_can_prove():
    found = {where: claims(text) for where, text in shown()}
    assert not {where: sentences for where, sentences in found.items() if sentences}


@pytest.mark.parametrize(
    "text",
    [
        "Our AI is fair.",
        "Not yet. This model is unbiased!",
        "<p>APP compliant</p>",
        "# Why it is fair\n\nIt does nothing else.",
        "It treats people fairly",
        "- no bias\n- fair decisions",
    ],
)
def test_a_claim_is_seen(text: str):
    assert claims(text)


@pytest.mark.parametrize(
    "text",
    [
        "*A fair go* is Australian.",
        "Fairgo measures unfairness.",
        "No screen says fair, unbiased or compliant.",
        "It cannot tell you whether a model is fair.",
        "See the fairness numbers.",
        "NSW Fair Trading",
    ],
)
def test_a_neutral_use_passes(text: str):
    assert not claims(text)


def test_our_words_are_spelt_the_australian_way():
    texts = [(place(path), read(path)) for path in written()]
    texts += [(place(path), read(path)) for path in files(".html", ".md", ".toml", under=SOURCE)]
    texts += [(place(path), text) for path in files(".py") for text in docstrings(path)]
    found = {where: american(text) for where, text in texts}
    assert not {where: words for where, words in found.items() if words}


@pytest.mark.parametrize("text", ["the color", "organization", "We recognize you.", "<p>canceled</p>"])
def test_american_spelling_is_seen(text: str):
    assert american(text)


@pytest.mark.parametrize(
    "text",
    [
        "the colour",
        "`color: red`",
        "the Authorization header",
        "<b style='color: red'>ja</b>",
        "size",
        "centre",
    ],
)
def test_australian_spelling_and_code_pass(text: str):
    assert not american(text)
