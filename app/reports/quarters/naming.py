"""What the lines of a quarter board are called: volunteers masked, teams and projects by name."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.people import members
from app.people.models import Team
from app.reports import stars
from app.service_orders.models import Post

NAMED: dict[str, tuple[Any, Any]] = {"team": (Team, Team.name), "project": (Post, Post.title)}


def at_desk(
    session: Session, *, ledger_id: int, kind: str, ids: Collection[UUID]
) -> dict[UUID, str]:
    """Return the names that staff see: volunteers masked."""
    if kind == "member":
        found = members.get_many(session, ledger_id=ledger_id, member_ids=list(ids))
        return {member_id: each.name_masked for member_id, each in found.items()}
    model, name = NAMED[kind]
    query = sa.select(model.id, name).where(model.ledger_id == ledger_id, model.id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}


def in_public(
    session: Session, *, ledger_id: int, kind: str, ids: Collection[UUID]
) -> dict[UUID, str]:
    """Return the names that everybody sees; in full where a volunteer agreed to it (D43)."""
    named = at_desk(session, ledger_id=ledger_id, kind=kind, ids=ids)
    if kind != "member":
        return named
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=list(ids))
    agreed = stars.may_be_named(session, {each.person_id for each in whose.values()})
    full = {
        member_id: members.full_name(each)
        for member_id, each in whose.items()
        if each.person_id in agreed
    }
    return named | full
