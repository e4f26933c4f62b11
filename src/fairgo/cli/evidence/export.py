"""`fairgo ledger export`: the log as files that any tlog-tiles tool reads."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fairgo.cli.evidence.verify import Database
from fairgo.cli.serving import Data, Json, show


def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="folder to write, or to bring up to date")],
    data: Data = Path("data"),
    policy: Database = None,
    as_json: Json = False,
) -> None:
    """Write checkpoint, tiles and entries to a folder, as C2SP tlog-tiles says. A server may go on meanwhile."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from fairgo.core.settings import read_settings
    from fairgo.ledger.exporting import export as write
    from fairgo.store.engine import existing_store

    store = existing_store(data, read_settings(policy).database)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("Writing the log", total=None)
            done = write(store, out, lambda at, of: progress.update(task, completed=at, total=of))
    finally:
        store.close()
    words = (
        f"{out} holds {done.size} leaves of {done.origin} in {done.files} files ({done.written} written now)"
    )
    show({"folder": str(out)} | asdict(done), as_json, words)
