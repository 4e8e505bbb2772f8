"""An activity at the doors: a town whose team holds it, everybody signed in at the held clock.

Everything starts on the eve (2026-03-01); the activity is on 2026-03-10, 09:00 to 11:00.
"""

from dataclasses import dataclass, replace
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.people import cards, sign_in, team_members, teams
from app.people.models import Member, Team
from tests.factories import doors
from tests.factories.activities import DAY, EVE, at, moment
from tests.factories.doors import Caller, Town
from tests.web.answers import done

__all__ = ["DAY", "EVE", "Site", "at", "moment", "site"]


@dataclass
class Site:
    """A town with a team, whose leader is `leader`, and a volunteer `wen` without a team."""

    town: Town
    team: Team
    leader: Caller
    wen: Caller

    @property
    def book(self) -> str:
        return self.town.book

    @property
    def session(self) -> Session:
        return self.town.session

    def caller(self, who: str) -> Caller:
        """Somebody of the town with a session opened at this moment."""
        return fresh(self.town.caller(who))

    def plan(self, *spans: tuple[str, str], **more: Any) -> dict[str, Any]:
        """A plan as a program sends it."""
        quota, day = more.pop("quota", None), more.pop("day", DAY)
        sessions = [
            {
                "starts_at": moment(begin, day).isoformat(),
                "ends_at": moment(end, day).isoformat(),
                "quota_count": quota,
            }
            for begin, end in spans or (("09:00", "11:00"),)
        ]
        return {
            "node_code": self.town.node.code,
            "title": "健康义诊",
            "category_code": "health_clinic",
            "address": "金溪社区党群服务中心一楼",
            "team_id": str(self.team.id),
            "sessions": sessions,
            **more,
        }

    def drafted(self, *spans: tuple[str, str], **more: Any) -> str:
        """A draft of the leader's; returns its path."""
        made = done(self.leader.post(f"{self.book}/activities", self.plan(*spans, **more)), 201)
        return f"{self.book}/activities/{made['id']}"

    def called(self, *spans: tuple[str, str], **more: Any) -> str:
        """An approved activity that no team has responded to."""
        with at("09:00", EVE):
            path = self.drafted(*spans, **more)
            done(self.leader.post(f"{path}/submit"))
            done(self.caller("staff").post(f"{path}/approve"))
        return path

    def opened(self, *spans: tuple[str, str], **more: Any) -> tuple[str, list[str]]:
        """An activity that the team responded to; returns its path and its sessions' paths."""
        path = self.called(*spans, **more)
        with at("10:00", EVE):
            done(self.leader.post(f"{path}/responses", {"team_id": str(self.team.id)}))
            whole = done(self.leader.get(path))
        return path, [f"{self.book}/sessions/{each['id']}" for each in whole["sessions"]]

    def token(self, slot: str, direction: str) -> str:
        """What the leader's screen shows now."""
        shown = done(self.leader.get(f"{slot}/codes/{direction}"))
        return str(shown["token"])

    def seen(self, slot: str, direction: str) -> str:
        """A ticket for what the screen shows now."""
        body = {"token": self.token(slot, direction)}
        answer = self.town.client.post("/api/v1/checkins/seen", json=body)
        return str(done(answer)["ticket"])

    def scan(self, who: Caller, slot: str, direction: str, text: str) -> Any:
        """Somebody scans the screen at a time of the day; returns the answer."""
        with at(text):
            return who.post("/checkins", {"ticket": self.seen(slot, direction)})

    def been(self, who: Caller, slot: str, came: str, went: str) -> dict[str, Any]:
        """Somebody came and went by the screen's codes."""
        done(self.scan(who, slot, "in", came), 201)
        out: dict[str, Any] = done(self.scan(who, slot, "out", went), 201)
        return out

    def confirm(self, slot: str, text: str = "12:00") -> list[dict[str, Any]]:
        """The leader confirms what can be confirmed; returns the grants."""
        with at(text):
            made = done(self.leader.post(f"{slot}/attendances/confirm", {}))
        items: list[dict[str, Any]] = made["items"]
        return items

    def card_of(self, member: Member) -> str:
        """The token on a card of the member."""
        issued = cards.issue(
            self.session, ledger_id=self.town.ledger_id, member_id=member.id, actor=SYSTEM
        )
        self.session.commit()
        return issued.token


def fresh(caller: Caller) -> Caller:
    """The same person with a session opened now: an office session lasts half an hour."""
    token = sign_in.open_session(caller.session, person_id=caller.member.person_id)
    caller.session.commit()
    return replace(caller, token=token)


def site(session: Session, client: FlaskClient) -> Site:
    """Start the town and its team, on the eve."""
    with at("08:00", EVE):
        town = doors.town(session, client)
        leader = town.caller("captain")
        team = lead(town, leader, "旗帜先锋")
        return Site(town, team, leader, town.caller("wen"))


def lead(town: Town, leader: Caller, name: str) -> Team:
    """A team of the community with its leader."""
    named: dict[str, Any] = {"ledger_id": town.ledger_id, "actor": SYSTEM}
    new = teams.NewTeam(town.node.id, name, "志愿服务队", "金溪社区党委")
    team = teams.create(town.session, team=new, **named)
    team_members.join(
        town.session, team_id=team.id, member_id=leader.member.id, role="leader", **named
    )
    town.session.commit()
    return team
