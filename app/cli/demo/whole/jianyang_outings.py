"""建阳's 1,158 activities, exactly as many of each type, with so many people for so long.

A team goes out once a day at most, and only its own members come: nobody is at two places.
Those with a card come most; a third of the others have not come yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import log

from app.cli.demo import names
from app.cli.demo.whole import jianyang_cast as cast
from app.cli.demo.whole.crowd import Squad
from app.cli.demo.whole.outings import Outing
from app.cli.demo.world import at

FIRST_ON, DAY_COUNT = date(2025, 1, 3), 420


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: a type, how often, with how many people, for how long."""

    category: str
    title: str
    count: int
    people_count: int
    minutes: int


LINES = (
    Line("health_clinic", "健康义诊", 178, 12, 120),
    Line("haircut", "义剪", 142, 8, 150),
    Line("policy_talk", "政策宣讲", 214, 14, 90),
    Line("after_school", "四点半课堂", 131, 6, 120),
    Line("parent_child", "亲子课堂", 78, 8, 120),
    Line("story_mothers", "故事妈妈", 54, 5, 90),
    Line("cleanup", "环境整治", 160, 14, 120),
    Line("grid_patrol", "流动网格巡查", 100, 6, 120),
    Line("new_year_party", "邻里迎新春联欢", 4, 20, 180),
)
MEDIATION = Line("neighbour_mediation", "邻里纠纷调解", 96, 5, 90)
"""春华's own; nobody else mediates."""

PARTY = Line("new_year_party", "邻里迎新春联欢", 1, 20, 180)
PARTY_ON = date(2026, 2, 8)
PARTY_TITLE = "瑞云苑广场邻里迎新春联欢"
STRAYS = {10: 1, 30: 1, 50: 1}
"""Of which 四点半课堂 how many were not there: their records are taken back."""

EAGER_COUNT = 3


def planned(venue_id: int | None = None, unit_ids: tuple[int, ...] = ()) -> list[Outing]:
    """Return all 1,158; the party at 瑞云苑广场 has its venue and its two co-organisers."""
    squads = cast.squads()
    others = [squad for squad in squads if squad.name != cast.CHUNHUA]
    wanted = _mixed()
    found = []
    for place, squad in enumerate(others):
        own = wanted[place :: len(others)]
        found += _of_team(squad, squads.index(squad), own)
    chunhua = squads[2]
    found += _of_team(chunhua, 2, [(MEDIATION, number) for number in range(MEDIATION.count)])
    party = _outing(squads[0], 0, (PARTY, 0), PARTY_ON)
    party = replace(party, title=PARTY_TITLE, venue_id=venue_id, unit_ids=unit_ids)
    return [*found, replace(party, address="瑞云苑广场（瑞云苑小区中心）")]


def _mixed() -> list[tuple[Line, int]]:
    """Return every activity of the other teams, types well mixed over the teams."""
    every = [(line, number) for line in LINES for number in range(line.count)]
    names.random_of("jianyang:mix").shuffle(every)
    return every


def _of_team(squad: Squad, place: int, own: Sequence[tuple[Line, int]]) -> list[Outing]:
    """Spread a team's activities over the fourteen months, on days of its own."""
    found = []
    for index, each in enumerate(own):
        day_on = FIRST_ON + timedelta(days=(index * DAY_COUNT + place * 7) // len(own))
        if squad.name == cast.XINGFULI and day_on == PARTY_ON:
            day_on += timedelta(days=1)
        found.append(_outing(squad, place, each, day_on))
    return found


def _outing(squad: Squad, place: int, each: tuple[Line, int], day_on: date) -> Outing:
    line, number = each
    title = f"{line.title}（{squad.name}·{line.title}第{number + 1}场）"
    chance = names.random_of(f"jianyang:{title}")
    hour = 16 if line.category == "after_school" else chance.choice((9, 10, 14, 15, 19))
    strays = STRAYS.get(number, 0) if line.category == "after_school" else 0
    chosen = _chosen(squad, place, title, line.people_count + strays)
    return Outing(
        title=title,
        team=squad.name,
        node_code=squad.node_code,
        category=line.category,
        address="社区党群服务中心活动室",
        starts_at=at(day_on, hour),
        minutes=line.minutes,
        people=chosen[: line.people_count],
        served_count=chance.randint(15, 90),
        strays=chosen[line.people_count :],
    )


def _chosen(squad: Squad, place: int, title: str, count: int) -> tuple[str, ...]:
    """Draw who comes, without replacement, the eager first; strays are of the last drawn."""
    chance = names.random_of(f"jianyang:who:{title}")
    weights = _weights(squad, place)
    drawn = sorted(weights, key=lambda key: log(chance.random()) / weights[key], reverse=True)
    chosen = drawn[:count]
    with_card = set(cast.card_holders(squad, place))
    return tuple(sorted(chosen, key=lambda key: (key not in with_card, key)))


def _weights(squad: Squad, place: int) -> dict[str, float]:
    holders = cast.card_holders(squad, place)
    rest = [key for key in squad.keys[1:] if key not in holders]
    regular = rest[: 2 * len(rest) // 3 + 1]
    weights = dict.fromkeys(regular, 1.0)
    weights |= {key: 16.0 if number < EAGER_COUNT else 4.0 for number, key in enumerate(holders)}
    return weights
