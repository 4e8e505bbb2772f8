"""Photos at the doors: taken from a form, handed out to the member and to who decides only.

A photo goes out as nothing but a picture: never kept by a browser, never run, and
whoever looks as staff is written down first.
"""

from typing import Any
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from app.base import pictures
from app.base.errors import NotFound, PhotoTooLarge, PhotoUnreadable, ValidationFailed
from app.base.pictures import Picture
from app.base.transactions import reading, unit_of_work
from app.people import members, objections
from app.people.errors import AlreadyDecided
from app.points import applications, backfills, photos
from app.points.models_public import PHOTOS_MAX
from app.points.photos import Kept, Subject
from app.service_orders import field_calls, standing
from app.web.session import actor, subject_id

ALONE = "default-src 'none'; sandbox"
"""The content policy of a picture: were it ever opened as a page, nothing in it would run."""


def sent(name: str = "photos") -> list[Picture]:
    """Return the photos that came with a form, made plain; a field left empty is none.

    Raises:
        PhotoUnreadable, PhotoTooLarge: One of them is no photo we can keep.
        ValidationFailed: More than three came at once.
    """
    files = [file for file in request.files.getlist(name) if file.filename]
    if len(files) > PHOTOS_MAX:
        raise ValidationFailed("at most three photos", field=name)
    try:
        return [pictures.take(file.stream.read(pictures.BYTES_MAX + 1)) for file in files]
    except (PhotoUnreadable, PhotoTooLarge) as error:
        error.facts.setdefault("field", name)
        raise


def keep(session: Session, ledger_id: int, subject: Subject, taken: list[Picture]) -> list[Kept]:
    """Keep what came with a form; raises as `photos.add`."""
    return [
        photos.add(session, ledger_id=ledger_id, subject=subject, picture=each, actor=actor())
        for each in taken
    ]


def subject_of(
    session: Session, ledger_id: int, kind: str, thing_id: UUID
) -> tuple[Subject, int, str]:
    """Return what photos are evidence of, the place whose staff decide on it, and its state.

    Raises:
        NotFound: There is no such back-fill, application, objection, order or call.
    """
    found: Any
    if kind in FIELD:
        return FIELD[kind](session, ledger_id, thing_id)
    if kind == "backfill":
        found = backfills.get(session, ledger_id=ledger_id, backfill_id=thing_id)
    elif kind == "application":
        found = applications.get(session, ledger_id=ledger_id, application_id=thing_id)
    else:
        found = objections.get(session, ledger_id=ledger_id, objection_id=thing_id)
    return Subject(kind, found.id, found.member_id), found.node_id, found.state


def _of_order(session: Session, ledger_id: int, thing_id: UUID) -> tuple[Subject, int, str]:
    found = standing.get_order(session, ledger_id=ledger_id, order_id=thing_id)
    if found.requester_id is None:
        raise NotFound("an order that no member asked for has no photos")
    return Subject("order", found.id, found.requester_id), found.node_id, found.state


def _of_call(session: Session, ledger_id: int, thing_id: UUID) -> tuple[Subject, int, str]:
    found = field_calls.get(session, ledger_id=ledger_id, call_id=thing_id)
    state = "open" if found.answered_at is None else "answered"
    return Subject("field_call", found.id, found.member_id), found.node_id, state


FIELD = {"order": _of_order, "field_call": _of_call}


def require_waiting(state: str) -> None:
    """Refuse new evidence for what was decided already.

    Raises:
        AlreadyDecided: It was; fact `state`.
    """
    if state not in ("waiting", "open"):
        raise AlreadyDecided(state=state)


def is_mine(session: Session, ledger_id: int, member_id: UUID) -> bool:
    """Whether the person, or whom they act for, is this member."""
    own = members.find_of_person(session, ledger_id=ledger_id, person_id=subject_id())
    return own is not None and own.id == member_id


def own_picture(ledger_id: int, photo_id: UUID) -> Response:
    """Hand a member their own photo.

    Raises:
        NotFound: It is another's, or there is none.
    """
    with reading() as session:
        kept = photos.get(session, ledger_id=ledger_id, photo_id=photo_id)
        if not is_mine(session, ledger_id, kept.member_id):
            raise NotFound("no photo of yours")
        return as_picture(photos.read(session, ledger_id=ledger_id, photo_id=photo_id))


def opened_by_staff(ledger_id: int, photo_id: UUID) -> Response:
    """Hand out a photo to staff, who may decide on it, and write down that they looked (D49)."""

    def look(session: Session) -> bytes:
        kept = photos.get(session, ledger_id=ledger_id, photo_id=photo_id)
        photos.note_opened(session, ledger_id=ledger_id, photo=kept, actor=actor())
        return photos.read(session, ledger_id=ledger_id, photo_id=photo_id)

    return as_picture(unit_of_work(look))


def as_picture(jpeg: bytes) -> Response:
    """Answer with a picture that nobody keeps and nothing runs in."""
    answer = Response(jpeg, mimetype="image/jpeg")
    answer.headers["Content-Security-Policy"] = ALONE
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = 'inline; filename="photo.jpg"'
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
