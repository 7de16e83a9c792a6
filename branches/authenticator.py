"""The codes of an authenticator (RFC 6238): 6 digits every 30 seconds, SHA-1.

SHA-1 because every authenticator knows it, many nothing else; as HMAC it is sound.
"""

import os
import re
import time
import unicodedata
from base64 import b32decode, b32encode

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS = 6
STEP = 30  # seconds
PROVED = "factor"  # key of a session that was opened with a code, or enrolled
DRIFT = 1  # steps a phone's clock may be early or late
SECRET_BYTES = 20  # of SHA-1, as RFC 4226 recommends


def new_secret() -> str:
    """160 random bits in base32: 32 letters and digits, without padding."""
    return b32encode(os.urandom(SECRET_BYTES)).decode()


def _codes(secret: str) -> TOTP:
    return TOTP(b32decode(secret), DIGITS, SHA1(), STEP)  # noqa: S303 (see above)


def code_at(secret: str, at: float) -> str:
    """What the phone shows at that moment (seconds since 1970)."""
    return _codes(secret).generate(int(at)).decode()


def step_of(secret: str, code: str, *, after: int) -> int | None:
    """The step whose code this is, if it is due now and later than step `after`.

    Steps are numbered from 1970. A code that was right once is given with `after`,
    so that nobody who saw it typed can use it again.
    """
    if not re.fullmatch(rf"[0-9]{{{DIGITS}}}", code):
        return None
    now = int(time.time()) // STEP
    for step in range(max(now - DRIFT, after + 1), now + DRIFT + 1):
        if bytes_eq(code_at(secret, step * STEP).encode(), code.encode()):
            return step
    return None


def address(secret: str, *, account: str, issuer: str) -> str:
    """``otpauth://…``: what the QR code says to an authenticator."""
    return _codes(secret).get_provisioning_uri(account, issuer)


def as_typed(text: str) -> str:
    """A code without what people add to it: spaces, hyphens, full-width digits, capitals."""
    plain = unicodedata.normalize("NFKC", text[:64])
    return re.sub(r"[\s-]", "", plain).lower()
