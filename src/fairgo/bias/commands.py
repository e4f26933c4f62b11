"""The commands of the bias area."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from fairgo.bias.audits import Audit

_FINDING, _CANNOT_TELL = 1, 3
_SPOKEN = 20


def audit(  # noqa: PLR0913 - Typer reads one option from each parameter
    file: Annotated[
        str, typer.Argument(help="Parquet or CSV file of decisions, or a quoted pattern of files.")
    ],
    *,
    outcome: Annotated[str, typer.Option(help="Column of decisions.")],
    positive: Annotated[str, typer.Option(help="The value of that column that counts as selected.")],
    attributes: Annotated[str, typer.Option(help="Columns whose groups are compared, with commas between.")],
    truth: Annotated[str | None, typer.Option(help="Column of what really happened.")] = None,
    truth_positive: Annotated[
        str | None, typer.Option(help="The value that counts as positive there, if another.")
    ] = None,
    reference: Annotated[
        list[str] | None, typer.Option(help="attribute=value to compare with, instead of everybody else.")
    ] = None,
    margin: Annotated[float, typer.Option(help="Largest gap that counts as alike; 0.05 is 5 points.")] = 0.05,
    alpha: Annotated[float, typer.Option(help="False discovery rate among findings.")] = 0.05,
    min_n: Annotated[int, typer.Option(help="Smallest group whose rates are shown.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the audit as one page to this file.")] = None,
    data: Annotated[Path | None, typer.Option(help="Data folder that keeps a record of this audit.")] = None,
    system: Annotated[str, typer.Option(help="The system whose decisions these are, for the record.")] = "",
    policy: Annotated[
        Path, typer.Option(help="Policy folder, for its keys, where a record is kept.")
    ] = Path(),
) -> None:
    """Audit decisions for gaps between groups of people and their intersections.

    Exit code 0: every gap lies within the margin. 1: a finding. 3: cannot tell yet.
    """
    from fairgo.bias import audits
    from fairgo.bias.audits.results import Finding

    result = audits.audit(
        file,
        outcome=outcome,
        positive=positive,
        attributes=[name.strip() for name in attributes.split(",") if name.strip()],
        truth=truth,
        truth_positive=truth_positive,
        reference=_references(reference or []),
        margin=margin,
        alpha=alpha,
        min_n=min_n,
    )
    _give(result, html, as_json)
    if data is not None:
        _keep(result, policy, data, system)
    codes = {Finding.ALIKE: 0, Finding.FOUND: _FINDING, Finding.CANNOT_TELL: _CANNOT_TELL}
    raise typer.Exit(codes[result.verdict])


def _give(result: "Audit", html: Path | None, as_json: bool) -> None:
    import json

    if html is not None:
        from fairgo.bias.pages.audit import write

        write(result, html)
    if as_json:
        typer.echo(json.dumps(result.to_dict(), allow_nan=False, indent=2))
    else:
        _show(result)


def _keep(result: "Audit", policy: Path, data: Path, system: str) -> None:
    from fairgo.bias.records import keep_audit
    from fairgo.ledger.house import visiting

    with visiting(policy, data) as house:
        keep_audit(
            house.ledger,
            verdict=result.verdict,
            result=result.to_dict(),
            system=house.policy.system(system).name if system else "",
        )


def _references(texts: list[str]) -> dict[str, str]:
    from fairgo.core.errors import BadRequest

    named: dict[str, str] = {}
    for text in texts:
        attribute, equals, value = text.partition("=")
        if not equals or not attribute.strip() or not value.strip():
            raise BadRequest(f"the reference {text!r} is not attribute=value", hint="such as gender=Male")
        if attribute.strip() in named:
            raise BadRequest(
                f"attribute {attribute.strip()!r} has two references", hint="name one group per attribute"
            )
        named[attribute.strip()] = value.strip()
    return named


def _show(result: "Audit") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from fairgo.bias.audits import words

    console = Console(markup=False, highlight=False, emoji=False)
    console.print(words.subject(result))
    console.print(words.headline(result), style="bold")
    unexplained = [gap for gap in result.findings if gap.explained_by is None]
    if unexplained:
        console.print("\nFindings, strongest first:")
        for gap in unexplained[:_SPOKEN]:
            console.print(f"- {words.describe(gap)}")
        if len(unexplained) > _SPOKEN:
            console.print(f"{len(unexplained) - _SPOKEN} more (see --json or --html).")
        shadows = len(result.findings) - len(unexplained)
        if shadows:
            console.print(f"{shadows} more are explained by these (see --json or --html).")
    table = Table(title="\nEverybody", title_justify="left")
    for heading in ("rate", "meaning", "rows", "value", "95 % interval"):
        table.add_column(heading)
    for cell in result.cells:
        if not cell.groups:
            rows = "–" if cell.numerator is None else f"{cell.numerator:,} of {cell.denominator:,}"
            span = f"{words.percent(cell.low)} to {words.percent(cell.high)}"
            row = (cell.metric, words.MEANINGS[cell.metric], rows, words.percent(cell.value), span)
            table.add_row(*(Text(text) for text in row))
    console.print(table)
    for heading, sentences in (
        ("What would change this verdict:", words.what_would_change(result)),
        ("Limits:", words.limits(result)),
    ):
        console.print(f"\n{heading}")
        for sentence in sentences:
            console.print(f"- {sentence}")


COMMANDS: dict[str, Callable[..., Any]] = {"audit": audit}
