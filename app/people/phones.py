"""Phone numbers: one spelling, a keyed hash for look-up, a mask for the screen.

Stored are digits only, encrypted; found is only the keyed hash.
"""

import re
import unicodedata

from app.base import crypto
from app.base.errors import ValidationFailed

MOBILE = re.compile(r"1[3-9]\d{9}")
UNDIALLABLE = re.compile(r"0{5}\d{6}")
"""000-0000-0001 to 000-0099-9999: numbers for tests and the demo that reach nobody."""

SEPARATORS = re.compile(r"[\s\-()]")
COUNTRY = re.compile(r"(?:\+|00)86(?=1)")


def normalise(text: str) -> str:
    """Return the eleven digits of a mobile number, however it was typed.

    Raises:
        ValidationFailed: It is no mobile number.
    """
    digits = _digits(text)
    if not _is_number(digits):
        raise ValidationFailed("not a mobile number", field="phone", reason="no_mobile")
    return digits


def is_phone(text: str) -> bool:
    """Whether the text is a mobile number, however it was typed."""
    return _is_number(_digits(text))


def login_hash(phone: str) -> bytes:
    """Return the keyed hash by which the directory finds a normalised phone."""
    return crypto.lookup_hash("phone", phone)


def mask(phone: str) -> str:
    """Show a normalised phone as 138****1234."""
    return f"{phone[:3]}****{phone[-4:]}"


def _digits(text: str) -> str:
    digits = SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    return COUNTRY.sub("", digits, count=1) if COUNTRY.match(digits) else digits


def _is_number(digits: str) -> bool:
    known = MOBILE.fullmatch(digits) or UNDIALLABLE.fullmatch(digits)
    return digits.isascii() and known is not None
