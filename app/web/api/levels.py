"""At which level a person decides at a place (D17): staff 2, second approver 3.

An administrator decides as staff do: they manage rules and roles, and the second
person's rule keeps them from granting anything alone.
"""

from collections.abc import Collection, Iterable

from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.community import tree
from app.community.models import Node
from app.people import roles
from app.web.api import standing
from app.web.session import person

LEVEL_OF_ROLE = {"staff": 2, "administrator": 2, "second_approver": 3}


def at_nodes(session: Session, node_ids: Collection[int]) -> dict[int, int]:
    """Return the person's level at each place; a place out of their charge is left out.

    Raises:
        PermissionDenied: They decide nowhere.
    """
    standing.require_holder(session, tuple(LEVEL_OF_ROLE))
    held = roles.list_of(session, person_id=person().person_id)
    charge = [(LEVEL_OF_ROLE[each.role], each.node_id) for each in held if _decides(each.role)]
    nodes = tree.get_many(session, {*node_ids, *(node_id for _, node_id in charge)})
    levels = {}
    for node_id in set(node_ids) & set(nodes):
        if found := _level(nodes, charge, nodes[node_id]):
            levels[node_id] = found
    return levels


def lowest(session: Session, node_ids: Collection[int]) -> int:
    """Return the level that the person has at every one of these places.

    Raises:
        PermissionDenied: They decide nowhere.
        NotFound: One of the places is out of their charge.
    """
    levels = at_nodes(session, node_ids)
    if len(levels) < len(set(node_ids)):
        raise NotFound("nothing of yours here")
    return min(levels.values())


def _decides(role: str) -> bool:
    return role in LEVEL_OF_ROLE


def _level(nodes: dict[int, Node], charge: Iterable[tuple[int, int]], node: Node) -> int:
    return max(
        (level for level, held_id in charge if tree.contains(nodes[held_id], node)), default=0
    )
