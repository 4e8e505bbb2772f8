"""派单 by duty: a full-time grid worker gives out what reaches their grid, and no more (O8)."""

import html
import re
from uuid import UUID

import pytest

from app.base.actors import SYSTEM
from app.community import grids
from app.people import duties, team_members, teams
from app.people.teams import NewTeam
from app.service_orders import categories, field_calls
from app.service_orders.categories import Kind
from app.service_orders.models import FieldCall, Order
from tests.factories import pages
from tests.factories.doors import Town
from tests.web.answers import done, everything, no_change, refused

ERRANDS = Kind(code="errands", name="跑腿代办", credit_category_code="other", due_hours=24)
WANTED = {"title": "帮忙取药", "text": "腿脚不便", "category_code": "errands"}


class Grid:
    """A grid of the town with somebody who dispatches, somebody who asks, and hands."""

    def __init__(self, town: Town) -> None:
        self.town, session = town, town.session
        categories.put(session, ledger_id=town.ledger_id, kind=ERRANDS)
        self.node = grids.add(session, parent=town.node, actor=SYSTEM)
        session.commit()
        self.jian, self.asker = town.caller("jian"), town.caller("asker", self.node)
        self.steward, self.plain = town.caller("steward"), town.caller("plain")
        self.far = town.caller("far", town.elsewhere)
        for who, kind, node in (
            (self.jian, "grid_full", self.node),
            (self.steward, "steward", town.node),
            (self.far, "steward", town.elsewhere),
        ):
            duties.give(
                session,
                ledger_id=town.ledger_id,
                member_id=who.member.id,
                node=node,
                kind_code=kind,
                actor=SYSTEM,
            )
        session.commit()

    def asked(self, who=None, **more):
        path = f"{self.town.book}/me/orders"
        return done((who or self.asker).post(path, {**WANTED, **more}), 201)

    def second_grid(self):
        """Another grid whose orders the same person gives out."""
        made = grids.add(self.town.session, parent=self.town.node, actor=SYSTEM)
        duties.give(
            self.town.session,
            ledger_id=self.town.ledger_id,
            member_id=self.jian.member.id,
            node=made,
            kind_code="grid_full",
            actor=SYSTEM,
        )
        self.town.session.commit()
        return made

    def assign(self, order, who, **to):
        path = f"{self.town.book}/orders/{order['id']}/assignment"
        return who.post(path, {name: str(each) for name, each in to.items()})

    def team(self, name, node, leader):
        key = {"ledger_id": self.town.ledger_id, "actor": SYSTEM}
        new = NewTeam(node.id, name, "志愿服务队", "社区党委")
        made = teams.create(self.town.session, team=new, **key)
        team_members.join(
            self.town.session, team_id=made.id, member_id=leader.member.id, role="leader", **key
        )
        self.town.session.commit()
        return made


@pytest.fixture
def grid(town: Town) -> Grid:
    return Grid(town)


def test_o8_who_dispatches_gives_an_order_of_their_grid_to_who_serves_there(grid: Grid) -> None:
    order = grid.asked()
    given = done(grid.assign(order, grid.jian, member_id=grid.steward.member.id))
    assert given["step"] == "派单"
    session = grid.town.session
    session.expire_all()
    found = session.get(Order, (grid.town.ledger_id, UUID(given["id"])))
    assert found.handler_id == grid.steward.member.person_id
    squad = grid.team("网格里的队", grid.town.node, grid.plain)
    second = grid.asked(title="修一下灯")
    assert done(grid.assign(second, grid.jian, team_id=squad.id))["step"] == "派单"


def test_o8_nobody_dispatches_beyond_their_grid_or_to_who_does_not_serve_it(grid: Grid) -> None:
    town = grid.town
    own, other = grid.asked(), grid.asked(grid.plain)
    squad = grid.team("别处的队", town.elsewhere, grid.far)
    before = everything(town.session)
    to = {"member_id": grid.steward.member.id}
    refused(grid.assign(other, grid.jian, **to), "permission_denied", 403)
    refused(grid.assign(own, grid.plain, **to), "permission_denied", 403)
    refused(grid.assign(own, grid.steward, **to), "permission_denied", 403)
    refused(grid.assign(own, grid.jian, member_id=grid.plain.member.id), "not_found", 404)
    refused(grid.assign(own, grid.jian, member_id=grid.far.member.id), "not_found", 404)
    refused(grid.assign(own, grid.jian, team_id=squad.id), "not_found", 404)
    refused(grid.assign(own, grid.jian), "validation_failed", 422)
    (held,) = duties.list_of_member(
        town.session, ledger_id=town.ledger_id, member_id=grid.jian.member.id
    )
    assert everything(town.session) == before
    duties.end(town.session, ledger_id=town.ledger_id, duty_id=held.duty.id, actor=SYSTEM)
    town.session.commit()
    before = everything(town.session)
    refused(grid.assign(own, grid.jian, **to), "permission_denied", 403)
    assert everything(town.session) == before


def test_o8_t13_a_task_goes_out_by_duty_to_the_field_of_the_grid(grid: Grid) -> None:
    path, town = f"{grid.town.book}/field-calls", grid.town
    task = {"text": "看看电梯", "member_id": str(grid.steward.member.id)}
    sent = done(grid.jian.post(path, {**task, "node_code": grid.node.code}), 201)
    assert sent["direction"] == "to_field"
    before = everything(town.session)
    refused(grid.jian.post(path, {**task, "node_code": town.node.code}), "permission_denied", 403)
    refused(grid.plain.post(path, {**task, "node_code": grid.node.code}), "permission_denied", 403)
    far = {**task, "member_id": str(grid.far.member.id), "node_code": grid.node.code}
    refused(grid.jian.post(path, far), "not_found", 404)
    assert everything(town.session) == before


def test_o8_the_phone_shows_what_waits_in_the_grid_and_gives_it_out(app, grid: Grid) -> None:
    town, session = grid.town, grid.town.session
    order, _elsewhere = grid.asked(), grid.asked(grid.plain, title="别的网格的事")
    phone = pages.browser(app, session, grid.jian.member)
    shown = phone.get("/dispatch")
    assert "/dispatch" in phone.get("/more").text
    for words in ("帮忙取药", "红管家", grid.steward.member.name_masked):
        assert words in shown.text, words
    assert "别的网格的事" not in shown.text
    assert "腿脚不便" in shown.text
    path = f"/dispatch/orders/{order['id']}"
    before = everything(session)
    assert phone.send(path, hands="someone").status_code == 422
    assert pages.browser(app, session, grid.plain.member).get("/dispatch").status_code == 404
    assert everything(session) == before
    sent = phone.send(path, hands=f"person:{grid.steward.member.id}", note="上午去")
    assert sent.status_code == 303
    assert "派出去了" in phone.get(sent.location).text
    assert "帮忙取药" not in phone.get("/dispatch").text
    task = {"member_id": str(grid.steward.member.id), "call_text": "看看电梯"}
    assert phone.send("/dispatch/tasks", **task).status_code == 303
    session.expire_all()
    (call,) = session.query(FieldCall).filter_by(ledger_id=town.ledger_id)
    assert (field_calls.text_of(call), call.node_id) == ("看看电梯", grid.node.id)


def test_o8_the_phone_stays_at_the_place_that_is_named_and_shows_no_other_instead(
    app, grid: Grid
) -> None:
    town, session, second = grid.town, grid.town.session, grid.second_grid()
    order = grid.asked(title="第一个网格的事")
    other = town.caller("other_asker", second)
    for number in range(21):
        grid.asked(other, title=f"第{number:02d}件")
    phone = pages.browser(app, session, grid.jian.member)
    assert "第一个网格的事" in phone.get(f"/dispatch?at={grid.node.code}").text
    shown = phone.get(f"/dispatch?at={second.code}").text
    (after,) = re.findall(r'href="(/dispatch\?[^"]*offset=20[^"]*)"', shown)
    rest = phone.get(html.unescape(after)).text
    assert ("第20件" in rest, "第一个网格的事" in rest) == (True, False)
    (form,) = re.findall(r'action="(/dispatch/orders/[^"]*)"', rest)
    refused = phone.send(html.unescape(form), hands="", note="上午去")
    assert ("第20件" in refused.text, refused.text.count('value="上午去"')) == (True, 1)

    before = everything(session)
    sent = {"hands": f"person:{grid.steward.member.id}"}
    task = {"member_id": str(grid.steward.member.id), "call_text": "看看电梯"}
    for at in (town.node.code, "nowhere"):
        assert phone.get(f"/dispatch?at={at}").status_code == 404
        assert phone.send(f"/dispatch/orders/{order['id']}?at={at}", **sent).status_code == 404
        assert phone.send(f"/dispatch/tasks?at={at}", **task).status_code == 404
    assert everything(session) == before
    assert phone.send(f"/dispatch/tasks?at={second.code}", **task).status_code == 303
    (call,) = session.query(FieldCall).filter_by(ledger_id=town.ledger_id)
    assert call.node_id == second.id


def test_o8_a_refusal_marks_the_order_that_was_sent_and_keeps_what_was_said(
    app, grid: Grid
) -> None:
    first, second = grid.asked(), grid.asked(title="修一下灯")
    phone = pages.browser(app, grid.town.session, grid.jian.member)
    with no_change(grid.town.session):
        shown = phone.send(f"/dispatch/orders/{second['id']}", hands="", note="上午去")
        assert shown.status_code == 422
    assert "派给谁：请选一个人，或一支队伍" in shown.text
    assert (shown.text.count('value="上午去"'), shown.text.count("aria-invalid")) == (1, 1)
    sent, other = (card_of(shown.text, each["id"]) for each in (second, first))
    assert ("上午去" in sent, "aria-invalid" in sent) == (True, True)
    assert ("上午去" in other, "aria-invalid" in other) == (False, False)
    chosen = f"person:{grid.steward.member.id}"
    long = phone.send(f"/dispatch/orders/{second['id']}", hands=chosen, note="长" * 201)
    assert (long.status_code, long.text.count(f'value="{chosen}" selected')) == (422, 1)
    task = phone.send("/dispatch/tasks", call_text="看看电梯")
    assert "派给谁：请选一个人" in task.text
    assert (task.text.count("aria-invalid"), "看看电梯</textarea>" in task.text) == (1, True)


def test_t13_who_has_duties_at_several_places_says_on_the_phone_which_a_call_is_about(
    app, grid: Grid
) -> None:
    town, session, second = grid.town, grid.town.session, grid.second_grid()
    phone, path = pages.browser(app, session, grid.jian.member), f"{grid.town.book}/me/field-calls"
    before = everything(session)
    refusal = phone.send("/calls", call_text="井盖翻了", spot="三号楼东侧")
    assert (refusal.status_code, "哪个地方的事：请选一个地方" in refusal.text) == (422, True)
    assert ("井盖翻了</textarea>" in refusal.text, 'value="三号楼东侧"' in refusal.text) == (
        True,
        True,
    )
    assert re.findall(r'name="(\w+)"[^>]*aria-invalid', refusal.text) == ["node_code"]
    refused(grid.jian.post(path, {"text": "井盖翻了"}), "validation_failed", 422)
    assert everything(session) == before
    assert phone.send("/calls", call_text="井盖翻了", node_code=second.code).status_code == 303
    (call,) = session.query(FieldCall).filter_by(ledger_id=town.ledger_id)
    assert call.node_id == second.id


def test_o8_duties_are_called_in_the_language_of_the_reader(app, grid: Grid) -> None:
    grid.asked()
    phone = pages.browser(app, grid.town.session, grid.jian.member)
    phone.client.set_cookie("timebank_language", "en")
    shown = phone.get("/dispatch").text
    name = grid.steward.member.name_masked
    assert f"{name}·steward·" in shown
    assert f"{name}·红管家" not in shown


def card_of(text: str, order_id: str) -> str:
    """The form of an order on the page."""
    return text.split(f"/dispatch/orders/{order_id}")[1].split("</form>")[0]
