"""A small OpenID provider on a socket of this machine: discovery, keys, code flow with PKCE.

`claims` of the next token can be changed, `sign` decides how it is signed, and `sick` what goes
wrong at the token endpoint. Every request that came is in `asked`.
"""

import hashlib
import json
import secrets
import threading
import time
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm
from webauthn.helpers import bytes_to_base64url as base64url

CLIENT, SECRET = "map", "a secret & more"


class Provider:
    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.claims: dict[str, Any] = {}
        self.without: tuple[str, ...] = ()
        self.discovery: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.sick = ""
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/realms/bank"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def authorize(self, address: str, subject: str) -> dict[str, str]:
        """What the browser brings back when `subject` gave their password there."""
        question = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert question["response_type"] == "code" and "openid" in question["scope"].split()
        assert question["code_challenge_method"] == "S256" and question["client_id"] == CLIENT
        code = secrets.token_urlsafe(8)
        self._codes[code] = question | {"sub": subject}
        return {"code": code, "state": question["state"]}

    def signed(self, claims: dict[str, Any], **header: Any) -> str:
        return jwt.encode(claims, self.key, "RS256", headers={"kid": "one"} | header)

    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def answer_get(self, path: str) -> Any:
        if path.endswith("/.well-known/openid-configuration"):
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/certs",
                "end_session_endpoint": f"{self.issuer}/logout",
            } | self.discovery
        if path.endswith("/certs"):
            public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
            return {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]}
        return None

    def answer_token(self, form: dict[str, str], authorization: str) -> Any:
        """A token for a code, once, to the client that asked and its verifier."""
        pair = b64decode(authorization.removeprefix("Basic ")).decode()
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = base64url(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or pair != "map:a%20secret%20%26%20more"
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return None
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT, "sub": asked["sub"], "nonce": asked["nonce"]}
        told |= {"iat": now, "exp": now + 300, "auth_time": now} | self.claims
        told = {name: value for name, value in told.items() if name not in self.without}
        return {"access_token": "x", "token_type": "Bearer", "id_token": self.sign(told)}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            provider.asked.append(self.path)
            self._send(provider.answer_get(urlsplit(self.path).path))

        def do_POST(self) -> None:
            provider.asked.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            if provider.sick:
                self._be_sick()
                return
            self._send(provider.answer_token(form, self.headers.get("Authorization", "")))

        def _be_sick(self) -> None:
            if provider.sick == "slow":
                time.sleep(1.5)
            bodies = {"html": b"<html>", "huge": b" " * 300_000, "list": b"[]"}
            status = 500 if provider.sick == "error" else 200
            if provider.sick == "redirect":
                self.send_response(302)
                self.send_header("Location", f"{provider.issuer}/elsewhere")
                self.end_headers()
                return
            self._write(status, bodies.get(provider.sick, b"{}"))

        def _send(self, answer: Any) -> None:
            self._write(200 if answer else 400, json.dumps(answer or {"error": "no"}).encode())

        def _write(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):  # whoever asked may have hung up
                self.wfile.write(body)

    return Handler
