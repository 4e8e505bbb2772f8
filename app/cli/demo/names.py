"""Invented people: a list of surnames × a list of given names, so that nobody real comes out.

Phones cannot be dialled (000-0000-0001 …). The same key always makes the same person.
"""

from random import Random

SEED = 20260208
SURNAMES = (
    "安柏程戴范葛顾韩洪姜孔雷黎凌柳娄卢鲁陆梅孟苗莫倪宁欧潘裴祁秦邱曲任阮沈施石宋苏孙谭汤唐陶"
    "田童汪王韦魏温文翁吴武夏项萧谢邢徐许薛严颜杨姚叶易殷尤于余俞袁岳翟詹张章赵郑钟周朱祝庄邹"
)
GIVEN_NAMES = tuple(
    line_name
    for line in (
        "知远 青禾 映月 如许 可风 雨生 千帆 素心 远鸣 守拙 明川 一诺 宜春 小满 米香 平川 问渠",
        "清越 望舒 若谷 怀瑾 含章 景行 思齐 乐山 听澜 归晚 书简 云起 竹青 秋白 春和 静好 长宁",
        "安歌 采薇 令仪 既白 向晚 半夏 苇杭 芸生 松年 鹤鸣 星河 南乔 北辰 东篱 西洲 木槿",
    )
    for line_name in line.split()
)


def random_of(key: str) -> Random:
    """Return a source of chance of its own for one object, the same on every machine."""
    return Random(f"{SEED}:{key}")  # noqa: S311  demo data, no secret


def people(key: str, count: int, taken: set[str]) -> list[str]:
    """Return `count` different names that nobody has yet, and mark them as taken."""
    chance = random_of(f"names:{key}")
    found: list[str] = []
    while len(found) < count:
        name = chance.choice(SURNAMES) + chance.choice(GIVEN_NAMES)
        if name not in taken:
            taken.add(name)
            found.append(name)
    return found


def phone(serial: int) -> str:
    """Return an undiallable phone: 000-0000-0001."""
    return f"000-{serial // 10_000:04d}-{serial % 10_000:04d}"
