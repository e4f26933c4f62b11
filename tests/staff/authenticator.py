"""A passkey in software, written from the WebAuthn level 2 text: what a phone or a key does, and what a thief would."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class Device:
    """One device with one key. `counts` is False for the many that always say 0."""

    origin: str = "http://localhost"
    counts: bool = True
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0
    rp_id: str = "localhost"

    def make(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.create`."""
        point = self.key.public_key().public_numbers()
        cose = encode_cbor(
            {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        )
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cose
        data = self._data(ATTESTED) + attested
        statement = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": text(self._client("webauthn.create", options["challenge"])),
            "attestationObject": text(statement),
        }
        return self._answer(response)

    def use(self, options: dict[str, Any]) -> str:
        """The answer to `navigator.credentials.get`."""
        self.count += self.counts
        client = self._client("webauthn.get", options["challenge"])
        data = self._data()
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": text(client),
            "authenticatorData": text(data),
            "signature": text(signed),
            "userHandle": None,
        }
        return self._answer(response)

    def _data(self, flags: int = 0) -> bytes:
        said = PRESENT | (VERIFIED if self.verifies else 0) | flags
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([said]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = text(self.credential)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
