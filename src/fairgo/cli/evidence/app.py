"""The commands under `fairgo ledger`, in one place."""

from collections.abc import Callable

import typer

from fairgo.cli.evidence.export import export
from fairgo.cli.evidence.pack import pack
from fairgo.cli.evidence.receipt import check_receipt, receipt
from fairgo.cli.evidence.reconcile import reconcile
from fairgo.cli.evidence.rotate import rotate
from fairgo.cli.evidence.verify import verify
from fairgo.cli.evidence.vkey import vkey
from fairgo.cli.evidence.witness import witness

COMMANDS: dict[str, Callable[..., None]] = {
    "verify": verify,
    "export": export,
    "vkey": vkey,
    "rotate": rotate,
    "reconcile": reconcile,
    "receipt": receipt,
    "check-receipt": check_receipt,
    "witness": witness,
    "pack": pack,
}

app = typer.Typer(help="Check the evidence and take proofs out of it.", no_args_is_help=True)
for name, command in COMMANDS.items():
    app.command(name)(command)
