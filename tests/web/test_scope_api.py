"""Role × place over HTTP: who holds no role is told so, to whom it is elsewhere it is not there."""

from dataclasses import dataclass
from typing import Any

import pytest

from app.base.actors import SYSTEM, Actor
from app.base.ids import new_id
from app.people import agents, alliances, cards, households, merges, objections, team_members, teams
from app.people.objections import DisputedRecord
from tests.factories.doors import Caller, Town
from tests.web.answers import everything, refused

pytestmark = pytest.mark.slow

READ, WRITE, DECIDE, ADMIN, AUDIT = "read", "write", "decide", "admin", "audit"
MAY = {
    READ: {"staff", "second", "auditor", "administrator", "city_auditor", "city_administrator"},
    WRITE: {"staff", "administrator", "city_administrator"},
    DECIDE: {"staff", "second", "administrator", "city_administrator"},
    ADMIN: {"administrator", "city_administrator"},
    AUDIT: {"auditor", "city_auditor"},
}
HOLDERS = {"foreign_staff": {READ, WRITE, DECIDE}}
"""Who holds a fitting role, but elsewhere: the thing is not there for them."""


@dataclass(frozen=True)
class Things:
    """One of everything in 金溪社区."""

    member: str
    other: str
    card: str
    team: str
    alliance: str
    household: str
    agent: str
    merge: str
    objection: str


def make(town: Town) -> Things:
    session, ledger_id, node = town.session, town.ledger_id, town.node
    member, other, third = (town.member(name) for name in ("温如许", "任清和", "苏小满"))
    act = {"ledger_id": ledger_id, "actor": SYSTEM}
    card = cards.issue(session, member_id=member.id, **act).card
    new = teams.NewTeam(node.id, "旗帜先锋", "志愿服务队", "金溪社区党委")
    team = teams.create(session, team=new, **act)
    team_members.join(session, team_id=team.id, member_id=member.id, **act)
    alliance = alliances.create(session, node_id=node.id, name="近邻同盟", **act)
    house = households.create(
        session, node_id=node.id, name="温家", head_member_id=member.id, **act
    )
    agent = agents.begin(
        session,
        person_id=member.person_id,
        agent_person_id=other.person_id,
        relation="邻居",
        consent_note="本人当面同意",
        **act,
    )
    merge = merges.request(
        session,
        ledger_id=ledger_id,
        old_member_id=other.id,
        kept_member_id=third.id,
        reason="同一人",
        actor=Actor(new_id()),
    )
    record = DisputedRecord("grant", new_id(), member.id, new_id(), node.id)
    objection = objections.raise_objection(
        session,
        ledger_id=ledger_id,
        member_id=member.id,
        record=record,
        claim="少记了",
        actor=Actor(member.person_id),
    )
    session.commit()
    made = (member, other, card, team, alliance, house, agent, merge, objection)
    return Things(*(str(each.id) for each in made))


def routes(it: Things, node: str) -> list[tuple[str, str, str, Any]]:
    """Every staff route: what it needs, its method, its path, and a body that could pass."""
    member, reason = f"/members/{it.member}", {"reason": "因故"}
    frozen = {"subject_kind": "member", "subject_id": it.member, **reason}
    joiner = {"name": "林晚舟", "node_code": node, "consent_version": "1"}
    team = {"node_code": node, "name": "新队", "kind": "队", "lead_body": "党委"}
    helper = {"agent_volunteer_no": "NINGDE-000001", "relation": "邻居", "consent_note": "同意"}
    family = {"node_code": node, "name": "任家", "head_member_id": it.other}
    pair = {"old_member_id": it.member, "kept_member_id": it.other, **reason}
    role = {"role": "volunteer", "node_code": node}
    return [
        (READ, "GET", f"/members?node_code={node}", None),
        (READ, "POST", "/members/search", {"text": "温", "node_code": node}),
        (WRITE, "POST", "/members", joiner),
        (READ, "GET", member, None),
        (WRITE, "POST", f"{member}/unlock", None),
        (READ, "GET", f"{member}/cards", None),
        (WRITE, "POST", f"{member}/cards", {}),
        (WRITE, "POST", f"/cards/{it.card}/replacement", {}),
        (WRITE, "POST", f"/cards/{it.card}/loss", None),
        (WRITE, "POST", f"/cards/{it.card}/found", None),
        (WRITE, "POST", f"/cards/{it.card}/cancellation", None),
        (WRITE, "POST", f"/cards/{it.card}/print", None),
        (READ, "GET", "/cards?card_no=NINGDE-C000001", None),
        (WRITE, "POST", "/teams", team),
        (WRITE, "POST", f"/teams/{it.team}/aliases", {"alias": "别名"}),
        (WRITE, "POST", f"/teams/{it.team}/closure", None),
        (READ, "GET", f"/teams/{it.team}/members", None),
        (WRITE, "POST", f"/teams/{it.team}/members", {"member_ids": [it.other]}),
        (WRITE, "PUT", f"/teams/{it.team}/members/{it.member}", {"role": "leader"}),
        (WRITE, "DELETE", f"/teams/{it.team}/members/{it.member}", None),
        (WRITE, "POST", "/alliances", {"node_code": node, "name": "新同盟"}),
        (WRITE, "POST", f"/alliances/{it.alliance}/teams", {"team_id": it.team}),
        (WRITE, "DELETE", f"/alliances/{it.alliance}/teams/{it.team}", None),
        (WRITE, "POST", "/households", family),
        (READ, "GET", f"/households/{it.household}", None),
        (READ, "GET", f"{member}/household", None),
        (
            WRITE,
            "POST",
            f"/households/{it.household}/members",
            {"member_id": it.other, "relation": "配偶"},
        ),
        (WRITE, "DELETE", f"/households/{it.household}/members/{it.member}", None),
        (WRITE, "PUT", f"/households/{it.household}/head", {"member_id": it.member}),
        (READ, "GET", f"{member}/agents", None),
        (WRITE, "POST", f"{member}/agents", helper),
        (WRITE, "DELETE", f"{member}/agents/{it.agent}", None),
        (READ, "GET", f"/merges?node_code={node}", None),
        (WRITE, "POST", "/merges", pair),
        (DECIDE, "POST", f"/merges/{it.merge}/approval", None),
        (DECIDE, "POST", f"/merges/{it.merge}/refusal", None),
        (READ, "GET", f"/objections?node_code={node}", None),
        (
            DECIDE,
            "POST",
            f"/objections/{it.objection}/answer",
            {"verdict": "rejected", **reason},
        ),
        (READ, "GET", f"/freezes?node_code={node}", None),
        (WRITE, "POST", "/freezes", frozen),
        (DECIDE, "POST", "/freezes/release", frozen),
        (READ, "GET", f"{member}/freezes", None),
        (READ, "GET", f"{member}/roles", None),
        (WRITE, "POST", f"{member}/roles", role),
        (WRITE, "DELETE", f"{member}/roles/volunteer/{node}", None),
        (AUDIT, "GET", f"/audit?subject_kind=member&subject_id={it.member}", None),
        (AUDIT, "GET", f"/audit?subject_kind=card&subject_id={it.card}", None),
        (AUDIT, "GET", f"/audit?subject_kind=team&subject_id={it.team}", None),
        (AUDIT, "GET", f"/audit?subject_kind=household&subject_id={it.household}", None),
        (AUDIT, "GET", f"/audit?subject_kind=alliance&subject_id={it.alliance}", None),
    ]


def place_routes(node: str) -> list[tuple[str, str, str, Any]]:
    """Every route of a place that is not for everybody."""
    child = {"kind_code": "grid", "code": "G1", "name": "一格"}
    tag = {"If-Match": '"1"'}
    return [
        (READ, "GET", f"/nodes/{node}/grid-warnings", None),
        (READ, "GET", f"/nodes/{node}/settings", None),
        (ADMIN, "POST", f"/nodes/{node}/children", child),
        (ADMIN, "POST", f"/nodes/{node}/grids", {}),
        (ADMIN, "PUT", f"/nodes/{node}/settings/mall.refund_window_days", ({"value": 7}, tag)),
        (ADMIN, "DELETE", f"/nodes/{node}/settings/mall.refund_window_days", (None, tag)),
    ]


def send(caller: Caller, method: str, path: str, body: Any) -> Any:
    headers = {}
    if isinstance(body, tuple):
        body, headers = body
    return caller._send(method, path, json=body, headers=headers)


@pytest.mark.parametrize(
    "who", ["volunteer", "clerk", "leader", "foreign_staff", "auditor", "second"]
)
def test_nobody_does_what_their_role_and_place_do_not_allow(town: Town, who: str) -> None:
    it = make(town)
    caller = town.caller(who)
    all_routes = [
        (need, method, town.book + path, body)
        for need, method, path, body in routes(it, town.node.code)
    ]
    all_routes += place_routes(town.node.code)
    before = everything(town.session)

    for need, method, path, body in all_routes:
        if who in MAY[need]:
            continue
        answer = send(caller, method, path, body)
        code = "not_found" if need in HOLDERS.get(who, ()) else "permission_denied"
        refused(answer, code)

    assert everything(town.session) == before


@pytest.mark.parametrize(
    "who", ["staff", "second", "auditor", "city_administrator", "city_auditor"]
)
def test_whoever_may_read_reads(town: Town, who: str) -> None:
    it = make(town)
    caller = town.caller(who)

    for need, method, path, body in routes(it, town.node.code):
        if who in MAY[need] and (method == "GET" or path.endswith("search")):
            answer = send(caller, method, town.book + path, body)
            assert answer.status_code == 200, (path, answer.get_json())


def test_a_thing_of_another_book_is_not_there(town: Town) -> None:
    it = make(town)
    caller = town.caller("city_administrator")
    before = everything(town.session)

    for need, method, path, body in routes(it, town.node.code):
        if "city_administrator" in MAY[need] and "node_code" not in path:
            answer = send(caller, method, f"/books/nowhere{path}", body)
            refused(answer, "not_found", 404)
    refused(caller.get("/books/house/members"), "not_found", 404)

    assert everything(town.session) == before
