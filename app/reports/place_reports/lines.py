"""The lines that a place's report may have: code, unit, rows; and what is computed from two."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.community import units
from app.reports.place_reports import (
    activity_rows,
    ground_rows,
    mall_rows,
    order_rows,
    people_rows,
)
from app.reports.place_reports.scope import Row, Rows, Scope

ROWS_MAX = 200
CLINIC = ("health_clinic", "haircut", "policy_talk")
CLASSES = ("after_school", "parent_child", "story_mothers")
PUBLIC = {
    *("teams", "teams_volunteer", "calls", "sessions", "sessions_clinic", "sessions_classes"),
    *("people_served", "shops", "shops_idle", "caring_merchants", "grids", "venues"),
    *("venue_stations", "warm_stations", "agreements", "agreements_institutions"),
    *("agreements_new", "places_claimed", "posts"),
}
"""Lines whose rows are called by teams, activities, shops, places and units."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of a place.

    Attributes:
        unit: What is counted; two lines are added never, whatever their units.
        part_of: The line of which this one is a share, shown as a percentage.
        stated_as: Kinds of figures under which others state the same thing, beside its own code.
    """

    code: str
    unit: str
    rows: Rows
    part_of: str | None = None
    stated_as: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        """Whether everybody may read what its rows are called: they are about nobody (A19)."""
        return self.code in PUBLIC


_ALL = (
    Line("hours", "minutes", activity_rows.hours),
    Line("cards_issued", "cards", people_rows.cards_issued),
    Line("card_holders", "people", people_rows.card_holders),
    Line("cards_replaced", "cards", people_rows.cards_replaced),
    Line("teams", "teams", people_rows.teams),
    Line("teams_volunteer", "teams", people_rows.volunteer_teams),
    Line("team_members", "people", people_rows.team_members, stated_as=("team_people",)),
    Line("team_places", "places", people_rows.team_places, stated_as=("team_stays",)),
    Line("enlisted", "people", people_rows.enlisted),
    Line(
        "duty_roving",
        "people",
        people_rows.duties("grid_roving"),
        stated_as=("roving_workers",),
    ),
    Line(
        "duty_pioneers",
        "people",
        people_rows.duties("silver_pioneer"),
        stated_as=("silver_pioneers",),
    ),
    Line(
        "duty_reviewers",
        "people",
        people_rows.duties("elder_reviewer"),
        stated_as=("elder_reviewers",),
    ),
    Line(
        "duty_neighbours",
        "people",
        people_rows.duties("able_neighbour"),
        stated_as=("able_neighbours",),
    ),
    Line("calls", "calls", activity_rows.calls),
    Line("signed_up", "attendances", activity_rows.signed_up("enrolled", "absent")),
    Line("absent", "attendances", activity_rows.signed_up("absent")),
    Line("sessions", "sessions", activity_rows.sessions(), stated_as=("services_held",)),
    Line("sessions_clinic", "sessions", activity_rows.sessions(*CLINIC)),
    Line("sessions_classes", "sessions", activity_rows.sessions(*CLASSES)),
    Line("attendances", "attendances", activity_rows.attendances),
    Line("people_served", "people_served", activity_rows.people_served),
    Line("deeds_environment", "times", activity_rows.deeds("environment")),
    Line("deeds_mediation", "pieces", activity_rows.deeds("mediation")),
    Line("deeds_outreach", "times", activity_rows.deeds("outreach")),
    Line("shops", "shops", mall_rows.shops),
    Line("shops_idle", "shops", mall_rows.idle_shops),
    Line("caring_merchants", "merchants", mall_rows.caring_merchants),
    Line("offers_used", "uses", mall_rows.offers_used),
    Line("goods_orders", "orders", mall_rows.orders("goods"), stated_as=("gift_orders",)),
    Line("goods_pieces", "goods", mall_rows.pieces("goods")),
    Line("goods_points", "points", mall_rows.points("goods")),
    Line("service_orders", "orders", mall_rows.orders("service")),
    Line("service_points", "points", mall_rows.points("service")),
    Line("orders_cancelled", "orders", mall_rows.cancelled),
    Line("requests", "requests", order_rows.filed),
    Line("requests_finished", "requests", order_rows.finished, part_of="requests"),
    Line("requests_content", "requests", order_rows.content, part_of="requests_finished"),
    Line("requests_hard", "requests", order_rows.hard),
    Line(
        "requests_worked",
        "requests",
        order_rows.unfinished(is_escalated=False, meaning="worked"),
    ),
    Line(
        "requests_waiting",
        "requests",
        order_rows.unfinished(is_escalated=False, meaning="filed"),
    ),
    Line("requests_escalated", "requests", order_rows.unfinished(is_escalated=True)),
    Line("wishes", "wishes", order_rows.wishes),
    Line("wishes_fulfilled", "wishes", order_rows.wishes_fulfilled, part_of="wishes"),
    Line("wishes_claimed", "wishes", order_rows.wishes_claimed),
    Line("wishes_open", "wishes", order_rows.wishes_open),
    Line("grids", "grids", ground_rows.grids),
    Line("venues", "venues", ground_rows.venues),
    Line("venue_stations", "venues", ground_rows.stations),
    Line("warm_stations", "venues", ground_rows.warm_stations),
    Line("agreements", "agreements", ground_rows.agreements("joint")),
    Line(
        "agreements_institutions",
        "agreements",
        ground_rows.agreements("joint", units.INSTITUTION),
    ),
    Line("agreements_new", "agreements", ground_rows.agreements("joint", units.NEW_ORGANISATION)),
    Line("places_claimed", "places", ground_rows.agreements("claim")),
    Line("posts", "posts", order_rows.posts),
    Line("exchanges_done", "exchanges", order_rows.exchanges_done),
    Line("exchanges_waiting", "exchanges", order_rows.exchanges_waiting),
)
LINES: dict[str, Line] = {line.code: line for line in _ALL}


def value(session: Session, scope: Scope, line: Line) -> int:
    """Return a line's value: the sum over its own rows."""
    counted = line.rows(scope).subquery()
    return int(session.scalar(sa.select(sa.func.sum(counted.c.amount))) or 0)


def of_place(session: Session, scope: Scope) -> dict[str, int]:
    """Return every line of a place that is not zero, in the order of the report.

    One statement for all of them: a report is read by everybody.
    """
    counted = [(code, line.rows(scope).subquery()) for code, line in LINES.items()]
    query = sa.union_all(
        *(
            sa.select(sa.literal(code).label("code"), sa.func.sum(rows.c.amount).label("value"))
            for code, rows in counted
        )
    )
    found = {row.code: int(row.value or 0) for row in session.execute(query)}
    return {code: found[code] for code in LINES if found[code]}


def rows_of(
    session: Session, scope: Scope, line: Line, *, limit: int = ROWS_MAX, offset: int = 0
) -> list[Row]:
    """List the rows behind a line, latest first."""
    counted = line.rows(scope).subquery()
    query = (
        sa.select(counted)
        .order_by(counted.c.at.desc(), counted.c.label)
        .limit(limit)
        .offset(offset)
    )
    return [Row(row.label, row.at, int(row.amount)) for row in session.execute(query)]
