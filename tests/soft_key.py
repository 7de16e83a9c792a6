"""A passkey in software: makes a key, signs challenges, as an authenticator and its browser do."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as base64url

USER_PRESENT, USER_VERIFIED, KEY_INCLUDED = 0x01, 0x04, 0x40
ORIGIN = "http://localhost:8000"


@dataclass
class SoftKey:
    """One key, bound to `host`; `count` is what it says the next time (0: it does not count)."""

    host: str = "localhost"
    origin: str = ORIGIN
    count: int = 1
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    private: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def created(self, options: dict[str, Any]) -> str:
        """Its answer to ``navigator.credentials.create``."""
        numbers = self.private.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (numbers.x, numbers.y))
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        named = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id
        data = self._data(USER_PRESENT | USER_VERIFIED | KEY_INCLUDED) + named + public
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": client, "attestationObject": attestation})

    def signed(self, options: dict[str, Any], **changed: bytes) -> str:
        """Its answer to ``navigator.credentials.get``; `changed` parts as a forger would have them."""
        client = self._client("webauthn.get", options["challenge"])
        data = self._data(USER_PRESENT | USER_VERIFIED)
        signature = self.private.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer(parts | changed)

    def _data(self, flags: int) -> bytes:
        host = hashlib.sha256(self.host.encode()).digest()
        data = host + bytes([flags]) + self.count.to_bytes(4, "big")
        self.count += 1 if self.count else 0
        return data

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _answer(self, parts: dict[str, bytes]) -> str:
        name = base64url(self.credential_id)
        response = {part: base64url(value) for part, value in parts.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
