"""`fairgo ledger receipt` and `fairgo ledger check-receipt`: the proof for one leaf, taken out and checked."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairgo.cli.evidence.verify import Database
from fairgo.cli.serving import Data, Json, show

if TYPE_CHECKING:
    from fairgo.ledger.receipts import Shown


def receipt(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    data: Data = Path("data"),
    policy: Database = None,
    out: Annotated[
        Path | None, typer.Option(help="file to write; by convention it ends in .tlog-proof", metavar="FILE")
    ] = None,
    as_json: Json = False,
) -> None:
    """Give the receipt of a leaf: its proof under a signed checkpoint, as C2SP tlog-proof."""
    from fairgo.core.errors import Conflict
    from fairgo.core.settings import read_settings
    from fairgo.ledger.receipts import receipt as make_receipt
    from fairgo.store.engine import existing_store

    store = existing_store(data, read_settings(policy).database)
    try:
        with store.reading() as connection:
            text = make_receipt(connection, name)
    finally:
        store.close()
    if out is not None:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as wrong:
            raise Conflict(f"{out} cannot be written ({wrong.strerror})") from None
    said = {"leaf": name, "receipt": text, "file": None if out is None else str(out)}
    show(said, as_json, text.removesuffix("\n") if out is None else f"wrote {out}")


def check_receipt(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    key: Annotated[
        list[str], typer.Option(help="verifier key of the log that you trust", metavar="VKEY")
    ] = [],  # noqa: B006 - Typer's way to say that none is needed
    trust: Annotated[
        Path | None,
        typer.Option(help="tlog-policy file: keys of logs and witnesses, and the quorum", metavar="FILE"),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="also compare with the ledger in this folder", metavar="DIR")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a receipt offline with keys that you trust. Exit code 1 when it does not verify."""
    from fairgo.core.errors import EvidenceBroken
    from fairgo.ledger.receipts import BadReceipt

    try:
        shown = _checked(file, key, trust)
        if data is not None:
            _compare(data, shown)
    except (BadReceipt, EvidenceBroken) as fault:
        show({"verified": False, "fault": str(fault)}, as_json, f"does not verify: {fault}")
        raise typer.Exit(1) from None
    said = {
        "verified": True,
        "origin": shown.checkpoint.origin,
        "size": shown.checkpoint.size,
        "index": shown.position,
        "leaf": shown.leaf.decode(errors="replace"),
        "cosigned": {one.key.name: _time(one.moment) for one in shown.cosigned},
    }
    show(said, as_json, "\n".join(_words(shown)))


def _checked(file: Path, key: list[str], trust: Path | None) -> "Shown":
    from fairgo.core.errors import Misconfigured, NotFound
    from fairgo.ledger.note import BadNote, Verifier
    from fairgo.ledger.receipts import BadReceipt, check_receipt
    from fairgo.ledger.trust import BadTrust, Trust, read_trust

    try:
        text = file.read_bytes().decode()
        trusted = Trust() if trust is None else read_trust(trust.read_bytes())
        verifiers = [Verifier.parse(one) for one in key]
    except OSError as wrong:
        raise NotFound(f"{wrong.filename} cannot be read ({wrong.strerror})") from None
    except UnicodeDecodeError:
        raise BadReceipt("not a receipt: it is no text") from None
    except BadTrust as wrong:
        raise Misconfigured(f"{trust}: {wrong}") from None
    except BadNote as wrong:
        raise Misconfigured(f"the key is {wrong}", hint="`fairgo ledger vkey` prints it") from None
    if not verifiers and not trusted.logs:
        raise Misconfigured(
            "no key of the log is given", hint="--key VKEY, or --trust FILE with a line `log`"
        )
    return check_receipt(text, None, *verifiers, trust=trusted)


def _compare(data: Path, shown: "Shown") -> None:
    from fairgo.ledger.receipts import still_holds
    from fairgo.store.engine import existing_store

    store = existing_store(data)
    try:
        with store.reading() as connection:
            still_holds(connection, shown)
    finally:
        store.close()


def _words(shown: "Shown") -> list[str]:
    point = shown.checkpoint
    seen = [f"cosigned by {one.key.name} at {_time(one.moment)}" for one in shown.cosigned]
    return [
        f"leaf {shown.position} of {point.size} in the log {point.origin} verifies",
        *(seen or ["cosigned by no witness whose key was given"]),
        shown.leaf.decode(errors="replace"),
    ]


def _time(moment: int) -> str:
    try:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return f"{moment} seconds after 1970"  # a time that no calendar has
