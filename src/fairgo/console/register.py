"""Changing the register: the entry's form, the fixed questions, and deciding. What was typed is never lost."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute

from fairgo.console.navigation import Crumb
from fairgo.console.office import Blank, Office
from fairgo.core.errors import Conflict
from fairgo.staff import forms
from fairgo.staff.doors import member_of, page, system_within
from fairgo.staff.register import entry as entries
from fairgo.staff.register import records, tiering
from fairgo.staff.register.keeping import (
    LONGEST_CONDITIONS,
    Decision,
    keep_answers,
    keep_approval,
    keep_entry,
)
from fairgo.staff.rights import Right
from fairgo.web.forms import sign, unsign

SEE_OTHER, BAD, STALE = 303, 400, 409
OPENED = "register/opened"
LONGEST_SITTING = timedelta(hours=8)
DECISIONS: Mapping[str, str] = {
    Decision.APPROVED.value: "Approved",
    Decision.WITH_CONDITIONS.value: "Approved with conditions",
    Decision.DECLINED.value: "Declined",
}
Form = Mapping[str, str]
Handler = Callable[[Office, Request, Form], Response]


def routes(office: Office) -> Sequence[BaseRoute]:
    """`/systems/NAME/entry`, `/tier` and `/decide`."""

    def show(handler: Callable[[Office, Request], Response]) -> Callable[[Request], Response]:
        return lambda request: handler(office, request)

    def take(handler: Handler) -> Callable[[Request], Any]:
        async def posted(request: Request) -> Response:
            form = await forms.read(request)
            return await run_in_threadpool(handler, office, request, form)

        return posted

    write, decide = Right.REGISTER_WRITE, Right.SYSTEMS_APPROVE
    return [
        page("/systems/{name}/entry", show(_entry_form), right=write),
        page("/systems/{name}/entry", take(_keep_entry), right=write, methods=["POST"]),
        page("/systems/{name}/tier", show(_tier_form), right=write),
        page("/systems/{name}/tier", take(_keep_tier), right=write, methods=["POST"]),
        page("/systems/{name}/decide", show(_decide_form), right=decide),
        page("/systems/{name}/decide", take(_decide), right=decide, methods=["POST"]),
    ]


def _system(office: Office, request: Request) -> str:
    return system_within(member_of(request), office.policy, request.path_params["name"])


def _entry_form(
    office: Office,
    request: Request,
    *,
    said: Form | None = None,
    wrong: Form | None = None,
    is_stale: bool = False,
    status: int = 200,
) -> Response:
    name = _system(office, request)
    with office.ledger.store.reading() as connection:
        now = records.entries(connection, [name]).get(name)
    typed = said if said is not None else (now.said if now else {})
    values = {
        "system": name,
        "groups": entries.GROUPS,
        "labels": {field.name: field.label for field in entries.FIELDS},
        "said": {field.name: typed.get(field.name, "") for field in entries.FIELDS},
        "wrong": Blank(wrong or {}),
        "seen": now.version if now else 0,
        "stale": now if is_stale else None,
        "differs": _differences(now.said, typed) if is_stale and now else [],
    }
    way = (Crumb(name, f"/systems/{name}"), Crumb("Register entry"))
    return office.show(request, "entry.html", values, *way, status=status)


def _differences(theirs: Form, mine: Form) -> list[tuple[str, str, str]]:
    """Label, what stands now, what was typed, for each field in which the two differ."""
    return [
        (field.label, entries.shown(field, a), entries.shown(field, b))
        for field in entries.FIELDS
        if (a := theirs.get(field.name, "")) != (b := mine.get(field.name, ""))
    ]


def _keep_entry(office: Office, request: Request, form: Form) -> Response:
    name = _system(office, request)
    said, wrong = entries.read_entry(form)
    if wrong:
        return _entry_form(office, request, said=said, wrong=wrong, status=BAD)
    seen = _whole(form.get("seen", ""))
    try:
        with office.ledger.recorded() as tx:
            keep_entry(tx, member_of(request), name, said, seen=seen)
    except Conflict:
        return _entry_form(office, request, said=said, is_stale=True, status=STALE)
    return _back(request, name)


def _tier_form(
    office: Office,
    request: Request,
    *,
    said: Form | None = None,
    wrong: Form | None = None,
    is_stale: bool = False,
    opened: str = "",
    status: int = 200,
) -> Response:
    name = _system(office, request)
    with office.ledger.store.reading() as connection:
        now = records.answers(connection, [name]).get(name)
    secret = office.ledger.keys.derived("register")
    values = {
        "system": name,
        "harms": tiering.HARMS,
        "likelihood": tiering.LIKELIHOOD,
        "consequence": tiering.CONSEQUENCE,
        "questions": tiering.QUESTIONS,
        "labels": _labels(),
        "said": dict.fromkeys(tiering.names(), "") | dict(said or (now.answers if now else {})),
        "wrong": Blank(wrong or {}),
        "seen": now.version if now else 0,
        "stale": now if is_stale else None,
        "opened": opened or sign(secret, OPENED, str(int(office.clock().timestamp()))),
    }
    way = (Crumb(name, f"/systems/{name}"), Crumb("Tier"))
    return office.show(request, "tier.html", values, *way, status=status)


def _labels() -> dict[str, str]:
    harms = {
        f"{harm}.{part}": f"{words}, {part}"
        for harm, words in tiering.HARMS.items()
        for part in ("likelihood", "consequence")
    }
    return harms | {question.name: question.words for question in tiering.QUESTIONS}


def _keep_tier(office: Office, request: Request, form: Form) -> Response:
    name = _system(office, request)
    said, wrong = tiering.read_answers(form)
    opened = form.get("opened", "")
    if wrong:
        return _tier_form(office, request, said=said, wrong=wrong, opened=opened, status=BAD)
    seen, minutes = _whole(form.get("seen", "")), _minutes(office, opened)
    try:
        with office.ledger.recorded() as tx:
            keep_answers(tx, member_of(request), name, said, seen=seen, minutes=minutes)
    except Conflict:
        return _tier_form(office, request, said=said, is_stale=True, opened=opened, status=STALE)
    return _back(request, name, "tier")


def _minutes(office: Office, opened: str) -> int | None:
    """Whole minutes since the form was opened, at least one; None when it cannot be told."""
    at = unsign(office.ledger.keys.derived("register"), OPENED, opened) or ""
    seconds = office.clock().timestamp() - int(at) if at.isdecimal() else -1
    return max(1, round(seconds / 60)) if 0 <= seconds < LONGEST_SITTING.total_seconds() else None


def _decide_form(
    office: Office,
    request: Request,
    *,
    said: Form | None = None,
    wrong: Form | None = None,
    status: int = 200,
) -> Response:
    name = _system(office, request)
    with office.ledger.store.reading() as connection:
        entry = records.entries(connection, [name]).get(name)
        answers = records.answers(connection, [name]).get(name)
    found = tiering.tier(answers.answers) if answers else None
    values = {
        "system": name,
        "decisions": DECISIONS,
        "entry": entry,
        "answers": answers,
        "missing": entries.missing(entry.said) if entry else entries.missing({}),
        "gates": [tiering.GATE_WORDS[gate] for gate in found.gates] if found else [],
        "said": {"decision": "", "conditions": "", **(said or {})},
        "labels": {"decision": "Decision", "conditions": "Conditions, or the reason"},
        "wrong": Blank(wrong or {}),
    }
    way = (Crumb(name, f"/systems/{name}"), Crumb("Decide"))
    return office.show(request, "decide.html", values, *way, status=status)


def _decide(office: Office, request: Request, form: Form) -> Response:
    name = _system(office, request)
    said = {"decision": form.get("decision", ""), "conditions": form.get("conditions", "").strip()}
    wrong = _decision_faults(said)
    if wrong:
        return _decide_form(office, request, said=said, wrong=wrong, status=BAD)
    seen = (_whole(form.get("entry", "")), _whole(form.get("answers", "")))
    decision = Decision(said["decision"])
    try:
        with office.ledger.recorded() as tx:
            keep_approval(tx, member_of(request), name, decision, conditions=said["conditions"], seen=seen)
    except Conflict as other:
        wrong = {"decision": f"{other.message} Look at what changed below, then decide again."}
        return _decide_form(office, request, said=said, wrong=wrong, status=STALE)
    return _back(request, name, "approvals")


def _decision_faults(said: Form) -> dict[str, str]:
    wrong = {}
    if said["decision"] not in DECISIONS:
        wrong["decision"] = "Choose one of the three."
    elif said["decision"] != Decision.APPROVED and not said["conditions"]:
        wrong["conditions"] = "Say which conditions, or why not."
    if len(said["conditions"]) > LONGEST_CONDITIONS:
        wrong["conditions"] = f"At most {LONGEST_CONDITIONS:,} characters fit here."
    return wrong


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _back(request: Request, name: str, part: str = "entry") -> Response:
    here = request.scope.get("root_path", "")
    return RedirectResponse(f"{here}/systems/{name}#{part}", SEE_OTHER)
