"""Neighbours' help around home: given and received side by side, who asks, who offers (P11)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import grids, tree
from app.people import households, members
from app.points import wallets
from app.service_orders import exchanges, neighbours, offers
from app.web import neighbour_help
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.neighbours.words import CALLED, KINDS, SAID, STATES
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow

bp = own.may_be_acted(Blueprint("neighbours", __name__))

SHOWN = 50


@bp.get("/neighbours")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show what I gave and received, what is under way, and what neighbours ask and offer."""
    with reading() as session:
        me = here(session)
        key: dict[str, Any] = {"ledger_id": me.ledger_id}
        around = grids.neighbourhood(session, me.node)
        mine = neighbours.list_of_member(session, **me.key, limit=SHOWN)
        open_ones = neighbours.list_open(session, **key, node=around, limit=SHOWN)
        offered = offers.list_in(session, **key, node=around, limit=SHOWN)
        wanted = neighbours.list_asked_of(session, **me.key, limit=SHOWN)
        ids = {each.asker_id for each in [*open_ones, *wanted]} | {
            each.member_id for each in offered
        }
        values: dict[str, Any] = {
            "both": neighbours.reciprocity(session, **me.key),
            "wanted": wanted,
            "asked": [
                each for each in open_ones if each.asker_id != me.member.id and each not in wanted
            ],
            "offered": [each for each in offered if each.member_id != me.member.id],
            "own_offers": [each for each in offered if each.member_id == me.member.id],
            "names": members.get_many(session, **key, member_ids=ids),
        }
    return show_page(
        "h5/neighbours/street.html",
        me=me,
        live=[each for each in mine if each.state in exchanges.LIVE],
        over=[each for each in mine if each.state not in exchanges.LIVE],
        states=STATES,
        kinds=KINDS,
        said=SAID.get(request.args.get("said", "")),
        **values,
    )


@bp.get("/neighbours/<uuid:exchange_id>")
@allow(SIGNED_IN)
def detail(exchange_id: UUID) -> ResponseReturnValue:
    """Show one request for help, where its points are, and what I can do now."""
    return draw(exchange_id, said=SAID.get(request.args.get("said", "")))


def here(session: Session) -> Own:
    """Return the membership that the page is about, in a book with points.

    Raises:
        NotFound: The book keeps hours only: there is nothing to pay neighbours with.
    """
    me = own.here(session)
    if not me.has_points:
        raise NotFound("this book keeps hours only")
    return me


def draw(
    exchange_id: UUID, problem: dict[str, Any] | None = None, said: str | None = None
) -> ResponseReturnValue:
    """Show a request, perhaps with a refusal."""
    with reading() as session:
        me = here(session)
        key: dict[str, Any] = {"ledger_id": me.ledger_id}
        found = neighbour_help.require_neighbour(
            session, **key, exchange_id=exchange_id, me=me.member
        )
        sides = {found.asker_id: "asker", found.helper_id: "helper"}
        side = sides.get(me.member.id, "")
        ids = {each for each in (found.asker_id, found.helper_id) if each is not None}
        named = members.get_many(session, **key, member_ids=ids)
        is_named = side and found.state in ("accepted", "done")
        names = {
            each.id: members.full_name(each) if is_named else each.name_masked
            for each in named.values()
        }
        values: dict[str, Any] = {
            "place": tree.get(session, found.node_id),
            "text": exchanges.text_of(found) if side else "",
            "is_at_home": found.asker_id in _circle(session, me),
            "asked_of_id": exchanges.asked_of(session, found),
            "spendable": wallets.holding(session, **me.key).spendable_points,
        }
    return show_page(
        "h5/neighbours/exchange.html",
        problem,
        CALLED,
        me=me,
        exchange=found,
        side=side,
        names=names,
        states=STATES,
        kinds=KINDS,
        today=clock.today(),
        since=clock.local_date(found.accepted_at) if found.accepted_at else None,
        typed=request.form,
        said=said,
        **values,
    )


def _circle(session: Session, me: Own) -> set[UUID]:
    return households.circle_of(session, ledger_id=me.ledger_id, person_id=me.member.person_id)
