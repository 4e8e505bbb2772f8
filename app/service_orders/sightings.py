"""Sightings (随手拍): reported by those whose duty it is, accepted by staff, earned by the piece.

The same thing reported again within ten minutes is refused, and so is a photo that was
sent before. It is filed where the reporter's duty is, not where they live. What is accepted
earns by its rate, up to the rate's points a day; on a day with paid duty to report it is
kept and earns nothing (T26, T27, O8).
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto, serials
from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import new_id
from app.base.pictures import Picture
from app.community import tree
from app.community.models import Node
from app.ledger import books
from app.people import duties, duty_pay, households, inbox, members
from app.people.models import Member
from app.points import grants, programmes
from app.points.grants import Deed
from app.service_orders.errors import DutyRequired, SightingDecided, SightingRepeated
from app.service_orders.models import Sighting
from app.service_orders.models_sighting import SIGHTING_KINDS

ACT = "report"
CATEGORY = "sighting"
SAME_WITHIN = timedelta(minutes=10)
PLACE_MAX, TEXT_MAX, REASON_MAX = 64, 500, 200


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What somebody saw: what kind of thing, where, in words, with a photo."""

    kind: str
    place: str
    text: str
    picture: Picture | None = None


def may_report(session: Session, member: Member) -> bool:
    """Whether a member holds a duty that reports what it sees."""
    return duties.may(session, ledger_id=member.ledger_id, member_id=member.id, act=ACT)


def places(session: Session, member: Member) -> list[Node]:
    """List the places where a member's duties report, each once."""
    return duties.places_to(session, ledger_id=member.ledger_id, member_id=member.id, act=ACT)


def report(
    session: Session, *, ledger_id: int, member: Member, node: Node | None = None, seen: Seen
) -> Sighting:
    """Report what one saw, to the place of one's duty; staff look at it.

    Args:
        node: Where the duty is, or a part of that place; needed by who reports at several.

    Raises:
        MemberNotActive: The member is not active.
        DutyRequired: It is no duty of theirs, or none at this place.
        ValidationFailed: Nothing is said, or not where, or not for which of one's places.
        SightingRepeated: The same was reported within ten minutes, or the photo was sent before.
    """
    members.require_active(member)
    node = _duty_place(session, member, node)
    _require_sense(seen)
    now, sighting_id = clock.now(), new_id()
    number = _number(session, ledger_id)  # the series stays locked: two at once take turns
    words = _words(node, seen)
    photo = crypto.fingerprint(seen.picture.jpeg) if seen.picture else None
    _require_new(session, ledger_id, words, photo)
    sighting = Sighting(
        ledger_id=ledger_id,
        id=sighting_id,
        number=number,
        member_id=member.id,
        node_id=node.id,
        node_path=node.path,
        kind=seen.kind,
        place=seen.place.strip(),
        text_sealed=crypto.seal(seen.text.strip(), sighting_id),
        words_hash=words,
        photo_cipher=(crypto.seal_bytes(seen.picture.jpeg, sighting_id) if seen.picture else None),
        photo_sha256=photo,
        seen_at=now,
        state="waiting",
    )
    session.add(sighting)
    session.flush()
    return sighting


def accept(session: Session, *, ledger_id: int, sighting_id: UUID, actor: Actor) -> Sighting:
    """Accept a report: it earns one time by the rate, up to the day's points.

    Raises:
        NotFound: No such report.
        SightingDecided: It was decided before.
        SecondPersonRequired: One's own, or of one's household (A6).
        LedgerReadOnly: The book is stopped.
    """
    found = _waiting(session, ledger_id, sighting_id, actor)
    found.state = "accepted"
    category = _category(session, ledger_id)
    if category is not None:
        deed = Deed(
            member_id=found.member_id,
            source_kind="sighting",
            source_id=found.id,
            provenance="none",
            minutes=0,
            quantity=1,
            category_code=category,
            served_on=clock.local_date(found.seen_at),
            node_id=found.node_id,
            is_paid_duty=_is_paid(session, found),
        )
        (made,) = grants.grant(session, ledger_id=ledger_id, deeds=[deed], actor=actor)
        found.grant_id = made.id
    _decide(session, found, None, actor)
    return found


def refuse(
    session: Session, *, ledger_id: int, sighting_id: UUID, reason: str, actor: Actor
) -> Sighting:
    """Refuse a report, with the reason; nothing is earned.

    Raises:
        NotFound: No such report.
        SightingDecided: It was decided before.
        SecondPersonRequired: One's own, or of one's household (A6).
        ValidationFailed: No reason is given.
    """
    if not 1 <= len(reason.strip()) <= REASON_MAX:
        raise ValidationFailed("say why", field="reason")
    found = _waiting(session, ledger_id, sighting_id, actor)
    found.state = "refused"
    _decide(session, found, reason.strip(), actor)
    return found


def get(
    session: Session, *, ledger_id: int, sighting_id: UUID, is_locked: bool = False
) -> Sighting:
    """Return a report.

    Raises:
        NotFound: The book has none of this id.
    """
    query = sa.select(Sighting).where(Sighting.ledger_id == ledger_id, Sighting.id == sighting_id)
    if is_locked:
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("no such report")
    return found


def text_of(sighting: Sighting) -> str:
    """Return what was said of it, in full."""
    return crypto.unseal(sighting.text_sealed, sighting.id)


def photo_of(sighting: Sighting) -> bytes:
    """Return its photo, as JPEG.

    Raises:
        NotFound: It has none.
    """
    if sighting.photo_cipher is None:
        raise NotFound("no photo")
    return crypto.unseal_bytes(sighting.photo_cipher, sighting.id)


def _duty_place(session: Session, member: Member, node: Node | None) -> Node:
    """Return where the report goes; no one's home, so that nobody chooses their own desk."""
    held = places(session, member)
    if node is None and len(held) > 1:
        raise ValidationFailed("say for which place", field="node_code")
    if not held or (node and not any(tree.contains(each, node) for each in held)):
        raise DutyRequired
    return node or held[0]


def _is_paid(session: Session, found: Sighting) -> bool:
    """Whether who reported was paid that day to report, at whatever place (O8, A5)."""
    return duty_pay.is_paid_to(
        session,
        ledger_id=found.ledger_id,
        member_id=found.member_id,
        act=ACT,
        on=clock.local_date(found.seen_at),
    )


def _category(session: Session, ledger_id: int) -> str | None:
    """Return the category that reports count as; None where the programme has none yet."""
    programme = programmes.of_ledger(session, ledger_id)
    try:
        return programmes.category(session, programme, CATEGORY).code
    except NotFound:
        return None


def _waiting(session: Session, ledger_id: int, sighting_id: UUID, actor: Actor) -> Sighting:
    found = get(session, ledger_id=ledger_id, sighting_id=sighting_id, is_locked=True)
    if found.state != "waiting":
        raise SightingDecided(state=found.state)
    circle = households.circle_of(session, ledger_id=ledger_id, person_id=actor.person_id)
    if found.member_id in circle:
        raise SecondPersonRequired("nobody decides on their own report")
    return found


def _decide(session: Session, found: Sighting, reason: str | None, actor: Actor) -> None:
    found.reason = reason
    found.decided_by_id, found.decided_at = actor.person_id, clock.now()
    session.flush()
    facts = {"number": found.number, "verdict": found.state, "reason": reason or ""}
    note = inbox.Note(
        found.member_id, "sighting_decided", facts, natural_key=f"sighting:{found.id}"
    )
    inbox.tell(session, ledger_id=found.ledger_id, notes=[note])


def _require_new(session: Session, ledger_id: int, words: bytes, photo: bytes | None) -> None:
    """Refuse what was said just now or shown ever; one question for each of the two indexes."""
    said = sa.and_(Sighting.words_hash == words, Sighting.seen_at > clock.now() - SAME_WITHIN)
    for same in (said, *([Sighting.photo_sha256 == photo] if photo else [])):
        query = sa.select(Sighting.id).where(Sighting.ledger_id == ledger_id, same)
        if session.execute(query.limit(1)).first() is not None:
            raise SightingRepeated


def _words(node: Node, seen: Seen) -> bytes:
    """Return the keyed hash of what was said: spaces and case do not count."""
    bare = "|".join("".join(part.split()).casefold() for part in (seen.place, seen.text))
    return crypto.lookup_hash("sighting", f"{node.id}|{seen.kind}|{bare}")


def _require_sense(seen: Seen) -> None:
    if seen.kind not in SIGHTING_KINDS:
        raise ValidationFailed("unknown kind", field="kind")
    if not 1 <= len(seen.place.strip()) <= PLACE_MAX:
        raise ValidationFailed("say where", field="place_text")
    if not 1 <= len(seen.text.strip()) <= TEXT_MAX:
        raise ValidationFailed("say what", field="text")


def _number(session: Session, ledger_id: int) -> str:
    day = clock.today().strftime("%Y%m%d")
    serial = serials.take(session, ledger_id=ledger_id, name=f"sighting:{day}")
    return f"{books.get(session, ledger_id).code}-S{day}-{serial:04d}"
