"""`fairgo ledger vkey`: the key that an outsider needs to check signatures."""

from pathlib import Path
from typing import Annotated

import typer

from fairgo.cli.evidence.verify import Database
from fairgo.cli.serving import Data, Json, show


def vkey(
    data: Data = Path("data"),
    policy: Database = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="also the keys before, oldest first, and those that sign beside them"),
    ] = False,
    as_json: Json = False,
) -> None:
    """Print the ledger's verifier key as a signed note writes it. Hand it to outsiders yourself: a log cannot vouch for it."""
    from fairgo.core.settings import read_settings
    from fairgo.ledger.cosigning import cosigners
    from fairgo.ledger.keyring import signing_keys
    from fairgo.store.engine import existing_store

    store = existing_store(data, read_settings(policy).database)
    try:
        with store.reading() as connection:
            keys, seconds = signing_keys(connection), cosigners(connection)
    finally:
        store.close()
    rows = [{"verifier": str(key.verifier), "since": f"{key.since:%Y-%m-%dT%H:%M:%SZ}"} for key in keys]
    if every:
        lines = [f"{row['since']} {row['verifier']}" for row in rows]
        lines += [f"signs beside them: {verifier}" for verifier in seconds]
        show({"keys": rows, "cosigners": seconds}, as_json, "\n".join(lines))
    else:
        show(rows[-1], as_json, rows[-1]["verifier"])
