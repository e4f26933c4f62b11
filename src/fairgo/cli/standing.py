"""`fairgo status`: the 21 rows of the article, and the evidence, as they stand now."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from fairgo.cli.serving import Data, Json, show


def status(
    data: Data = Path("data"),
    policy: Annotated[
        Path | None, typer.Option(help="policy folder, for a database named in its settings")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the live measure of each of the 21 strategies, and the evidence. Exit code 1 when something needs attention."""
    from fairgo.assemble import rows
    from fairgo.core.clock import system_clock
    from fairgo.core.ports import as_lines
    from fairgo.core.settings import read_settings
    from fairgo.core.verdicts import State
    from fairgo.ledger.viewing import health
    from fairgo.store.engine import existing_store

    store = existing_store(data, read_settings(policy).database)
    try:
        found = rows(store)
        with store.reading() as connection:
            evidence = evidence_value(health(connection, exact=True), system_clock())
    finally:
        store.close()
    said = {"rows": [as_value(row) for row in found], "evidence": evidence}
    show(said, as_json, f"{as_lines(found)}\n\n{evidence_lines(evidence)}")
    if evidence["mismatches"] or any(row.measure.state is State.ATTENTION for row in found):
        raise typer.Exit(1)


def as_value(row: Any) -> dict[str, str]:
    """One row as JSON values."""
    return {
        "area": row.strategy.area,
        "strategy": row.strategy.name,
        "asks": row.strategy.asks,
        "value": row.measure.value,
        "state": row.measure.state.value,
        "detail": row.measure.detail,
    }


def evidence_value(health: Any, now: Any) -> dict[str, Any]:
    """The health of the evidence as JSON values; ages in whole seconds."""

    def age(moment: Any) -> int | None:
        return None if moment is None else max(int((now - moment).total_seconds()), 0)

    point = health.checkpoint
    return {
        "leaves": health.leaves,
        "waiting": health.waiting,
        "checkpoint": None
        if point is None
        else {"size": point.size, "root": point.root, "seconds": age(point.at), "key": point.key},
        "witnesses": [
            {"name": one.name, "size": one.size, "seconds": age(one.at), "problem": one.problem}
            for one in health.witnesses
        ],
        "mismatches": list(health.mismatches),
        "unfinished": health.unfinished,
    }


def evidence_lines(said: dict[str, Any]) -> str:
    """The same as lines of text for a terminal."""
    point = said["checkpoint"]
    signed = (
        f"checkpoint at {point['size']}, {point['seconds']} seconds old" if point else "no checkpoint yet"
    )
    lines = ["Evidence", f"  {said['leaves']} leaves, {said['waiting']} waiting; {signed}"]
    if point and not point["key"]:
        lines.append("  no key kept here fits the newest checkpoint")
    for one in said["witnesses"]:
        cosigned = "never cosigned" if one["seconds"] is None else f"cosigned {one['seconds']} seconds ago"
        lines.append(f"  witness {one['name']}: {cosigned}{', ' + one['problem'] if one['problem'] else ''}")
    if not said["witnesses"]:
        lines.append("  no witness yet")
    lines += [f"  {words}" for words in said["mismatches"]]
    lines.append(
        f"  {said['unfinished']} turns unfinished, {len(said['mismatches'])} mismatches by the counters"
    )
    return "\n".join(lines)


COMMANDS: dict[str, Callable[..., None]] = {"status": status}
