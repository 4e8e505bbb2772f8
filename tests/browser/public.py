"""What staff put up for everybody in the demo: a star board, a notice, a team's card."""

from datetime import date
from typing import Any

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.ids import new_id
from app.community import tree
from app.ledger import books
from app.people import team_cards, teams
from app.people.team_cards import CardText
from app.points import boards, notices, programmes
from app.points.boards import Terms
from app.points.notices import Draft
from tests.browser.street import Street

YEAR_BEGINS = date(2026, 1, 1)


def put_up_notice(street: Street) -> str:
    """The address of a notice of this year's hours, put up by somebody of the past."""
    with street.session() as session:
        node = tree.find(session, "金溪社区")
        programme = programmes.of_node(session, node)
        draft = Draft(
            node_id=node.id,
            kind="hours",
            title="今年志愿时长公示",
            begins_on=YEAR_BEGINS,
            ends_on=clock.today(),
            contact="党群服务中心一楼，工作日 9:00–17:00",
        )
        made = notices.publish(
            session, ledger_id=programme.ledger_id, draft=draft, actor=Actor(new_id())
        )
        session.commit()
        return f"/notices/{book_of(session, programme.ledger_id)}/{made.id}"


def open_card(street: Street) -> tuple[str, Any]:
    """A team of the demo with an open card: the ids of its book and of itself."""
    with street.session() as session:
        node = tree.find(session, "金溪社区")
        ledger_id = programmes.of_node(session, node).ledger_id
        found = teams.list_in(session, ledger_id=ledger_id, node=node)[0]
        parts = team_cards.list_parts(session, tree.get(session, found.node_id))[:6]
        team_cards.write(
            session,
            ledger_id=ledger_id,
            team_id=found.id,
            text=CardText(
                work="每周三义诊，给行动不便的老人送餐",
                reach="党群服务中心一楼，工作日 9:00–17:00",
                phone="0593-0000000",
                area=tuple(each.id for each in parts),
                is_open=True,
            ),
            version=0,
            actor=SYSTEM,
        )
        session.commit()
        return book_of(session, ledger_id), found.id


def book_of(session: Any, ledger_id: int) -> str:
    """Return the code of a book."""
    return books.get(session, ledger_id).code


def switch(street: Street, **terms: Any) -> str:
    """Write the terms of the community's star board; return the place's code."""
    with street.session() as session:
        node = tree.find(session, "金溪社区")
        ledger_id = programmes.of_node(session, node).ledger_id
        found = boards.find(session, ledger_id=ledger_id, node_id=node.id)
        boards.write(
            session,
            ledger_id=ledger_id,
            node_id=node.id,
            terms=Terms(**{"period": "year", **terms}),
            version=found.version if found else 0,
            actor=SYSTEM,
        )
        session.commit()
        return node.code
