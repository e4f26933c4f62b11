"""`fairgo status`: the 21 rows of the article as they stand now."""

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
    """Show the live measure of each of the 21 strategies. Exit code 1 when one needs attention."""
    from fairgo.assemble import rows
    from fairgo.core.ports import as_lines
    from fairgo.core.settings import read_settings
    from fairgo.core.verdicts import State
    from fairgo.store.engine import existing_store

    store = existing_store(data, read_settings(policy).database)
    try:
        found = rows(store)
    finally:
        store.close()
    show({"rows": [as_value(row) for row in found]}, as_json, as_lines(found))
    if any(row.measure.state is State.ATTENTION for row in found):
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


COMMANDS: dict[str, Callable[..., None]] = {"status": status}
