"""What the finished books must say: the plan's own table, and the figures of each place."""

from dataclasses import dataclass
from datetime import date

from app.cli.demo import places as quick
from app.cli.demo.whole.places import BEIGAO, CHANGAN, GONGCHEN, JIANYANG, LICHENG, PANJI, WANDA

AS_OF_ON = date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class Programme:
    """A row of the table: hours in minutes, then points; None for a book of hours only."""

    book: str
    name: str
    minutes: int
    issued: int | None
    redeemed: int | None
    held: int | None
    escrow: int | None


PROGRAMMES = (
    Programme("jianyang", "建阳 时间银行", 1_291_860, 215_310, 37_670, 177_640, 0),
    Programme("panji", "潘集 积分制", 126_000, 39_580, 14_480, 25_100, 0),
    Programme("ningde", "宁德 爱心银行", 120_060, 20_010, 0, 20_010, 0),
    Programme("changan", "长安 爱心储蓄银行", 27_960, 4_100, 0, 4_100, 20),
    Programme("licheng", "荔城 时长", 369_360, None, None, None, None),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a place: which line of its report, and what it comes to.

    `share`: what the line is of its whole, in per cent, as it is printed.
    """

    book: str
    node_code: str
    place: str
    line: str
    words: str
    count: int
    share: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A share that is computed of figures from elsewhere, as a story names it.

    `stated_as`: the kind of figure under which the same rate was published, if it was.
    """

    book: str
    node_code: str
    place: str
    named: str
    words: str
    part: int
    whole: int
    share: str
    stated_as: str = ""


def _of(book: str, node_code: str, place: str, *lines: tuple[object, ...]) -> list[Figure]:
    return [Figure(book, node_code, place, *line) for line in lines]  # type: ignore[arg-type]


FIGURES = (
    *_of(
        "jianyang",
        JIANYANG,
        "建阳",
        ("cards_issued", "累计发放积分卡（张）", 612),
        ("card_holders", "持卡人", 603),
        ("cards_replaced", "补发作废（张）", 9),
        ("goods_orders", "积分兑换礼品（人次）", 446),
        ("service_orders", "积分兑换服务（人次）", 30),
        ("orders_cancelled", "取消的兑换（单）", 5),
        ("caring_merchants", "爱心商户（家）", 48),
        ("offers_used", "专属优惠（人次）", 12_096),
        ("hours", "志愿服务总时长（分钟）", 1_291_860),
        ("teams", "志愿服务队（支）", 53),
        ("team_members", "队员（人，不重复）", 4_026),
        ("sessions_clinic", "义诊、义剪、宣讲（场）", 534),
        ("sessions_classes", "课堂活动（场）", 263),
        ("sessions", "活动（场）", 1_158),
        ("attendances", "到场（人次）", 11_368),
        ("enlisted", "报到（名，另一本名册）", 5_570),
        ("duty_roving", "流动网格员（名）", 124),
        ("warm_stations", "暖蜂驿站（个）", 14),
        ("requests", "收集群众诉求（件）", 1_764),
        ("requests_finished", "办结（件，办结率）", 1_710, "96.9"),
        ("requests_content", "四星以上（件，满意度）", 1_635, "95.6"),
        ("requests_hard", "难题（个）", 913),
        ("requests_worked", "办理中（件）", 30),
        ("requests_waiting", "待派（件）", 15),
        ("requests_escalated", "督办（件）", 9),
    ),
    *_of(
        "panji",
        PANJI,
        "潘集",
        ("shops", "积分超市（家）", 90),
        ("goods_orders", "兑换商品（次）", 392),
        ("goods_points", "兑换积分", 14_480),
        ("shops_idle", "两次以下的超市（家）", 50),
        ("deeds_environment", "人居环境整治（次）", 1_860),
        ("deeds_mediation", "矛盾纠纷调解（件）", 214),
        ("deeds_outreach", "政策宣传落实（次）", 1_240),
        ("hours", "志愿服务（分钟）", 126_000),
    ),
    *_of("panji", quick.VILLAGE, "武庙村", ("goods_orders", "兑换商品（次）", 40)),
    *_of(
        "ningde",
        quick.COMMUNITY,
        "金溪",
        ("teams", "服务队（支）", 10),
        ("calls", "发起（次）", 61),
        ("sessions", "志愿服务（次）", 58),
        ("signed_up", "报名（人次）", 1_104),
        ("attendances", "参与（人次）", 1_016),
        ("absent", "报了名没来（人次）", 88),
        ("hours", "志愿服务时长（分钟）", 120_060),
        ("posts", "认领的服务项目（个）", 11),
        ("agreements_institutions", "共建协议，企事业单位（家）", 7),
        ("agreements_new", "共建协议，“两新”组织（家）", 3),
        ("places_claimed", "认领楼栋（处）", 1),
    ),
    *_of(
        "ningde",
        WANDA,
        "万达",
        ("teams", "商圈志愿服务队（支）", 8),
        ("team_members", "队员（人）", 36),
    ),
    *_of(
        "licheng",
        LICHENG,
        "荔城",
        ("teams_volunteer", "小区党员志愿服务队（支）", 81),
        ("sessions", "主题活动（场次）", 342),
        ("attendances", "参与（人次）", 3_078),
        ("hours", "服务时长（分钟）", 369_360),
        ("duty_pioneers", "银发先锋（名）", 161),
        ("duty_reviewers", "长者评议员（名）", 84),
        ("duty_neighbours", "小区能人（名）", 387),
        ("wishes", "微心愿（个）", 372),
        ("wishes_fulfilled", "已兑现（个）", 356),
        ("wishes_claimed", "已认领（个）", 9),
        ("wishes_open", "待认领（个）", 7),
    ),
    *_of(
        "licheng",
        BEIGAO,
        "北高",
        ("sessions", "活动（场）", 22),
        ("people_served", "服务居民（人次）", 512),
        ("grids", "网格（个）", 33),
        ("posts", "先锋岗（个）", 10),
    ),
    *_of(
        "licheng",
        GONGCHEN,
        "拱辰",
        ("venues", "党群服务阵地（个）", 5),
        ("venue_stations", "其中站点（个）", 4),
    ),
    *_of(
        "changan",
        CHANGAN,
        "长安",
        ("team_members", "成员（人）", 36),
        ("attendances", "公益服务（人次）", 205),
        ("hours", "服务时长，连同互助（分钟）", 27_960),
        ("exchanges_done", "邻里互助已确认（次）", 28),
        ("exchanges_waiting", "积分在托管中（次）", 1),
    ),
)

SHARES = (
    Share(
        *("licheng", LICHENG, "荔城", "{@events_finished/@events%2}", "事件办结率（计算）"),
        *(7_786, 7_869, "98.95", "events_rate"),
    ),
    Share(
        *("panji", PANJI, "潘集", "{shops/@villages%}", "积分超市与村（计算）"),
        *(90, 141, "63.8"),
    ),
)
