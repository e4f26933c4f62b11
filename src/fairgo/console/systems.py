"""Systems: the list and a page for each, with its entry, tier, traffic, audits and approvals, and its model card."""

from collections.abc import Sequence
from datetime import timedelta

import orjson
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fairgo.bias.records import KeptAudit, kept_audit, kept_audits
from fairgo.console.audit_pages import audits_table
from fairgo.console.exports import exported
from fairgo.console.navigation import Crumb
from fairgo.console.office import Office
from fairgo.console.register import DECISIONS
from fairgo.console.registered import Registered, registered
from fairgo.console.tables import Cell, Column, Table, chip, code, moment, number, words
from fairgo.core.clock import Clock
from fairgo.core.errors import NotFound
from fairgo.core.verdicts import Outcome
from fairgo.ledger import conversations
from fairgo.staff.doors import member_of, page, system_within
from fairgo.staff.register import records, tiering
from fairgo.staff.register.card import Card, Figure
from fairgo.staff.register.entry import GROUPS, missing, shown
from fairgo.staff.rights import Right

DAYS = 14
YEAR = timedelta(days=365)
TONES = {"low": "good", "medium": "unsure", "high": "warn", "": "quiet"}
DECIDED = {"approved": "good", "with_conditions": "unsure", "declined": "warn"}
TRAFFIC = (
    Column("day", "Day (UTC)"),
    Column("turns", "Turns", number=True),
    Column("allow", "Through", number=True),
    Column("change", "Changed", number=True),
    Column("hand_over", "Handed over", number=True),
    Column("refuse", "Refused", number=True),
    Column("open", "Never closed", number=True),
)
LIST = (
    Column("system", "System"),
    Column("does", "What it does"),
    Column("entry", "Register entry"),
    Column("tier", "Tier"),
    Column("decision", "Decision"),
    Column("next_review", "Next review"),
)
APPROVALS = (
    Column("at", "When (UTC)"),
    Column("decision", "Decision"),
    Column("by", "By"),
    Column("versions", "Of entry and answers"),
    Column("conditions", "Conditions"),
    Column("evidence", "Evidence"),
)
HISTORY = (
    Column("version", "Version"),
    Column("at", "When (UTC)"),
    Column("by", "By"),
    Column("note", "What changed"),
    Column("evidence", "Evidence"),
)
CARDS = {"json": "application/vnd.cyclonedx+json; version=1.6", "md": "text/markdown; charset=utf-8"}


def routes(office: Office) -> Sequence[BaseRoute]:
    """`/systems`, `/systems/NAME` and its model card."""

    def many(request: Request) -> Response:
        mine = [office.policy.systems[name] for name in sorted(office.systems(request))]
        with office.ledger.store.reading() as connection:
            found = registered(connection, mine)
        table = _list(found, request.scope.get("root_path", ""))
        return exported(request, table) or office.show(request, "systems.html", {"table": table})

    def one(request: Request) -> Response:
        return _one(office, request)

    def card(request: Request) -> Response:
        return _card(office, request)

    return [
        page("/systems", many, right=Right.SYSTEMS_READ),
        page("/systems/{name}/model-card.{form}", card, right=Right.SYSTEMS_READ),
        page("/systems/{name}", one, right=Right.SYSTEMS_READ),
    ]


def _list(found: Sequence[Registered], here: str) -> Table:
    rows = []
    for one in found:
        said = one.entry.said if one.entry else {}
        lacks = len(missing(said))
        tier = one.answers.tier if one.answers else ""
        decision = one.decision
        rows.append(
            [
                Cell(said.get("title") or one.system.name, one.system.name, f"{here}/systems/{one.system.name}",
                     note=one.system.name if said.get("title") else ""),
                words(one.system.does),
                chip("complete" if not lacks else "not begun" if one.entry is None else f"{lacks} missing",
                     "warn" if lacks else "good"),
                chip(tier or "not tiered", TONES[tier]),
                chip(DECISIONS[decision.decision].lower(), DECIDED[decision.decision]) if decision else chip("none yet", "quiet"),
                words(said.get("next_review") or "–"),
            ]
        )  # fmt: skip
    return Table("systems", "Systems", LIST, rows, empty="The policy names no system that you may see.")


def _one(office: Office, request: Request) -> Response:
    name = system_within(member_of(request), office.policy, request.path_params["name"])
    here = request.scope.get("root_path", "")
    now = office.clock()
    with office.ledger.store.reading() as connection:
        [mine] = registered(connection, [office.policy.systems[name]])
        history = records.history(connection, name)
        days = conversations.traffic(connection, name, since=now - timedelta(days=DAYS))
        audits = kept_audits(connection, frozenset({name}), limit=20)
    tables = (
        _traffic(days),
        audits_table(audits, here, name="audits", title="Audits of it"),
        _approvals(mine.approvals, here),
        _history(history, here),
    )
    done = exported(request, *tables)
    if done is not None:
        return done
    found = tiering.tier(mine.answers.answers) if mine.answers else None
    values = {
        "one": mine,
        "upstream": mine.system.upstream,
        "purpose": office.policy.purposes[mine.system.purpose],
        "groups": _shown(mine.entry),
        "missing": missing(mine.entry.said) if mine.entry else missing({}),
        "tiering": found,
        "tier": tiering.TIERS[found.tier] if found else "",
        "levels": tiering.TIERS,
        "tones": TONES,
        "gates": _gates(mine, found, audits, office.clock) if found else [],
        "tables": dict(zip(("traffic", "audits", "approvals", "history"), tables, strict=True)),
        "decision": mine.decision,
        "decisions": DECISIONS,
        "decided": DECIDED,
        "may_write": office.may(request, Right.REGISTER_WRITE),
        "may_decide": office.may(request, Right.SYSTEMS_APPROVE),
    }
    return office.show(request, "system.html", values, Crumb(name))


def _shown(entry: records.Entry | None) -> list[tuple[str, list[tuple[str, str]]]]:
    said = entry.said if entry else {}
    return [
        (group, [(field.label, shown(field, said[field.name])) for field in fields if said.get(field.name)])
        for group, fields in GROUPS.items()
        if any(said.get(field.name) for field in fields)
    ]


def _gates(
    mine: Registered, found: tiering.Tiering, audits: Sequence[KeptAudit], clock: Clock
) -> list[tuple[str, str, str]]:
    """Each gate: its words, how it stands, the tone. What nothing here measures is said to be so."""
    fresh = any(clock() - one.made_at < YEAR for one in audits)
    approved = mine.decision is not None and mine.decision.decision != "declined"
    measured = {
        "entry": mine.entry is not None and not missing(mine.entry.said),
        "approval": approved,
        "audit": fresh,
    }
    gates = []
    for gate in found.gates:
        state = ("done", "good") if measured.get(gate) else ("not yet", "warn")
        gates.append(
            (tiering.GATE_WORDS[gate], *(state if gate in measured else ("not measured here", "quiet")))
        )
    return gates


def _traffic(days: Sequence[conversations.Day]) -> Table:
    rows = []
    for day in reversed(days):
        counts = [day.outcomes.get(outcome.value, 0) for outcome in Outcome]
        never = day.outcomes.get(conversations.OPEN, 0)
        rows.append(
            [words(day.day), number(sum(counts) + never), *(number(count) for count in counts), number(never)]
        )
    return Table(
        "traffic",
        f"Traffic of the last {DAYS} days",
        TRAFFIC,
        rows,
        empty=f"No turn in the last {DAYS} days.",
    )


def _approvals(approvals: Sequence[records.Approval], here: str) -> Table:
    rows = [
        [
            moment(one.made.made_at),
            chip(DECISIONS[one.decision].lower(), DECIDED[one.decision]),
            words(one.made.by_name),
            words(f"{one.entry_version} and {one.answers_version}"),
            words(one.conditions or "–"),
            code(one.made.leaf, shown="Proof", href=f"{here}/evidence/leaf/{one.made.leaf}"),
        ]
        for one in approvals
    ]
    return Table("approvals", "Approvals", APPROVALS, rows, empty="Nobody has decided yet.")


def _history(history: Sequence[records.Entry], here: str) -> Table:
    rows = [
        [
            number(one.version),
            moment(one.made.made_at),
            words(one.made.by_name),
            words(one.said.get("review_note") or "–"),
            code(one.made.leaf, shown="Proof", href=f"{here}/evidence/leaf/{one.made.leaf}"),
        ]
        for one in history
    ]
    return Table("history", "Review history", HISTORY, rows, empty="There is no entry yet.")


def _card(office: Office, request: Request) -> Response:
    name = system_within(member_of(request), office.policy, request.path_params["name"])
    form = request.path_params["form"]
    if form not in CARDS:
        raise NotFound(
            "A model card comes as CycloneDX or as Markdown.", hint="model-card.json, model-card.md"
        )
    with office.ledger.store.reading() as connection:
        [mine] = registered(connection, [office.policy.systems[name]])
        if mine.entry is None:
            raise NotFound("There is no register entry to make a card from.", hint="Write the entry first.")
        figures = _figures(connection, name)
    tier = mine.answers.tier if mine.answers else ""
    card = Card(office.policy.organisation.name, mine.system, mine.entry, tier, figures, mine.approvals)
    body = (
        orjson.dumps(card.to_cyclonedx(), option=orjson.OPT_INDENT_2)
        if form == "json"
        else card.to_markdown().encode()
    )
    headers = {"content-disposition": f'attachment; filename="{name}.model-card.{form}"'}
    return Response(body, media_type=CARDS[form], headers=headers)


def _figures(connection: Connection, system: str) -> list[Figure]:
    """The rates of the newest audit of a system whose result is kept."""
    for one in kept_audits(connection, frozenset({system}), limit=20):
        result = kept_audit(connection, one.id)[1]
        if result is not None:
            return [
                Figure(
                    cell["metric"],
                    ", ".join(f"{name} = {value}" for name, value in cell["groups"].items()) or "everybody",
                    cell["value"],
                    cell["low"],
                    cell["high"],
                )
                for cell in result["cells"]
                if cell["value"] is not None
            ]
    return []
