"""Tables of what was claimed and wished for: by grid, by place, by campaign (T5, T7, C22, C31)."""

from typing import Any

from sqlalchemy.orm import Session

from app.activities import among
from app.community import tree
from app.community.models import Node
from app.reports.table_files import Table
from app.service_orders import campaigns, claim_listings, wish_listings
from app.service_orders.wish_listings import FULFILLED

CLAIMS = ("网格编码", "地方", "认领数", "办成数", "在办数", "超时释放数")
WISHES = ("编码", "地方", "收集数", "已兑现数", "已认领数", "待认领数", "退回数")
CAMPAIGNS = ("编码", "载体", "心愿数", "已兑现数", "岗位项目数", "活动数")
WISH_COLUMNS = (FULFILLED, ("claimed",), ("open",), ("returned",))
CAMPAIGN_COLUMNS = ("wish", "fulfilled", "post", "activity")


def claims(session: Session, *, ledger_id: int, node: Node) -> Table:
    """Count the claims of a subtree by the place of what was claimed (认领数, 办实事数)."""
    found = claim_listings.counts_by_node(session, ledger_id=ledger_id, node=node)
    nodes = tree.get_many(session, found)
    rows: list[list[Any]] = [
        [
            nodes[node_id].code,
            nodes[node_id].short_name,
            sum(each.values()),
            each["accepted"],
            each["claimed"] + each["submitted"],
            each["released"],
        ]
        for node_id, each in found.items()
    ]
    return Table("claims_by_grid", "各网格认领数", CLAIMS, sorted(rows, key=_code))


def wishes(session: Session, *, ledger_id: int, node: Node) -> Table:
    """Count the wishes of a subtree by their place, and those that came true."""
    found = wish_listings.counts_by_node(session, ledger_id=ledger_id, node=node)
    nodes = tree.get_many(session, found)
    rows: list[list[Any]] = [
        [
            nodes[node_id].code,
            nodes[node_id].short_name,
            sum(each.values()),
            *(sum(each[state] for state in states) for states in WISH_COLUMNS),
        ]
        for node_id, each in found.items()
    ]
    return Table("wishes_by_place", "微心愿兑现情况", WISHES, sorted(rows, key=_code))


def campaigns_of(session: Session, *, ledger_id: int, node: Node) -> Table:
    """Count what each campaign of a book counts at a subtree."""
    rows: list[list[Any]] = []
    for each in campaigns.list_of(session, ledger_id=ledger_id):
        found = counted(session, ledger_id=ledger_id, node=node, code=each.code)
        rows.append([each.code, each.name, *(found[name] for name in CAMPAIGN_COLUMNS)])
    return Table("campaigns", "载体情况", CAMPAIGNS, rows)


def counted(session: Session, *, ledger_id: int, node: Node, code: str) -> dict[str, int]:
    """Count a campaign's wishes (`fulfilled` besides), posts and activities at a subtree (T7).

    Raises:
        NotFound: No such campaign.
    """
    campaigns.get(session, ledger_id=ledger_id, code=code)
    found = campaigns.counts_in(session, ledger_id=ledger_id, code=code, node=node)
    ids = campaigns.subject_ids(session, ledger_id=ledger_id, code=code, kind="activity")
    held = among.count_among(session, ledger_id=ledger_id, node=node, activity_ids=ids)
    return {**{name: found[name] for name in CAMPAIGN_COLUMNS}, "activity": held}


def _code(row: list[Any]) -> str:
    return str(row[0])
