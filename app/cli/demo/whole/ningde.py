"""宁德 beside 金溪's alliance: 万达's eight teams, three of the neighbours', and fixtures.

None of it earns: the activities are held and closed, and nobody's hours are counted here.
"""

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.cli.demo import jinxi_people
from app.cli.demo import places as quick
from app.cli.demo.whole import crowd, grounds, history, ningde_partners, outings
from app.cli.demo.whole.crowd import Keeper, Squad
from app.cli.demo.whole.grounds import BUILDING
from app.cli.demo.whole.outings import Outing, Stage
from app.cli.demo.whole.places import WANDA, YILI
from app.cli.demo.world import BEGAN_ON, at, everyone, step
from app.community import tree
from app.people import members
from app.service_orders import claims, posts, register_listings, registers, templates
from app.service_orders.models import Post
from app.service_orders.posts import Call
from app.service_orders.registers import NewEntry

PHONE_FROM = 6_000
WANDA_SIZES = (5, 5, 5, 5, 4, 4, 4, 4)
NEIGHBOURS = ("敲门帮帮团", "小区巡逻队", "心愿守护团")
PERSONAS = (
    Keeper("nd-desk", "沈怀瑾", "宁德市工作人员", quick.CITY, "staff"),
    Keeper("nd-shu", "舒慕言", "优贝亲子图书馆店员，财富广场", ningde_partners.ESTATE, "clerk"),
)
PROJECTS = (
    ("theory_talk", "理论宣传"),
    ("morality_talk", "道德宣讲"),
    ("traffic", "交通劝导"),
    ("science_culture", "科教宣传"),
    ("convenience", "便民利民"),
    ("security_patrol", "社区治安巡逻"),
    ("neighbour_mediation", "矛盾纠纷调解"),
    ("medicine_home", "送医送药"),
    ("tutoring", "课后辅导"),
    ("legal_advice", "法律咨询"),
    ("cleanup", "环境整治"),
)
"""Eleven of 金溪; the first five are named in the field (C6)."""

PROJECTS_DUE_ON, CLAIMED_BY = date(2026, 12, 31), ("wen", "lin", "zhong")
SLOTS = 20
FIVE_THINGS = "350902-e1"
"""金溪首府小区, which works by 五事工作法 (T22)."""

FIXTURES = (
    (YILI, "health_clinic", "“红色物业 暖心相伴”义诊", "亿利社区党群服务中心", date(2025, 9, 20)),
    ("350902500-e1", "other", "人才服务·“驿”起行动主题交流", "春风里小区驿站", date(2025, 5, 17)),
    (FIVE_THINGS, "childrens_day", "“六一”儿童节彩绘", "金溪首府小区广场", date(2025, 6, 1)),
    (
        ningde_partners.ESTATE,
        "parent_child",
        "公益亲子课堂",
        "财富广场小区活动室",
        date(2025, 10, 18),
    ),
)


def squads() -> list[Squad]:
    """Return 万达's eight teams of 36 people, and the neighbours' three."""
    found = []
    for number, size in enumerate(WANDA_SIZES, 1):
        keys = tuple(f"wanda-{number}-{place}" for place in range(size))
        found.append(Squad(f"万达商圈志愿服务队{number}", WANDA, keys))
    for number, name in enumerate(NEIGHBOURS, 1):
        keys = tuple(f"nd-{number}-{place}" for place in range(5))
        found.append(Squad(name, quick.CITY, keys, kind="邻里志愿服务队"))
    return found


def count() -> int:
    """Return how many moments these fixtures have."""
    planned = _planned({})
    return len(planned) + len(outings.months(planned))


def load() -> Iterator[int]:
    """Let them live; yield how many moments are done."""
    ledger_id = step(at(BEGAN_ON, 18), _settle_in)
    stage = step(at(BEGAN_ON, 18, 30), lambda session: _stage(session, ledger_id))
    unit_ids = step(at(BEGAN_ON, 19), ningde_partners.units_by_place)
    step(at(BEGAN_ON, 19, 5), lambda session: ningde_partners.open_place(session, stage))
    step(at(BEGAN_ON, 19, 10), lambda session: _put_up_projects(session, ledger_id))
    step(at(BEGAN_ON, 19, 20), lambda session: _claim_building(session, ledger_id))
    step(at(BEGAN_ON, 19, 30), lambda session: _choose_five_things(session, stage))
    moments = outings.moments(stage, _planned(unit_ids))
    yield from history.live_through(ledger_id, moments, lived=lambda s: outings.lived(s, ledger_id))


def _planned(unit_ids: dict[str, int]) -> list[Outing]:
    """Return the four; the clinic at 亿利 and the class have a co-organiser (C37, T15)."""
    return [
        Outing(
            title=title,
            team=NEIGHBOURS[2],
            node_code=code,
            category=category,
            address=address,
            starts_at=_afternoon(day_on),
            minutes=120,
            people=(),
            served_count=40,
            unit_ids=(unit_ids[code],) if code in unit_ids else (),
        )
        for code, category, title, address, day_on in FIXTURES
    ]


def _afternoon(day_on: date) -> datetime:
    return at(day_on, 15)


def _settle_in(session: Session) -> int:
    ledger_id = jinxi_people.ledger_of(session)
    crowd.join(session, ledger_id, keepers=PERSONAS, squads=squads(), phone_from=PHONE_FROM)
    crowd.found(session, ledger_id, squads())
    return ledger_id


def _stage(session: Session, ledger_id: int) -> Stage:
    people = crowd.equip(session, ledger_id, PERSONAS)
    nodes = tree.by_codes(session, {fixture[0] for fixture in FIXTURES})
    return Stage(
        ledger_id,
        people,
        people["nd-desk"],
        {squad.name: squad.keys[0] for squad in squads()},
        outings.teams_of(session, ledger_id),
        {code: node.id for code, node in nodes.items()},
    )


def _choose_five_things(session: Session, stage: Stage) -> None:
    """金溪首府小区 handles what is asked in five steps (五事工作法), others in the plain ones."""
    estate = tree.by_code(session, FIVE_THINGS)
    if templates.choice_of(session, estate) is None:
        templates.ensure_built_in(session)
        templates.choose(session, node=estate, code="wushi", actor=stage.staff.actor)


def _put_up_projects(session: Session, ledger_id: int) -> None:
    """金溪's eleven projects can be claimed, and some are (C6)."""
    if session.scalar(sa.select(Post.id).where(Post.ledger_id == ledger_id).limit(1)):
        return
    people, node = everyone(session, ledger_id), tree.by_code(session, quick.COMMUNITY)
    for category, name in PROJECTS:
        call = Call(
            kind="project",
            title=f"{name}志愿服务项目",
            category_code=category,
            slot_count=SLOTS,
            due_at=at(PROJECTS_DUE_ON, 18),
        )
        post = posts.make(
            session, ledger_id=ledger_id, node=node, call=call, actor=people["zhuo"].actor
        )
        for key in CLAIMED_BY:
            _claim(session, ledger_id, post.id, people[key].member_id)


def _claim(session: Session, ledger_id: int, post_id: UUID, member_id: UUID) -> None:
    member = members.get(session, ledger_id=ledger_id, member_id=member_id)
    claims.claim(session, ledger_id=ledger_id, post_id=post_id, member=member)


def _claim_building(session: Session, ledger_id: int) -> None:
    """17号楼 was claimed first of all, by a unit of the city (T18, T19)."""
    building = tree.by_code(session, BUILDING)
    known = register_listings.list_in(
        session, ledger_id=ledger_id, node=building, list_code="project", limit=1
    )
    if known:
        return
    unit = grounds.claimant(session)
    new = NewEntry(
        list_code="project",
        title="认领B区17号楼，建五星楼道",
        unit_id=unit.id,
        due_on=PROJECTS_DUE_ON,
    )
    entry = registers.enter(session, ledger_id=ledger_id, node=building, new=new, actor=SYSTEM)
    registers.move(
        session,
        ledger_id=ledger_id,
        entry_id=entry.id,
        state="matched",
        version=entry.version,
        actor=SYSTEM,
    )
