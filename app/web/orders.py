"""Orders at every door: how one is shown, in its place's own words, and rated with its credit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.transactions import attempt
from app.community import tree
from app.community.models import Node
from app.ledger.errors import LedgerReadOnly
from app.people import members, teams
from app.people.models import Member, Team
from app.service_orders import categories, crediting, finishing, in_name, standing, templates
from app.service_orders.models import Order, OrderCategory, OrderLog, Template
from app.service_orders.templates import Step


@dataclass(frozen=True, slots=True)
class Shown:
    """An order with the names that belong to it.

    Attributes:
        step: The last step taken, as its place calls it; `coming`: the next, None at the end.
        hands: Who is to do it: the team's name, or a masked one; empty while nobody is.
        asker: Who asked; None where that is no member.
    """

    order: Order
    kind: OrderCategory
    node: Node
    steps: list[Step]
    team: Team | None
    handler: Member | None
    asker: Member | None

    @property
    def step(self) -> Step:
        """Return the last step that was taken."""
        return self.steps[self.order.step_no - 1]

    @property
    def coming(self) -> Step | None:
        """Return the step that comes next; None at the end, or when it was taken back."""
        if self.order.state == "withdrawn" or self.order.step_no >= len(self.steps):
            return None
        return self.steps[self.order.step_no]

    @property
    def hands(self) -> str:
        """Return who is to do it, as others may read it."""
        if self.team is not None:
            return self.team.name
        return self.handler.name_masked if self.handler is not None else ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step on the way: done, now (it comes next) or still to come."""

    name: str
    state: str
    at: datetime | None


def shown(session: Session, *, ledger_id: int, orders: Sequence[Order]) -> list[Shown]:
    """Return orders with their names; statements do not grow with the orders."""
    every = categories.list_of(session, ledger_id=ledger_id, only_open=False)
    kinds = {each.code: each for each in every}
    nodes = tree.get_many(session, {each.node_id for each in orders})
    team_ids = [each.team_id for each in orders if each.team_id is not None]
    found_teams = teams.get_many(session, ledger_id=ledger_id, team_ids=team_ids)
    persons = {each.handler_id for each in orders if each.handler_id is not None}
    hands = members.of_persons(session, ledger_id=ledger_id, person_ids=persons)
    asking = {each.requester_id for each in orders if each.requester_id is not None}
    askers = members.get_many(session, ledger_id=ledger_id, member_ids=asking)
    return [
        Shown(
            order=each,
            kind=kinds[each.category_code],
            node=nodes[each.node_id],
            steps=standing.steps(session, each),
            team=found_teams.get(each.team_id) if each.team_id else None,
            handler=hands.get(each.handler_id) if each.handler_id else None,
            asker=askers.get(each.requester_id) if each.requester_id else None,
        )
        for each in orders
    ]


def one(session: Session, order: Order) -> Shown:
    """Return one order with its names."""
    (found,) = shown(session, ledger_id=order.ledger_id, orders=[order])
    return found


def history(session: Session, order: Order) -> list[OrderLog]:
    """Return what happened to an order, first thing first."""
    return standing.history(session, ledger_id=order.ledger_id, order_id=order.id)


def stages(found: Shown, lines: Sequence[OrderLog]) -> list[Stage]:
    """Return the steps of an order with the time of each that stands."""
    at = {line.step_code: line.at for line in lines if line.act == "step"}
    order = found.order
    stages = []
    for number, step in enumerate(found.steps, 1):
        is_done = number <= order.step_no
        is_next = number == order.step_no + 1 and order.state != "withdrawn"
        state = "done" if is_done else ("now" if is_next else "")
        stages.append(Stage(step.name, state, at.get(step.code) if is_done else None))
    return stages


def rate(
    session: Session, *, ledger_id: int, order_id: UUID, stars: int, note: str, actor: Actor
) -> Order:
    """Rate an order, and credit the work; a closed book credits later, by the clock (T8).

    Raises:
        NotFound, OwnOrderRating, PermissionDenied, OrderStepConflict, ValidationFailed: As
            `finishing.rate`.
    """
    order = finishing.rate(
        session, ledger_id=ledger_id, order_id=order_id, stars=stars, note=note, actor=actor
    )
    return _credited(session, order, actor)


def rate_for(session: Session, *, actor: Actor, **said: Any) -> Order:
    """Write down at the desk what who asked says, and credit the work; raises as `in_name.rate`."""
    return _credited(session, in_name.rate(session, actor=actor, **said), actor)


def _credited(session: Session, order: Order, actor: Actor) -> Order:
    ledger_id = order.ledger_id
    try:
        with attempt(session):
            crediting.credit(session, ledger_id=ledger_id, orders=[order], actor=actor)
    except LedgerReadOnly:
        session.refresh(order)
    return order


def template_at(session: Session, node: Node) -> dict[str, Any]:
    """Return the workflow in use at a place, with its steps."""
    return template_row(templates.of_node(session, node))


def template_row(template: Template) -> dict[str, Any]:
    """Return a workflow with its steps."""
    return {
        "code": template.code,
        "version": template.version,
        "name": template.name,
        "steps": templates.steps_of(template),
    }


def node_codes(session: Session, node_ids: set[int]) -> dict[int, str]:
    """Return the codes of places by id."""
    return {node.id: node.code for node in tree.get_many(session, node_ids).values()}
