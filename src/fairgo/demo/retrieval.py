"""Finding the passage of the help pages that fits a question: BM25, no model, no download.

Source of the formula: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009).
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

K1 = 1.2
B = 0.6
# What share of the question's weight the page must cover before it counts as an answer.
COVERED = 0.45
# A page that scores this much is an answer even when the question also speaks of other things.
STRONG = 4.6
# What a word said earlier weighs, against one of the question itself.
EARLIER = 0.3
# How often a page's title and its search words count, against once for each word of its paragraphs.
TITLE = 2
# What a word that stands on no page weighs, against one that stands on a single page.
UNKNOWN = 0.75
# What the paragraph's own score weighs beside that of its page.
PARAGRAPH = 0.7

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_TOKEN = re.compile(r"‹[^›]*›")
# A long number is somebody's or something's own; no page is about it.
_WORD = re.compile(r"[\u3400-\u9fff]+|(?<!\d)\d{1,3}(?!\d)|[^\W\d_\u3400-\u9fff]+(?:['’][^\W\d_]+)?")
_EVERYDAY = """
    a able about actually after again ah all almost already also always am an and another any anyone
    anything are aren't around as at back be because been before being bit bloody but by came can can't
    cant cheers come comes coming could currently dear did didn't didnt do does doesn't doesnt doing
    don't done dont during each else enough even ever every everything few fine for from get gets getting
    give go going gonna good got guess guys had happen happened happens has have haven't having he heaps
    hello help her here here's hey hi him his hope how i i'd i'll i'm i've idea if im in instead into is
    isn't isnt it it's its ive just keeps kind know last let like little lol long lot made making many
    mate maybe me mean means might mine more most much must my myself nah need never no nor not nothing
    now of often oh ok omg on one only or other our out over own please pls plz put question quick quite
    rather really reason regarding right said same say says see seem seems she she's should since so some
    somebody someone something somewhere soon sort still stuff such suppose sure ta take takes taking
    tell than thank thanks thankyou that that'll that's the their theirs them then there there's these
    they they're thing thinking this those though three through till to today told tomorrow tonight too
    tried try trying two u under until up upon ur us use using very want wanted wants was wasn't way we
    we're week went were weren't what what'll what's whats when where where's whether which while who
    whole why will wish with without won't wonder wondering wont work working works would wouldn't ya
    yeah yep yes yesterday yet you you'd you'll you're you've your أن إلى على في كيف ماذا متى من هل
    tôi bạn của là có thể được không gì thế nào làm sao khi cho để và ở thì này ngày với
"""
_STOP = frozenset(_EVERYDAY.split())
# Chinese words that only hold a question together stand between the words that carry it.
_HOLDING = re.compile("[我你您的是什么时候要吗呢怎在了和有可以能会请想]+")
_ENDINGS = (("ies", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", ""), ("e", ""))


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph of a help page: the page's file name without ending, its title, and the words."""

    page: str
    title: str
    words: str


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that fits a question, best first by `score` (BM25 of the page plus of the paragraph)."""

    passage: Passage
    score: float


def terms(text: str) -> list[str]:
    """The words of a text that carry meaning, cut to their stems; Chinese in pairs of characters."""
    found: list[str] = []
    for word in _WORD.findall(_TOKEN.sub(" ", text.lower())):
        if "\u3400" <= word[0] <= "\u9fff":
            found += [run[i : i + 2] for run in _HOLDING.split(word) for i in range(len(run) - 1)]
        elif word.replace("’", "'") not in _STOP:
            found.append(_stem(word))
    return found


def _stem(word: str) -> str:
    stem = re.sub(r"['’]s$", "", word).removeprefix("ال")
    for ending, instead in _ENDINGS:
        if stem.endswith(ending) and len(stem) - len(ending) >= 3 and not stem.endswith("ss"):
            stem = stem.removesuffix(ending) + instead
            break
    return stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem


class Shelf:
    """The help pages, ready to be searched."""

    def __init__(self, passages: Sequence[Passage], also: dict[str, str]) -> None:
        self.passages = tuple(passages)
        self._paragraphs = _Index(terms(p.words) for p in self.passages)
        names = list(dict.fromkeys(p.page for p in self.passages))
        self._place = {name: i for i, name in enumerate(names)}
        self._pages = _Index(self._whole(name, also.get(name, "")) for name in names)

    def _whole(self, name: str, also: str) -> list[str]:
        mine = [p for p in self.passages if p.page == name]
        return [term for p in mine for term in terms(p.words)] + terms(f"{mine[0].title} {also}") * TITLE

    @staticmethod
    def read(folder: Path) -> "Shelf":
        """The pages of a folder of Markdown files: a `# Title`, paragraphs, and search words in a comment."""
        passages: list[Passage] = []
        also: dict[str, str] = {}
        for path in sorted(folder.glob("*.md")):
            text = path.read_text(encoding="utf-8")
            comments = (found.strip() for found in _COMMENT.findall(text))
            also[path.stem] = " ".join(
                words.removeprefix("search:") for words in comments if words.startswith("search:")
            )
            title, *paragraphs = [
                part.strip() for part in _COMMENT.sub("", text).split("\n\n") if part.strip()
            ]
            passages += [
                Passage(path.stem, title.removeprefix("# "), " ".join(p.split())) for p in paragraphs
            ]
        return Shelf(passages, also)

    def find(self, question: str, before: str = "", most: int = 3) -> list[Found]:
        """Up to `most` passages that fit the question, best first; none when nothing fits well enough.

        `before` is what was said before the question: it weighs less, and tells two equal passages apart.
        A question that says little by itself ("and how long?") is read together with it.
        """
        asked = dict.fromkeys(terms(question), 1.0)
        both = dict.fromkeys(terms(before), EARLIER) | asked
        found = self._fitting(asked, both)
        if not found and all(map(self._pages.knows, asked)):
            found = self._fitting(both, both)
        return sorted(found, key=lambda one: -one.score)[:most]

    def _fitting(self, asked: Mapping[str, float], ranked: Mapping[str, float]) -> list[Found]:
        found = []
        for i, passage in enumerate(self.passages):
            page = self._place[passage.page]
            if self._pages.covered(page, asked) >= COVERED or self._pages.score(page, asked) >= STRONG:
                score = self._pages.score(page, ranked) + PARAGRAPH * self._paragraphs.score(i, ranked)
                found.append(Found(passage, score))
        return found


class _Index:
    """BM25 over texts given as lists of terms."""

    def __init__(self, texts: Iterable[list[str]]) -> None:
        self._counts = [Counter(text) for text in texts]
        self._lengths = [counts.total() for counts in self._counts]
        self._mean = sum(self._lengths) / max(1, len(self._lengths))
        self._in = Counter(term for counts in self._counts for term in counts)

    def _rarity(self, term: str) -> float:
        held = self._in[term]
        if not held:
            return UNKNOWN * math.log(1 + (len(self._counts) - 0.5) / 1.5)
        return math.log(1 + (len(self._counts) - held + 0.5) / (held + 0.5))

    def knows(self, term: str) -> bool:
        """Whether any text holds this term."""
        return term in self._in

    def score(self, place: int, asked: Mapping[str, float]) -> float:
        """BM25 of one text for weighted terms."""
        counts, stretch = self._counts[place], 1 - B + B * self._lengths[place] / self._mean
        return sum(
            weight * self._rarity(term) * counts[term] * (K1 + 1) / (counts[term] + K1 * stretch)
            for term, weight in asked.items()
            if counts[term]
        )

    def covered(self, place: int, asked: Mapping[str, float]) -> float:
        """The share of the question's rarity that this text holds, from 0 to 1; 0 for an empty question."""
        held = self._counts[place]
        whole = sum(weight * self._rarity(term) for term, weight in asked.items())
        mine = sum(weight * self._rarity(term) for term, weight in asked.items() if held[term])
        return mine / whole if whole else 0.0
