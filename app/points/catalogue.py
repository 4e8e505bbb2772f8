"""What a new programme starts with: four indicators and the activity types of the field.

The names are the field's own (C3); every programme may add more,
and measure an indicator by 次 or 件 instead of minutes (P7).
"""

from typing import NamedTuple

VOLUNTEERING = "volunteering"
ENVIRONMENT = "environment"
MEDIATION = "mediation"
OUTREACH = "outreach"

INDICATORS: tuple[tuple[str, str], ...] = (
    (ENVIRONMENT, "人居环境整治"),
    (MEDIATION, "矛盾纠纷调解"),
    (OUTREACH, "政策宣传落实"),
    (VOLUNTEERING, "志愿服务活动"),
)
"""Code and name of each indicator (P7)."""


class CategoryLine(NamedTuple):
    """An activity type; without an indicator it earns no points."""

    code: str
    name: str
    indicator_code: str | None = VOLUNTEERING
    earns_hours: bool = True


CATEGORIES: tuple[CategoryLine, ...] = (
    CategoryLine("health_clinic", "健康义诊"),
    CategoryLine("haircut", "义剪"),
    CategoryLine("after_school", "四点半课堂"),
    CategoryLine("parent_child", "亲子课堂"),
    CategoryLine("story_mothers", "故事妈妈"),
    CategoryLine("summer_care", "暑托班"),
    CategoryLine("picture_books", "绘本课"),
    CategoryLine("tutoring", "课后辅导"),
    CategoryLine("medicine_home", "送医送药"),
    CategoryLine("legal_advice", "法律咨询"),
    CategoryLine("legal_talk", "法律知识讲座"),
    CategoryLine("elder_birthday", "老年人集体生日"),
    CategoryLine("community_gala", "小区春晚"),
    CategoryLine("neighbour_market", "近邻集市"),
    CategoryLine("new_year_party", "邻里迎新春联欢"),
    CategoryLine("childrens_day", "儿童节彩绘"),
    CategoryLine("traffic", "交通劝导"),
    CategoryLine("convenience", "便民利民"),
    CategoryLine("science_culture", "科教宣传"),
    CategoryLine("flood_typhoon", "防汛防台风"),
    CategoryLine("security_patrol", "社区治安巡逻"),
    CategoryLine("grid_patrol", "流动网格巡查"),
    CategoryLine("key_keeping", "代管钥匙"),
    CategoryLine("work_watching", "代看施工"),
    CategoryLine("venue_duty", "阵地值班"),
    CategoryLine("talent_exchange", "人才交流"),
    # Visits to homes: 五个到家 (C27) and three of 十送 (C28).
    CategoryLine("five_home", "五个到家"),
    CategoryLine("home_talk", "党的声音宣讲到家", OUTREACH),
    CategoryLine("home_festival", "节日问候欢送到家"),
    CategoryLine("home_hardship", "生活困难温暖到家"),
    CategoryLine("home_mediation", "矛盾纠纷调解到家", MEDIATION),
    CategoryLine("home_health", "健康卫生关爱到家"),
    CategoryLine("ten_cares", "十送关爱"),
    CategoryLine("care_hardship", "困难送温暖"),
    CategoryLine("care_wedding", "结婚送祝福"),
    CategoryLine("care_illness", "生病送关怀"),
    CategoryLine("other", "其他志愿服务"),
    CategoryLine("cleanup", "环境整治", ENVIRONMENT),
    CategoryLine("waste_sorting", "垃圾分类", ENVIRONMENT),
    CategoryLine("neighbour_mediation", "邻里纠纷调解", MEDIATION),
    CategoryLine("policy_talk", "政策宣讲", OUTREACH),
    CategoryLine("theory_talk", "理论宣传", OUTREACH),
    CategoryLine("morality_talk", "道德宣讲", OUTREACH),
    CategoryLine("policy_theory_talk", "政策理论宣讲", OUTREACH),
    # Member-to-member help: hours, but its points only change hands (P1, L6).
    CategoryLine("neighbour_help", "邻里互助", None),
    # 计时=否: meetings, training and paid posts are recorded, not credited (A5).
    CategoryLine("council", "议事会", None, earns_hours=False),
    CategoryLine("training", "培训", None, earns_hours=False),
    CategoryLine("paid_post", "有偿岗位", None, earns_hours=False),
)
