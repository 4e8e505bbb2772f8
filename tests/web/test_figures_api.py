"""Figures of a place at every door: stated and counted apart, never added up."""

from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM
from app.base.serials import HOUSE
from app.community import figure_imports, figure_withdrawals, figures, tree
from app.people import team_cards, teams
from app.people.models import Audit
from app.people.team_cards import CardText
from app.people.teams import NewTeam
from app.web.session import COOKIE
from tests.factories.desk import a_desk
from tests.factories.doors import Town
from tests.web.answers import done, everything, refused
from tests.web.forms_seen import only_this

HEADER = "node_code,kind_code,name,value,qualifier,unit,span,as_of_on,source\n"
FILE = (
    "{code},volunteers,登记志愿者,600,余,人,累计,2024-12-31,报道甲\n"
    "{code},volunteers,登记志愿者,700,余,人,累计,2025-12-31,报道乙\n"
    "{code},stations,驿站,239,,个,,2024-12-31,报道甲\n"
)


def sent(caller: Any, text: str, **form: str) -> Any:
    return caller.upload("/nodes/figures/import", HEADER + text, **form)


def test_what_came_from_elsewhere_stands_apart_from_what_is_counted_here(town: Town) -> None:
    file = FILE.format(code=town.node.code)
    assert done(sent(town.caller("city_administrator"), file, dry_run="true"))["new_count"] == 3
    assert done(sent(town.caller("city_administrator"), file))["new_count"] == 3
    again = done(sent(town.caller("city_administrator"), file))
    assert (again["new_count"], again["unchanged_count"]) == (0, 3)

    shown = done(town.client.get(f"/api/v1/nodes/{town.node.code}/figures"))
    stations, volunteers = shown["stated"]
    assert [line["said"] for line in volunteers["history"]] == ["700余人", "600余人"]
    assert [line["source"] for line in volunteers["history"]] == ["报道乙", "报道甲"]
    assert (stations["history"][0]["said"], stations["live_exact"]) == ("239个", None)
    counted = {each["code"]: each["value"] for each in shown["counted"]}
    assert counted["volunteers"] == volunteers["live_exact"] < 600
    assert volunteers["live_said"] == f"{counted['volunteers']}人"
    sums = {239 + 700, 600 + 700, counted["volunteers"] + 700}
    assert sums.isdisjoint(counted.values())


def test_figures_of_a_foreign_place_are_unknown_and_nothing_is_entered(town: Town) -> None:
    callers = {who: town.caller(who) for who in ("foreign_staff", "volunteer", "auditor")}
    before = everything(town.session)
    found = done(sent(callers["foreign_staff"], FILE.format(code=town.node.code)))
    assert [(row["line_no"], row["reason"]) for row in found["bad_rows"]] == [
        (line, "unknown_place") for line in (2, 3, 4)
    ]
    refused(sent(callers["volunteer"], FILE), "permission_denied", 403)
    refused(sent(callers["auditor"], FILE), "permission_denied", 403)
    assert everything(town.session) == before


def test_a_wrong_figure_leaves_every_page_once_a_second_person_agrees(town: Town) -> None:
    done(sent(town.caller("city_administrator"), FILE.format(code=town.node.code)))
    path = f"/nodes/{town.node.code}/figures"
    stations, _volunteers = done(town.client.get(f"/api/v1{path}"))["stated"]
    wrong = stations["history"][0]["id"]
    asked = done(town.caller("staff").post(f"{path}/{wrong}/withdrawal", {"reason": "抄错了"}), 201)
    administrator = town.caller("administrator")
    before = everything(town.session)
    again = administrator.post(f"{path}/{wrong}/withdrawal", {"reason": "多了"})
    refused(again, "already_requested", 409)
    assert everything(town.session) == before
    decide = f"{path}/withdrawals/{asked['id']}/decide"
    staff, second = town.caller("staff"), town.caller("second")
    before = everything(town.session)
    refused(staff.post(decide, {"verdict": "approved"}), "second_person_required", 403)
    assert everything(town.session) == before
    assert "239个" in town.client.get(f"/places/{town.node.code}").text
    assert done(second.post(decide, {"verdict": "approved"}))["state"] == "withdrawn"
    assert "239个" not in town.client.get(f"/places/{town.node.code}").text
    (listed,) = done(staff.get(f"{path}/withdrawals"))["items"]
    assert (listed["said"], listed["state"], listed["reason"]) == ("239个", "withdrawn", "抄错了")
    assert noted(town.session) == noted_of(wrong, town.node)


def test_a_kind_is_renamed_by_a_city_alone_because_it_is_everybodys(town: Town) -> None:
    done(sent(town.caller("city_administrator"), FILE.format(code=town.node.code)))
    path = f"/nodes/{town.node.code}/figures/kinds/stations"
    wanted = {"name": "近邻驿站", "unit": "处"}
    below = town.caller("administrator")
    before = everything(town.session)
    refused(below.patch(path, wanted), "permission_denied", 403)
    assert everything(town.session) == before
    city = path.replace(town.node.code, "3509")
    assert done(town.caller("city_administrator").patch(city, wanted))["unit"] == "处"
    assert "239处" in town.client.get(f"/places/{town.node.code}").text


def test_the_desk_takes_a_figure_down_in_two_steps(app, session) -> None:
    desk = a_desk(app, session)
    text = HEADER + FILE.format(code=desk.node.code)
    figure_imports.import_figures(
        session, BytesIO(text.encode()), within=[desk.world.city], actor=SYSTEM
    )
    session.commit()
    (wrong,) = [
        each for each in figures.list_at(session, desk.node) if each.kind.code == "stations"
    ]
    path = f"/figures/{wrong.latest.id}/withdrawal"
    before, long = everything(session), "长" * 201
    refused = desk.at("staff").send(desk.path(path), reason=long)
    assert refused.status_code == 422
    rest = only_this(refused.text, desk.path(path), ["reason"], reason=long)
    assert not any(each.is_open for each in rest if each.path.endswith("/withdrawal"))
    assert everything(session) == before
    page = followed(desk, "staff", path, reason="抄错了")
    assert "您提的，请同事来定。" in page
    (asked,) = figure_withdrawals.list_in(session, desk.node, "waiting")
    step = f"/figures/withdrawals/{asked.withdrawal.id}"
    page = followed(desk, "second", step, verdict="approved")
    assert "撤下的数" in page
    assert "<s>" in page
    assert noted(session) == noted_of(wrong.latest.id, desk.node)
    renamed = {"name": "近邻驿站", "unit": "处"}
    below, path = desk.at("administrator"), desk.path("/figures/kinds/volunteers")
    before = everything(session)
    assert below.send(path, **renamed).status_code == 403
    assert everything(session) == before


def noted(session) -> list[tuple[str, str, dict[str, Any]]]:
    """What the audit says of withdrawals, whichever door they came through."""
    query = sa.select(Audit.action, Audit.subject_kind, Audit.facts).order_by(Audit.happened_at)
    asked = query.where(Audit.ledger_id == HOUSE, Audit.action.startswith("figure_withdrawal_"))
    return [tuple(row) for row in session.execute(asked)]


def noted_of(figure_id: int, node: Any) -> list[tuple[str, str, dict[str, Any]]]:
    facts = {"figure_id": figure_id, "node_code": node.code}
    steps = ("figure_withdrawal_asked", "figure_withdrawal_approved")
    return [(step, "node", facts) for step in steps]


def followed(desk, who: str, path: str, **fields: str) -> str:
    answer = desk.at(who).send(desk.path(path), **fields)
    assert answer.status_code == 303, answer.text[-1500:]
    return desk.at(who).get(answer.location).text


@pytest.mark.parametrize("path", ["/places/{code}", "/staff/{code}/figures"])
def test_a_page_shows_the_figure_with_its_source_day_and_history(town: Town, path: str) -> None:
    done(sent(town.caller("city_administrator"), FILE.format(code=town.node.code)))
    town.client.set_cookie(COOKIE, town.caller("staff").token)
    page = town.client.get(path.format(code=town.node.code))

    assert page.status_code == 200
    for text in ("700余人", "600余人", "2024-12-31", "报道甲", "239个", "准确数"):
        assert text in page.text, text
    for total in ("1300", "1,300", "939"):
        assert total not in page.text


def test_a_place_page_tells_everybody_where_it_is_and_names_nobody(town: Town) -> None:
    member = town.member("温如许")
    page = town.client.get(f"/places/{town.node.code}")
    assert "金涵" in page.text
    assert "温如许" not in page.text
    assert member.volunteer_no not in page.text
    assert town.client.get("/places/nowhere").status_code == 404


def test_c25_an_estates_page_names_the_teams_that_look_after_it_by_a_roles_phone(
    town: Town,
) -> None:
    estate, beside = (
        tree.add(
            town.session,
            parent=town.node,
            kind_code="estate",
            code=code,
            name=name,
            actor=SYSTEM,
        )
        for code, name in (("e1", "丰美小区"), ("e2", "保利小区"))
    )
    team = teams.create(
        town.session,
        ledger_id=town.ledger_id,
        team=NewTeam(town.node.id, "巡逻小队", "巡逻队", "居委会", "值班岗"),
        actor=SYSTEM,
    )
    text = CardText("巡逻", "居委会一楼", "0593-0000000", (estate.id,), True)
    key = {"ledger_id": town.ledger_id, "team_id": team.id, "actor": SYSTEM}
    team_cards.write(town.session, **key, text=text, version=0)
    town.session.commit()
    assert "巡逻小队" in town.client.get(f"/places/{estate.code}").text
    assert "巡逻小队" in town.client.get(f"/places/{town.node.code}").text
    assert "巡逻小队" not in town.client.get(f"/places/{beside.code}").text
    shown = town.client.get(f"/t/ningde/{team.id}").text
    for words in ("值班岗", "0593-0000000", "丰美小区"):
        assert words in shown, words
