"""Grids (网格): unified codes, and a warning when one is too small or too large (O6)."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.community import tree
from app.community.models import Node
from app.community.node_rows import path_ids

HOUSEHOLDS = range(300, 501)
RESIDENTS = range(1_000, 1_501)
NUMBERS = range(1, 1_000)
NUMBER_DIGITS = 3
KIND = "grid"
COMMUNITY_KINDS = ("community", "village")


@dataclass(frozen=True)
class SizeWarning:
    """A grid outside 300-500 households and outside 1,000-1,500 people; a warning, no refusal."""

    household_count: int | None
    resident_count: int | None


def size_warning(household_count: int | None, resident_count: int | None) -> SizeWarning | None:
    """Judge a grid's size: either measure in range passes, and so does one nobody counted (O6)."""
    if household_count is None and resident_count is None:
        return None
    if household_count in HOUSEHOLDS or resident_count in RESIDENTS:
        return None
    return SizeWarning(household_count, resident_count)


def add(
    session: Session,
    *,
    parent: Node,
    actor: Actor,
    number: int | None = None,
    name: str = "",
    household_count: int | None = None,
    resident_count: int | None = None,
) -> Node:
    """Add a grid below a community, a village or a part of one; ask `size_warning` beside it.

    Its code is the community's and three digits: `number`, or the next free one.

    Raises:
        ValidationFailed: No community stands above, or the number is not from 1 to 999.
        NodeCodeTaken: The community has a grid of this number (O6).
    """
    community = _community_of(session, parent)
    number = number or _next_number(session, community)
    if number not in NUMBERS:
        raise ValidationFailed("grids are numbered from 1 to 999", field="number")
    return tree.add(
        session,
        parent=parent,
        kind_code=KIND,
        code=f"{community.code}{number:0{NUMBER_DIGITS}}",
        name=name or f"第{number}网格",
        household_count=household_count,
        resident_count=resident_count,
        actor=actor,
    )


def list_oversized(session: Session, node: Node) -> list[Node]:
    """Return the open grids at or below a place whose counted size is out of range, by code."""
    query = sa.select(Node).where(tree.within(Node.path, node), Node.kind_code == KIND)
    grids = session.scalars(query.where(Node.closed_on.is_(None)).order_by(Node.code))
    return [grid for grid in grids if size_warning(grid.household_count, grid.resident_count)]


def neighbourhood(session: Session, node: Node) -> Node:
    """Return the community or village that a place is a part of; itself where it is of none."""
    return _community_above(session, node) or node


def neighbourhoods(session: Session, places: Collection[Node]) -> dict[int, Node]:
    """Return for many places what `neighbourhood` returns for one, by id; one statement."""
    above = tree.get_many(session, {part for place in places for part in path_ids(place.path)})
    found = {}
    for place in places:
        line = [above[part] for part in path_ids(place.path)]
        community = [each for each in line if each.kind_code in COMMUNITY_KINDS]
        found[place.id] = community[-1] if community else place
    return found


def _community_of(session: Session, parent: Node) -> Node:
    found = _community_above(session, parent)
    if found is None:
        raise ValidationFailed("a grid is a part of a community or a village", field="parent")
    return found


def _community_above(session: Session, node: Node) -> Node | None:
    above = reversed(tree.ancestors(session, node))
    return next((each for each in above if each.kind_code in COMMUNITY_KINDS), None)


def _next_number(session: Session, community: Node) -> int:
    """One more than the highest; two at once meet at the unique code."""
    highest = session.scalar(
        sa.select(sa.func.max(Node.code)).where(
            tree.within(Node.path, community),
            Node.kind_code == KIND,
            sa.func.length(Node.code) == len(community.code) + NUMBER_DIGITS,
        )
    )
    return int(highest[-NUMBER_DIGITS:]) + 1 if highest else 1
