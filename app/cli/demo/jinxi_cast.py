"""金溪社区's people and teams, as mechanisms §7.7 and §7.10 give them; every name is invented."""

from dataclasses import dataclass

PASSWORD = "qingshan-lvshui-35"  # noqa: S105  printed by `flask demo logins`, demo only


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """A team: what it does, how often, with how many people, for how long (minutes)."""

    name: str
    category: str
    title: str
    held_count: int
    people_count: int
    minutes: int
    size: int


TEAMS = (
    TeamPlan("旗帜先锋", "theory_talk", "理论宣传", 8, 20, 120, 22),
    TeamPlan("讲习骑兵", "morality_talk", "道德宣讲", 6, 16, 90, 20),
    TeamPlan("畲乡枫警", "security_patrol", "社区治安巡逻", 9, 18, 120, 22),
    TeamPlan("律动先锋", "convenience", "便民利民", 5, 20, 120, 22),
    TeamPlan("蔚蓝星空", "traffic", "交通劝导", 4, 15, 120, 20),
    TeamPlan("科言科语", "science_culture", "科教宣传", 4, 14, 90, 18),
    TeamPlan("星火夕阳", "neighbour_mediation", "矛盾纠纷调解", 5, 18, 120, 21),
    TeamPlan("医心医意", "medicine_home", "送医送药", 6, 15, 150, 20),
    TeamPlan("绿洲课后", "tutoring", "课后辅导", 7, 14, 120, 22),
    TeamPlan("金邻一家", "legal_advice", "法律咨询", 4, 26, 120, 27),
)
"""Ten teams, 58 activities, 1,016 attendances, 2,001.0 hours, 214 members."""

ALIASES = {"畲乡枫警": ("畚乡枫警",)}
ALLIANCE = "近邻志愿同盟"
UNANSWERED = ("旗帜先锋", "科言科语", "蔚蓝星空")
"""The teams whose one more call nobody answered: 61 called, 58 held."""

ABSENT_COUNT = 88


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody with a log-in. `role` is granted on `node_code`, if there is one."""

    key: str
    name: str
    about: str
    role: str | None = None
    node_code: str = "350902200001"


PERSONAS = (
    Persona("wen", "温如许", "志愿者，120 积分"),
    Persona("lin", "林可风", "志愿者"),
    Persona("zhong", "钟远鸣", "绿洲课后队长"),
    Persona("jia", "贾宜春", "积分超市店员", "clerk"),
    Persona("zhuo", "卓知远", "社区工作人员", "staff"),
    Persona("shu", "舒望川", "社区工作人员（第二人）", "staff"),
    Persona("ning", "宁平岳", "乡镇审核（第二级）", "second_approver", "350902200"),
    Persona("duan", "段清渠", "市级稽核（只读）", "auditor", "3509"),
    Persona("admin", "管理员甲", "系统管理员", "administrator", "3509"),
)

PAPER_HOLDER = "card"
"""The member without a phone, who has a printed card."""


def hours_total() -> int:
    """Minutes that the plan adds up to: 2,001.0 h."""
    return sum(team.held_count * team.people_count * team.minutes for team in TEAMS)
