"""`fairgo init`, `check`, `serve` and `key`: from an empty folder to a running gateway."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

Policy = Annotated[Path, typer.Option("--policy", help="policy folder made by `fairgo init`", metavar="DIR")]
Data = Annotated[Path, typer.Option("--data", help="folder that keeps the evidence", metavar="DIR")]
Json = Annotated[bool, typer.Option("--json", help="print one JSON object")]


def init(folder: Annotated[Path, typer.Argument(metavar="DIR")], as_json: Json = False) -> None:
    """Write a policy folder that serves as it is, and its keys."""
    from fairgo.cli.starting import write_starter
    from fairgo.core.policy import Policy as PolicyFolder
    from fairgo.core.settings import read_settings
    from fairgo.store.keys import make_key_file

    write_starter(folder)
    settings = read_settings(folder)
    for path in (settings.master_key_file, settings.ledger_key_file):
        make_key_file(path)
    policy = PolicyFolder.read(folder)
    said = {"folder": str(folder), "systems": sorted(policy.systems), "policy": policy.version}
    show(
        said,
        as_json,
        f"wrote {folder}\nnext: edit {folder}/policy, then `fairgo serve --policy {folder} --data data`",
    )


def check(folder: Policy = Path(), as_json: Json = False) -> None:
    """Read a policy folder as the server would, and say what does not fit."""
    from fairgo.core.clock import zone_of
    from fairgo.core.policy import Policy as PolicyFolder
    from fairgo.core.settings import read_settings
    from fairgo.ledger.witnessing import witnesses_of
    from fairgo.staff.oidc import Provider
    from fairgo.store.keys import read_key_file, read_secret_file

    settings = read_settings(folder)
    policy = PolicyFolder.read(folder)
    witnesses_of(folder)
    zone_of(settings.time_zone)
    for path in (settings.master_key_file, settings.ledger_key_file):
        read_key_file(path)
    if policy.staff.provider is not None:
        Provider(policy.staff.provider, read_secret_file(settings.oidc_secret_file))
    said = {"systems": sorted(policy.systems), "purposes": sorted(policy.purposes), "policy": policy.version}
    show(said, as_json, f"{folder}: {len(policy.systems)} system(s), policy version {policy.version[:16]}")


def key(
    system: Annotated[str, typer.Argument(metavar="SYSTEM")],
    policy: Policy = Path(),
    data: Data = Path("data"),
    as_json: Json = False,
) -> None:
    """Print a new API key for a system. It is shown once: only its hash is kept."""
    from fairgo.gateway.records import make_key
    from fairgo.ledger.house import visiting

    with visiting(policy, data) as house:
        house.policy.system(system)
        fresh = make_key(house.ledger, system)
    show({"system": system, "key": fresh}, as_json, fresh)


def serve(
    policy: Policy = Path(),
    data: Data = Path("data"),
    port: Annotated[
        int | None, typer.Option(help="port to listen on; 0 takes a free one", min=0, max=65535)
    ] = None,
    host: Annotated[str | None, typer.Option(help="address to listen on")] = None,
    *,
    no_jobs: Annotated[
        bool, typer.Option("--no-jobs", help="leave jobs to `fairgo worker` (on PostgreSQL they always are)")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run the gateway, the console and the customers' pages until stopped."""
    import asyncio
    from dataclasses import replace

    from fairgo.assemble import application
    from fairgo.ledger.house import open_house
    from fairgo.web.listening import listen

    house = open_house(policy, data)
    settings = replace(
        house.settings,
        host=host or house.settings.host,
        port=house.settings.port if port is None else port,
    )
    house = replace(house, settings=settings)

    def ready(base: str) -> None:
        said = {"gateway": f"{base}/v1", "console": f"{base}/console/", "chat": f"{base}/you/chat"}
        words = "\n".join(f"{name:8} {place}" for name, place in said.items())
        show(said, as_json, f"Fairgo is listening\n{words}", stream=sys.stdout if as_json else sys.stderr)

    with_jobs = house.store.is_sqlite and not no_jobs
    asyncio.run(listen(application(house, with_jobs=with_jobs), (settings.host, settings.port), ready))


def show(value: Any, as_json: bool, words: str, stream: Any = None) -> None:
    """Print one JSON object, or words for people."""
    print(json.dumps(value) if as_json else words, file=stream or sys.stdout, flush=True)


COMMANDS: dict[str, Callable[..., None]] = {"init": init, "check": check, "serve": serve, "key": key}
