"""Who wants to join, and whether what they wrote may stand (D46).

Asked for are name, phone (or a card from staff) and community. No ID number.
"""

from dataclasses import dataclass, field
from uuid import UUID

from app.base import clock
from app.base.errors import DomainError, ValidationFailed
from app.base.ids import new_id
from app.people import names, phones
from app.people.models import Member

EXTERNAL_ID_MAX = 64
VERSION_MAX = 16
BIRTH_YEAR_MIN = 1900
GUARDED_AGE = 14
"""Below this age a guardian must consent (PIPL 31; D43)."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What is asked of somebody who joins (D46).

    Attributes:
        phone: As typed; None for a card holder whom staff take in.
        consent_version: The version of the text that was agreed to.
        external_id: The number in another system; unique in the book.
        guardian_consent_version: Needed for a child under 14.
    """

    name: str
    phone: str | None
    node_id: int
    consent_version: str
    external_id: str | None = None
    birth_year: int | None = None
    guardian_consent_version: str | None = None


@dataclass(slots=True)
class Candidate:
    """A newcomer on the way in: checked, then matched with who is known already."""

    newcomer: Newcomer
    name: str = ""
    phone: str | None = None
    login_hash: bytes | None = None
    person_id: UUID | None = None
    member: Member | None = None
    member_id: UUID = field(default_factory=new_id)
    is_known_person: bool = False
    refusal: DomainError | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing was decided about this one yet."""
        return self.refusal is None and self.member is None


def check(newcomer: Newcomer) -> Candidate:
    """Normalise what was written; a candidate that may not join carries the refusal."""
    candidate = Candidate(newcomer)
    try:
        _check_columns(newcomer)
        require_age(newcomer.birth_year, has_guardian=bool(newcomer.guardian_consent_version))
        candidate.name = names.normalise(newcomer.name)
        if newcomer.phone:
            candidate.phone = phones.normalise(newcomer.phone)
            candidate.login_hash = phones.login_hash(candidate.phone)
    except ValidationFailed as refusal:
        candidate.refusal = refusal
    return candidate


def _check_columns(newcomer: Newcomer) -> None:
    texts = (
        ("consent_version", newcomer.consent_version, VERSION_MAX),
        ("guardian_consent_version", newcomer.guardian_consent_version, VERSION_MAX),
        ("external_id", newcomer.external_id, EXTERNAL_ID_MAX),
    )
    for name, text, length_max in texts:
        if text is not None and not (text and len(text) <= length_max and text.isprintable()):
            raise ValidationFailed(f"{name} is empty or too long", field=name, reason="text")


def require_age(birth_year: int | None, *, has_guardian: bool) -> None:
    """Refuse a year that cannot be, and a child without a guardian's consent (PIPL 31; D43).

    Raises:
        ValidationFailed: Facts `field` and `reason` (`range`, `guardian`).
    """
    this_year = clock.today().year
    if birth_year is None:
        return
    if not BIRTH_YEAR_MIN <= birth_year <= this_year:
        raise ValidationFailed("no birth year", field="birth_year", reason="range")
    # Only the year is kept: somebody who turns 14 this year may still be 13.
    if this_year - birth_year <= GUARDED_AGE and not has_guardian:
        raise ValidationFailed(
            "under 14 only with a guardian's consent", field="birth_year", reason="guardian"
        )
