"""The console for tests: a real ledger, talks in it, and somebody at the door. Keyword-only, valid by default."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from fairgo.bias import audits
from fairgo.bias.records import keep_audit
from fairgo.console.app import Back, app
from fairgo.console.measuring import Measured
from fairgo.core.ports import Evidence
from fairgo.ledger import viewing
from fairgo.ledger.recording import Ledger
from fairgo.ledger.sequencer import integrate
from fairgo.staff.doors import MEMBER
from fairgo.staff.forms import GUARD, FormGuard
from fairgo.staff.register import tiering
from fairgo.staff.register.entry import FIELDS, Kind
from fairgo.staff.rights import Member, Role
from fairgo.web.guards import LOOPBACK_HOSTS, Hosts, LoopbackOnly
from tests.console.evidences import NOW
from tests.console.overviews import an_overview
from tests.ledger.ledgers import opened
from tests.privacy.erasing import MAI, talk
from tests.turns import POLICY

HTML = {"accept": "text/html"}
FORM = FormGuard(b"s" * 32, "browser")
JUST_NOW = datetime(2999, 1, 1, tzinfo=UTC)


def a_member(*roles: Role, name: str = "Ada Owner", **how: Any) -> Member:
    return Member("m1", name, frozenset(roles or {Role.OWNER}), stepped_up_at=JUST_NOW, **how)


OWNER = a_member()


class SignedIn:
    """Puts a member into the scope, as the session's guard does; nobody for None."""

    def __init__(self, app: ASGIApp, member: Member | None) -> None:
        self.app = app
        self.member = member

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.member is not None:
            scope[MEMBER], scope[GUARD] = self.member, FORM
        await self.app(scope, receive, send)


def evidence_of(ledger: Ledger) -> Evidence:
    def event(name):
        with ledger.store.reading() as connection:
            return viewing.event(connection, name)

    def health():
        with ledger.store.reading() as connection:
            return viewing.health(connection)

    return Evidence(health, event)


def a_console(ledger: Ledger, member: Member | None = OWNER, **how: Any) -> Starlette:
    clock = how.get("clock") or (lambda: NOW)
    back = Back(
        how.get("policy", POLICY),
        ledger,
        Measured(how.get("overview") or an_overview(), clock),
        how.get("evidence") or evidence_of(ledger),
        clock,
        jobs=how.get("jobs") or tuple,
    )
    guards = [
        Middleware(Hosts, allowed=LOOPBACK_HOSTS),
        Middleware(LoopbackOnly),
        Middleware(SignedIn, member=member),
    ]
    return Starlette(routes=[Mount("/console", app(back, guards=guards))])


def a_client(
    ledger: Ledger, member: Member | None = OWNER, *, client="127.0.0.1", host="localhost", **how: Any
) -> TestClient:
    return TestClient(
        a_console(ledger, member, **how),
        base_url=f"http://{host}",
        client=(client, 50000),
        headers=HTML,
        raise_server_exceptions=False,
    )


def send(client: TestClient, path: str, fields: dict[str, str], **how: Any) -> Any:
    """Send a form as a page of ours does."""
    return client.post(path, data={"token": FORM.token(), **fields}, **how)


def an_entry(**said: str) -> dict[str, str]:
    """A complete register entry."""
    whole = {field.name: f"Some words about {field.name}" for field in FIELDS}
    whole |= {field.name: next(iter(field.choices)) for field in FIELDS if field.choices}
    return whole | {field.name: "2027-03-31" for field in FIELDS if field.kind is Kind.DATE} | said


def answers(likelihood="possible", consequence="moderate", **said: str) -> dict[str, str]:
    """Every question answered: the lowest answers of the second part unless told otherwise."""
    harms = {
        f"{harm}.{part}": value
        for harm in tiering.HARMS
        for part, value in (("likelihood", likelihood), ("consequence", consequence))
    }
    return harms | {one.name: next(iter(one.answers)) for one in tiering.QUESTIONS} | said


def words_of(reply: Any) -> str:
    """What a reader sees of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", reply.text).split())


def an_audit(ledger: Ledger, folder: Path, *, system: str = "assistant") -> str:
    """A kept audit with a finding. Gives its id."""
    lines = ["offer,gender,region"]
    for gender, region, yes, no in (
        ("F", "north", 30, 170),
        ("M", "north", 110, 90),
        ("F", "south", 40, 160),
        ("M", "south", 105, 95),
        ("X", "south", 2, 1),
    ):
        lines += [f"yes,{gender},{region}"] * yes + [f"no,{gender},{region}"] * no
    path = folder / "decisions.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    result = audits.audit(path, outcome="offer", positive="yes", attributes=["gender", "region"])
    return keep_audit(ledger, verdict=result.verdict, result=result.to_dict(), system=system)


@contextmanager
def a_full_house(folder: Path) -> Iterator[Ledger]:
    """A ledger with talks of every kind, an audit, a register entry, a tier and a decision."""
    with opened(folder) as ledger:
        talk(ledger, MAI, "Where is my bill? My number is 0491 570 006.")
        talk(ledger, MAI, "Are you a human?")
        talk(ledger, MAI, "I want to talk to a person", conversation="two")
        talk(ledger, MAI, "Are you still there?", conversation="two")
        talk(ledger, "someone else", "hello", conversation="three")
        an_audit(ledger, folder)
        client = a_client(ledger)
        said = an_entry(title="Help assistant", description="Answers questions. " * 20)
        assert (
            send(client, "/console/systems/assistant/entry", said, follow_redirects=False).status_code == 303
        )
        told = answers(meets="public")
        assert (
            send(client, "/console/systems/assistant/tier", told, follow_redirects=False).status_code == 303
        )
        seen = {"decision": "with_conditions", "conditions": "A second audit", "entry": "1", "answers": "1"}
        assert (
            send(client, "/console/systems/assistant/decide", seen, follow_redirects=False).status_code == 303
        )
        integrate(ledger.store, ledger.signer, ledger.clock)
        yield ledger
