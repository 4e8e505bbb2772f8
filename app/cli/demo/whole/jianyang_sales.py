"""建阳's shop: 446 gifts, 30 services and 5 orders that were given back at once.

Whoever buys has the points at that moment: the plan follows every balance in time order.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app.cli.demo import names
from app.cli.demo.shops import Shelf
from app.cli.demo.whole import jianyang_cast as cast
from app.cli.demo.whole.outings import Outing
from app.cli.demo.whole.sales import OPENS_AT, Sale
from app.cli.demo.world import at

SHOP = "云谷社区积分超市"
SHELF = (
    Shelf("G01", "抽纸（3包）", 40, 160, "2000000002019"),
    Shelf("G02", "洗洁精 1kg", 50, 120, "2000000002026"),
    Shelf("G03", "洗衣液 2kg", 120, 80, "2000000002033"),
    Shelf("G04", "大米 5kg", 200, 60, "2000000002040"),
    Shelf("G05", "食用油 1.8L", 240, 40, "2000000002057"),
    Shelf("G06", "牙膏套装", 60, 100, "2000000002064"),
    Shelf("G07", "毛巾", 70, 70, "2000000002071"),
    Shelf("G08", "垃圾袋（5卷）", 20, 70, "2000000002088"),
    Shelf("S01", "义剪券", 50, 40, "2000000002095", kind="service"),
    Shelf("S02", "长者食堂餐券", 80, 40, "2000000002101", kind="service"),
)
ORDERS = {
    "G01": 110,
    "G02": 82,
    "G03": 52,
    "G04": 38,
    "G05": 25,
    "G06": 63,
    "G07": 41,
    "G08": 35,
    "S01": 14,
    "S02": 16,
}
CANCELLED = ("G01", "G02", "G06", "G07", "G08")
FIRST_ON, DAY_COUNT, EVERY = date(2025, 4, 1), 83, 4
DEAR = 120
"""From this price on goods are bought in the later days only, when balances have grown."""

SAVERS_FROM = 130
A_MONTH_MAX = 2
PRICES = {each.number: each.price_points for each in SHELF}


class _Purses:
    """What every card holder can spend as the plan goes on, and what they took this month."""

    def __init__(self, outings: Sequence[Outing]) -> None:
        """Begin with nothing, and everything still to be earned."""
        self.earnings = _earnings(outings)
        self.balances: Counter[str] = Counter()
        self.bought: Counter[tuple[str, str, str]] = Counter()

    def earn_until(self, instant: datetime) -> None:
        """Add what was posted before an instant."""
        while self.earnings and self.earnings[0][0] < instant:
            _, people, points = self.earnings.pop(0)
            self.balances.update(dict.fromkeys(people, points))

    def choose(self, number: str, day_on: date, taken: set[str]) -> str:
        """Draw who takes this; who saves for something dear takes nothing cheap."""
        chance = names.random_of(f"jianyang:{number}:{day_on}:{len(taken)}")
        price, month = PRICES[number], f"{day_on:%Y-%m}"
        may = {
            key: held
            for key, held in self.balances.items()
            if held >= price and key not in taken and self.bought[key, number, month] < A_MONTH_MAX
        }
        modest = [key for key, held in may.items() if price >= DEAR or held < SAVERS_FROM]
        return chance.choice(sorted(modest or may))

    def spend(self, buyer: str, number: str, day_on: date) -> None:
        """Take the price off a balance."""
        self.balances[buyer] -= PRICES[number]
        self.bought[buyer, number, f"{day_on:%Y-%m}"] += 1


def planned(outings: Sequence[Outing]) -> dict[date, tuple[Sale, ...]]:
    """Return the sales by day, each affordable for its buyer at its moment."""
    purses, days = _Purses(outings), {}
    for day_on, numbers in _by_day().items():
        purses.earn_until(at(day_on, OPENS_AT))
        sales: list[Sale] = []
        for wanted in numbers:
            number = wanted.removeprefix("-")
            buyer = purses.choose(number, day_on, {sale.buyer for sale in sales})
            if number == wanted:
                purses.spend(buyer, number, day_on)
            sales.append(Sale(buyer, number, is_cancelled=number != wanted))
        days[day_on] = tuple(sales)
    return days


def _earnings(outings: Sequence[Outing]) -> list[tuple[datetime, list[str], int]]:
    """Return what card holders earn, in time order: 10 points an hour."""
    holders = {
        key for place, squad in enumerate(cast.squads()) for key in cast.card_holders(squad, place)
    }
    return sorted(
        (one.settled_at, [key for key in one.people if key in holders], one.minutes // 6)
        for one in outings
    )


def _by_day() -> dict[date, list[str]]:
    """Spread all orders over the days, the dear ones over the later; `-` marks a cancelled one."""
    chance = names.random_of("jianyang:goods")
    cheap = [n for n, count in ORDERS.items() for _ in range(count) if PRICES[n] < DEAR]
    dear = [n for n, count in ORDERS.items() for _ in range(count) if PRICES[n] >= DEAR]
    cheap += [f"-{number}" for number in CANCELLED]
    chance.shuffle(cheap)
    chance.shuffle(dear)
    days = [FIRST_ON + timedelta(days=EVERY * number) for number in range(DAY_COUNT)]
    found: dict[date, list[str]] = {day_on: [] for day_on in days}
    for place, number in enumerate(cheap):
        found[days[place * DAY_COUNT // len(cheap)]].append(number)
    late = days[DAY_COUNT // 3 :]
    for place, number in enumerate(dear):
        found[late[place * len(late) // len(dear)]].append(number)
    return found
