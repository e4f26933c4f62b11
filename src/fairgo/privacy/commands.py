"""The commands of the privacy area."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

if TYPE_CHECKING:
    from fairgo.ledger.house import House
    from fairgo.privacy.security.erasure import Entry
    from fairgo.privacy.security.rules import Rules

_FINDING = 1


@dataclass(frozen=True, slots=True)
class Said:
    """What a command says: one JSON object, words for people, and the exit code."""

    value: dict[str, Any]
    words: str
    code: int = 0


def erase(  # noqa: PLR0913 - Typer reads one option from each parameter
    customer: Annotated[
        str,
        typer.Argument(
            metavar="CUSTOMER",
            help="The name your application sends as fairgo-customer; - reads it from standard input.",
        ),
    ] = "",
    *,
    basis: Annotated[
        str, typer.Option(help="Why; such as app-11.2, customer-request or consent-withdrawn.")
    ] = "",
    by: Annotated[str, typer.Option(help="Who asks, approves, holds or lifts.", metavar="NAME")] = "",
    approve: Annotated[
        str, typer.Option(help="Approve a request as a second person, and carry it out.", metavar="REQUEST")
    ] = "",
    hold: Annotated[str, typer.Option(help="Put a customer under a legal hold.", metavar="CUSTOMER")] = "",
    reason: Annotated[str, typer.Option(help="Why a customer is held; such as litigation.")] = "",
    lift: Annotated[str, typer.Option(help="End a legal hold.", metavar="HOLD")] = "",
    verify: Annotated[
        str, typer.Option(help="Search every file again, and finish what was cut off.", metavar="REQUEST")
    ] = "",
    certificate: Annotated[str, typer.Option(help="Print the signed certificate.", metavar="REQUEST")] = "",
    replay: Annotated[
        Path | None, typer.Option(help="Erase again, in a restored backup, what this list names.")
    ] = None,
    export_list: Annotated[
        Path | None, typer.Option(help="Write the signed list of erasures, to be kept apart from backups.")
    ] = None,
    show_list: Annotated[bool, typer.Option("--list", help="Every erasure and every hold.")] = False,
    policy: Annotated[Path, typer.Option(help="Policy folder, for its keys.", metavar="DIR")] = Path(),
    data: Annotated[Path, typer.Option(help="Folder that keeps the evidence.", metavar="DIR")] = Path("data"),
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Erase a customer so that every proof stays valid: two people, unless a legal hold forbids it.

    Exit code 0: done. 1: something that must be gone was found, or nobody could look.
    """
    ways: dict[str, tuple[bool, Callable[[House], Said]]] = {
        "--approve": (bool(approve), lambda house: _approve(house, approve, by, _name(customer))),
        "--hold": (bool(hold), lambda house: _hold(house, _name(hold), reason, by)),
        "--lift": (bool(lift), lambda house: _lift(house, lift, by)),
        "--verify": (bool(verify), lambda house: _verify(house, verify, _name(customer))),
        "--certificate": (bool(certificate), lambda house: _certificate(house, certificate)),
        "--replay": (replay is not None, lambda house: _replay(house, replay or Path())),
        "--export-list": (export_list is not None, lambda house: _export(house, export_list or Path())),
        "--list": (show_list, _list),
    }
    said = _run(ways, lambda house: _ask(house, _name(customer), basis, by), policy, data)
    typer.echo(json.dumps(said.value) if as_json else said.words)
    raise typer.Exit(said.code)


def _run(
    ways: "dict[str, tuple[bool, Callable[[House], Said]]]",
    otherwise: "Callable[[House], Said]",
    policy: Path,
    data: Path,
) -> Said:
    from fairgo.core.errors import BadRequest
    from fairgo.ledger.house import visiting

    wanted = [name for name, (asked, _work) in ways.items() if asked]
    if len(wanted) > 1:
        raise BadRequest(f"{' and '.join(wanted)} cannot be done at once", hint="one after the other")
    with visiting(policy, data, existing=True) as house:
        return ways[wanted[0]][1](house) if wanted else otherwise(house)


def _ask(house: "House", customer: str, basis: str, by: str) -> Said:
    from fairgo.core.errors import BadRequest
    from fairgo.privacy.security import erasure

    for given, what in ((customer, "CUSTOMER"), (basis, "--basis"), (by, "--by")):
        if not given:
            raise BadRequest(f"{what} is missing", hint='fairgo erase CUSTOMER --basis "app-11.2" --by NAME')
    request = erasure.ask(house.ledger, customer, basis=basis, by=by)
    words = f"request {request} is open; a second person: fairgo erase --approve {request} --by OTHER"
    return Said({"request": request, "state": "requested"}, words)


def _approve(house: "House", request: str, by: str, customer: str) -> Said:
    from fairgo.privacy.security import erasure

    erasure.approve(house.ledger, request, by=by)
    return _outcome(erasure.carry_out(house.ledger, request, house.data, customer=customer))


def _verify(house: "House", request: str, customer: str) -> Said:
    from fairgo.privacy.security import erasure

    return _outcome(erasure.verify(house.ledger, request, house.data, customer=customer))


def _hold(house: "House", customer: str, reason: str, by: str) -> Said:
    from fairgo.privacy.security import holds

    identity = holds.place(house.ledger, customer, reason=reason, by=by)
    return Said({"hold": identity}, f"hold {identity} is in force; fairgo erase --lift {identity} ends it")


def _lift(house: "House", hold: str, by: str) -> Said:
    from fairgo.privacy.security import holds

    holds.lift(house.ledger, hold, by=by)
    return Said({"hold": hold, "state": "lifted"}, f"hold {hold} is lifted")


def _certificate(house: "House", request: str) -> Said:
    from fairgo.core.errors import Conflict
    from fairgo.privacy.security import erasure

    with house.store.reading() as connection:
        entry = erasure.find(connection, request)
    if not entry.certificate:
        raise Conflict(
            f"this erasure is not certified: it is {entry.state}",
            hint=f"fairgo erase --verify {request}",
        )
    return Said({"request": request, "certificate": entry.certificate}, entry.certificate.rstrip("\n"))


def _list(house: "House") -> Said:
    from fairgo.core.clock import coarse
    from fairgo.privacy.security import erasure, holds

    with house.store.reading() as connection:
        held = holds.listed(connection)
        asked = [
            {"id": row.id, "state": row.state, "basis": row.basis, "requested_at": coarse(row.requested_at)}
            for row in erasure.listed(connection)
        ]
    lines = [f"{row['id']}  {row['state']:13} {row['basis']}, asked {row['requested_at']}" for row in asked]
    lines += [f"{row['id']}  hold {row['state']:8} {row['reason']}" for row in held]
    return Said({"erasures": asked, "holds": held}, "\n".join(lines) or "no erasure and no hold yet")


def _export(house: "House", path: Path) -> Said:
    from fairgo.privacy.security import erasure_list

    text = erasure_list.write_list(house.ledger)
    erasure_list.save(path, text)
    count = text.partition("\n\n")[0].count("\n") - 1
    return Said({"file": str(path), "erasures": count}, f"wrote {count} erasures to {path}")


def _replay(house: "House", path: Path) -> Said:
    from fairgo.core.errors import NotFound
    from fairgo.privacy.security import replaying

    if not path.is_file():
        raise NotFound(f"there is no list {path}", hint="fairgo erase --export-list FILE writes one")
    done = replaying.replay(house.ledger, path.read_text(encoding="utf-8"), house.data)
    failed = [entry.id for entry in done if entry.state != "certified"]
    value = {"erased_again": [entry.id for entry in done], "failed": failed}
    words = f"{len(done)} erased again, {len(failed)} of them with something still found"
    return Said(value, words, _FINDING if failed else 0)


def _outcome(entry: "Entry") -> Said:
    scan, counts = entry.scan or {}, entry.counts or {}
    value = {"request": entry.id, "state": entry.state, **counts, "scan": scan}
    if entry.state == "certified":
        rows = sum(counts["deleted"].values())
        words = (
            f"{entry.id} is erased and certified: {rows} rows destroyed, {scan['files']} files searched, nothing found\n"
            f"fairgo erase --certificate {entry.id}"
        )
        return Said(value, words)
    places = [f"found in {place}" for place in scan.get("found", [])]
    places += [f"could not read {place}" for place in scan.get("unread", [])]
    lines = [f"{entry.id} is {entry.state}: what must be gone may still be there", *places]
    lines.append(f"when that is settled: fairgo erase --verify {entry.id}")
    return Said(value, "\n".join(lines), _FINDING)


def _name(customer: str) -> str:
    """The customer's name; from standard input it stays out of the shell's history and the list of processes."""
    return sys.stdin.readline().strip() if customer == "-" else customer


def redact(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Text, or JSON Lines; standard input without it.")
    ] = None,
    *,
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help='JSON Lines in and out, as with FILE.jsonl: {"id", "text"} on each line.'
        ),
    ] = False,
    restore: Annotated[bool, typer.Option("--restore", help="Put back what a vault knows.")] = False,
    vault: Annotated[
        Path | None,
        typer.Option(help="File that undoes it: written (mode 0600), or gone on with.", metavar="FILE"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write here, whole or not at all, instead of to the screen.", metavar="FILE"),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Policy folder, for [privacy] and your own contacts.", metavar="DIR")
    ] = None,
) -> None:
    """Hide personal information in a text with placeholders, or put it back. Nothing leaves this machine.

    Exit code 0: done. 1: there were placeholders that the vault does not know; they were left.
    """
    from fairgo.core.errors import BadRequest
    from fairgo.privacy.security import lines
    from fairgo.privacy.security.documents import Hider, Restorer
    from fairgo.privacy.security.vault_file import read_vault, write_vault

    if restore and vault is None:
        raise BadRequest(
            "--restore needs the vault that redact wrote", hint="fairgo redact --restore --vault FILE"
        )
    known = read_vault(vault) if vault and (restore or vault.exists()) else None
    hider = Hider(known, _rules(policy), keep=vault is not None)
    restorer = Restorer(hider.vault())
    with _source(file) as (source, name), _target(out) as write, _progress(file, source) as tell:
        if as_json or name.endswith(".jsonl"):
            by_line = name.endswith(".jsonl") or restore or lines.begins_an_object(source)
            hidden = lines.hidden_lines if by_line else lines.hidden_object
            restored = lines.restored_lines
        else:
            hidden, restored = lines.hidden_text, lines.restored_text
        for piece in restored(source, name, restorer) if restore else hidden(source, name, hider):
            write(piece)
            tell()
        if vault is not None and not restore:
            write_vault(vault, hider.vault())
    raise typer.Exit(_FINDING if restore and restorer.unknown else 0)


def _rules(folder: Path | None) -> "Rules":
    from fairgo.core.policy import Policy
    from fairgo.privacy.security.rules import PLAIN, Rules

    if folder is None:
        return PLAIN
    organisation = Policy.read(folder).organisation
    return Rules(organisation.contacts, organisation.privacy)


@contextmanager
def _source(file: Path | None) -> "Iterator[tuple[io.BufferedReader, str]]":
    """The bytes to read and what to call them. Raises NotFound or Misconfigured."""
    from fairgo.core.errors import Misconfigured, NotFound

    if file is None:
        yield io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer)), "standard input"
        return
    try:
        opened = file.open("rb")
    except FileNotFoundError:
        raise NotFound(
            f"there is no file {file}", hint="fairgo redact reads standard input without one"
        ) from None
    except OSError as wrong:
        raise Misconfigured(f"{file} cannot be read ({wrong.strerror})") from None
    with opened:
        yield opened, str(file)


@contextmanager
def _target(out: Path | None) -> "Iterator[Callable[[bytes], Any]]":
    from fairgo.privacy.security.writing import replacing

    if out is None:
        yield sys.stdout.buffer.write
        sys.stdout.buffer.flush()
        return
    with replacing(out) as file:
        yield file.write


@contextmanager
def _progress(file: Path | None, source: "io.BufferedReader") -> "Iterator[Callable[[], None]]":
    """A bar on a terminal's error output, when the words themselves go elsewhere."""
    if file is None or not sys.stderr.isatty() or sys.stdout.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(file.name, total=file.stat().st_size or None)
        yield lambda: progress.update(task, completed=source.tell())


COMMANDS: dict[str, Callable[..., Any]] = {"erase": erase, "redact": redact}
