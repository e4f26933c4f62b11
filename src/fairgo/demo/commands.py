"""`fairgo demo`: the main job, from nothing to a running house."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine

    from fairgo.demo.run import Demo


def demo(
    data: Annotated[Path | None, typer.Option(help="keep the data in this folder", metavar="DIR")] = None,
    port: Annotated[int, typer.Option(help="port to listen on; 0 takes a free one", min=0, max=65535)] = 8088,
    leave: Annotated[bool, typer.Option("--exit", help="stop with a summary instead of staying up")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print the summary as one JSON object")] = False,
) -> None:
    """Run an invented telco behind Fairgo: 60 customers, an audit of 20,000 decisions, and pages to try."""
    import asyncio
    from tempfile import TemporaryDirectory

    listen_on = 0 if leave else port
    if data is not None:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        asyncio.run(_demo(data.resolve(), listen_on, leave, as_json))
        return
    with TemporaryDirectory(prefix="fairgo-demo-") as folder:
        asyncio.run(_demo(Path(folder), listen_on, leave, as_json))


async def _demo(data: Path, port: int, leave: bool, as_json: bool) -> None:
    import asyncio
    import os

    from fairgo.demo.run import prepare, serve_assistant
    from fairgo.web.listening import listen

    done = asyncio.Event()
    assistant, address = await _started(lambda ready: serve_assistant(ready, done))
    try:
        running = prepare(data, address, os.environ)
        place = ("127.0.0.1", port)
        serving, base = await _started(lambda ready: listen(running.application, place, ready, done))
        try:
            await _perform(running, base, data, leave=leave, as_json=as_json)
            if not leave:
                await serving
        finally:
            done.set()
            await serving
    finally:
        done.set()
        await assistant


async def _started(
    serve: "Callable[[Callable[[str], None]], Coroutine[Any, Any, None]]",
) -> "tuple[asyncio.Task[None], str]":
    """A server's task and its address, once it answers. What stopped it from starting is raised here."""
    import asyncio

    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(ready.set_result))
    task.add_done_callback(lambda ended: _give_up(ready, ended))
    return task, await ready


def _give_up(ready: "asyncio.Future[str]", ended: "asyncio.Task[None]") -> None:
    """A server that ended before it answered: its failure is the answer to whoever waits."""
    from fairgo.core.errors import FairgoError

    failure = None if ended.cancelled() else ended.exception()
    if not ready.done():
        ready.set_exception(failure or FairgoError("the server stopped before it answered"))


async def _perform(running: "Demo", base: str, data: Path, *, leave: bool, as_json: bool) -> None:
    import asyncio
    import json

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from fairgo.demo.customers import CUSTOMERS
    from fairgo.demo.run import play
    from fairgo.demo.summary import audit, standing, summarise

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        talking = progress.add_task("Customers talk to Banksia's assistant", total=len(CUSTOMERS))
        turns = await play(base, running.key, lambda done: progress.advance(talking, done))
        auditing = progress.add_task("Audit of 20,000 hardship decisions", total=1)
        result = await asyncio.to_thread(audit, running.house, data)
        progress.advance(auditing)
    summary = await asyncio.to_thread(summarise, running.house, data, turns, len(CUSTOMERS), result)
    if as_json:
        typer.echo(json.dumps(summary))
    else:
        typer.echo(_words(summary, result, standing(running.house)))
    if not leave:
        typer.echo(_addresses(base, running.key), err=as_json)


def _words(summary: dict[str, Any], result: Any, rows: list[Any]) -> str:
    from fairgo.bias.audits import words
    from fairgo.core.ports import as_lines

    hidden = ", ".join(f"{count} {kind}" for kind, count in sorted(summary["redacted"].items()))
    ledger = summary["ledger"]
    others = [gap for gap in result.findings[1:] if gap.explained_by is None]
    return "\n".join(
        [
            f"{summary['conversations']} customers, {summary['turns']} turns",
            f"  told that it is AI: {summary['disclosed']} conversations in which AI answered",
            f"  handed to a person: {summary['handed_over']} conversations",
            f"  consent withdrawn:  {summary['withdrawn']} times",
            f"  hidden:             {hidden}",
            "",
            words.headline(result),
            *(f"  {words.describe(gap)}" for gap in others),
            "",
            as_lines(rows),
            "",
            f"evidence: {ledger['size']} leaves under root {ledger['root']} verify",
        ]
    )


def _addresses(base: str, key: str) -> str:
    return "\n".join(
        [
            "",
            f"console  {base}/console/",
            f"chat     {base}/you/chat",
            f"gateway  {base}/v1   (key {key})",
            "Stop with Ctrl+C.",
        ]
    )


COMMANDS: dict[str, Callable[..., None]] = {"demo": demo}
