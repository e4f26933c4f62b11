"""The pages of evidence: how it stands, and the way of one event up to the signed checkpoint, drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fairgo.console import words
from fairgo.console.exports import exported
from fairgo.console.navigation import Crumb
from fairgo.console.office import Office
from fairgo.console.tables import Cell, Column, Table, code, moment, number
from fairgo.console.tables import words as plain
from fairgo.core.errors import NotFound
from fairgo.core.ports import EventLine, EventProof, Health, ProofStep, WitnessLine
from fairgo.staff.doors import page
from fairgo.staff.rights import Right

EVENTS = (
    Column("what", "What happened"),
    Column("at", "When (UTC)"),
    Column("system", "System"),
    Column("name", "Proof"),
)
STEPS = (
    Column("step", "Step", number=True),
    Column("joined_with", "Joined with"),
    Column("side", "Side"),
    Column("first", "First position", number=True),
    Column("last", "Last position", number=True),
    Column("result", "What comes of it"),
    Column("fits", "Fits just now"),
)
LATE_SECONDS = 60  # a checkpoint is signed about once a second while events come in
# The picture: heights in units of its own, which are scaled to the page.
BOX, RISE, TOP = 54, 108, 108


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the page: its tone, the figure, its word, and a sentence."""

    tone: str
    figure: str
    word: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One step in the picture: where its boxes lie, and what is in them."""

    step: ProofStep
    number: int
    y: int  # of the box that comes of it
    below: int  # of the two boxes that are joined


def routes(office: Office) -> Sequence[BaseRoute]:
    """`/evidence` and `/evidence/leaf/NAME`."""

    def stands(request: Request) -> Response:
        health = office.evidence.health()
        lines = [line for line in health.newest if line.system in office.seen(request)]
        table = _newest(lines, request.scope.get("root_path", ""), health.leaves)
        return exported(request, table) or office.show(
            request, "evidence.html", {**_health(health, office.clock()), "table": table}
        )

    def one(request: Request) -> Response:
        proof = office.evidence.event(request.path_params["name"])
        if proof.line.system not in office.seen(request):
            raise NotFound("there is no event of that name", hint="the page Evidence lists the newest ones")
        table = _steps(proof)
        way = Crumb(words.event_words(proof.line.type))
        return exported(request, table) or office.show(request, "event.html", _event(proof), way)

    right = Right.EVIDENCE_READ
    return [page("/evidence", stands, right=right), page("/evidence/leaf/{name}", one, right=right)]


def _newest(lines: Sequence[EventLine], here: str, kept: int) -> Table:
    rows = [
        [
            plain(words.event_words(line.type)),
            _moment(_at(line)),
            plain(line.system or "all systems"),
            code(
                line.name,
                shown="See its proof" if line.position is not None else "Waiting",
                href=f"{here}/evidence/leaf/{line.name}",
            ),
        ]
        for line in lines
    ]
    counted = f"{len(rows):,} of {kept:,}, the newest first"
    return Table("events", "Newest events", EVENTS, rows, "Nothing has happened yet.", counted)


def _moment(at: datetime | None) -> Cell:
    return moment(at, never="cannot be read")


def _steps(proof: EventProof) -> Table:
    """The way up as a table, for programs: the page draws it."""
    rows = [
        [
            number(nth),
            code(step.sibling),
            plain("before" if step.on_left else "after"),
            number(step.first),
            number(step.last),
            code(step.result),
            plain("yes" if step.fits else "no"),
        ]
        for nth, step in enumerate(proof.steps, start=1)
    ]
    return Table("steps", "The way up to the signed checkpoint", STEPS, rows, empty="There is no step.")


def _health(health: Health, now: datetime) -> Mapping[str, object]:
    point = health.checkpoint
    return {
        "health": health,
        "when": now,
        "tiles": [_kept(health), _signed(health, now), *_cosigned(health.witnesses, now), _missing(health)],
        "root": words.grouped(point.root) if point else "",
        "witnesses": [(one, _cosigned_at(one, now)) for one in health.witnesses],
        "count": f"{health.leaves:,}",
    }


def _kept(health: Health) -> Tile:
    late = f"{health.waiting:,} of them wait for their place in the tree." if health.waiting else ""
    return Tile(
        "good" if health.leaves else "unsure",
        f"{health.leaves:,}",
        "events",
        f"Kept as leaves. {late}".strip(),
    )


def _signed(health: Health, now: datetime) -> Tile:
    point = health.checkpoint
    if point is None:
        return Tile("unsure", "None", "no checkpoint yet", "The first event brings one.")
    if not point.key:
        return Tile("warn", f"{point.size:,}", "not signed", "No key kept here fits the newest checkpoint.")
    seconds = (now - point.at).total_seconds()
    tone = "warn" if health.waiting and seconds > LATE_SECONDS else "good"
    sentence = f"Under the newest checkpoint, signed {words.age_words(seconds)}."
    return Tile(tone, f"{point.size:,}", "late" if tone == "warn" else "signed", sentence)


def _cosigned(witnesses: Sequence[WitnessLine], now: datetime) -> list[Tile]:
    if not witnesses:
        sentence = "Nobody outside keeps our checkpoints, so nobody could show that the newest were cut off."
        return [Tile("unsure", "0", "no witness yet", sentence)]
    fresh = [one for one in witnesses if one.at is not None and not one.problem]
    newest = max((one.at for one in witnesses if one.at is not None), default=None)
    age = (
        "No witness has cosigned yet."
        if newest is None
        else f"The newest cosignature came {words.age_words((now - newest).total_seconds())}."
    )
    return [
        Tile(
            "good" if len(fresh) == len(witnesses) else "warn",
            f"{len(fresh)} of {len(witnesses)}",
            "witnesses cosigned",
            age,
        )
    ]


def _missing(health: Health) -> Tile:
    if health.mismatches:
        return Tile(
            "warn",
            str(len(health.mismatches)),
            "mismatches",
            "The counters and what is kept do not agree: see below.",
        )
    late = (
        f"{health.unfinished:,} turns were opened and not closed: under way, or cut off."
        if health.unfinished
        else ""
    )
    return Tile("good", "0", "mismatches", f"The counters agree with the tree. {late}".strip())


def _cosigned_at(one: WitnessLine, now: datetime) -> str:
    return "never" if one.at is None else words.age_words((now - one.at).total_seconds())


def _at(line: EventLine) -> datetime | None:
    try:
        return datetime.fromisoformat(line.at)
    except ValueError:
        return None


def _event(proof: EventProof) -> Mapping[str, object]:
    height = TOP + RISE * len(proof.steps) + BOX + 6
    floor = height - BOX - 6
    rungs = [
        Rung(step, number, floor - RISE * number, floor - RISE * (number - 1))
        for number, step in enumerate(proof.steps, start=1)
    ]
    return {
        "proof": proof,
        "title": words.event_words(proof.line.type),
        "at": _at(proof.line),
        "verdict": _verdict(proof),
        "facts": [
            (words.fact_words(name), words.value_words(value), words.is_fingerprint(value))
            for name, value in proof.facts.items()
        ],
        "commitments": [
            (words.COMMITMENTS.get(name, name), value) for name, value in proof.commitments.items()
        ],
        "rungs": rungs,
        "height": height,
        "floor": floor,
        "box": BOX,
        "said": words,
    }


def _verdict(proof: EventProof) -> tuple[str, str, str]:
    """Tone, word, sentence."""
    if proof.checkpoint is None:
        sentence = "This event has no place in the tree yet. That takes about a second: load this page again."
        return "unsure", "waiting", sentence
    if proof.problem:
        return "warn", "cannot be checked", f"The tree could not be read here: {proof.problem}."
    if proof.fits:
        number = len(proof.steps)
        steps = {
            0: "It is the only event, so its fingerprint is the root.",
            1: "The 1 step up was worked out again just now, and it fits.",
        }
        sentence = steps.get(number, f"All {number} steps up were worked out again just now, and all fit.")
        return "good", "fits", f"This event is under the signed checkpoint. {sentence}"
    if not proof.leaf_fits:
        return (
            "warn",
            "does not fit",
            "This event is not as it was recorded: its fingerprint is not the one in the tree.",
        )
    if not proof.checkpoint.key:
        return "warn", "does not fit", "No key kept here fits the signature of the newest checkpoint."
    return "warn", "does not fit", "The way up does not lead to the signed root: the marks show where."
