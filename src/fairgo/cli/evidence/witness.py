"""`fairgo ledger witness`: watch another organisation's log, and cosign what continues it."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from fairgo.cli.serving import Json, show


def witness(
    *,
    folder: Annotated[
        Path, typer.Option("--dir", help="folder for the witness's own key and memory", metavar="DIR")
    ],
    log: Annotated[
        list[str],
        typer.Option(help="verifier key of a log to watch; may be given several times", metavar="VKEY"),
    ],
    name: Annotated[str, typer.Option(help="name to cosign under, for example witness.example/one")],
    port: Annotated[int, typer.Option(help="port to listen on; 0 takes a free one", min=0, max=65535)] = 8090,
    host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
    ml_dsa: Annotated[bool, typer.Option("--ml-dsa", help="cosign with ML-DSA-44 as well")] = False,
    as_json: Json = False,
) -> None:
    """Run a small witness (C2SP tlog-witness) for logs of other organisations until stopped."""
    import asyncio

    from fairgo.public.witness import app, open_watch
    from fairgo.web.listening import listen

    watch = open_watch(folder, name, log, ml_dsa=ml_dsa)
    keys = [str(cosigner.key) for cosigner in watch.cosigners]

    def ready(base: str) -> None:
        lines = "\n".join(f"witness NAME {key} {base}" for key in keys)
        words = (
            f"watching {', '.join(one.name for one in watch.logs)}\nfor the log's tlog-policy file:\n{lines}"
        )
        show({"url": base, "keys": keys}, as_json, words, stream=sys.stdout if as_json else sys.stderr)

    try:
        asyncio.run(listen(app(watch), (host, port), ready))
    finally:
        watch.memory.close()
