"""`fairgo ledger verify`: check everything that is kept."""

from pathlib import Path
from typing import Annotated

import typer

from fairgo.cli.serving import Data, Json, show

Database = Annotated[
    Path | None, typer.Option("--policy", help="policy folder, for a database named in its settings")
]


def verify(
    data: Data = Path("data"),
    policy: Database = None,
    key: Annotated[
        str, typer.Option(help="verifier key you trust; without it the keys kept beside the data")
    ] = "",
    as_json: Json = False,
) -> None:
    """Compute every root again from the leaves and check every signature. Exit code 1 at the first fault."""
    from fairgo.core.errors import EvidenceBroken
    from fairgo.core.settings import read_settings
    from fairgo.ledger.reading import verify as verify_ledger
    from fairgo.ledger.sequencer import waiting
    from fairgo.store.engine import existing_store

    store = existing_store(data, read_settings(policy).database)
    try:
        with store.reading() as connection:
            late = waiting(connection)
            verified = verify_ledger(connection, key)
    except EvidenceBroken as fault:
        show({"verified": False, "fault": fault.message}, as_json, fault.message)
        raise typer.Exit(1) from None
    finally:
        store.close()
    root = verified.root.hex()
    said = {
        "verified": True,
        "origin": verified.origin,
        "size": verified.size,
        "root": root,
        "checkpoints": verified.checkpoints,
        "waiting": late,
    }
    words = f"{verified.size} leaves under root {root} verify; {late} more wait for their place"
    show(said, as_json, words)
