"""Makes the packed word lists that the PERSON and ADDRESS detectors read, and the weights of the name model.

    python training/pii/make_lexicon.py --shared ../shared --words web2_alpha.pickle

The sources and what they are used for stand in README.md beside this file. The same sources give the same bytes.
"""

import argparse
import csv
import gzip
import json
import pickle
import re
import sysconfig
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

HERE = Path(__file__).parent
LEXICONS = HERE.parents[1] / "src" / "fairgo" / "privacy" / "security" / "lexicons"
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
PLAIN = str.maketrans(
    {"đ": "d", "ł": "l", "ø": "o", "ı": "i", "ß": "s", "æ": "a", "œ": "o", "þ": "t", "ð": "d"}
)
OFTEN = 3  # a word seen this often in ordinary messages is an ordinary word
TRIGRAMS = 6000


def folded(word: str) -> str:
    """A word as the detectors look it up: lower case, no accents, no apostrophes or hyphens."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(c))
    return bare.translate(PLAIN).replace("'", "").replace("-", "")


def section(path: Path, name: str) -> Iterator[str]:
    """The words of one section of a list."""
    for line in path.read_text(encoding="utf-8").splitlines():
        key, _, rest = line.partition(":")
        if key == name:
            yield from rest.split()


def names(kind: str) -> set[str]:
    """Names of one kind from every list, and the parts of hyphenated ones."""
    found: set[str] = set()
    for path in sorted((HERE / "names").glob("*.txt")):
        for word in section(path, kind):
            found |= {folded(word), *(folded(part) for part in word.split("-"))}
    return {word for word in found if len(word) > 1}


def both_forms(family: set[str]) -> set[str]:
    """Family names with the form that women bear where the two differ."""
    endings = (
        ("ski", "ska"),
        ("cki", "cka"),
        ("ov", "ova"),
        ("ev", "eva"),
        ("poulos", "poulou"),
        ("idis", "idou"),
        ("akis", "aki"),
    )
    return family | {
        name[: -len(his)] + hers for name in family for his, hers in endings if name.endswith(his)
    }


def registered(shared: Path) -> Counter[str]:
    """Given names of births registered in New South Wales, Victoria and South Australia (CC BY), with counts."""
    folder = shared / "data" / "population" / "given_names"
    counts: Counter[str] = Counter()
    for path in [*sorted((folder / "data" / "nsw").glob("*.json")), folder / "data" / "vic" / "all.json"]:
        rows = json.loads(path.read_text(encoding="utf-8"))
        for row in rows:
            lower = {key.lower(): value for key, value in row.items()}
            counts[folded(str(lower["name"]))] += int(lower["count"])
    for path in sorted((folder / "raw" / "sa").glob("*.csv")):
        with path.open(encoding="utf-8-sig", errors="ignore") as lines:
            for row in list(csv.reader(lines))[1:]:
                if row and row[0].strip():
                    counts[folded(row[0].strip())] += int(row[1] or 1)
    return Counter({name: count for name, count in counts.items() if name.isalpha() and len(name) > 1})


def messages(shared: Path) -> Iterator[tuple[str, list[str]]]:
    """Ordinary messages, and the words in them that were labelled as somebody's name."""
    folder = shared / "data" / "conversations"
    for domain in ("finance", "insurance", "media"):
        path = folder / "multidogo" / domain / "train.tsv"
        with path.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                said = (row["utterance"] or "").split()
                slots = (row["slot-labels"] or "").split()
                marked = [w for w, slot in zip(said, slots, strict=False) if slot in {"name", "username"}]
                yield row["utterance"] or "", marked
    for text in json.loads((folder / "clinc150" / "train.json").read_text(encoding="utf-8"))["train"]:
        yield text[0], []
    with (folder / "banking77" / "train.csv").open(encoding="utf-8") as lines:
        yield from ((row[0], []) for row in csv.reader(lines))
    for path in sorted((folder / "bitext").glob("*.csv")):
        with path.open(encoding="utf-8") as lines:
            yield from ((row["utterance"], []) for row in csv.DictReader(lines))
    for path in sorted((folder / "r_u_a_robot").glob("*.csv")):
        yield from ((line, []) for line in path.read_text(encoding="utf-8").splitlines())
    conduct = shared / "data" / "conduct"
    for path in (
        conduct / "surge_toxicity" / "toxicity_en.csv",
        conduct / "ec_darkpattern" / "dataset.tsv",
        conduct / "darkbench" / "darkbench.csv",
    ):
        yield from ((line, []) for line in path.read_text(encoding="utf-8").splitlines())


def technical() -> Counter[str]:
    """How often each word occurs in the source text of Python's standard library."""
    said: Counter[str] = Counter()
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        said.update(
            folded(word) for word in WORD.findall(path.read_text(encoding="utf-8", errors="ignore").lower())
        )
    return said


def towns() -> set[str]:
    """The parts of the names of suburbs and towns."""
    text = (HERE / "words" / "suburbs.txt").read_text(encoding="utf-8")
    body = " ".join(line for line in text.splitlines() if not line.startswith("#"))
    return {folded(word) for word in body.replace(",", " ").split()}


def everyday(pattern: str = "ordinary*.txt") -> set[str]:
    """The words of our own lists of ordinary words."""
    lines = [
        line
        for path in sorted((HERE / "words").glob(pattern))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    return {folded(word) for line in lines if not line.startswith("#") for word in line.split()}


def ordinary(shared: Path) -> tuple[Counter[str], Counter[str]]:
    """How often each word occurs in ordinary messages, and as somebody's name."""
    said, as_name = Counter[str](), Counter[str]()
    for text, marked in messages(shared):
        as_name.update(folded(word) for word in marked)
        said.update(folded(word) for word in WORD.findall(text.lower()))
    said -= as_name
    said.update(dict.fromkeys(everyday(), OFTEN))
    return said, as_name


def trigrams(word: str) -> list[str]:
    """The three-letter stretches of a word with its beginning and end marked."""
    whole = f"^{word}$"
    return [whole[at : at + 3] for at in range(len(whole) - 2)]


def model(positive: list[str], negative: list[str]) -> tuple[list[str], list[int], int]:
    """A logistic model of what looks like a name: trigrams and their weights in hundredths."""
    counts = Counter(gram for word in (*positive, *negative) for gram in set(trigrams(word)))
    kept = sorted(gram for gram, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TRIGRAMS])
    column = {gram: at for at, gram in enumerate(kept)}
    rows, columns = [], []
    for row, word in enumerate((*positive, *negative)):
        for gram in set(trigrams(word)):
            if gram in column:
                rows.append(row)
                columns.append(column[gram])
    shape = (len(positive) + len(negative), len(kept))
    seen = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    truth = np.array([1] * len(positive) + [0] * len(negative))
    fitted = LogisticRegression(C=1.0, max_iter=400, class_weight="balanced").fit(seen, truth)
    weights = np.rint(fitted.coef_[0] * 100).astype(int)
    return kept, weights.tolist(), int(np.rint(fitted.intercept_[0] * 100))


def pack(groups: dict[str, set[str]], *, rare: list[str], common: set[str], sure: set[str]) -> None:
    """Write the packed file of words, and the weights of the model that tells names from words."""
    LEXICONS.mkdir(exist_ok=True)
    lines = [f"{group} {' '.join(sorted(words))}" for group, words in groups.items()]
    for name, path in (("brands", "brands.txt"), ("suburbs", "suburbs.txt")):
        body = [
            line
            for line in (HERE / "words" / path).read_text(encoding="utf-8").splitlines()
            if not line.startswith("#")
        ]
        entries = sorted({entry.strip() for line in body for entry in line.split(",") if entry.strip()})
        lines.append(f"{name} {','.join(entries)}")
    native = sorted(
        {
            w
            for kind in ("native_given", "native_family")
            for p in (HERE / "names").glob("*.txt")
            for w in section(p, kind)
        }
    )
    lines.append(f"native {' '.join(native)}")
    positive = sorted(name for name in sure if name.isascii() and name.isalpha())
    negative = sorted({word for word in common if word.isascii()} | set(rare[::12]))
    grams, weights, bias = model(positive, negative)
    kept = [(gram, weight) for gram, weight in zip(grams, weights, strict=True) if abs(weight) >= 10]
    lines.append(f"bias {bias}")
    lines.append("grams " + " ".join(f"{gram}{weight}" for gram, weight in kept))
    packed = gzip.compress("\n".join(lines).encode(), 9, mtime=0)
    (LEXICONS / "names.txt.gz").write_bytes(packed)
    for group, words in groups.items():
        print(group, len(words))
    print("trigrams", len(kept), "bytes", len(packed))


def main() -> None:
    """Read the sources and write the two packed files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--words", type=Path, required=True)
    given = parser.parse_args()
    listed: set[str] = pickle.loads(given.words.read_bytes())  # noqa: S301 - a file the caller fetched and names
    dictionary = {folded(word) for word in listed if word.islower()}
    said, as_name = ordinary(given.shared)
    weak = {
        folded(w) for kind in ("given", "family") for w in section(HERE / "words" / "also_words.txt", kind)
    }
    births = registered(given.shared)
    first = (
        names("given")
        | names("middle")
        | {name for name, count in births.items() if count >= 2 and (name not in dictionary or count >= 50)}
    )
    first |= {folded(w) for w in section(HERE / "words" / "surely.txt", "given")}
    first |= {folded(w) for w in section(HERE / "names" / "arabic_persian_turkish.txt", "family")}
    last = both_forms(names("family")) | {folded(w) for w in section(HERE / "words" / "surely.txt", "family")}
    everyone = first | last
    weak |= {name for name in everyone if len(name) == 2}
    weak |= {
        name
        for name in everyone
        if said[name] >= OFTEN and (name in dictionary) and as_name[name] < said[name]
    }
    surely = {folded(w) for kind in ("given", "family") for w in section(HERE / "words" / "surely.txt", kind)}
    weak |= (everyday() | towns()) & everyone
    weak -= surely
    common = {
        word
        for word, count in said.items()
        if word not in everyone
        and (count >= OFTEN or (word in dictionary and count))
        and word.isalpha()
        and as_name[word] <= count
    }
    common |= {
        word for word, count in technical().items() if count >= OFTEN and word in dictionary - everyone
    }
    common |= {word + "s" for word in common & dictionary} - everyone
    english = everyday("ordinary.txt") | dictionary | {word for word, count in said.items() if count > OFTEN}
    foreign = everyday("ordinary_other.txt") - english - everyone
    groups = {
        "%": foreign,
        "G": first - last - weak,
        "F": last - first - weak,
        "B": (first & last) - weak,
        "g": (first - last) & weak,
        "f": (last - first) & weak,
        "b": first & last & weak,
        "w": common - foreign,
    }
    pack(groups, rare=sorted(dictionary - everyone), common=common, sure=everyone - weak)


if __name__ == "__main__":
    main()
