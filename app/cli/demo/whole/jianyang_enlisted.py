"""建阳's file of who reported in: 5,570 good lines, and six of which each is wrong in its way.

Who reported in, who is in a team and who holds a card are three registers (D8); they are
shown side by side and never added up.
"""

import csv
import io
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM
from app.base.transactions import reading, unit_of_work
from app.cli.demo import names
from app.cli.demo.whole import jianyang_cast as cast
from app.cli.demo.whole.places import JIANYANG, YUNGU
from app.cli.demo.world import at
from app.community import tree, units
from app.community.models import Node
from app.people import enlistment_imports, enlistments
from app.people.models import Enlistment

GOOD_COUNT, BAD_COUNT = 5_570, 6
FIRST_ON, ENTERED_ON = date(2025, 1, 6), date(2026, 2, 26)
HEADER = (*enlistment_imports.REQUIRED, "unit", "enlisted_on")
UNITS = ("建阳区机关服务中心", "建阳区实验小学", "建阳区人民医院", "建阳区供电服务中心")
WRONG = (
    ("JYBD-00001", "重复的", YUNGU, "在职", "线上", "", "2025-02-01"),
    ("JYBD-90002", "在别处的", "no-such-place", "在职", "线上", "", "2025-02-01"),
    ("JYBD-90003", "身份不明", YUNGU, "其他", "线上", "", "2025-02-01"),
    ("JYBD-90004", "来源不明", YUNGU, "在职", "电话", "", "2025-02-01"),
    ("JYBD-90005", "单位不明", YUNGU, "在职", "线下", "没有登记的单位", "2025-02-01"),
    ("JYBD-90006", "日子不对", YUNGU, "在职", "线下", "", "2025-02-30"),
)
"""One more line of the first number, and a place, a standing, a source, a unit, a day unknown."""


def file() -> bytes:
    """Write the file as a district would send it."""
    chance = names.random_of("jianyang:enlisted")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for number in range(1, GOOD_COUNT + 1):
        name = chance.choice(names.SURNAMES) + chance.choice(names.GIVEN_NAMES)
        standing = "离退休" if number % 5 == 0 else "在职"
        source = "线下" if number % 3 == 0 else "线上"
        home = cast.COMMUNITIES[number % len(cast.COMMUNITIES)]
        unit = "" if standing == "离退休" else UNITS[number % len(UNITS)]
        day_on = FIRST_ON + timedelta(days=number % 400)
        writer.writerow((f"JYBD-{number:05d}", name, home, standing, source, unit, day_on))
    writer.writerows(WRONG)
    return text.getvalue().encode()


def take_in(ledger_id: int) -> None:
    """Let the units report in, and import the file; again changes nothing.

    Raises:
        AssertionError: Another number of lines is bad than were written wrong.
    """
    with reading() as session:
        entered = sa.select(sa.func.count()).where(Enlistment.ledger_id == ledger_id)
        if session.scalar(entered) == GOOD_COUNT:
            return
        top = tree.by_code(session, JIANYANG)
    with clock.held_at(at(ENTERED_ON, 9)):
        unit_of_work(lambda session: _units_report_in(session, ledger_id))
        bad = sum(
            len(step.bad)
            for step in enlistment_imports.import_enlistments(
                io.BytesIO(file()),
                ledger_id=ledger_id,
                unit=unit_of_work,
                book_node=top,
                takes=lambda _session, node: tree.contains(top, node),
                actor=SYSTEM,
            )
        )
    assert bad == BAD_COUNT, f"{bad} lines were refused"


def _units_report_in(session: Session, ledger_id: int) -> None:
    node: Node = tree.by_code(session, YUNGU)
    for name in UNITS:
        unit = units.add(session, node=node, kind=units.INSTITUTION, name=name, actor=SYSTEM)
        enlistments.enlist_unit(session, ledger_id=ledger_id, unit=unit, node=node, actor=SYSTEM)
