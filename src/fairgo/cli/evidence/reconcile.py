"""`fairgo ledger reconcile`: whether anything is missing that there should be."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from fairgo.cli.evidence.verify import Database
from fairgo.cli.serving import Data, Json, show

LONG = 20_000  # leaves from which a progress bar is worth its lines


def reconcile(
    data: Data = Path("data"),
    policy: Database = None,
    usage: Annotated[
        Path | None,
        typer.Option(help="the provider's usage records, CSV or JSONL with a column id", metavar="FILE"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare what the gateway saw with the leaves, the turns and the assistants' usage, and name what is missing.

    Exit code 0 when nothing is, 1 when something is, 3 when turns are unfinished and nothing else is the matter.
    """
    from fairgo.core.clock import system_clock
    from fairgo.core.settings import read_settings
    from fairgo.ledger.provider import read_records
    from fairgo.ledger.reconciling import reconcile as reconcile_ledger
    from fairgo.store.engine import existing_store

    store = existing_store(data, read_settings(policy).database)
    try:
        with store.reading() as connection, _progress(connection) as told:
            charged = None if usage is None else read_records(usage)
            found = reconcile_ledger(connection, charged, told)
    finally:
        store.close()
    said = asdict(found) | {"complete": not found.counts}
    show(said, as_json, "\n".join(_lines(found, system_clock())))
    if found.counts:
        raise typer.Exit(1)
    if found.unfinished or found.under_way:
        raise typer.Exit(3)


@contextmanager
def _progress(connection: Any) -> Iterator[Callable[[int], None]]:
    """A bar on stderr for a long ledger; quiet for a short one."""
    from rich.console import Console
    from rich.progress import Progress
    from sqlalchemy import func, select

    from fairgo.ledger import records

    total = connection.scalar(select(func.max(records.leaf.c.seq))) or 0
    if total < LONG:
        yield lambda _leaves: None
        return
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading leaves", total=total)
        yield lambda leaves: bar.update(task, completed=leaves)


def _lines(found: Any, now: Any) -> Iterator[str]:
    count = found.counted
    yield (
        f"seen by the gateway: {count['seen']} requests: {count['opened']} turns opened, "
        f"{count['refused']} refused, {count['listed']} lists of models"
    )
    yield f"leaves: {count['leaves']} of {count['processes']} processes; {count['closed']} turns closed"
    yield f"kept beside them: {count['turns']} turns, usage of {count['usage']}; {count['calls']} calls to assistants"
    if "provider_records" in count:
        yield f"provider's usage records: {count['provider_records']}"
    for one in found.mismatches:
        yield f"- {one.place}: {one.words}"
    more = sum(found.counts.values()) - len(found.mismatches)
    if more > 0 and found.counts:
        yield f"- in all: {', '.join(f'{number} {kind}' for kind, number in found.counts.items())}"
    for turn in found.unfinished[:20]:
        yield f"- turn {turn.turn}: unfinished for {_age(turn.since, now)} (opened in leaf {turn.leaf})"
    if found.unfinished:
        yield f"{len(found.unfinished)} unfinished: opened and never closed; under way, or cut off"
    if found.under_way:
        yield f"{found.under_way} requests of processes that have not ended are under way, or were cut off"
    yield "something does not agree" if found.counts else "nothing is missing"


def _age(since: str, now: Any) -> str:
    from datetime import datetime

    try:
        minutes = max(int((now - datetime.fromisoformat(since)).total_seconds() // 60), 0)
    except ValueError:
        return "an unknown time"
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"
