"""How rows read to others: places by code, people by number and masked name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities.listings import MySlot, Slot
from app.activities.models import Activity
from app.community import tree
from app.people import members
from app.web.schemas.activities import ActivityOut, SessionOut

_activity = ActivityOut()
_session = SessionOut()


def activity(session: Session, found: Activity) -> dict[str, Any]:
    """Show one activity."""
    return activities(session, [found])[0]


def activities(session: Session, found: Sequence[Activity]) -> list[dict[str, Any]]:
    """Show activities with the names of their places, in one more statement."""
    nodes = tree.get_many(session, {each.node_id for each in found})
    return [
        {
            **_dumped(_activity, each),
            "node_code": nodes[each.node_id].code,
            "node_name": nodes[each.node_id].short_name,
        }
        for each in found
    ]


def slots(session: Session, found: Sequence[Slot | MySlot]) -> list[dict[str, Any]]:
    """Show sessions with their activities."""
    shown = activities(session, [each.activity for each in found])
    return [
        {"activity": one, "session": _dumped(_session, each.session)}
        for one, each in zip(shown, found, strict=True)
    ]


def sessions(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Show the sessions of one activity."""
    return [_dumped(_session, each) for each in found]


def people(
    session: Session, ledger_id: int, member_ids: Iterable[UUID | None]
) -> Mapping[UUID | None, dict[str, str]]:
    """Return number and masked name of members, by id, in one statement (D43)."""
    wanted = {each for each in member_ids if each is not None}
    if not wanted:
        return {}
    found = members.get_many(session, ledger_id=ledger_id, member_ids=wanted)
    return {
        each.id: {"volunteer_no": each.volunteer_no, "name_masked": each.name_masked}
        for each in found.values()
    }


def named(
    session: Session, ledger_id: int, schema: Any, rows: Sequence[Any]
) -> list[dict[str, Any]]:
    """Show rows that have a `member_id`, each with its member's number and masked name."""
    names = people(session, ledger_id, (row.member_id for row in rows))
    return [{**_dumped(schema, row), **names.get(row.member_id, {})} for row in rows]


def _dumped(schema: Any, row: Any) -> dict[str, Any]:
    values: dict[str, Any] = schema.dump(row)
    return values
