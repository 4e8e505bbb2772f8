"""A plan as it was sent: the place by its code, the sessions one by one."""

from typing import Any

from sqlalchemy.orm import Session

from app.activities.plan_rules import Plan, PlannedSession
from app.community import tree


def planned(session: Session, asked: dict[str, Any]) -> Plan:
    """Read what was asked for as a plan.

    Raises:
        NotFound: No such place.
    """
    values = {name: value for name, value in asked.items() if name != "node_code"}
    values["sessions"] = tuple(PlannedSession(**each) for each in asked["sessions"])
    return Plan(node_id=tree.by_code(session, asked["node_code"]).id, **values)
