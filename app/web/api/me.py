"""Who I am: profile, roles, and the books that I am a member of."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base import crypto
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.ledger import books
from app.people import credentials, joining, members, phones, roles
from app.people.models import Home, Person
from app.points import programmes, wallets
from app.web.acts import act
from app.web.api.standing import oneself
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.me import HomeOut, JoinBookIn, MeOut
from app.web.session import actor

bp = Blueprint("me", __name__, url_prefix="/me", description="My own matters")


@bp.get("")
@allow(SIGNED_IN)
@bp.response(200, MeOut)
def profile() -> dict[str, Any]:
    """Show who I am: my name, my roles, my books."""
    with reading() as session:
        person = session.get(Person, oneself())
        if person is None:
            raise NotFound("no such person")
        return {
            "person_id": person.person_id,
            "name": _open(person.name_cipher, person.person_id) or "",
            "phone_masked": _masked_phone(person),
            "has_password": credentials.has_password(session, person_id=person.person_id),
            "has_pin": credentials.has_pin(session, person_id=person.person_id),
            "roles": roles_of(session, person.person_id),
            "books": _homes(session, person.person_id),
        }


@bp.get("/books")
@allow(SIGNED_IN)
@bp.response(200, items_of(HomeOut))
def list_books() -> dict[str, Any]:
    """List the books that I am a member of."""
    with reading() as session:
        return {"items": _homes(session, oneself())}


@bp.post("/books")
@allow(SIGNED_IN)
@bp.arguments(JoinBookIn)
@bp.response(201, HomeOut)
def join_book(asked: dict[str, Any]) -> ResponseReturnValue:
    """Become a member in the book of another place, under my own name."""

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        person_id = oneself()
        node = tree.by_code(session, asked["node_code"])
        ledger_id = programmes.of_node(session, node).ledger_id
        joining.join_another_book(
            session,
            ledger_id=ledger_id,
            person_id=person_id,
            node_id=node.id,
            consent_version=asked["consent_version"],
            actor=actor(),
        )
        homes = members.list_homes(session, person_id=person_id)
        return next(_home(session, home) for home in homes if home.ledger_id == ledger_id)

    return act(verb, dump=HomeOut().dump)


def roles_of(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Return a person's roles of today with the names of their places."""
    held = roles.list_of(session, person_id=person_id)
    nodes = tree.get_many(session, (grant.node_id for grant in held))
    return [
        {
            "role": grant.role,
            "node_code": nodes[grant.node_id].code,
            "node_name": nodes[grant.node_id].short_name,
            "until_on": grant.until_on,
            "granted_at": grant.granted_at,
        }
        for grant in held
    ]


def _homes(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    return [_home(session, home) for home in members.list_homes(session, person_id=person_id)]


def _home(session: Session, home: Home) -> dict[str, Any]:
    book = books.get(session, home.ledger_id)
    member = members.get(session, ledger_id=home.ledger_id, member_id=home.member_id)
    node = tree.get(session, member.node_id)
    held = wallets.holding(session, ledger_id=home.ledger_id, member_id=member.id)
    expiring = held.next_expiry
    return {
        "book": book.code,
        "name": book.name,
        "has_points": book.has_points,
        "member_id": member.id,
        "volunteer_no": member.volunteer_no,
        "node_code": node.code,
        "node_name": node.short_name,
        "state": member.state,
        "joined_on": member.joined_on,
        "spendable_points": held.spendable_points,
        "next_expiry_points": expiring[1] if expiring else None,
        "next_expires_on": expiring[0] if expiring else None,
    }


def _masked_phone(person: Person) -> str | None:
    phone = _open(person.phone_cipher, person.person_id)
    return phones.mask(phone) if phone else None


def _open(cipher: bytes | None, person_id: UUID) -> str | None:
    return crypto.unseal(cipher, person_id) if cipher else None
