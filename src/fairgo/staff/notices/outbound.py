"""A request to an address that somebody typed in, without letting it reach what only we can reach.

The name is looked up once, every address it has is judged, and the connection goes to the address that was judged: a
name that answers differently the second time (DNS rebinding) gains nothing. Redirects are not followed. Source of the
list of addresses: IANA's special-purpose registries, as `ipaddress` knows them, and OWASP's SSRF cheat sheet.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from fairgo.core.errors import Misconfigured, UpstreamFailed

WAIT_SECONDS = 10.0  # from connecting to the last byte
LARGEST_ANSWER = 4096
# Special purposes that older versions of `ipaddress` take for the internet; in the first lies a metadata service.
SPECIAL = tuple(ip_network(block) for block in ("192.0.0.0/24", "2001::/23", "3fff::/20", "5f00::/16"))
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a host. Raises OSError when it has none."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def is_outside(address: str) -> bool:
    """True for an address of the public internet; False for ours, for the metadata service, and for what hides one of them."""
    try:
        found: Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is None and any(found in network for network in NAT64):
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_outside(str(inner))
        if int(found) >> 32 == 0:  # ::/96, the deprecated way to write IPv4
            return False
    if any(found in block for block in SPECIAL if block.version == found.version):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private_hosts: Collection[str] = (),
    trust: ssl.SSLContext | None = None,
    resolve: Resolve = resolve,
    wait: float = WAIT_SECONDS,
) -> int:
    """Post once. Gives the HTTP status. `private_hosts` may lie on a private network, and need no TLS.

    Raises Misconfigured for an address that is none, UpstreamFailed (its `detail` a code) for one that may not be reached
    or does not answer in `wait` seconds with at most 4 kB.
    """
    place = place_of(url)
    host = place.hostname or ""
    near = host in private_hosts
    if place.scheme != "https" and not near:
        raise Misconfigured("a webhook takes https", hint="webhook_private_hosts names those that need not")
    port = place.port or (443 if place.scheme == "https" else 80)
    try:
        addresses = list(resolve(host, port))
    except (OSError, UnicodeError):
        raise _failed("webhook.no_such_host") from None
    if not addresses or not (near or all(is_outside(address) for address in addresses)):
        raise _failed("webhook.private_address")
    try:
        return _posted(place, (addresses[0], port), body, headers, trust=trust, wait=wait)
    except ssl.SSLError:
        raise _failed("webhook.bad_certificate") from None
    except (OSError, HTTPException, ValueError):
        raise _failed("webhook.unreachable") from None


def place_of(url: str) -> SplitResult:
    """The parts of a webhook's address. Raises Misconfigured when it is not one, or carries a name and password."""
    try:
        place = urlsplit(url)
        fine = place.port != 0 and place.scheme in {"https", "http"} and bool(place.hostname)
    except ValueError:
        fine = False
    if not fine or place.username or place.password or place.fragment or not url.isprintable() or " " in url:
        raise Misconfigured("the webhook's address cannot be used", hint="https://HOST/PATH")
    return place


class _Checked(HTTPConnection):
    """A connection that is open already: to the address that was judged."""

    def __init__(self, host: str, port: int, sock: socket.socket) -> None:
        super().__init__(host, port)
        self.sock = sock


def _posted(
    place: SplitResult,
    address: tuple[str, int],
    body: bytes,
    headers: Mapping[str, str],
    *,
    trust: ssl.SSLContext | None,
    wait: float,
) -> int:
    host = place.hostname or ""
    sock = socket.create_connection(address, timeout=wait)
    over = threading.Timer(wait, _cut, [sock])  # a trickle of bytes must not hold us longer than silence may
    over.daemon = True
    over.start()
    try:
        if place.scheme == "https":
            sock = (trust or ssl.create_default_context()).wrap_socket(sock, server_hostname=host)
        connection = _Checked(host, address[1], sock)
        target = (place.path or "/") + (f"?{place.query}" if place.query else "")
        connection.request("POST", target, body, {**headers, "user-agent": "fairgo"})
        answer = connection.getresponse()
        if len(answer.read(LARGEST_ANSWER + 1)) > LARGEST_ANSWER:
            raise ValueError("the answer never ends")
        return answer.status
    finally:
        over.cancel()
        sock.close()


def _cut(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _failed(code: str) -> UpstreamFailed:
    return UpstreamFailed("the webhook was not delivered", detail=code)
