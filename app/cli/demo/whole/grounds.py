"""What stands in the places of the whole world: venues, grids, and who agreed what with whom.

Stations, rooms and units that no source names are numbered, and no real ones.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.cli.demo import names
from app.cli.demo import places as quick
from app.cli.demo.whole.jianyang_cast import COMMUNITIES
from app.cli.demo.whole.places import CHANGAN, FENGMEI, GONGCHEN, NANYANG, YUNGU, venue_of
from app.community import agreements, grids, tree, units, venues
from app.community.agreements import Terms
from app.community.models import Node, Unit, Venue

WARM_TAGS = ("饮水", "充电", "热饭", "应急药箱")
JIANYANG_VENUES = (
    ("暖蜂驿站", 14, WARM_TAGS),
    ("城市幸福空间", 7, ("亲子书屋", "居有所乐")),
    ("小区服务站", 26, ("政务服务", "党群活动", "综合治理", "协商议事")),
)
"""A kind, how many there are, and what each has (M2, V10, V14)."""

CENTRE, STATIONS = "拱辰社区党群服务中心", ("近邻之家", "睦邻之家", "亲邻之家", "友邻之家")
"""One centre and four stations (1+N, O15)."""

GRIDDED = (
    *("350902002001", "350902001014", "350902100002", "350902500009", "350921002012"),
    *("350982001002", CHANGAN, YUNGU, NANYANG, "350304002005", GONGCHEN),
    *("350304001006", "350304100005", "350304101001", quick.VILLAGE),
)
"""Communities and a village with four to eight grids each (O6)."""

SIGNED_FROM, SIGNED_FOR = date(2025, 3, 3), timedelta(days=3 * 365)
PARTIES = (
    *((units.INSTITUTION, f"演示市、区级单位{number:02d}") for number in range(1, 8)),
    *((units.NEW_ORGANISATION, f"演示“两新”组织{number:02d}") for number in range(1, 4)),
)
"""Seven institutions and three new organisations that agreed with 金溪 (T20)."""

BUILDING, CLAIMANT = f"{quick.COMMUNITY}-e1-b17", ("机关单位", "宁德市委宣传部")


def build(session: Session) -> None:
    """Add the venues, the grids and the agreements; again changes nothing."""
    for kind, count, tags in JIANYANG_VENUES:
        for number in range(1, count + 1):
            code = COMMUNITIES[(number - 1) % len(COMMUNITIES)]
            _venue(session, code, kind, f"{kind}{number:02d}", tags=tags)
    centre = _venue(session, GONGCHEN, "党群服务中心", CENTRE)
    for name in STATIONS:
        _venue(session, GONGCHEN, "党群服务站", name, parent_id=centre.id)
    _venue(session, FENGMEI, "党群服务站", "丰美小区党群服务站", aliases=("红色会客厅",))
    nodes = tree.by_codes(session, GRIDDED)
    for code in GRIDDED:
        _grid(session, nodes[code])
    _agree(session)


def claimant(session: Session) -> Unit:
    """Return the unit of the city that claimed 17号楼."""
    kind, name = CLAIMANT
    node = tree.by_code(session, quick.CITY)
    return units.add(session, node=node, kind=kind, name=name, actor=SYSTEM)


def _venue(
    session: Session,
    code: str,
    kind: str,
    name: str,
    *,
    tags: Iterable[str] = (),
    aliases: Iterable[str] = (),
    parent_id: int | None = None,
) -> Venue:
    venue = venue_of(session, code, kind, name)
    return venues.change(
        session,
        venue=venue,
        actor=SYSTEM,
        parent_id=parent_id,
        opening="每天 8:00—20:00",
        tags=tuple(tags),
        aliases=tuple(aliases),
    )


def _grid(session: Session, community: Node) -> None:
    """Part a community into four to eight grids of 300 to 500 households."""
    if any(node.kind_code == grids.KIND for node in tree.children(session, community)):
        return
    chance = names.random_of(f"grids:{community.code}")
    for number in range(1, chance.randint(4, 8) + 1):
        households = chance.randint(300, 500)
        grids.add(
            session, parent=community, actor=SYSTEM, number=number, household_count=households
        )


def _agree(session: Session) -> None:
    """Sign 金溪's ten agreements, a week apart, and the claim of 17号楼, the first of all (T18)."""
    community = tree.by_code(session, quick.COMMUNITY)
    if agreements.list_in(session, community):
        return
    for place, (kind, name) in enumerate(PARTIES):
        unit = units.add(session, node=community, kind=kind, name=name, actor=SYSTEM)
        begins_on = SIGNED_FROM + timedelta(days=7 * place)
        terms = Terms("joint", "近邻共建协议", begins_on, begins_on + SIGNED_FOR)
        agreements.sign(session, unit=unit, node=community, terms=terms, actor=SYSTEM)
    unit = claimant(session)
    claim = Terms("claim", "认领B区17号楼", SIGNED_FROM, standard="五星楼道")
    building = tree.by_code(session, BUILDING)
    agreements.sign(session, unit=unit, node=building, terms=claim, actor=SYSTEM)
