"""Signing in by phone and password, or by phone and code; what a door needs of it.

The ways in return a `SignInResult` and raise no refusal, because the failed try
they count must survive it. A door calls them so:

    result = unit_of_work(lambda session: sign_in.by_password(session, …))
    token = result.require()          # raises after the count was committed

An unknown phone walks the same way as a known one: it has a shadow under which
its failures are counted and locked, so neither time nor answer tells them apart.
The old phone of a person whose memberships were merged leads to the kept person.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import crypto
from app.base.errors import DomainError
from app.people import credentials, login_codes, phones, roles, sessions
from app.people.errors import NotRegistered
from app.people.members import find_person_by_phone, surviving_person
from app.people.sessions import SignedIn, revoke, revoke_all, touch

__all__ = [
    "SignInResult",
    "SignedIn",
    "by_code",
    "by_password",
    "find_session",
    "is_known",
    "open_session",
    "revoke",
    "revoke_all",
    "touch",
]

find_session = sessions.find
is_known = sessions.is_known


@dataclass(frozen=True, slots=True)
class SignInResult:
    """What came of a try to sign in.

    Attributes:
        token: For the cookie or the bearer; None when refused.
        refusal: Why not; to be raised after the unit of work has committed.
        ticket: The phone was proven, but nobody joined with it yet: who joins within
            ten minutes hands this in (`login_codes.is_ticket_of`).
    """

    token: str | None = None
    person_id: UUID | None = None
    refusal: DomainError | None = None
    ticket: str | None = None

    def require(self) -> str:
        """Return the token.

        Raises:
            DomainError: The refusal, whichever it is.
        """
        if self.refusal is not None:
            raise self.refusal
        assert self.token is not None, "a try is refused or has a token"
        return self.token


def by_password(
    session: Session, *, phone: str, password: str, device_hash: bytes | None = None
) -> SignInResult:
    """Sign in by phone and password; a failure is counted, the fifth locks (D48).

    Raises:
        ValidationFailed: It is no mobile number.
    """
    person_id = find_person_by_phone(session, phone)
    refusal = credentials.check_password(
        session, person_id=person_id or _shadow_of(phone), password=password
    )
    if refusal is not None or person_id is None:
        return SignInResult(refusal=refusal)
    return _signed_in(session, person_id, device_hash)


def by_code(
    session: Session, *, phone: str, code: str, device_hash: bytes | None = None
) -> SignInResult:
    """Sign in by a code that was sent to the phone; the try is counted, the code used up.

    Raises:
        ValidationFailed: It is no mobile number.
    """
    refusal = login_codes.redeem(session, phone=phone, code=code)
    if refusal is not None:
        return SignInResult(refusal=refusal)
    person_id = find_person_by_phone(session, phone)
    if person_id is None:
        ticket = login_codes.ticket(phones.normalise(phone))
        return SignInResult(refusal=NotRegistered(), ticket=ticket)
    return _signed_in(session, person_id, device_hash)


def open_session(session: Session, *, person_id: UUID, device_hash: bytes | None = None) -> str:
    """Open a session for somebody whose phone or password was proven; return its token.

    Idle time and end are chosen by the strongest role held today (D48).
    """
    held = {grant.role for grant in roles.list_of(session, person_id=person_id)}
    stay = roles.stay_of(held)
    return sessions.begin(
        session,
        person_id=person_id,
        idle_minutes=stay.idle_minutes,
        lasts=stay.lasts,
        device_hash=device_hash,
    )


def _signed_in(session: Session, person_id: UUID, device_hash: bytes | None) -> SignInResult:
    person_id = surviving_person(session, person_id)
    token = open_session(session, person_id=person_id, device_hash=device_hash)
    return SignInResult(token=token, person_id=person_id)


def _shadow_of(phone: str) -> UUID:
    digest = crypto.lookup_hash("unknown-phone", phones.normalise(phone))
    return UUID(bytes=digest[:16])
