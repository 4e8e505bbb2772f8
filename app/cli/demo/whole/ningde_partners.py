"""Partners in 宁德: who organises with the neighbours, and a library with places for points.

优贝亲子图书馆 is a partner of 财富广场小区: its classes' places are services (T15, M6).
"""

from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.cli.demo import shops
from app.cli.demo.shops import Shelf
from app.cli.demo.whole.outings import Stage
from app.cli.demo.whole.places import YILI
from app.community import tree, units

ESTATE, NAME, CLASS = "350982001002-e1", "优贝亲子图书馆", "邻里互助"
SHELF = (
    Shelf("S01", "公益亲子课堂名额", 20, 20, "2000000004013", kind="service"),
    Shelf("S02", "绘本课名额", 20, 20, "2000000004020", kind="service"),
    Shelf("S03", "四点半课堂名额（一周）", 50, 15, "2000000004037", kind="service"),
)
"""The services are the field's own, the prices invented."""

PARTNERS = (
    (YILI, "物业公司", "金威物业", None),
    (ESTATE, "公益机构", NAME, CLASS),
)
"""Where, of which kind, called what, of which class of partners."""


def units_by_place(session: Session) -> dict[str, int]:
    """Add who organises with the neighbours, by the code of the place."""
    nodes = tree.by_codes(session, [code for code, _, _, _ in PARTNERS])
    return {
        code: units.add(
            session, node=nodes[code], kind=kind, name=name, actor=SYSTEM, partner_class=found
        ).id
        for code, kind, name, found in PARTNERS
    }


def open_place(session: Session, stage: Stage) -> None:
    """Sign the library as a merchant and open its place; again changes nothing."""
    opening = shops.Opening(
        ledger_id=stage.ledger_id,
        node=tree.by_code(session, ESTATE),
        merchant=NAME,
        name=NAME,
        shelf=SHELF,
        approver=stage.staff.actor,
        clerk=stage.people["nd-shu"],
        kind="partner",
        partner_class=CLASS,
    )
    shops.open_shop(session, opening)
