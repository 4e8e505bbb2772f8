"""Personal fields at rest, keyed hashes for look-up, and keys for codes.

AES-256-GCM with the row's id as associated data, so a cipher copied to another
row does not open. Keys are derived from two roots (HKDF-SHA256): one for fields
and look-ups, one for codes, so that each can be changed without the other.
"""

import hashlib
import hmac
import os
from functools import lru_cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_VERSION = b"\x01"
NONCE_BYTES = 12

_roots: dict[str, bytes] = {}


def set_root(*, field: str, code: str) -> None:
    """Take the root keys (hex) of this process."""
    _roots["field"] = bytes.fromhex(field)
    _roots["code"] = bytes.fromhex(code)
    derived.cache_clear()


@lru_cache(maxsize=4096)
def derived(root: str, purpose: str) -> bytes:
    """Derive a 256-bit key for one purpose from the root `field` or `code`."""
    return HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(_roots[root])


def seal(text: str, row_id: UUID) -> bytes:
    """Encrypt a personal field for one row."""
    return seal_bytes(text.encode(), row_id)


def unseal(sealed: bytes, row_id: UUID) -> str:
    """Decrypt a personal field of one row.

    Raises:
        ValueError: The cipher is damaged, or belongs to another row or key.
    """
    return unseal_bytes(sealed, row_id).decode()


def seal_bytes(content: bytes, row_id: UUID) -> bytes:
    """Encrypt what is no text, such as a piece of a file, for one row."""
    nonce = os.urandom(NONCE_BYTES)
    cipher = AESGCM(derived("field", "personal-field/1"))
    return KEY_VERSION + nonce + cipher.encrypt(nonce, content, row_id.bytes)


def unseal_bytes(sealed: bytes, row_id: UUID) -> bytes:
    """Decrypt what `seal_bytes` encrypted.

    Raises:
        ValueError: The cipher is damaged, or belongs to another row or key.
    """
    if sealed[:1] != KEY_VERSION:
        raise ValueError("unknown key version")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    cipher = AESGCM(derived("field", "personal-field/1"))
    try:
        return cipher.decrypt(nonce, body, row_id.bytes)
    except InvalidTag as error:
        raise ValueError("this field does not open here") from error


def lookup_hash(purpose: str, value: str) -> bytes:
    """Hash a value under a key, so that it can be found but not read (blind index)."""
    return hmac.digest(derived("field", f"lookup/{purpose}/1"), value.encode(), "sha256")


def mac(purpose: str, message: bytes, size_bytes: int = 16) -> bytes:
    """Authenticate a code's bytes; 128 bits unless told otherwise."""
    return hmac.digest(derived("code", purpose), message, "sha256")[:size_bytes]


def equal(one: bytes, other: bytes) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(one, other)


def fingerprint(content: bytes) -> bytes:
    """SHA-256 of a content that is not secret: a journal, a request, a file."""
    return hashlib.sha256(content).digest()
