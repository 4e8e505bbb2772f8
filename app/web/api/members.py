"""Members of a place: found, taken in, opened, unlocked by its staff."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.people import audit, cards, credentials, joining, members, merges, team_members
from app.people.errors import AlreadyMember
from app.people.models import Member
from app.risk import freezes
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.schemas.members import (
    FullMemberOut,
    MemberOut,
    MemberSearchIn,
    NewMemberIn,
    NewMemberOut,
)
from app.web.session import actor

bp = Blueprint("members", __name__, url_prefix="/books/<book>/members", description="Members")


@bp.get("")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(MemberOut))
def list_members(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List the active members of a place, by number, masked."""
    return {"items": _find(book, text=None, **asked)}


@bp.post("/search")
@allow(SIGNED_IN)
@bp.arguments(MemberSearchIn)
@bp.response(200, items_of(MemberOut))
def search(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """Find members of a place by phone, number or name; a body, since no name stands in a URL."""
    return {"items": _find(book, **asked)}


@bp.post("")
@allow(SIGNED_IN)
@bp.arguments(NewMemberIn)
@bp.response(201, NewMemberOut)
def take_in(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Take a person in, with a card if asked; somebody known by phone and name stays who they are.

    The card's token is not in the answer: print the card to get it.
    """
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        newcomer = _newcomer(session, ledger_id, asked)
        member = joining.join(session, ledger_id=ledger_id, newcomer=newcomer, actor=actor())
        if not standing.is_at(session, member.node_id, WORKERS):
            raise AlreadyMember("a member of another place already")
        card = None
        if asked["has_card"]:
            card = cards.issue(
                session, ledger_id=ledger_id, member_id=member.id, actor=actor()
            ).card
        return {**shown(session, [member])[0], "card": card}

    return act(verb, ledger_id=ledger_id, dump=NewMemberOut().dump)


@bp.get("/<uuid:member_id>")
@allow(SIGNED_IN)
@bp.response(200, FullMemberOut)
def open_member(book: str, member_id: UUID) -> ResponseReturnValue:
    """Open a member with the full name; that it was opened is written down."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        member = standing.member(session, ledger_id, member_id, READERS)
        audit.write(
            session,
            ledger_id=ledger_id,
            actor=actor(),
            action="member_opened",
            subject_kind="member",
            subject_id=member_id,
        )
        return _full(session, member)

    return act(verb, dump=FullMemberOut().dump, status=200, needs_key=False)


@bp.post("/<uuid:member_id>/unlock")
@allow(SIGNED_IN)
@bp.response(204)
def unlock(book: str, member_id: UUID) -> ResponseReturnValue:
    """Open the locks of a member who tried a password or PIN too often."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> None:
        member = standing.member(session, ledger_id, member_id, WORKERS)
        credentials.unlock(session, person_id=member.person_id, actor=actor())

    return act(verb, ledger_id=ledger_id, status=204)


def shown(session: Session, found: Sequence[Member]) -> list[dict[str, Any]]:
    """Return members as others see them: masked, with the code of their place."""
    nodes = tree.get_many(session, {member.node_id for member in found})
    return [
        {
            "id": member.id,
            "volunteer_no": member.volunteer_no,
            "name": member.name_masked,
            "node_code": nodes[member.node_id].code,
            "state": member.state,
            "joined_on": member.joined_on,
        }
        for member in found
    ]


def _find(
    book: str, *, text: str | None, limit: int, offset: int, node_code: str | None = None
) -> list[dict[str, Any]]:
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, node_code, READERS)
        found = members.list_in(
            session, ledger_id=ledger_id, node=node, text=text, limit=limit, offset=offset
        )
        return shown(session, found)


def _newcomer(session: Session, ledger_id: int, asked: dict[str, Any]) -> joining.Newcomer:
    node = standing.place(session, asked["node_code"], WORKERS)
    standing.require_book(session, ledger_id, node)
    return joining.Newcomer(
        name=asked["name"],
        phone=asked["phone"],
        node_id=node.id,
        consent_version=asked["consent_version"],
        external_id=asked["external_id"],
        birth_year=asked["birth_year"],
        guardian_consent_version=asked["guardian_consent_version"],
    )


def _full(session: Session, member: Member) -> dict[str, Any]:
    key: standing.MemberKey = {"ledger_id": member.ledger_id, "member_id": member.id}
    frozen = freezes.find_live(
        session, ledger_id=member.ledger_id, subject_kind="member", subject_id=member.id
    )
    return {
        **shown(session, [member])[0],
        "name": members.full_name(member),
        "name_masked": member.name_masked,
        "external_id": member.external_id,
        "merged_into_id": member.merged_into_id,
        "is_frozen": frozen is not None,
        "teams": [team.name for team in team_members.teams_of(session, **key)],
        "merged_from": [old.volunteer_no for old in merges.merged_from(session, **key)],
    }
