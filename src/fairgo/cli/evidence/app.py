"""The commands under `fairgo ledger`, in one place."""

from collections.abc import Callable

import typer

from fairgo.cli.evidence.verify import verify

COMMANDS: dict[str, Callable[..., None]] = {"verify": verify}

app = typer.Typer(help="Check the evidence and take proofs out of it.", no_args_is_help=True)
for name, command in COMMANDS.items():
    app.command(name)(command)
