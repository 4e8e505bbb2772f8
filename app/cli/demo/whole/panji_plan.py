"""潘集's plan for the villages 02 … 90: what each does for points, and what its shop gives out.

With 武庙村 these are 1,860 次, 214 件, 1,240 次 and 2,100 hours for 39,580 points, and 392
orders of 90 shops for 14,480. Nine shops have twelve orders, thirty have five, forty-four
two and six one.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from app.cli.demo import names
from app.cli.demo.shops import Shelf
from app.cli.demo.whole.crowd import Keeper, Squad
from app.cli.demo.whole.outings import Outing
from app.cli.demo.whole.places import PANJI, VILLAGE_COUNT, village_code
from app.cli.demo.whole.sales import Sale
from app.cli.demo.world import at

PHONE_FROM = 30_000
MEMBER_COUNT = 1_160
"""Of the 89 villages; with the twenty of 武庙村 1,180."""

ROLL = 10
"""How many people one list of a clean-up or a talk names: once (次) each."""

MINUTES, SERVED_COUNT = 180, 680
BUSY, MIDDLE, TWO = range(2, 11), range(11, 41), range(41, 85)
CLEANUPS, TALKS, CASES = 181, 116, 174
SERVES_FROM, DEEDS_FROM, SELLS_FROM = date(2025, 1, 12), date(2025, 2, 20), date(2025, 9, 2)
PERSONAS = (
    Keeper("pj-desk", "潘乐山", "潘集区工作人员", PANJI, "staff"),
    Keeper("pj-second", "温秋白", "潘集区工作人员（第二人）", PANJI, "staff"),
)
SHELF = (
    Shelf("G01", "食盐", 20, 20, "2000000003016"),
    Shelf("G02", "洗衣粉 1kg", 40, 20, "2000000003023"),
    Shelf("G03", "牙膏", 30, 20, "2000000003030"),
    Shelf("G04", "抽纸", 25, 20, "2000000003047"),
    Shelf("G05", "食用油 1.8L", 120, 10, "2000000003054"),
    Shelf("G06", "大米 5kg", 100, 10, "2000000003061"),
)
DEAR = ["G05"] * 20 + ["G06"] * 16
POWDER, SMALL = ["G02"] * 88, {"G01": 108, "G03": 66, "G04": 54}


@dataclass(frozen=True, slots=True)
class List:
    """A list out of a village's register: how often, of what kind, by whom, on which day."""

    number: int
    category: str
    reason: str
    day_on: date
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """By which its moment is found again."""
        return list_name(village_code(self.number), self.category, self.day_on)


def list_name(node_code: str, category: str, day_on: date) -> str:
    """Name a list."""
    return f"list:{node_code}:{category}:{day_on}"


def numbers() -> range:
    """Return the numbers of the 89 villages."""
    return range(2, VILLAGE_COUNT + 1)


def keys_of(number: int) -> tuple[str, ...]:
    """Return the external ids of a village's people; the first leads them and keeps the shop."""
    each, more = divmod(MEMBER_COUNT, len(numbers()))
    size = each + (number - 2 < more)
    return tuple(f"pj-{number:02d}-{place:02d}" for place in range(size))


def team_name(number: int) -> str:
    """Return what a village's group is called."""
    return f"演示村{number:02d}志愿服务队"


def shop_name(number: int) -> str:
    """Return what a village's shop is called."""
    return f"演示村{number:02d}积分超市"


def squads() -> list[Squad]:
    """Return the groups of the 89 villages."""
    return [
        Squad(team_name(number), village_code(number), keys_of(number), lead_body="村党支部")
        for number in numbers()
    ]


def outings() -> list[Outing]:
    """Return a day of three hours in each village: 680 people, 2,040 hours."""
    each, more = divmod(SERVED_COUNT, len(numbers()))
    found = []
    for place, number in enumerate(numbers()):
        chance = names.random_of(f"panji:{number}")
        count = each + (place < more)
        found.append(
            Outing(
                title=f"便民利民服务日（演示村{number:02d}）",
                team=team_name(number),
                node_code=village_code(number),
                category="convenience",
                address="村文化广场",
                starts_at=at(SERVES_FROM + timedelta(days=3 * place % 240), 14),
                minutes=MINUTES,
                people=keys_of(number)[1 : count + 1],
                served_count=chance.randint(20, 70),
            )
        )
    return found


def lists() -> list[List]:
    """Return the lists of the villages' registers: clean-ups, talks, settled disputes."""
    found: list[List] = []
    for category, reason, (busy, middle, total) in (
        ("cleanup", "人居环境整治", (8, 2, CLEANUPS)),
        ("policy_talk", "政策宣传落实", (5, 1, TALKS)),
        ("neighbour_mediation", "矛盾纠纷调解", (5, 2, CASES)),
    ):
        counts = _counts(busy, middle, total)
        for number, count in counts.items():
            found += _of_village(number, category, reason, count)
    return found


def _counts(busy: int, middle: int, total: int) -> dict[int, int]:
    """Share a number of lists among the villages: the busy have most."""
    counts = dict.fromkeys(BUSY, busy) | dict.fromkeys(MIDDLE, middle)
    rest = [number for number in numbers() if number not in counts]
    each, more = divmod(total - sum(counts.values()), len(rest))
    return counts | {number: each + (place < more) for place, number in enumerate(rest)}


def _of_village(number: int, category: str, reason: str, count: int) -> list[List]:
    """Spread a village's lists of one kind over the half year before its shop sells."""
    keys = keys_of(number)[1 : ROLL + 1]
    found = []
    for turn in range(count):
        # Another offset for each kind and village, so that the register has no two on a day.
        day_on = DEEDS_FROM + timedelta(days=(turn * 180) // count + number % 7)
        is_case = category == "neighbour_mediation"
        who = (keys[turn % 4],) if is_case else keys
        found.append(List(number, category, reason, day_on, who))
    return found


def sales() -> dict[tuple[int, date], tuple[Sale, ...]]:
    """Return what each shop gives out on which day; its members can afford it then."""
    stock = {name: list(wanted) for name, wanted in (("dear", DEAR), ("powder", POWDER))}
    small = _small()
    found = {}
    for number in numbers():
        wanted = _wanted(number, stock, small)
        for day, start in enumerate(range(0, len(wanted), 3)):
            day_on = SELLS_FROM + timedelta(days=number + 40 * day)
            found[number, day_on] = wanted[start : start + 3]
    return _with_buyers(found)


def _small() -> list[str]:
    """Return the small things, the last first: little villages ask for what costs 25 at most."""
    chance = names.random_of("panji:small")
    cheapest = ["G01"] * SMALL["G01"] + ["G04"] * SMALL["G04"]
    chance.shuffle(cheapest)
    of_little = 2 * len(TWO) + 1 * (VILLAGE_COUNT + 1 - TWO.stop)
    others = cheapest[of_little:] + ["G03"] * SMALL["G03"]
    chance.shuffle(others)
    return cheapest[:of_little] + others


def _wanted(number: int, stock: dict[str, list[str]], small: list[str]) -> list[str]:
    """Take a shop's orders from what is still to be given out, the dear first."""
    count = 12 if number in BUSY else 5 if number in MIDDLE else 2 if number in TWO else 1
    dear = 4 if number in BUSY else 0
    powder = 4 if number in BUSY else 2 if number in MIDDLE else 0
    if number in MIDDLE[-8:]:
        powder = 1
    taken = [stock["dear"].pop() for _ in range(dear)]
    taken += [stock["powder"].pop() for _ in range(powder)]
    return taken + [small.pop() for _ in range(count - len(taken))]


def _with_buyers(
    days: dict[tuple[int, date], list[str]],
) -> dict[tuple[int, date], tuple[Sale, ...]]:
    """Let whoever has most points left in the village buy, the first of equals."""
    balances = _earned()
    prices = {each.number: each.price_points for each in SHELF}
    found = {}
    for (number, day_on), wanted in sorted(days.items()):
        sales = []
        for goods in wanted:
            buyer = max(keys_of(number)[1:], key=lambda key: balances[key])
            balances[buyer] -= prices[goods]
            assert balances[buyer] >= 0, f"{buyer} cannot pay for {goods}"
            sales.append(Sale(buyer, goods))
        found[number, day_on] = tuple(sales)
    return found


def _earned() -> dict[str, int]:
    points = {key: 0 for number in numbers() for key in keys_of(number)}
    for outing in outings():
        for key in outing.people:
            points[key] += MINUTES // 12
    worth = {"cleanup": 10, "policy_talk": 5, "neighbour_mediation": 20}
    for each in lists():
        for key in each.keys:
            points[key] += worth[each.category]
    return points
