"""The tests' own surroundings: the network really is shut, and PostgreSQL really answers."""

import asyncio
import socket
import subprocess
from collections.abc import Awaitable, Callable

import psycopg
import pytest
import uvloop

from tests import network
from tests.network import NetworkShut
from tests.postgres import Postgres

FAR = "192.0.2.1"  # TEST-NET-1: nobody's address


async def ask_loop(host: str) -> None:
    await asyncio.get_running_loop().getaddrinfo(host, 80)


async def dial_loop(host: str) -> None:
    await asyncio.get_running_loop().create_connection(asyncio.Protocol, host, 80)


def dial(host: str) -> None:
    with socket.socket() as far:
        far.connect_ex((host, 80))


def post(host: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.sendto(b"x", (host, 53))


@pytest.mark.parametrize(
    "leave",
    [
        lambda: socket.create_connection((FAR, 80), timeout=1),
        lambda: dial(FAR),
        lambda: post(FAR),
        lambda: socket.getaddrinfo("somewhere.example", 80),
        lambda: socket.gethostbyname("somewhere.example"),
        lambda: asyncio.run(ask_loop("somewhere.example")),
        lambda: asyncio.run(dial_loop(FAR)),
        lambda: uvloop.run(ask_loop("somewhere.example")),
        lambda: uvloop.run(dial_loop(FAR)),
    ],
)
def test_nothing_leaves_this_machine(leave: Callable[[], object]):
    with pytest.raises(NetworkShut, match="network shut"):
        leave()
    assert network.attempts
    network.attempts.clear()


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.10", "::1", "localhost", "", None, b"localhost", "0.0.0.0"]
)
def test_this_machine_is_near(host: str | bytes | None):
    assert network.is_near(host)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "169.254.169.254", "2001:db8::1", "example.com", "localhost.example.com"]
)
def test_everything_else_is_far(host: str):
    assert not network.is_near(host)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
def test_loopback_works(run: Callable[[Awaitable[bytes]], bytes]):
    async def talk() -> bytes:
        async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"here")
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            said = await reader.read()
            writer.close()
            return said

    assert run(talk()) == b"here"


def test_postgres_gives_each_test_an_empty_database(postgres: Postgres):
    first, second = postgres.fresh(), postgres.fresh()
    assert first != second
    with psycopg.connect(first.replace("+psycopg", "")) as connection:
        connection.execute("CREATE TABLE here (n int)")
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(tables).fetchone() == (1,)
    with psycopg.connect(second.replace("+psycopg", "")) as connection:
        assert connection.execute(tables).fetchone() == (0,)


def test_postgres_is_not_run_by_root(postgres: Postgres):
    with psycopg.connect(postgres.url.replace("+psycopg", "")) as connection:
        (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
    owner = subprocess.run(["stat", "-c", "%U", folder], capture_output=True, text=True, check=True)
    assert owner.stdout.strip() != "root"
