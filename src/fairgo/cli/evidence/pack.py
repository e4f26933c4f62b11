"""`fairgo ledger pack`: a part of the evidence in one file that an auditor can check alone."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from fairgo.cli.serving import Data, Json, Policy, show

When = "a position, a day in UTC such as 2026-11-23, or a minute such as 2026-11-23T09:30+11:00; included"


def pack(  # noqa: PLR0913 - Typer reads one option from each parameter
    out: Annotated[Path, typer.Argument(metavar="OUT.zip", help="the file to write; it must be new")],
    *,
    start: Annotated[str, typer.Option("--from", metavar="WHEN", help=When)],
    end: Annotated[str, typer.Option("--to", metavar="WHEN", help=When)],
    policy: Policy = Path(),
    data: Data = Path("data"),
    system: Annotated[
        str, typer.Option(help="what the pack is about; its leaves are what a sample is drawn of")
    ] = "",
    opened: Annotated[
        list[str] | None, typer.Option("--open", metavar="LEAF", help="open what this leaf committed to")
    ] = None,
    audit: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="enclose a result of `fairgo audit --json`")
    ] = None,
    past_policy: Annotated[
        list[Path] | None, typer.Option(metavar="DIR", help="policy folder as it once was, for its text")
    ] = None,
    purpose: Annotated[str, typer.Option(help="a code for why, kept in the evidence")] = "audit",
    as_json: Json = False,
) -> None:
    """Put a contiguous range of the evidence into one file: leaves, proofs, policies, and what you choose to open.

    Opened contents are words of customers: give the file to nobody who may not read them.
    """
    from fairgo.ledger.house import visiting
    from fairgo.ledger.packs.asking import Asked
    from fairgo.ledger.packs.making import make_pack

    asked = Asked(
        start, end, system, purpose, tuple(opened or ()), tuple(audit or ()), tuple(past_policy or ())
    )
    with visiting(policy, data) as house, _progress() as advance:
        made = make_pack(house.ledger, house.policy, asked, out, advance)
    manifest = made.manifest
    missing = [one["version"] for one in manifest["policies"] if not one["file"]]
    said = {name: manifest[name] for name in ("origin", "size", "root", "first", "last", "system", "systems")}
    said |= {
        "file": str(out),
        "manifest": made.sha256,
        "opened": len(manifest["disclosed"]),
        "audits": len(manifest["audits"]),
        "policies_without_text": missing,
        "cover": made.cover,
    }
    words = [f"wrote {out}: leaves {manifest['first']} to {manifest['last']} of {manifest['origin']}"]
    words += [
        f"the text of policy version {one or '(none)'} is not at hand (--past-policy)" for one in missing
    ]
    if made.cover.endswith(".txt"):
        words.append(
            "the cover is plain text: a PDF needs fairgo[pdf], and a font with the letters of your name"
        )
    words.append(f"check it: python -m fairgo.ledger.verify {out}")
    show(said, as_json, "\n".join(words))


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """A bar on the terminal; elsewhere nothing."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}: {task.completed:,.0f} leaves"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("Gathering", total=None)
        yield lambda leaves: progress.advance(task, leaves)
