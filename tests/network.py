"""The network is shut while tests run: this process reaches its own machine and nothing else.

A forbidden attempt raises, and is remembered, so that code which swallows the error is still found out.
"""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest
import uvloop

attempts: list[str] = []


class NetworkShut(RuntimeError):
    """A test tried to leave this machine. It is no OSError, so that no retry or fallback takes it for bad luck."""


def is_near(host: Any) -> bool:
    """True for this machine itself: loopback, the unspecified address, `localhost`, or no host at all."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if name in (None, "") or name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def stop_unless_near(host: Any) -> None:
    """Raises NetworkShut for any host but this machine."""
    if not is_near(host):
        attempts.append(str(host))
        raise NetworkShut(f"tests run with the network shut, and something wants to reach {host!r}")


def shut(patch: pytest.MonkeyPatch) -> None:
    """Puts the guard in front of every way out that Python code has, uvloop's own included."""
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, _guarded_method(getattr(socket.socket, name)))
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        patch.setattr(socket, name, _guarded_lookup(getattr(socket, name)))
    for name in ("getaddrinfo", "create_connection"):
        patch.setattr(uvloop.Loop, name, _guarded_loop(getattr(uvloop.Loop, name), name))


def _guarded_method(method: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, *rest: Any) -> Any:
        address = rest[-1]
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            stop_unless_near(address[0])
        return method(self, *rest)

    return guarded


def _guarded_lookup(lookup: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: Any, *rest: Any, **named: Any) -> Any:
        stop_unless_near(host)
        return lookup(host, *rest, **named)

    return guarded


def _guarded_loop(method: Callable[..., Any], name: str) -> Callable[..., Any]:
    place = 0 if name == "getaddrinfo" else 1  # create_connection(protocol_factory, host, port)

    async def guarded(self: Any, *rest: Any, **named: Any) -> Any:
        stop_unless_near(named.get("host", rest[place] if len(rest) > place else None))
        return await method(self, *rest, **named)

    return guarded
