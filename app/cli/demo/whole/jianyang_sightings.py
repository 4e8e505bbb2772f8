"""云谷's 随手拍: a rate is set, and one report of the courier's waits for the desk (T26).

What waits earns nothing, so that 建阳's hours and points are as they were; accept it, and
its maker has five points.
"""

from datetime import date

from sqlalchemy.orm import Session

from app.cli.demo.whole.outings import Stage
from app.people import members
from app.points import indicators, programmes
from app.service_orders import sighting_listings, sighting_rates, sightings
from app.service_orders.sightings import Seen

COURIER, POINTS, MOST_A_DAY = "jy-shang", 5, 2
RATE_FROM, SEEN_ON = date(2025, 1, 1), date(2026, 2, 27)
SEEN = Seen(
    kind="hazard",
    place="瑞云苑三号楼一单元门口",
    text="楼道口堆了纸箱，挡住消防通道。",
)


def put_rate(session: Session, stage: Stage) -> None:
    """Say what an accepted report makes, and how many a day."""
    programme = programmes.of_ledger(session, stage.ledger_id)
    known = {each.code for each in indicators.list_categories(session, programme)}
    if sightings.CATEGORY in known:
        return
    sighting_rates.put(
        session,
        programme=programme,
        points=POINTS,
        most_a_day=MOST_A_DAY,
        valid_from_on=RATE_FROM,
        actor=stage.staff.actor,
    )


def report(session: Session, stage: Stage) -> None:
    """Let the courier report what they saw on their round; nobody has looked at it yet."""
    ledger_id, member_id = stage.ledger_id, stage.people[COURIER].member_id
    member = members.get(session, ledger_id=ledger_id, member_id=member_id)
    known = sighting_listings.list_of_member(session, ledger_id=ledger_id, member_id=member_id)
    if not known:
        sightings.report(session, ledger_id=ledger_id, member=member, seen=SEEN)
