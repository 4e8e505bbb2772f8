"""建阳's people: 4,026 in 53 teams of 24 communities, and those who keep the books.

Eleven or twelve of each team carry a 积分卡 and come often; about a third are on the
list and have not come yet. The first of a team leads it.
"""

from app.cli.demo.whole.crowd import Keeper, Squad
from app.cli.demo.whole.places import CHONGYANG, JIANYANG, NANYANG, YUNGU

PHONE_FROM = 10_000
MEMBER_COUNT, TEAM_COUNT = 4_026, 53
CARD_COUNT, REPLACED_COUNT = 603, 9
CHUNHUA, XINGFULI, HONGFENG = "春华银发先锋队", "幸福里", "红蜂行"
CHUNHUA_SIZE = 30
GUEST_COUNT = 50
"""Members who are of a second team too: the sum of team sizes is above the distinct 4,026."""

COMMUNITIES = (
    YUNGU,
    NANYANG,
    *(f"350703001{number:03d}" for number in (1, 2, 3, 8, 11, 12, 13)),
    *(f"350703002{number:03d}" for number in (1, 2, 3, 4, 5)),
    *(f"350703003{number:03d}" for number in (1, 2, 3, 4, 5)),
    *(f"350703004{number:03d}" for number in (1, 3)),
    *(f"350703005{number:03d}" for number in (1, 2, 3)),
)
PERSONAS = (
    Keeper("jy-ye", "叶青禾", "云谷社区工作人员", YUNGU, "staff"),
    Keeper("jy-desk", "罗既明", "建阳区工作人员", JIANYANG, "staff"),
    Keeper("jy-yue", "岳平川", "崇阳街道审核（第二级）", CHONGYANG, "second_approver"),
    Keeper("jy-duan", "段问渠", "建阳区稽核（只读）", JIANYANG, "auditor"),
    Keeper("jy-qin", "秦小满", "云谷社区积分超市店员", YUNGU, "clerk"),
    Keeper("jy-steward", "唐守拙", "红管家，建阳区", JIANYANG),
    Keeper("jy-gu", "谷雨生", "志愿者（离退休），春华银发先锋队", NANYANG),
    Keeper("jy-shang", "商千帆", "网格哨兵（骑手），红蜂行", YUNGU),
    Keeper("jy-bai", "白米香", "爱心商户，青禾面馆", YUNGU, "clerk"),
)
OF_TEAM = {(CHUNHUA, 1): "jy-gu", (HONGFENG, 1): "jy-shang"}
"""Personas with a place in a team."""


def squads() -> list[Squad]:
    """Return the 53 teams; with the guests of other teams the list is longer than 4,026."""
    planned = [(XINGFULI, YUNGU), (HONGFENG, YUNGU), (CHUNHUA, NANYANG)]
    planned += [
        (f"建阳区小区志愿服务队{number:02d}", COMMUNITIES[number % len(COMMUNITIES)])
        for number in range(4, TEAM_COUNT + 1)
    ]
    sizes = _sizes()
    found = [
        Squad(name, code, keys_of(place, name, sizes[place]), lead_body=_lead_body(name))
        for place, (name, code) in enumerate(planned)
    ]
    return [_with_guest(found, place) for place in range(len(found))]


def keys_of(place: int, name: str, size: int) -> tuple[str, ...]:
    """Return the external ids of a team's own members."""
    return tuple(
        OF_TEAM.get((name, number), f"jy-{place + 1:02d}-{number:02d}") for number in range(size)
    )


def card_holders(squad: Squad, place: int) -> tuple[str, ...]:
    """Return who of a team carries a card: eleven, of the first twenty teams twelve."""
    more = CARD_COUNT - 11 * TEAM_COUNT
    return squad.keys[1 : 12 + (place < more)]


def _sizes() -> list[int]:
    rest, teams = MEMBER_COUNT - CHUNHUA_SIZE, TEAM_COUNT - 1
    shared = [rest // teams + (place < rest % teams) for place in range(teams)]
    return [*shared[:2], CHUNHUA_SIZE, *shared[2:]]


def _lead_body(name: str) -> str:
    return "南阳社区春华党支部" if name == CHUNHUA else ""


def _with_guest(all_squads: list[Squad], place: int) -> Squad:
    squad = all_squads[place]
    if place >= GUEST_COUNT:
        return squad
    other = all_squads[(place + 1) % len(all_squads)]
    return Squad(
        squad.name,
        squad.node_code,
        squad.keys,
        squad.kind,
        squad.lead_body,
        guests=other.keys[-1:],
    )
