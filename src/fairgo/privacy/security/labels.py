"""The words around a value, and which types they name.

A label is a word or a phrase of some detector. A value is judged by the labels near it: those before it, as far as
BEFORE words, and those after, as far as AFTER words or up to the next number, placeholder or line.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from fairgo.privacy.security.detector import CJK, Shape

BEFORE, AFTER = 24, 9
TABLE = 150  # characters before a value among which the head of its table must stand
LONGEST_TOKEN, LONGEST_PHRASE = 32, 4
_ANY_OF_THEM = re.compile(f"[{CJK}]")
# What may stand between a word such as "order" and its number without changing what is meant.
_LITTLE = frozenset(
    (
        *(
            "is",
            "was",
            "are",
            "number",
            "numbers",
            "no",
            "nr",
            "num",
            "id",
            "code",
            "of",
            "the",
            "my",
            "your",
            "our",
        ),
        *("this", "it", "its", "s", "a", "an", "es", "è", "είναι", "là", "是"),
    )
)
_OTHER_LICENCES = (
    *(
        "software",
        "business",
        "liquor",
        "building",
        "builder",
        "builders",
        "contractor",
        "trade",
        "product",
        "windows",
    ),
    *(
        "office",
        "fishing",
        "gun",
        "firearm",
        "firearms",
        "tv",
        "security",
        "electrical",
        "gas",
        "plumbing",
        "export",
    ),
)
# A number directly beside one of these is the company's, the product's or nobody's.
NEVER = (
    *(
        f"{kind} {word}"
        for kind in _OTHER_LICENCES
        for word in ("licence", "license", "licences", "licenses")
    ),
    *(
        "since",
        "started",
        "commenced",
        "bought",
        "purchased",
        "built",
        "issued",
        "established",
        "dated",
        "effective",
    ),
    *(
        "expired",
        "installed",
        "married",
        "wedding",
        "died",
        "anniversary",
        "appointment",
        "delivery",
        "delivered",
        "due",
    ),
    *(
        "joined",
        "opened",
        "lease",
        "contract",
        "departing",
        "arriving",
        "depart",
        "arrive",
        "check in",
        "valid until",
    ),
    *("order", "orders", "invoice", "invoices", "inv", "ref", "reference", "tracking", "receipt", "ticket"),
    *(
        "case",
        "serial",
        "imei",
        "meter",
        "parcel",
        "consignment",
        "policy",
        "claim",
        "sku",
        "barcode",
        "isbn",
    ),
    *(
        "transaction",
        "booking",
        "product",
        "item",
        "po number",
        "batch",
        "job",
        "model",
        "quote",
        "docket",
        "lot",
    ),
    *(
        "customer number",
        "customer no",
        "customer id",
        "member",
        "membership",
        "loyalty",
        "asset",
        "shipment",
    ),
    *("part number", "part no", "ean", "iccid", "sim", "mac", "version", "build", "commit", "incident"),
    *("request", "enquiry", "complaint", "confirmation", "voucher", "coupon", "gift card", "error", "biller"),
    *("reading", "readings", "timestamp", "created", "updated", "hash", "uuid", "session", "work order"),
    *(
        "store",
        "tag",
        "tag number",
        "locker",
        "gate",
        "seat",
        "flight",
        "postcode",
        "订单",
        "订单号",
        "đơn hàng",
        "طلب",
        "الطلب",
    ),
    *("παραγγελία", "ordine", "pedido", "ਆਰਡਰ", "ऑर्डर", "fattura", "factura"),
)


class Hit(NamedTuple):
    """A label among the words near a value: how many words part them and of those how many tell something, and which types it names.

    Of a label before a value, `telling` is 0 or 1.
    """

    distance: int
    telling: int
    types: frozenset[str]
    unsure: frozenset[str]

    def names(self, type_: str, *, supported: bool) -> bool:
        """True when it names this type."""
        return type_ in self.types or (supported and type_ in self.unsure)

    def denies(self, type_: str) -> bool:
        """True when it stands directly beside the value and says that it is something else."""
        return not self.telling and type_ not in self.types and type_ not in self.unsure


class _Entry(NamedTuple):
    words: tuple[str, ...]
    types: frozenset[str]
    unsure: frozenset[str]


class Labels:
    """The labels of a set of detectors, ready to be looked for."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        phrases = [*NEVER, *chain.from_iterable((*shape.words, *shape.unsure) for shape in shapes)]
        ways = [
            re.escape(phrase)
            for phrase in sorted(set(phrases), key=len, reverse=True)
            if _ANY_OF_THEM.search(phrase)
        ]
        self._foreign = re.compile("|".join(ways) or r"(?!)")
        letters = rf"[^\W\d_{CJK}]+"
        self._token = re.compile(
            rf"{'|'.join([*ways, ''])}[{CJK}]|{letters}(?:'{letters})*|\d+|[,;|?!\n]|(?<!\bno)(?<!\bnr)\.(?=\s)"
        )
        self._entries: dict[str, list[_Entry]] = {}
        surely = {shape.type: {self.tokens(phrase) for phrase in shape.words} for shape in shapes}
        perhaps = {shape.type: {self.tokens(phrase) for phrase in shape.unsure} for shape in shapes}
        for words in sorted({self.tokens(phrase) for phrase in phrases}, key=len, reverse=True):
            sure = frozenset(type_ for type_, named in surely.items() if words in named)
            unsure = frozenset(type_ for type_, named in perhaps.items() if words in named) - sure
            if unsure and not sure:  # "my card" may be one from Medicare, and still is a card
                ends = [words[at:] for at in range(1, len(words))]
                sure = frozenset(t for t, named in surely.items() if not named.isdisjoint(ends)) - unsure
            self._entries.setdefault(words[0], []).append(_Entry(words, sure, unsure))
        self._naming = {
            word: [
                (_letters(entry.words), entry.types | entry.unsure)
                for entry in entries
                if entry.types | entry.unsure
            ]
            for word, entries in self._entries.items()
        }
        self._naming = {_letters([word]).pop(): entries for word, entries in self._naming.items() if entries}
        self._first = frozenset(self._naming)

    def tokens(self, text: str) -> tuple[str, ...]:
        """The words, numbers and parting signs of a folded text."""
        return tuple(map(_plain, self._token.findall(text)))

    def placed(self, text: str) -> Iterator[tuple[int, str]]:
        """The same, each with the place where it begins."""
        return ((found.start(), _plain(found[0])) for found in self._token.finditer(text))

    def said(self, words: frozenset[str], text: str) -> frozenset[str]:
        """The types that some label in a text may name: all words of the label are among `words`."""
        if not text.isascii():
            words = words.union(self._foreign.findall(text))
        types: set[str] = set()
        for word in self._first.intersection(words):
            for needed, named in self._naming[word]:
                if needed <= words:
                    types |= named
        return frozenset(types)

    def before(self, tokens: Sequence[str], type_: str) -> list[Hit]:
        """The labels among the words before a value, nearest first, up to one that names this type."""
        hits, ends, last = list[Hit](), list[int](), 0
        for place in range(len(tokens) - 1, -1, -1):
            if last and place < last - LONGEST_PHRASE:
                break
            entry = self._entry(tokens, place)
            if entry:
                end = place + len(entry.words)
                while ends and ends[-1] <= end:  # a longer phrase means what it says, not what its words say
                    hits.pop()
                    ends.pop()
                    last = last if _names(hits, type_) else 0
                beside = any(token not in _LITTLE for token in tokens[end:]) or _is_aside(tokens, place, end)
                hits.append(Hit(len(tokens) - end, int(beside), entry.types, entry.unsure))
                ends.append(end)
                if not last and type_ in entry.types:
                    last = place
        return hits

    def after(self, tokens: Sequence[str]) -> list[Hit]:
        """The labels among the words after a value, nearest first."""
        hits = []
        for place in range(len(tokens)):
            entry = self._entry(tokens, place)
            if entry:
                beside = sum(token not in _LITTLE for token in tokens[:place])
                hits.append(Hit(place, beside, entry.types, entry.unsure))
        return hits

    def _entry(self, tokens: Sequence[str], place: int) -> _Entry | None:
        for entry in self._entries.get(tokens[place], ()):
            if tuple(tokens[place : place + len(entry.words)]) == entry.words:
                return entry
        return None


def column_of(text: str, at: int) -> str:
    """The head of the column in which a place stands, when it is in a row of a small table or of separated values."""
    first = max(0, at - TABLE)
    line = text.rfind("\n", first, at)
    if line < 0:
        return ""
    row = text[line + 1 : at]
    sign = "|" if "|" in row else ","
    start = first if first == 0 else text.find("\n", first, line) + 1
    heads = text[start : max(start, text.find("\n", start, line + 1))].split(sign)
    return heads[row.count(sign)] if len(heads) > max(2, row.count(sign)) else ""


def _is_aside(tokens: Sequence[str], place: int, end: int) -> bool:
    """True for "in case" and for "on the account is": what follows is not the number of that."""
    if tokens[place] == "case" and place and tokens[place - 1] == "in":
        return True
    before = [
        token for token in tokens[max(0, place - 2) : place] if token not in {"the", "my", "your", "our"}
    ]
    return bool(before) and before[-1] in {"on", "in", "with"} and tokens[end : end + 1] in (["is"], ["was"])


def _names(hits: Sequence[Hit], type_: str) -> bool:
    return any(type_ in hit.types for hit in hits)


def _plain(token: str) -> str:
    return token.removesuffix("'s")[:LONGEST_TOKEN]


def _letters(words: Iterable[str]) -> set[str]:
    return {part for word in words for part in word.split("'")}
