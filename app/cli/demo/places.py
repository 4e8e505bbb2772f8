"""The demo's places: the official divisions, what lies below them, and two programmes."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.errors import NotFound
from app.base.transactions import unit_of_work
from app.cli.demo.world import BEGAN_ON, at, find_book, step
from app.community import grids, imports, tree
from app.community.models import Node
from app.points import indicators, programmes, rates
from app.points.models import Programme
from app.points.rates import Terms

DIVISIONS = Path(__file__).with_name("divisions.csv")
CITY, COMMUNITY = "3509", "350902200001"
DISTRICT, VILLAGE = "340406", "340406105206"
OVERSIZED_HOUSEHOLDS = 1874
"""One grid is too large on purpose, so that the warning of O6 is seen."""

ESTATES = (("金涵小区二期", "estate"), ("金涵小区三期", "estate"))


def import_divisions(progress: Callable[[int, int], None]) -> None:
    """Import the 2,962 official divisions; a second time nothing changes."""
    with DIVISIONS.open("rb") as file:
        for done in imports.import_nodes(file, unit=unit_of_work, actor=SYSTEM):
            progress(done.bytes_done, done.size_bytes)


def build_below(session: Session) -> None:
    """Add what the official divisions do not have: estates, a building, grids of 金溪."""
    community = tree.by_code(session, COMMUNITY)
    for serial, (name, kind) in enumerate(ESTATES, 1):
        _node(session, community, kind, f"{COMMUNITY}-e{serial}", name)
    second = tree.by_code(session, f"{COMMUNITY}-e1")
    zone = _node(session, second, "area", f"{COMMUNITY}-e1-b", "B区")
    _node(session, zone, "building", f"{COMMUNITY}-e1-b17", "17号楼")
    if not [node for node in tree.children(session, community) if node.kind_code == "grid"]:
        for number, households in enumerate((412, 386, 455, 498, OVERSIZED_HOUSEHOLDS), 1):
            grids.add(
                session,
                parent=community,
                actor=SYSTEM,
                number=number,
                name=f"第{number}网格",
                household_count=households,
            )


def start_programmes() -> None:
    """Start 爱心银行 on 宁德市 (10 points an hour) and 积分制 on 潘集区 (four indicators)."""
    step(at(BEGAN_ON, 8), _start_love_bank)
    step(at(BEGAN_ON, 8, 30), _start_points_system)


def _start_love_bank(session: Session) -> None:
    if find_book(session, "ningde"):
        return
    programme = programmes.start(
        session,
        node=tree.by_code(session, CITY),
        book_code="ningde",
        name="爱心银行",
        actor=SYSTEM,
    )
    for indicator in indicators.list_indicators(session, programme):
        _rate(session, programme, indicator.code, Terms(10, 60))


def _start_points_system(session: Session) -> None:
    if find_book(session, "panji"):
        return
    programme = programmes.start(
        session,
        node=tree.by_code(session, DISTRICT),
        book_code="panji",
        name="积分制",
        actor=SYSTEM,
    )
    measured = {
        "environment": ("times", Terms(10, 1)),
        "mediation": ("pieces", Terms(20, 1)),
        "outreach": ("times", Terms(5, 1)),
        "volunteering": ("minutes", Terms(5, 60)),
    }
    for code, (measure, terms) in measured.items():
        if measure != "minutes":
            indicators.measure_by(
                session, programme=programme, indicator_code=code, measure=measure, actor=SYSTEM
            )
        _rate(session, programme, code, terms)


def _rate(session: Session, programme: Programme, code: str, terms: Terms) -> None:
    rates.add_version(
        session,
        programme=programme,
        indicator_code=code,
        terms=terms,
        valid_from_on=BEGAN_ON,
        actor=SYSTEM,
    )


def _node(session: Session, parent: Node, kind: str, code: str, name: str) -> Node:
    try:
        return tree.by_code(session, code)
    except NotFound:
        return tree.add(session, parent=parent, kind_code=kind, code=code, name=name, actor=SYSTEM)
