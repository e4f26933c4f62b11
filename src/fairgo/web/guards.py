"""Guards at the door of a surface: plain ASGI, so that no reply can pass around them.

A guard that refuses raises an error of `fairgo.core.errors`; `fairgo.web.surface` puts the problem pages outside.
"""

from collections.abc import Collection
from ipaddress import IPv6Address, ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fairgo.core.errors import BadRequest, NotAllowed

LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ON_EVERY_REPLY = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORWARDING_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip")


class SecurityHeaders:
    """Sets the security headers on every reply, and `no-store` where the reply does not say how long it keeps."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(ON_EVERY_REPLY)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await self.app(scope, receive, send_guarded)


class Hosts:
    """Lets in only requests that name an allowed host, so that a foreign name made to point here gets nothing.

    `allowed` are names or addresses without port and without brackets.
    """

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self.app = app
        self.allowed = frozenset(name.lower() for name in allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises BadRequest when the host is missing, doubled, broken or not allowed."""
        if scope["type"] == "http":
            named = Headers(scope=scope).getlist("host")
            if len(named) != 1 or host_of(named[0]) not in self.allowed:
                raise BadRequest(
                    "This address does not answer under that name.",
                    hint="Use the address the server printed.",
                )
        await self.app(scope, receive, send)


class LoopbackOnly:
    """Lets in only clients on this machine, and nobody who came through a proxy: behind one, all look local."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises NotAllowed for a client elsewhere, unknown, or forwarded."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            forwarded = any(name in headers for name in FORWARDING_HEADERS)
            if forwarded or not is_loopback((scope.get("client") or ("",))[0]):
                raise NotAllowed(
                    "This page answers only on the machine it runs on.",
                    hint="Open it there, or through an SSH tunnel.",
                )
        await self.app(scope, receive, send)


class SameOrigin:
    """Refuses a change that another site started.

    `Sec-Fetch-Site` decides where the browser sends it, else `Origin`. A browser that sends neither, or hides its
    origin (`null`, which our own no-referrer pages cause in old ones), is left to the token in the form.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request. Raises NotAllowed for a cross-site change."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            headers = Headers(scope=scope)
            if not _same_origin(headers):
                raise NotAllowed(
                    "This came from another site, so nothing was done.",
                    hint="Open the page itself and do it there.",
                )
        await self.app(scope, receive, send)


def _same_origin(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin", "null")
    return origin == "null" or urlsplit(origin).netloc.lower() == headers.get("host", "-").lower()


def host_of(header: str) -> str:
    """The host in a `Host` header, lower case, without port and brackets; empty when it cannot be read."""
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port
    except ValueError:
        return ""
    if parts.netloc != header or "@" in header:
        return ""
    return (parts.hostname or "").removesuffix(".")


def is_loopback(address: str) -> bool:
    """True for an address of the machine itself, IPv4 written as IPv6 included; False for what is no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped.is_loopback
    return parsed.is_loopback
