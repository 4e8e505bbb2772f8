"""荔城's plan: 81 teams of twelve, 342 activities of nine people and two hours, 372 wishes.

No points here: hours, wishes and orders only. 北高's own team held 22 of the activities.
"""

from dataclasses import replace
from datetime import date, timedelta

from app.cli.demo import names
from app.cli.demo.whole.crowd import Keeper, Squad
from app.cli.demo.whole.outings import Outing
from app.cli.demo.whole.places import BEIGAO, ESTATE_COUNT, LICHENG, estate_code
from app.cli.demo.world import at

PHONE_FROM = 20_000
TEAM_SIZE, PATROL_SIZE, STUDIO_SIZE = 12, 18, 6
PEOPLE_EACH, MINUTES = 9, 120
FIRST_ON, DAY_COUNT = date(2025, 1, 4), 415
FENGMEI, BAOLI, HUANGSHI = estate_code(1), estate_code(2), "350304101001"
PATROL, STUDIO = "丰美小区巡逻小队", "银雁领航老党员工作室"
BEIGAO_TEAM = 33
"""The team of this estate goes out for 北高社区."""

BEIGAO_LINES = (
    ("policy_talk", "宣传活动", 12),
    ("health_clinic", "义诊义剪", 1),
    ("flood_typhoon", "防汛防台风", 6),
    ("cleanup", "环境卫生整治", 3),
)
BEIGAO_SERVED = 512
LECTURES = ("legal_talk", "法律知识讲座", 12)
LECTURE_DAY = 12
"""保利小区 has one a month (C32)."""

OTHERS = (
    ("security_patrol", "社区治安巡逻"),
    ("cleanup", "环境整治"),
    ("elder_birthday", "老年人集体生日"),
    ("health_clinic", "健康义诊"),
    ("traffic", "交通劝导"),
    ("policy_theory_talk", "政策理论宣讲"),
)
ACTIVITY_COUNT = 342
PERSONAS = (
    Keeper("lc-desk", "谢书简", "荔城区工作人员", LICHENG, "staff"),
    Keeper("lc-second", "严松年", "荔城区审核（第二级）", LICHENG, "second_approver"),
    Keeper("lc-fang", "方守拙", "红管家，丰美小区", FENGMEI),
    Keeper("lc-jian", "简明川", "专职网格员，北高社区", BEIGAO),
    Keeper("lc-chi", "池映月", "兼职网格员，北高社区", BEIGAO),
)


def team_name(number: int) -> str:
    """Return what an estate's team is called."""
    estate = {1: "丰美小区", 2: "保利小区"}.get(number, f"演示小区{number:02d}")
    return f"{estate}党员志愿服务队"


def squads() -> list[Squad]:
    """Return the 81 teams of the estates, then the two that are not among them."""
    found = [
        Squad(
            team_name(number),
            estate_code(number),
            tuple(f"lc-{number:02d}-{place:02d}" for place in range(TEAM_SIZE)),
            kind="小区志愿服务队",
        )
        for number in range(1, ESTATE_COUNT + 1)
    ]
    patrol = tuple(f"lc-patrol-{place:02d}" for place in range(PATROL_SIZE))
    studio = tuple(f"lc-studio-{place:02d}" for place in range(STUDIO_SIZE))
    return [
        *found,
        Squad(PATROL, FENGMEI, patrol, kind="巡逻队"),
        Squad(STUDIO, HUANGSHI, studio, kind="工作室"),
    ]


def planned() -> list[Outing]:
    """Return all 342: 北高's 22, 保利's 12 lectures, and the other teams' own."""
    found = _of_beigao()
    found += [
        replace(each, starts_at=at(date(2025, month, LECTURE_DAY), 15))
        for month, each in enumerate(_of_team(2, [LECTURES[:2]] * LECTURES[2]), 1)
    ]
    rest = [n for n in range(1, ESTATE_COUNT + 1) if n not in (2, BEIGAO_TEAM)]
    left = ACTIVITY_COUNT - len(found)
    for place, number in enumerate(rest):
        own = left // len(rest) + (place < left % len(rest))
        kinds = [OTHERS[(place + turn) % len(OTHERS)] for turn in range(own)]
        found += _of_team(number, kinds)
    return found


def _of_beigao() -> list[Outing]:
    lines = [(code, title) for code, title, count in BEIGAO_LINES for _ in range(count)]
    each, more = divmod(BEIGAO_SERVED, len(lines))
    return [
        _outing(BEIGAO_TEAM, (*line, place), len(lines), each + (place < more), BEIGAO)
        for place, line in enumerate(lines)
    ]


def _of_team(number: int, kinds: list[tuple[str, str]]) -> list[Outing]:
    chance = names.random_of(f"licheng:served:{number}")
    return [
        _outing(number, (*kind, place), len(kinds), chance.randint(10, 60), estate_code(number))
        for place, kind in enumerate(kinds)
    ]


def _outing(
    number: int, kind: tuple[str, str, int], of_count: int, served_count: int, node_code: str
) -> Outing:
    category, title, place = kind
    name = f"{title}（{team_name(number)}第{place + 1}场）"
    chance = names.random_of(f"licheng:{name}")
    day_on = FIRST_ON + timedelta(days=(place * DAY_COUNT + number * 3) // of_count)
    members = [f"lc-{number:02d}-{each:02d}" for each in range(1, TEAM_SIZE)]
    return Outing(
        title=name,
        team=team_name(number),
        node_code=node_code,
        category=category,
        address="小区党群服务站活动室",
        starts_at=at(day_on, chance.choice((9, 14, 15))),
        minutes=MINUTES,
        people=tuple(chance.sample(members, PEOPLE_EACH)),
        served_count=served_count,
        is_emergency=category == "flood_typhoon",
    )
