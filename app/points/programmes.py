"""Programmes (爱心银行, 时间银行, 积分制): one book each, hung on a node and valid below it.

A place uses the programme of its nearest ancestor that has one (P2). A programme
without points keeps hours only: no points lines, no mall.
"""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.community import node_rows, tree
from app.community.models import Node
from app.ledger import books
from app.people.models import Member
from app.points import indicators
from app.points.errors import MembersBelow, NoProgramme, ProgrammeExists
from app.points.indicators import (
    add_category,
    add_indicator,
    add_minus_indicator,
    categories,
    category,
    demand,
    indicator,
    list_categories,
    list_indicators,
    measure_by,
)
from app.points.models import Programme
from app.points.models_rule import EXPIRY_POLICIES

BOOK_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}")
"""It stands in addresses, volunteer numbers, card numbers and slips."""
NAME_LENGTH_MAX = 64

__all__ = [
    "add_category",
    "add_indicator",
    "add_minus_indicator",
    "categories",
    "category",
    "demand",
    "find_of_node",
    "indicator",
    "list_all",
    "list_categories",
    "list_indicators",
    "measure_by",
    "of_ledger",
    "of_node",
    "start",
]


def find_of_node(session: Session, node: Node) -> Programme | None:
    """Return the programme of the nearest place at or above the node, if there is one."""
    query = (
        sa.select(Programme)
        .join(Node, Node.id == Programme.node_id)
        .where(Programme.node_id.in_(node_rows.path_ids(node.path)))
        .order_by(Node.depth.desc())
        .limit(1)
    )
    return session.scalar(query)


def of_node(session: Session, node: Node) -> Programme:
    """Return the programme that the node inherits or has (P2).

    Raises:
        NoProgramme: Nothing at or above the node has one.
    """
    programme = find_of_node(session, node)
    if programme is None:
        raise NoProgramme(node=node.code)
    return programme


def of_ledger(session: Session, ledger_id: int) -> Programme:
    """Return the programme that owns the book.

    Raises:
        NoProgramme: The book belongs to none (the house's own book 0).
    """
    programme = session.scalar(sa.select(Programme).where(Programme.ledger_id == ledger_id))
    if programme is None:
        raise NoProgramme(ledger_id=ledger_id)
    return programme


def list_all(session: Session) -> list[Programme]:
    """List every programme, by its id."""
    return list(session.scalars(sa.select(Programme).order_by(Programme.id)))


def start(
    session: Session,
    *,
    node: Node,
    book_code: str,
    name: str,
    has_points: bool = True,
    expiry_policy: str = "never",
    actor: Actor,
) -> Programme:
    """Start a programme at the node, with its book, the default indicators and categories.

    The indicators count minutes until `measure_by` says otherwise; rates come by
    `rates.add_version`. The book's number is the node's: a place has one programme.

    Raises:
        ProgrammeExists: The node has a programme of its own.
        MembersBelow: People below the node are in the book of a programme above it.
        ValidationFailed: The expiry policy is unknown (D28), there is no name, or the
            book's code is taken or has other characters than letters, digits and `-`.
    """
    if expiry_policy not in EXPIRY_POLICIES:
        raise ValidationFailed("unknown expiry policy", field="expiry_policy")
    if not BOOK_CODE.fullmatch(book_code):
        raise ValidationFailed("1 to 32 letters, digits or -", field="book_code")
    if not 0 < len(name.strip()) <= NAME_LENGTH_MAX:
        raise ValidationFailed("a programme has a name", field="name")
    _require_free(session, node)
    books.open_book(
        session,
        book_id=node.id,
        code=book_code,
        name=name,
        has_points=has_points,
        opened_on=clock.today(),
    )
    programme = Programme(
        id=node.id,
        node_id=node.id,
        ledger_id=node.id,
        name=name,
        has_points=has_points,
        expiry_policy=expiry_policy,
        valid_from_on=clock.today(),
    )
    session.add(programme)
    session.flush()
    indicators.fill(session, programme)
    indicators.audit_rule(session, programme, actor, "programme_started", node_code=node.code)
    return programme


def _require_free(session: Session, node: Node) -> None:
    above = find_of_node(session, node)
    if above is None:
        return
    if above.node_id == node.id:
        raise ProgrammeExists(node=node.code)
    below = sa.select(Node.id).where(tree.within(Node.path, node))
    member = sa.select(Member.id).where(
        Member.ledger_id == above.ledger_id, Member.node_id.in_(below)
    )
    if session.scalar(member.limit(1)) is not None:
        raise MembersBelow(node=node.code)
