"""The main job, whole: from taking people in to the proof that the book balances, over HTTP.

Everybody signs in by a code sent to their phone. Only what an operator does at the
machine is done beside the doors: the programme with its rate (1 point an hour), the
first administrator, and `flask ledger proof`.

By hand: 温 120 min (2 points), 任 119 (1, rest 59), 沈 120 by card (2), 许 120 by roll
(2): 479 minutes and 7 points. 温 takes salt for 2, so members hold 5.
"""

import json
import logging
import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.activities import attendance
from app.base import clock
from app.base.actors import SYSTEM
from app.people import roles
from tests.factories import people, points
from tests.factories.activities import DAY, EVE, at, moment
from tests.factories.people import CONSENT

pytestmark = pytest.mark.slow

BOOK = "/books/ningde"


@dataclass
class Story:
    """The doors, the operator's console, and the phones of everybody."""

    app: Flask
    client: FlaskClient
    console: pytest.LogCaptureFixture
    node_code: str
    phones: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    person_ids: dict[str, str] = field(default_factory=dict)
    member_ids: dict[str, str] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)

    def code_sent_to(self, name: str) -> str:
        """Ask for a sign-in code and read it off the console."""
        self.console.clear()
        self.open("POST", "/sign-in-codes", {"phone": self.phones[name]}, status=204)
        return re.search(r"\d{6}", self.console.messages[-1])[0]

    def enter(self, *names: str) -> None:
        """Sign people in by phone and code."""
        for name in names:
            body = {"phone": self.phones[name], "code": self.code_sent_to(name)}
            session = self.open("POST", "/sessions", body)
            self.tokens[name], self.person_ids[name] = session["token"], session["person_id"]

    def open(
        self, method: str, path: str, body: Any = None, *, who: str = "", status: int = 201
    ) -> Any:
        """Send a request and insist on its status; return the answer's content."""
        headers = {"Idempotency-Key": secrets.token_urlsafe(24)}
        if who:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        options = {"json": body} if body is not None else {}
        answer = self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.get_data(as_text=True)}"
        return answer.get_json() if answer.data and answer.is_json else answer

    def get(self, who: str, path: str) -> Any:
        return self.open("GET", f"{BOOK}{path}", who=who, status=200)

    def post(self, who: str, path: str, body: Any = None, status: int = 201) -> Any:
        return self.open("POST", f"{BOOK}{path}", body, who=who, status=status)

    def take_in(self, who: str, name: str, *, has_phone: bool = True, **more: Any) -> Any:
        """Staff take a person in."""
        body = {"name": name, "node_code": self.node_code, "consent_version": CONSENT, **more}
        if has_phone:
            body["phone"] = self.phones[name] = people.phone()
        member = self.post(who, "/members", body)
        self.member_ids[name] = member["id"]
        return member

    def scan(self, who: str, direction: str) -> None:
        """A signed-in volunteer scans the leader's screen."""
        ticket = self.see(direction)
        self.open("POST", "/checkins", {"ticket": ticket}, who=who)

    def see(self, direction: str) -> str:
        """Anybody's phone opens what the leader's screen shows; nobody is asked who they are."""
        screen = self.get("陈领队", f"{self.made['slot']}/codes/{direction}")
        token = screen["url"].split("#")[1]
        ticket: str = self.open("POST", "/checkins/seen", {"token": token}, status=200)["ticket"]
        return ticket


@pytest.fixture
def story(app: Flask, client: FlaskClient, session: Session, caplog: Any) -> Story:
    """金溪社区 with its programme and one administrator, set up by the operator."""
    caplog.set_level(logging.WARNING)
    with at("07:00", EVE):
        world = points.world(session)
        phone = people.phone()
        chief = people.member(session, world.ledger_id, world.node, "周管理", phone)
        roles.grant(
            session,
            person_id=chief.person_id,
            node_id=world.city.id,
            role="administrator",
            actor=SYSTEM,
        )
        session.commit()
    return Story(app, client, caplog, world.node.code, {"周管理": phone})


def people_and_roles(story: Story) -> None:
    """The administrator appoints staff; staff take in leaders, volunteers and a clerk."""
    with at("08:00", EVE):
        story.enter("周管理")
        for name in ("林社工", "沈社工"):
            member = story.take_in("周管理", name)
            body = {"role": "staff", "node_code": story.node_code}
            story.post("周管理", f"/members/{member['id']}/roles", body)
    with at("08:10", EVE):
        story.enter("林社工", "沈社工")
        for name in ("陈领队", "蓝领队", "温如许", "钟店员"):
            story.take_in("林社工", name)
        story.take_in("林社工", "许多多", has_phone=False)
        carded = story.take_in("林社工", "沈一诺", has_phone=False, has_card=True)
        path = f"/cards/{carded['card']['id']}/print"
        story.made["card"] = story.post("林社工", path, status=200)["token"]


def teams_and_shop(story: Story) -> None:
    """Two teams in an alliance, and a shop with salt for 2 points."""
    with at("08:20", EVE):
        pact = {"node_code": story.node_code, "name": "近邻志愿同盟"}
        alliance = story.post("林社工", "/alliances", pact)
        story.made["alliance"] = alliance["id"]
        for team, leader in (("旗帜先锋", "陈领队"), ("畲乡枫警", "蓝领队")):
            body = {
                "node_code": story.node_code,
                "name": team,
                "kind": "志愿服务队",
                "lead_body": "金溪社区党委",
            }
            made = story.post("林社工", "/teams", body)
            story.made[team] = made["id"]
            joined = {"member_ids": [story.member_ids[leader]], "role": "leader"}
            story.post("林社工", f"/teams/{made['id']}/members", joined)
            joins = {"team_id": made["id"]}
            story.post("林社工", f"/alliances/{alliance['id']}/teams", joins, 204)
        body = {"node_code": story.node_code, "name": "金溪社区居委会"}
        merchant = story.post("林社工", "/merchants", body)["id"]
        today = clock.today()
        agreement = {
            "agreement_no": "协-0001",
            "from_on": today.isoformat(),
            "until_on": (today + timedelta(days=365)).isoformat(),
        }
        story.post("沈社工", f"/merchants/{merchant}/approve", status=200)
        story.post("沈社工", f"/merchants/{merchant}/sign", agreement, status=200)
        story.post("沈社工", f"/merchants/{merchant}/list", status=200)
        body = {"merchant_id": merchant, "node_code": story.node_code, "name": "积分超市"}
        shop = story.post("林社工", "/shops", body)["id"]
        story.enter("钟店员")
        body = {"person_id": story.person_ids["钟店员"]}
        story.post("林社工", f"/shops/{shop}/clerks", body)
        story.made["shop"] = f"/shops/{shop}"
        body = {"number": "001", "name": "食盐", "price_points": 2}
        salt = story.made["salt"] = story.post("林社工", f"/shops/{shop}/goods", body)["id"]
        delivery = {"items": [{"goods_id": salt, "count": 10}]}
        story.post("林社工", f"/shops/{shop}/stock/intakes", delivery)


def activity(story: Story) -> None:
    """The leader plans, staff approve, the alliance's other team responds, 温 enrols."""
    with at("08:30", EVE):
        story.enter("陈领队", "蓝领队", "温如许")
        plan = {
            "node_code": story.node_code,
            "title": "健康义诊",
            "category_code": "health_clinic",
            "address": "金溪社区党群服务中心一楼",
            "team_id": story.made["旗帜先锋"],
            "alliance_id": story.made["alliance"],
            "sessions": [
                {
                    "starts_at": moment("09:00").isoformat(),
                    "ends_at": moment("11:00").isoformat(),
                    "quota_count": 20,
                }
            ],
        }
        made = story.post("陈领队", "/activities", plan)
        path = story.made["activity"] = f"/activities/{made['id']}"
        story.post("陈领队", f"{path}/submit", status=200)
        story.post("沈社工", f"{path}/approve", status=200)
        body = {"team_id": story.made["畲乡枫警"]}
        assert story.post("蓝领队", f"{path}/responses", body, 200)["state"] == "open"
        whole = story.get("温如许", path)
        story.made["slot"] = f"/sessions/{whole['sessions'][0]['id']}"
        assert story.post("温如许", f"{story.made['slot']}/enrolments", {})["state"] == "enrolled"


def check_in(story: Story) -> None:
    """温 scans; 任 scans as a stranger and joins there; 沈 shows a card, 许 is on the roll."""
    slot = story.made["slot"]
    with at("08:50"):
        story.scan("温如许", "in")
    with at("08:55"):
        body = {"direction": "in", "card": story.made["card"]}
        story.post("陈领队", f"{slot}/attendances", body)
        body = {"direction": "in", "member_ids": [story.member_ids["许多多"]]}
        rolled = story.post("陈领队", f"{slot}/attendances/roll", body, 200)
        assert rolled["taken"] == body["member_ids"]
    with at("09:00"):
        seen = story.see("in")
    with at("09:04"):
        name = "任清和"
        phone = story.phones[name] = people.phone()
        proof = {"phone": phone, "code": story.code_sent_to(name)}
        proven = story.open("POST", "/sessions", proof, status=202)
        body = {"name": name, "phone": phone, "ticket": proven["ticket"]}
        body |= {"node_code": story.node_code, "consent_version": CONSENT}
        joined = story.open("POST", "/members", body)
        story.tokens[name] = joined["token"]
        came = story.open("POST", "/checkins", {"ticket": seen}, who=name)
        assert came["checked_in_at"] == moment("09:00").isoformat()


def check_out(story: Story, session: Session) -> None:
    """任 goes a minute early, the others at the end; the job closes what is over."""
    slot = story.made["slot"]
    with at("10:59"):
        story.scan("任清和", "out")
    with at("11:00"):
        story.scan("温如许", "out")
        body = {"direction": "out", "card": story.made["card"]}
        story.post("陈领队", f"{slot}/attendances", body)
        body = {"direction": "out", "member_ids": [story.member_ids["许多多"]]}
        story.post("陈领队", f"{slot}/attendances/roll", body, 200)
    with at("11:31"):
        ledger_id = points.programmes.list_all(session)[0].ledger_id
        assert attendance.autoclose(session, ledger_id=ledger_id, now=moment("11:31")) == 1
        session.commit()


def confirm(story: Story) -> None:
    """The leader confirms: the scanned are posted, card and roll wait for staff."""
    slot = story.made["slot"]
    with at("12:00"):
        made = story.post("陈领队", f"{slot}/attendances/confirm", {}, 200)["items"]
        found = sorted((one["state"], one["minutes"], one["points"]) for one in made)
        assert found == [
            ("posted", 119, 1),
            ("posted", 120, 2),
            ("waiting_level_2", 120, 0),
            ("waiting_level_2", 120, 0),
        ]
        body = {"beneficiary_count": 36}
        story.post("陈领队", f"{story.made['activity']}/close", body, 200)
    with at("12:10"):
        story.enter("林社工")
        waiting = story.get("林社工", "/grants/waiting")["items"]
        body = {"grant_ids": [one["id"] for one in waiting], "verdict": "approved"}
        decided = story.post("林社工", "/grants/decide", body, 200)["items"]
        assert [one["grant"]["points"] for one in decided] == [2, 2]
        archived = story.post("陈领队", f"{story.made['activity']}/archive", status=200)
        assert archived["state"] == "archived"


def redeem(story: Story) -> None:
    """At the till the clerk scans 温's one-time code and hands over one bag of salt."""
    shop = story.made["shop"]
    with at("15:00"):
        story.enter("钟店员")
        till = story.post("钟店员", f"{shop}/tills")["id"]
        salt = story.made["salt"]
        shown = story.post("温如许", "/me/codes", {"purpose": "redeem"})
        basket = {
            "till_id": till,
            "presented": shown["token"],
            "items": [{"goods_id": salt, "quantity_count": 1}],
            "expected_total_points": 2,
        }
        slip = story.post("钟店员", "/redemptions", basket)
        assert (slip["total_points"], slip["balance_points"]) == (2, 0)
        story.made["slip"] = slip["number"]
        assert story.get("钟店员", f"{shop}/goods")["items"][0]["stock_count"] == 9
        counted = {"counted": [{"goods_id": salt, "count": 9}]}
        closed = story.post("钟店员", f"/tills/{till}/close", counted, 200)
        assert (closed["total_points"], closed["difference_count"]) == (2, 0)


def report(story: Story) -> None:
    """Staff rank and export; 温 reads why the balance is 0; the book proves itself."""
    with at("16:00"):
        story.enter("林社工")
        span = f"from={EVE}&to={DAY}"
        ranked = story.get("林社工", f"/rankings/hours?{span}")["items"]
        assert [(one["rank"], one["total_minutes"]) for one in ranked] == [
            (1, 120),
            (1, 120),
            (1, 120),
            (4, 119),
        ]
        body = {"kind": "csv", "from": str(EVE), "to": str(DAY)}
        sheet = story.post("林社工", "/rankings/hours/exports", body)
        text = sheet.data.decode("utf-8-sig")
        assert all(name in text for name in ("温如许", "任清和", "沈一诺", "许多多"))
        why = story.get("温如许", "/me/explanation")
        assert (why["balance"], why["total"], why["is_proven"]) == (0, 0, True)
        earned, spent = (line["source"] for line in why["lines"])
        assert earned["attendance"]["title"] == "健康义诊"
        assert earned["attendance"]["in_door"] == "code"
        assert (spent["number"], spent["shop"]) == (story.made["slip"], "积分超市")
        assert story.get("任清和", "/me/holding")["spendable_points"] == 1
        told = story.app.test_cli_runner().invoke(args=["ledger", "proof", "--json"])
    assert told.exit_code == 0, told.output
    (book,) = json.loads(told.output)["ledgers"]
    assert all(check["ok"] for check in book["checks"])
    assert book["totals"] == {"minutes": 479, "points": 5}


def test_a_community_runs_the_whole_cycle_for_real(story, session):
    people_and_roles(story)
    teams_and_shop(story)
    activity(story)
    check_in(story)
    check_out(story, session)
    confirm(story)
    redeem(story)
    report(story)
