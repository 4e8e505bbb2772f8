"""Dispatch by duty (派单): who holds it gives orders and tasks out at their duty's place (O8).

A full-time grid worker has no desk. What reaches their grid they hand to who serves there:
people whose duty it is to take orders, teams, workers of the field; nowhere else.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied
from app.community import grids, tree
from app.community.models import Node
from app.people import duties, members, teams
from app.people.duties import Held
from app.people.models import Team
from app.service_orders import field_calls, handling, listings, standing
from app.service_orders.field_calls import Said
from app.service_orders.hands import TAKES_ORDERS
from app.service_orders.listings import Wanted
from app.service_orders.models import FieldCall, Order

DISPATCHES = "dispatch"
HELD_MAX, TEAMS_MAX = 500, 200
TO_GIVE = Wanted(state="open", only_unassigned=True)


def places(session: Session, *, ledger_id: int, member_id: UUID) -> list[Node]:
    """List where a member gives orders out by duty, each place once."""
    return duties.places_to(session, ledger_id=ledger_id, member_id=member_id, act=DISPATCHES)


def place_of(session: Session, *, ledger_id: int, node_id: int, actor: Actor) -> Node | None:
    """Return the actor's place of duty at or above a place; None if they give nothing out there."""
    if actor.on_behalf_id is not None:
        return None
    own = members.find_of_person(session, ledger_id=ledger_id, person_id=actor.person_id)
    if own is None or own.state != "active":
        return None
    node = tree.get(session, node_id)
    held = places(session, ledger_id=ledger_id, member_id=own.id)
    return next((each for each in held if tree.contains(each, node)), None)


def waiting_at(
    session: Session, *, ledger_id: int, place: Node, limit: int = 50, offset: int = 0
) -> list[Order]:
    """List what waits at a place to be given to somebody, the most urgent first."""
    page: dict[str, Any] = {"limit": limit, "offset": offset}
    return listings.list_in(session, ledger_id=ledger_id, node=place, wanted=TO_GIVE, **page)


def hands_at(session: Session, *, ledger_id: int, place: Node) -> list[Held]:
    """List who takes orders by duty and serves this place, each person once."""
    return _serving(session, ledger_id, place, TAKES_ORDERS)


def field_at(session: Session, *, ledger_id: int, place: Node) -> list[Held]:
    """List who is in the field here and may be given a task, each person once."""
    return _serving(session, ledger_id, place, field_calls.REPORTS)


def teams_at(session: Session, *, ledger_id: int, place: Node) -> list[Team]:
    """List the teams that serve this place: of a part of it, or of what it is a part of."""
    around = grids.neighbourhood(session, place)
    found = teams.list_in(session, ledger_id=ledger_id, node=around, limit=TEAMS_MAX)
    nodes = tree.get_many(session, {each.node_id for each in found})
    return [each for each in found if _serves(nodes[each.node_id], place)]


def assign(
    session: Session,
    *,
    ledger_id: int,
    order_id: UUID,
    team_id: UUID | None = None,
    member_id: UUID | None = None,
    note: str = "",
    actor: Actor,
) -> Order:
    """Give an order of one's place of duty to who serves there.

    Raises:
        PermissionDenied: It is no order of a place where the actor gives orders out.
        NotFound: No such order, or the team or person does not serve here.
        As `handling.assign`.
    """
    order = standing.get_order(session, ledger_id=ledger_id, order_id=order_id)
    place = _require_place(session, ledger_id, order.node_id, actor)
    key: dict[str, Any] = {"ledger_id": ledger_id, "place": place}
    if team_id is not None and team_id not in {each.id for each in teams_at(session, **key)}:
        raise NotFound("no team of here")
    whose = {each.member.id: each.member.person_id for each in hands_at(session, **key)}
    if member_id is not None and member_id not in whose:
        raise NotFound("nobody who takes orders here")
    return handling.assign(
        session,
        ledger_id=ledger_id,
        order_id=order_id,
        team_id=team_id,
        handler_id=whose[member_id] if member_id else None,
        note=note,
        actor=actor,
    )


def send_out(
    session: Session, *, ledger_id: int, member_id: UUID, place: Node, said: Said, actor: Actor
) -> FieldCall:
    """Give somebody of the field a task at one's place of duty (任务派发).

    Raises:
        PermissionDenied: The actor gives nothing out at this place.
        As `field_calls.send_out`.
    """
    _require_place(session, ledger_id, place.id, actor)
    key: dict[str, Any] = {"ledger_id": ledger_id, "member_id": member_id, "node": place}
    return field_calls.send_out(session, **key, said=said, actor=actor)


def _require_place(session: Session, ledger_id: int, node_id: int, actor: Actor) -> Node:
    found = place_of(session, ledger_id=ledger_id, node_id=node_id, actor=actor)
    if found is None:
        raise PermissionDenied("no duty to dispatch here")
    return found


def _serving(session: Session, ledger_id: int, place: Node, act: str) -> list[Held]:
    around = grids.neighbourhood(session, place)
    found = duties.list_in(session, ledger_id=ledger_id, node=around, limit=HELD_MAX)
    return _once(each for each in found if act in each.kind.acts and _serves(each.node, place))


def _serves(node: Node, place: Node) -> bool:
    return tree.contains(node, place) or tree.contains(place, node)


def _once(found: Iterable[Held]) -> list[Held]:
    by_member: dict[UUID, Held] = {}
    for each in found:
        by_member.setdefault(each.member.id, each)
    return list(by_member.values())
