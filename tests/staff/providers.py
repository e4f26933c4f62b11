"""Providers that sign staff in: the public mock as a process of its own, and one of ours that can be told to lie."""

import base64
import hashlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from fairgo.core.policy import Provider as Configured

CLIENT = "fairgo-console"
ROLES = [
    {"value": "fairgo-owners", "role": "owner"},
    {"value": "fairgo-analysts", "role": "analyst", "tenant": "north"},
]
ADA = {"sub": "ada", "name": "Ada Byron", "groups": ["fairgo-owners", "everyone"]}
BOB = {"sub": "bob", "name": "Bob", "groups": ["everyone"]}


# Making one takes longer than a test does.
KEYS = {name: RSAKey.generate_key(2048, {"kid": name}) for name in ("one", "two")}
FORGED = {
    name: RSAKey.import_key(KEYS[other].as_dict(private=True), {"kid": name})
    for name, other in (("one", "two"), ("two", "one"))
}


def configured(issuer: str, **how: Any) -> Configured:
    """What policy/staff.toml would say of it."""
    return Configured.model_validate(
        {"issuer": issuer, "client_id": CLIENT, "roles": ROLES, "title": "Banksia ID", **how}
    )


@contextmanager
def mock_provider(*users: dict[str, Any]) -> Iterator[str]:
    """oidc-provider-mock as a process of its own. Gives its issuer."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    claims = [part for user in users for part in ("--user-claims", json.dumps(user))]
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "oidc_provider_mock",
        "-p",
        str(port),
        "-n",
        "true",
        *claims,
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        issuer = f"http://127.0.0.1:{port}"
        until = time.monotonic() + 30
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
        yield issuer
    finally:
        process.terminate()
        process.wait(10)


@dataclass
class Liar:
    """A provider that keeps the rules, PKCE included, but for what a test changes."""

    issuer: str = ""
    key: RSAKey = field(default_factory=lambda: KEYS["one"])
    claims: dict[str, Any] = field(default_factory=lambda: dict(ADA))
    changes: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    about: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    signs_with: Any = None
    asked: dict[str, str] = field(default_factory=dict)
    keys_fetched: int = 0

    def come_back(self, address: str) -> dict[str, str]:
        """Somebody signs in at the address they were sent to. Gives what their browser brings back."""
        self.asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        return {"code": "the-code", "state": self.asked["state"], "iss": self.issuer}

    def token(self, **more: Any) -> str:
        """An ID token or logout token, signed."""
        now = int(time.time())
        said = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked.get("nonce"),
        }
        said = {**said, **self.claims, **self.changes, **more}
        said = {name: value for name, value in said.items() if value is not None}
        key = self.signs_with or self.key
        return jwt.encode(
            {"alg": self.algorithm, "kid": self.key.kid}, said, key, algorithms=[self.algorithm]
        )

    def answer(self, path: str, form: dict[str, str]) -> dict[str, Any] | None:
        """What is said under a path; None refuses."""
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "/go", "token_endpoint": "/token", "jwks_uri": "/keys", "userinfo_endpoint": "/me"}  # fmt: skip
            return {"issuer": self.issuer, **{name: self.issuer + place for name, place in places.items()}, **self.about}  # fmt: skip
        if path == "/keys":
            self.keys_fetched += 1
            return {"keys": [self.key.as_dict(private=False)]}
        if path == "/me":
            return self.userinfo
        proof = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(proof).rstrip(b"=").decode() != self.asked.get("code_challenge"):
            return None
        return {"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": self.token()}


@contextmanager
def lying() -> Iterator[Liar]:
    """A running provider of ours."""
    liar = Liar()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self.reply({name: values[0] for name, values in parse_qs(body).items()})

        def reply(self, form: dict[str, str]) -> None:
            said = liar.answer(self.path, form)
            body = json.dumps({"error": "invalid_grant"} if said is None else said).encode()
            self.send_response(400 if said is None else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    liar.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield liar
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
