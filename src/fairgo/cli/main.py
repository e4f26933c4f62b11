"""The `fairgo` command: every area's commands under one name, one way to say what went wrong."""

import os
import secrets
import sys
import traceback
from pathlib import Path

import typer

from fairgo.bias.commands import COMMANDS as BIAS
from fairgo.cli import serving, standing
from fairgo.cli.applications import app as application
from fairgo.cli.evidence.app import app as ledger
from fairgo.cli.staff import app as staff
from fairgo.cli.working import app as worker
from fairgo.core.errors import FairgoError
from fairgo.demo.commands import COMMANDS as DEMO
from fairgo.privacy.commands import COMMANDS as PRIVACY

MISTAKE = 2
FAULT = 70

app = typer.Typer(
    name="fairgo",
    help="Stands between a company's customers and its AI.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for commands in (DEMO, serving.COMMANDS, standing.COMMANDS, BIAS, PRIVACY):
    for name, command in commands.items():
        app.command(name)(command)
app.add_typer(ledger, name="ledger")
app.add_typer(worker, name="worker")
app.add_typer(application, name="application")
app.add_typer(staff, name="staff")


def run() -> None:
    """The entry point. A user's mistake gives a message and a hint, a fault of ours a reference; neither a traceback."""
    try:
        app()
    except FairgoError as problem:
        hint = f"\n\nhint: {problem.hint}" if problem.hint else ""
        sys.exit(_say(f"{problem.message}{hint}", MISTAKE))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader of our output has left
        sys.exit(1)
    except Exception as fault:  # noqa: BLE001 - the one place where nothing may pass
        frame = traceback.extract_tb(fault.__traceback__)[-1]
        place = f"{type(fault).__name__} at {Path(frame.filename).name}:{frame.lineno}"
        sys.exit(
            _say(
                f"Fairgo stopped because of a fault of its own. Reference: {secrets.token_hex(6)} ({place})",
                FAULT,
            )
        )


def _say(words: str, code: int) -> int:
    print(words, file=sys.stderr)
    return code


if __name__ == "__main__":
    run()
