"""Which freezes and signals belong to a place: by the place of whom they are about."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.community import tree
from app.community.models import Node
from app.people.models import Card, Member
from app.risk.models import Freeze, Signal

PERSONS = ("person", "clerk")
"""Kinds of subject that name a person, not a membership."""

Places = Mapping[str, "sa.Select[UUID]"]
"""For a kind of subject of a room above this one: the ids of those at the place."""


def about(
    model: type[Freeze] | type[Signal], *, ledger_id: int, node: Node, places: Places | None = None
) -> sa.ColumnElement[bool]:
    """Return the condition that a row is about somebody or something at or below the place.

    A subject that is gone, or of a kind that has no place, belongs to none.
    """
    here = (Member.ledger_id == ledger_id, Node.id == Member.node_id, tree.within(Node.path, node))
    kinds: dict[str, Any] = {
        "member": sa.select(Member.id).where(*here),
        "card": sa.select(Card.id).where(
            Card.ledger_id == ledger_id, Card.member_id == Member.id, *here
        ),
        **dict.fromkeys(PERSONS, sa.select(Member.person_id).where(*here)),
        **(places or {}),
    }
    return sa.or_(
        *(
            sa.and_(model.subject_kind == kind, model.subject_id.in_(subjects))
            for kind, subjects in kinds.items()
        )
    )
