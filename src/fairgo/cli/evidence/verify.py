"""`fairgo ledger verify`: check everything that is kept."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairgo.cli.serving import Data, Json, show

if TYPE_CHECKING:
    from fairgo.ledger.witnesses import Standing

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
    from fairgo.ledger.witnesses import standing
    from fairgo.store.engine import existing_store

    store = existing_store(data, read_settings(policy).database)
    try:
        with store.reading() as connection:
            late = waiting(connection)
            verified = verify_ledger(connection, key)
            witnesses = [_as_value(one) for one in standing(connection)]
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
        "witnesses": witnesses,
    }
    words = [f"{verified.size} leaves under root {root} verify; {late} more wait for their place"]
    show(said, as_json, "\n".join(words + [_as_words(one) for one in witnesses]))


def _as_value(one: "Standing") -> dict[str, Any]:
    age = one.age(datetime.now(UTC))
    seconds = None if age is None else int(age.total_seconds())
    return {"name": one.name, "size": one.size, "seconds": seconds, "problem": one.problem}


def _as_words(one: dict[str, Any]) -> str:
    from fairgo.ledger.witnessing import PROBLEMS

    seen = "has cosigned nothing yet"
    if one["seconds"] is not None:
        seen = f"cosigned {one['size']} leaves {one['seconds']} s ago"
    problem = PROBLEMS.get(one["problem"], "")
    return f"witness {one['name']} {seen}{'; now ' + problem if problem else ''}"
