"""What lies below the official divisions in the whole world, and the three further programmes.

Where the sources do not say which community a place is in, it hangs below a visible
〔…未写明〕. The villages of 潘集 and the estates of 荔城 that nobody named carry codes and
names that are no official ones.
"""

from typing import NamedTuple

from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.errors import NotFound
from app.cli.demo.world import BEGAN_ON, find_book
from app.community import grids, tree, venues
from app.community.models import Kind, Node, Venue
from app.points import indicators, programmes, rates
from app.points.rates import Terms

JIANYANG, YUNGU, NANYANG, CHONGYANG = "350703", "350703004002", "350703003006", "350703004"
CHANGAN = "350925100007"
LICHENG, BEIGAO, GONGCHEN = "350304", "350304103001", "350304002001"
PANJI = "340406"
YILI, WANDA = "350902500009", "350902001014-a1"


class Below(NamedTuple):
    """A place that the official divisions do not have."""

    parent: str
    kind: str
    code: str
    name: str


NAMED = (
    Below("350902002001", "estate", "350902002001-e1", "继光花苑"),
    Below("350902001014", "estate", "350902001014-e1", "万达华城"),
    Below("350902001014", "area", WANDA, "万达商圈"),
    Below("350902100002", "estate", "350902100002-e1", "凯旋公元"),
    Below("350921002012", "estate", "350921002012-e1", "长溪豪庭"),
    Below("350982001002", "estate", "350982001002-e1", "财富广场"),
    Below(YUNGU, "estate", f"{YUNGU}-e1", "瑞云苑"),
    Below("350304002005", "estate", "350304002005-e1", "保利小区"),
    Below("350304001006", "estate", "350304001006-e1", "丰美小区"),
)
NOWHERE_SAID = (
    Below("350902", "estate", "350902-e1", "金溪首府"),
    Below("350902500", "estate", "350902500-e1", "春风里"),
    Below("350902500", "estate", "350902500-e2", "恒大御景半岛"),
    Below("350981", "estate", "350981-e1", "金沙花园"),
)
"""Estates of which no source says the community."""

FENGMEI = "350304001006-e1"
VILLAGE_COUNT = 90
ESTATE_COUNT = 81
BEIGAO_GRIDS = 33
OFFICIAL_ESTATES = {1: FENGMEI, 2: "350304002005-e1"}
"""丰美 and 保利 are the first two of 荔城's 81 estates."""


def village_code(number: int) -> str:
    """Return the code of a demo village (02 … 90); no official code has letters."""
    return f"{PANJI}-demo-{number:02d}"


def estate_code(number: int) -> str:
    """Return the code of one of 荔城's 81 estates."""
    return OFFICIAL_ESTATES.get(number, f"{LICHENG}-demo-{number:02d}")


def build(session: Session) -> None:
    """Add every place of the whole world; again changes nothing."""
    for each in NAMED:
        _add(session, tree.by_code(session, each.parent), each.kind, each.code, each.name)
    kinds = {kind.code: kind for kind in tree.kinds(session)}
    for each in NOWHERE_SAID:
        above = tree.by_code(session, each.parent)
        stand_in = tree.add_unknown(
            session, parent=above, missing_kind=kinds["community"], actor=SYSTEM
        )
        _add(session, stand_in, each.kind, each.code, each.name)
    _build_panji(session, kinds["township"])
    _build_licheng(session, kinds["community"])


def _build_panji(session: Session, township: Kind) -> None:
    above = tree.by_code(session, PANJI)
    stand_in = tree.add_unknown(session, parent=above, missing_kind=township, actor=SYSTEM)
    for number in range(2, VILLAGE_COUNT + 1):
        _add(session, stand_in, "village", village_code(number), f"演示村{number:02d}")


def _build_licheng(session: Session, community: Kind) -> None:
    above = tree.by_code(session, LICHENG)
    stand_in = tree.add_unknown(session, parent=above, missing_kind=community, actor=SYSTEM)
    for number in range(3, ESTATE_COUNT + 1):
        _add(session, stand_in, "estate", estate_code(number), f"演示小区{number:02d}")
    beigao = tree.by_code(session, BEIGAO)
    if any(node.kind_code == "grid" for node in tree.children(session, beigao)):
        return
    for number in range(1, BEIGAO_GRIDS + 1):
        grids.add(
            session,
            parent=beigao,
            actor=SYSTEM,
            number=number,
            household_count=300 + 37 * number % 200,
        )


def start_programmes(session: Session) -> None:
    """Start 时间银行, 爱心储蓄银行 (10 points an hour) and 荔城's book of hours."""
    for code, place, name in (
        ("jianyang", JIANYANG, "时间银行"),
        ("changan", CHANGAN, "爱心储蓄银行"),
        ("licheng", LICHENG, "志愿服务时长"),
    ):
        if find_book(session, code):
            continue
        programme = programmes.start(
            session,
            node=tree.by_code(session, place),
            book_code=code,
            name=name,
            has_points=code != "licheng",
            actor=SYSTEM,
        )
        if not programme.has_points:
            continue
        for indicator in indicators.list_indicators(session, programme):
            rates.add_version(
                session,
                programme=programme,
                indicator_code=indicator.code,
                terms=Terms(10, 60, remainder="dropped" if code == "jianyang" else "carried"),
                valid_from_on=BEGAN_ON,
                actor=SYSTEM,
            )


def venue_of(session: Session, code: str, kind: str, name: str) -> Venue:
    """Return a place's venue of this name, made on its first use."""
    node = tree.by_code(session, code)
    found = [each for each in venues.list_in(session, node) if each.name == name]
    return found[0] if found else venues.add(session, node=node, kind=kind, name=name, actor=SYSTEM)


def _add(session: Session, parent: Node, kind: str, code: str, name: str) -> Node:
    try:
        return tree.by_code(session, code)
    except NotFound:
        return tree.add(session, parent=parent, kind_code=kind, code=code, name=name, actor=SYSTEM)
