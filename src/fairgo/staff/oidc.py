"""Signing in with a provider (OpenID Connect, authorisation code with PKCE): what is asked, and what is believed.

Nothing the browser brings is believed by itself: `state` ties it to the browser that asked, `iss` to the provider that
was asked (RFC 9207), the code to our verifier (PKCE), the ID token to the provider's keys and to our nonce. Keys the
provider has changed are fetched anew, once, when a token names one that is not known.

The libraries are the extra `oidc`; they are imported when a provider is configured, not before.
"""

import secrets
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from fairgo.core.errors import Misconfigured, NotAllowed, UpstreamFailed
from fairgo.core.policy import Provider as Configured
from fairgo.staff.accounts import Grant
from fairgo.staff.rights import Role
from fairgo.web.guards import LOOPBACK_HOSTS

NEEDED = ("authlib", "httpx", "joserfc")
SIGNED_WITH = ("RS256", "PS256", "ES256", "EdDSA", "RS384", "RS512", "PS384", "PS512", "ES384", "ES512")
SECONDS = 10.0
KNOWN_FOR = 3600.0  # what the provider says about itself is asked again after an hour
KEYS_AT_MOST_EVERY = 10.0  # a flood of tokens with made-up keys must not become a flood of questions
CLOCKS_APART = 60
FRESH = 300
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class Asking:
    """A question that is under way: where the browser goes, and what ties the answer to it."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the provider vouches, and the roles that the policy gives them for it."""

    issuer: str
    subject: str
    name: str
    grants: tuple[Grant, ...]
    session: str | None
    proved_at: int | None = None

    def is_fresh(self, now: datetime) -> bool:
        """True when the provider saw them prove themselves just now, and says so."""
        return self.proved_at is not None and abs(now.timestamp() - self.proved_at) <= FRESH


class Provider:
    """One configured provider. `secret` is empty for a client that proves itself by PKCE alone.

    Raises Misconfigured when the extra is not installed, the issuer is no https address, or a role is unknown.
    """

    def __init__(self, configured: Configured, secret: str) -> None:
        missing = [name for name in NEEDED if find_spec(name) is None]
        if missing:
            raise Misconfigured(
                "policy/staff.toml names a provider, and what it takes is not installed",
                hint="pip install 'fairgo[oidc]'",
            )
        self.configured = configured
        self.issuer = str(configured.issuer).rstrip("/")
        parts = urlsplit(self.issuer)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK_HOSTS:
            raise Misconfigured("the provider's issuer is no https address", hint="policy/staff.toml")
        self._roles = _roles(configured)
        self._secret = secret
        self._said: dict[str, Any] = {}
        self._said_at = 0.0
        self._keys: Any = None
        self._keys_at = 0.0

    async def ask(self, back: str, *, again: bool = False) -> Asking:
        """Begin a sign-in that ends at the address `back`. `again` has the person prove anew that it is them."""
        said = await self._about()
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        more = {"prompt": "login", "max_age": "0"} if again else {}
        async with self._client(back) as client:
            address, _state = client.create_authorization_url(
                said["authorization_endpoint"], state=state, nonce=nonce, code_verifier=verifier, **more
            )
        return Asking(address, state, nonce, verifier)

    async def identify(
        self, answer: Mapping[str, str], *, state: str, nonce: str, verifier: str, back: str
    ) -> Identity:
        """Who came back. Raises NotAllowed when anything does not fit, UpstreamFailed when the provider does not answer."""
        said = await self._about()
        self._fits(answer, state, said)
        token = await self._exchange(said, answer["code"], verifier, back)
        claims = await self._read(str(token.get("id_token", "")))
        if claims.get("nonce") != nonce:
            raise _unfit("nonce")
        self._is_for_us(claims)
        claims = await self._with_claim(said, claims, str(token.get("access_token", "")))
        grants = tuple(
            grant for value in _values(claims, self.configured.claim) for grant in self._roles.get(value, ())
        )
        name = str(claims.get("name") or claims.get("preferred_username") or claims.get("email") or "Staff")
        session = claims.get("sid")
        return Identity(
            self.issuer,
            str(claims["sub"]),
            name[:128],
            tuple(dict.fromkeys(grants)),
            str(session) if session else None,
            claims["auth_time"] if isinstance(claims.get("auth_time"), int) else None,
        )

    async def ended(self, token: str) -> tuple[str, str | None, str]:
        """Whose session a provider's sign-out ends: subject, its session or None, and the token's own id.

        Raises NotAllowed for what is no logout token of this provider for us.
        """
        claims = await self._read(token)
        self._is_for_us(claims)
        events = claims.get("events")
        if not isinstance(events, dict) or LOGOUT not in events or "nonce" in claims or not claims.get("jti"):
            raise _unfit("logout token")
        return str(claims["sub"]), claims.get("sid"), str(claims["jti"])

    def _fits(self, answer: Mapping[str, str], state: str, said: Mapping[str, Any]) -> None:
        if not secrets.compare_digest(answer.get("state", "").encode(), state.encode()):
            raise _unfit("state")
        named = answer.get("iss")
        if named is None and said.get("authorization_response_iss_parameter_supported"):
            raise _unfit("iss")
        if named is not None and named.rstrip("/") != self.issuer:
            raise _unfit("iss")
        if "error" in answer or not answer.get("code"):
            raise NotAllowed(
                "The provider did not sign you in.",
                hint="Try once more, or ask who runs it.",
                detail="provider",
            )

    def _is_for_us(self, claims: Mapping[str, Any]) -> None:
        audience = claims.get("aud")
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in claims) and claims.get("azp") != self.configured.client_id:
            raise _unfit("azp")
        if not isinstance(claims.get("sub"), str) or not 0 < len(claims["sub"]) <= 255:
            raise _unfit("sub")

    async def _exchange(self, said: Mapping[str, Any], code: str, verifier: str, back: str) -> dict[str, Any]:
        from authlib.integrations.base_client.errors import OAuthError  # noqa: PLC0415 - the extra
        from httpx import HTTPError  # noqa: PLC0415 - the extra

        try:
            async with self._client(back) as client:
                token = await client.fetch_token(
                    said["token_endpoint"], code=code, code_verifier=verifier, redirect_uri=back
                )
        except OAuthError:
            raise _unfit("code") from None
        except (HTTPError, ValueError):
            raise _silent() from None
        return dict(token)

    async def _read(self, token: str) -> dict[str, Any]:
        """The claims of a token that the provider signed for us and that is in force."""
        from joserfc import jwt  # noqa: PLC0415 - the extra
        from joserfc.errors import JoseError  # noqa: PLC0415 - the extra

        rules = jwt.JWTClaimsRegistry(
            leeway=CLOCKS_APART,
            iss={"essential": True, "value": str((await self._about())["issuer"])},
            aud={"essential": True, "value": self.configured.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
        )
        for fresh in (False, True):
            try:
                keys = await self._jwks(fresh=fresh)
                read = jwt.decode(token, keys, algorithms=list(SIGNED_WITH))
                rules.validate(read.claims)
            except (JoseError, ValueError):
                continue
            return dict(read.claims)
        raise _unfit("token")

    async def _with_claim(
        self, said: Mapping[str, Any], claims: dict[str, Any], access: str
    ) -> dict[str, Any]:
        """The claims, with the one that gives roles fetched where the ID token does not carry it."""
        address = said.get("userinfo_endpoint")
        if _claim(claims, self.configured.claim) is not None or not address or not access:
            return claims
        more = await self._get(address, authorization=f"Bearer {access}")
        if more.get("sub") != claims["sub"]:
            raise _unfit("sub")
        return {**more, **claims}

    async def _about(self) -> dict[str, Any]:
        if not self._said or time.monotonic() - self._said_at > KNOWN_FOR:
            said = await self._get(f"{self.issuer}/.well-known/openid-configuration")
            if str(said.get("issuer", "")).rstrip("/") != self.issuer:
                raise Misconfigured("the provider calls itself another issuer than policy/staff.toml does")
            for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                if not isinstance(said.get(name), str):
                    raise Misconfigured(f"the provider does not say its {name}")
            self._said, self._said_at = said, time.monotonic()
        return self._said

    async def _jwks(self, *, fresh: bool) -> Any:
        from joserfc.jwk import KeySet  # noqa: PLC0415 - the extra

        too_soon = time.monotonic() - self._keys_at < KEYS_AT_MOST_EVERY
        if self._keys is None or (fresh and not too_soon):
            said: Any = await self._get(str((await self._about())["jwks_uri"]))
            self._keys, self._keys_at = KeySet.import_key_set(said), time.monotonic()
        return self._keys

    async def _get(self, address: str, **headers: str) -> dict[str, Any]:
        import httpx  # noqa: PLC0415 - the extra

        try:
            async with httpx.AsyncClient(trust_env=False, timeout=SECONDS, verify=_trusted()) as client:
                reply = await client.get(address, headers=headers)
                said = reply.raise_for_status().json()
        except (httpx.HTTPError, ValueError):
            raise _silent() from None
        if not isinstance(said, dict):
            raise _silent()
        return said

    def _client(self, back: str) -> Any:
        from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: PLC0415 - the extra

        return AsyncOAuth2Client(
            self.configured.client_id,
            self._secret or None,
            scope=" ".join(self.configured.scopes),
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if self._secret else "none",
            trust_env=False,
            timeout=SECONDS,
            verify=_trusted(),
        )


@cache
def _trusted() -> ssl.SSLContext:
    """Whom the machine trusts, read once: a company's own authority is among them where the machine knows it."""
    return ssl.create_default_context()


def _roles(configured: Configured) -> dict[str, tuple[Grant, ...]]:
    found: dict[str, tuple[Grant, ...]] = {}
    for row in configured.roles:
        if row.role not in set(Role) or row.role == Role.AUDITOR:
            raise Misconfigured(
                f"policy/staff.toml gives a role {row.role!r} that a provider cannot give",
                hint=f"known: {', '.join(sorted(set(Role) - {Role.AUDITOR}))}",
            )
        found[row.value] = (*found.get(row.value, ()), Grant(row.tenant, Role(row.role)))
    return found


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim, which may lie deeper: `realm_access.roles`; None when it is not there."""
    found: Any = claims.get(name)
    if found is None:
        found = claims
        for part in name.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _values(claims: Mapping[str, Any], name: str) -> list[str]:
    """The values of a claim, which may be one or a list."""
    found = _claim(claims, name)
    values = found if isinstance(found, list) else [found]
    return [value for value in values if isinstance(value, str)]


def _unfit(what: str) -> NotAllowed:
    return NotAllowed(
        "What the provider sent does not fit.",
        hint="Start the sign-in again.",
        detail=f"provider.{what}"[:64],
    )


def _silent() -> UpstreamFailed:
    return UpstreamFailed(
        "The provider that signs you in does not answer.", hint="Try again, or sign in another way."
    )
