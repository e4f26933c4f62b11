"""How well a tool finds what the set says is there. Every measure is defined here once, for all tools alike."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.pii.corpus import NAMED, TYPES, Labelled, Record

COVERED = 0.8  # an identifier has leaked unless so much of it is covered by spans of any type
OVERLAP = (
    0.5  # a span is right if so much of it lies in labels of its type, and a label found the other way round
)
OTHER = "OTHER"  # a date, a place, a web address: no claim of one of the 22 types


@dataclass
class Tally:
    """Counts of one type, or of several together."""

    labels: int = 0
    covered: int = 0
    found: int = 0
    said: int = 0
    right: int = 0

    @property
    def leak_recall(self) -> float:
        return self.covered / self.labels if self.labels else float("nan")

    @property
    def recall(self) -> float:
        return self.found / self.labels if self.labels else float("nan")

    @property
    def precision(self) -> float:
        return self.right / self.said if self.said else float("nan")

    @property
    def f1(self) -> float:
        total = self.labels + self.said
        return (self.found + self.right) / total if total else float("nan")

    def add(self, other: "Tally") -> None:
        for name, count in vars(other).items():
            setattr(self, name, getattr(self, name) + count)


@dataclass
class Score:
    """What a tool scored on a set of messages."""

    types: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    negatives: int = 0
    false_alarms: int = 0
    alarmed: int = 0
    by_alarm: Counter[str] = field(default_factory=Counter)

    def together(self, types: Iterable[str]) -> Tally:
        """The tally of several types, every identifier counting the same."""
        total = Tally()
        for name in types:
            total.add(self.types[name])
        return total

    @property
    def structured(self) -> Tally:
        return self.together(name for name in TYPES if name not in NAMED)

    @property
    def named(self) -> Tally:
        return self.together(NAMED)

    @property
    def everything(self) -> Tally:
        return self.together(TYPES)

    @property
    def false_per_hundred(self) -> float:
        """False positives in 100 messages that hold nothing to find."""
        return 100 * self.false_alarms / self.negatives if self.negatives else float("nan")


def asked_of(record: Record) -> str:
    """What a tool is given: a message after what was said before it."""
    return f"{record.before}\n{record.text}" if record.before else record.text


def said_of(record: Record, spans: Iterable[tuple[int, int, str]]) -> list[Labelled]:
    """A tool's spans in the message itself, what lies in the words before it cut off."""
    shift = len(asked_of(record)) - len(record.text)
    moved = (Labelled(max(0, start - shift), end - shift, label) for start, end, label in spans)
    return [span for span in moved if span.end > span.start]


def score(records: Sequence[Record], spans: Sequence[Iterable[tuple[int, int, str]]]) -> Score:
    """The score of a tool from the (start, end, type) it gave for `asked_of` each message."""
    total = Score()
    for record, given in zip(records, spans, strict=True):
        said = said_of(record, given)
        claims = [span for span in said if span.type != OTHER]
        covered = places(said)
        for label in record.spans:
            tally = total.types[label.type]
            tally.labels += 1
            tally.covered += share(label, covered) >= COVERED
            tally.found += share(label, places(claims, label.type)) >= OVERLAP
        for span in claims:
            tally = total.types[span.type]
            tally.said += 1
            tally.right += share(span, places(record.spans, span.type)) >= OVERLAP
        if not record.spans:
            total.negatives += 1
            total.false_alarms += len(claims)
            total.alarmed += bool(claims)
            total.by_alarm.update(span.type for span in claims)
    return total


def places(spans: Iterable[Labelled], label: str = "") -> set[int]:
    """The characters that spans cover, of one type if it is given."""
    return {at for span in spans if not label or span.type == label for at in range(span.start, span.end)}


def share(span: Labelled, covered: set[int]) -> float:
    return sum(at in covered for at in range(span.start, span.end)) / (span.end - span.start)
