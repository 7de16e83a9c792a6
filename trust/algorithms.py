"""What a key can do: AES-256-GCM and HMAC-SHA256, or the national SM4-GCM and HMAC-SM3.

GB/T 32907 (SM4), GB/T 32905 (SM3), RFC 8998 (SM4-GCM). Which of the two a key is for
stands beside it in its ring (`trust.keyring`); no key is used with both.
"""

import hashlib
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

__all__ = ["AESGCM", "Aead", "HmacSha256", "HmacSm3", "InvalidTag", "Mac", "Sm4Gcm"]

TAG_BYTES = 16
_BLOCK = 64  # of SHA-256, in bytes


class Aead(Protocol):
    """Seals bytes together with what they are bound to, as `cryptography`'s AEAD classes do."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


class Sm4Gcm:
    """SM4-GCM with the interface of `AESGCM`, which `cryptography` has no such class for."""

    def __init__(self, key: bytes) -> None:
        self._cipher = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """Ciphertext and tag."""
        encryptor = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(associated_data or b"")
        return encryptor.update(data) + encryptor.finalize() + encryptor.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes:
        """The plaintext, once its tag is found right.

        Raises:
            InvalidTag: another key, another binding, or altered bytes.
        """
        if len(data) < TAG_BYTES:
            raise InvalidTag
        text, tag = data[:-TAG_BYTES], data[-TAG_BYTES:]
        decryptor = Cipher(self._cipher, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(associated_data or b"")
        return decryptor.update(text) + decryptor.finalize()  # which raises before anything is told


class Mac(Protocol):
    """A keyed hash of 32 bytes."""

    def __call__(self, content: bytes) -> bytes: ...


class HmacSha256:
    """HMAC-SHA256 (RFC 2104), the key taken in once: lists ask it millions of times."""

    def __init__(self, key: bytes) -> None:
        short = hashlib.sha256(key).digest() if len(key) > _BLOCK else key
        padded = short.ljust(_BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))

    def __call__(self, content: bytes) -> bytes:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(content)
        outer.update(inner.digest())
        return outer.digest()


class HmacSm3:
    """HMAC-SM3, likewise."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hmac.HMAC(key, hashes.SM3())

    def __call__(self, content: bytes) -> bytes:
        mac = self._keyed.copy()
        mac.update(content)
        return mac.finalize()
