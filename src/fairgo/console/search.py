"""Search: systems, conversations, evidence, staff and jobs, each only for those who may see it."""

from collections.abc import Sequence

from sqlalchemy import Connection, select
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from fairgo.console import words as said
from fairgo.console.conversations import table_of
from fairgo.console.exports import exported
from fairgo.console.office import Office
from fairgo.console.tables import Column, Table, code, words
from fairgo.core.policy import customer_of
from fairgo.ledger import conversations
from fairgo.ledger.leaves import read_leaf
from fairgo.ledger.records import leaf
from fairgo.privacy.security import suppression
from fairgo.staff import accounts
from fairgo.staff.doors import member_of, page, sees_the_house
from fairgo.staff.register import records
from fairgo.staff.rights import Right

LONGEST = 200
MOST = 20
SHORTEST_NAME = 4  # letters of a conversation's or leaf's name that are looked for: fewer fit too many
SYSTEMS = (
    Column("system", "System"),
    Column("title", "Name in the register"),
    Column("does", "What it does"),
)
LEAVES = (Column("name", "Event"), Column("what", "What happened"), Column("system", "System"))
JOBS = (Column("job", "Job"), Column("does", "What it does"), Column("state", "Newest run"))
STAFF = (Column("name", "Name"), Column("standing", "Account"))


def routes(office: Office) -> Sequence[BaseRoute]:
    """`/search?q=`."""

    def search(request: Request) -> Response:
        asked = " ".join(request.query_params.get("q", "").split())[:LONGEST]
        tables = _found(office, request, asked) if asked else []
        if tables and (done := exported(request, *tables)) is not None:
            return done
        values = {"asked": asked, "tables": [table for table in tables if table.rows], "looked": bool(asked)}
        return office.show(request, "search.html", values)

    return [page("/search", search, right=Right.STATUS_READ)]


def _found(office: Office, request: Request, asked: str) -> list[Table]:
    here = request.scope.get("root_path", "")
    mine = office.systems(request)
    tables = []
    with office.ledger.store.reading() as connection:
        if office.may(request, Right.SYSTEMS_READ):
            tables.append(_systems(office, connection, mine, asked, here))
        if office.may(request, Right.CONVERSATIONS_LIST):
            tables.append(_conversations(office, request, connection, asked))
        if office.may(request, Right.EVIDENCE_READ):
            tables.append(_leaves(connection, office.seen(request), asked, here))
        if office.may(request, Right.STAFF_READ):
            tables.append(_staff(connection, member_of(request).tenant, asked, here))
    if office.may(request, Right.JOBS_READ) and sees_the_house(member_of(request)):
        tables.append(_jobs(office, asked, here))
    return tables


def _systems(office: Office, connection: Connection, mine: frozenset[str], asked: str, here: str) -> Table:
    entries = records.entries(connection, mine)
    rows = []
    for name in sorted(mine):
        entry = entries.get(name)
        title = entry.said.get("title", "") if entry else ""
        does = office.policy.systems[name].does
        if asked.casefold() in f"{name} {title} {does}".casefold():
            rows.append([code(name, href=f"{here}/systems/{name}"), words(title or "–"), words(does)])
    return Table("systems", "Systems", SYSTEMS, rows, empty="")


def _conversations(office: Office, request: Request, connection: Connection, asked: str) -> Table:
    """By the beginning of a conversation's name, or by the name under which the company knows the customer."""
    mine = office.systems(request)
    found = []
    if len(asked) >= SHORTEST_NAME and asked.isalnum():
        found = conversations.named(connection, mine, asked.lower(), limit=MOST)
    if office.may(request, Right.CHOICES_READ):
        whose = customer_of(member_of(request).tenant, asked)
        customer = suppression.pseudonym(connection, office.ledger.keys, whose)
        found += conversations.of_customer(connection, mine, customer, limit=MOST)
    return table_of(found, request.scope.get("root_path", ""))


def _leaves(connection: Connection, mine: frozenset[str], asked: str, here: str) -> Table:
    """By the beginning of an event's name; `mine` has the empty name for who sees events of the whole house."""
    rows = []
    if len(asked) >= SHORTEST_NAME:
        name = leaf.c.name
        begins = select(name, leaf.c.leaf).where(name >= asked, name < f"{asked}\uffff").order_by(name)
        for row in connection.execute(begins.limit(MOST)):
            value = read_leaf(row.leaf)
            system = str(value.get("system", ""))
            if system in mine:
                what = said.event_words(str(value.get("type", "")))
                link = code(row.name, href=f"{here}/evidence/leaf/{row.name}")
                rows.append([link, words(what), words(system or "all systems")])
    return Table("events", "Evidence", LEAVES, rows, empty="")


def _staff(connection: Connection, tenant: str, asked: str, here: str) -> Table:
    rows = [
        [words(account.name, href=f"{here}/staff#{account.id}"), words(account.standing)]
        for account in accounts.everyone(connection)
        if tenant in account.tenants and asked.casefold() in account.name.casefold()
    ]
    return Table("staff", "Staff", STAFF, rows[:MOST], empty="")


def _jobs(office: Office, asked: str, here: str) -> Table:
    rows = [
        [
            code(job.name, href=f"{here}/jobs/runs?job={job.name}"),
            words(f"It {job.does}"),
            words(job.last.state if job.last else "has not run yet"),
        ]
        for job in office.jobs()
        if asked.casefold() in f"{job.name} {job.does}".casefold()
    ]
    return Table("jobs", "Jobs", JOBS, rows, empty="")
