"""Names of many backgrounds, ordinary words, and a small model of what looks like a name.

Read once, when first asked for: about 20,000 words and 5,000 weights.
"""

import gzip
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

LIKE_A_NAME = 60  # of the model's weights, in hundredths: above it an unknown word looks like a name
LONGEST_NAME = 30
_MARKS = re.compile(r"[\u0300-\u036f]+")
_PLAIN = str.maketrans(
    {"đ": "d", "ł": "l", "ø": "o", "ı": "i", "ß": "s", "æ": "a", "œ": "o", "þ": "t", "ð": "d"}
)
_WEIGHT = re.compile(r"(\D{3})(-?\d+)")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What is known of words.

    `kinds` says by one letter what a word is: G given name, F family name, B both; g, f, b the same for words that
    are also something else; w an ordinary word; % an everyday word of another
    language. `brands` are phrases that look like names and are companies, products
    or public figures; `suburbs` are Australian places; `native` are names in scripts other than Latin.
    """

    kinds: dict[str, str]
    brands: frozenset[str]
    suburbs: frozenset[str]
    native: frozenset[str]
    weights: dict[str, int]
    bias: int

    def likeness(self, word: str) -> int:
        """How much an unknown word looks like a name and not like an English word, in hundredths of a log odds."""
        whole = f"^{word}$"
        weights = self.weights
        return self.bias + sum([weights.get(whole[at : at + 3], 0) for at in range(len(word))])


@cache
def lexicon() -> Lexicon:
    """The lists and the model, unpacked."""
    packed = files("fairgo.privacy.security").joinpath("lexicons", "names.txt.gz").read_bytes()
    lines = dict(line.split(" ", 1) for line in gzip.decompress(packed).decode().split("\n"))
    return Lexicon(
        kinds={word: kind for kind in "%wfgbFGB" for word in lines[kind].split()},
        brands=frozenset(lines["brands"].split(",")),
        suburbs=frozenset(lines["suburbs"].split(",")),
        native=frozenset(lines["native"].split()),
        weights={found[1]: int(found[2]) for found in map(_WEIGHT.match, lines["grams"].split()) if found},
        bias=int(lines["bias"]),
    )


def parts(name: str) -> Iterator[tuple[str, list[str]]]:
    """The lines of a list of parts: a sign, and the words that have it."""
    text = files("fairgo.privacy.security").joinpath("lexicons", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            sign, _, words = line.split(" | ")
            yield sign, words.split()


def plain(word: str) -> str:
    """A word as the lists hold it: no accents, no apostrophes, no hyphens."""
    if not word.isascii():
        word = _MARKS.sub("", unicodedata.normalize("NFKD", word)).translate(_PLAIN)
    return word.replace("'", "").replace("-", "")
