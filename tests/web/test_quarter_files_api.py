"""Files of quarters, returns, loops and one's own proofs over the API."""

from datetime import date

import pytest

from tests.factories import activities, mall, points
from tests.factories.doors import Town
from tests.web.answers import done, everything, refused

DECEMBER = date(2025, 12, 20)
LOOP = [date(2025, 12, day) for day in (1, 5, 20)]
DAYS = {"begins_on": "2025-12-01", "ends_on": "2025-12-31"}


@pytest.fixture(autouse=True)
def on_a_tuesday():
    with activities.at("12:00"):
        yield


def served(town: Town, member):
    points.grant(town.session, town.world, member.id, 120, served_on=DECEMBER)
    town.session.commit()


def a_loop(town: Town, member):
    """Service, a packet of salt for it, service again; returns the last grant and the slip."""
    session, (first, spent, again) = town.session, LOOP
    with activities.at("18:00", first):
        points.grant(session, town.world, member.id, 120, served_on=first)
    with activities.at("10:00", spent):
        shelf = mall.open_mall(session, town.ledger_id, town.node)
        salt = mall.put_goods(session, shelf, price=1)
        slip = mall.redeem(session, shelf, member, (salt, 1))
    with activities.at("18:00", again):
        grant = points.grant(session, town.world, member.id, 120, served_on=again)
    session.commit()
    return grant, slip


def test_s11_a16_the_pack_and_the_board_are_files_that_can_be_verified(town: Town) -> None:
    served(town, town.member())
    root, asked = f"{town.book}/quarters/2025Q4", {"node_code": town.node.code}
    staff = town.caller("staff")
    pack = staff.post(f"{root}/pack", asked)
    assert (pack.status_code, pack.data[:2]) == (200, b"PK")
    board = staff.post(f"{root}/file", {**asked, "kind": "member"})
    assert board.data[:2] == b"PK"
    assert len(board.headers["X-Verification-Code"]) == 14
    volunteer, foreign = town.caller("volunteer"), town.caller("foreign_staff")
    before = everything(town.session)
    for path in ("pack", "file"):
        refused(volunteer.post(f"{root}/{path}", asked), "permission_denied", 403)
        refused(foreign.post(f"{root}/{path}", asked), "not_found", 404)
    assert everything(town.session) == before


def test_p6_the_rate_of_returns_comes_with_its_counts_and_rows(town: Town) -> None:
    path = f"{town.book}/quarters/2025Q4/returns?node_code={town.node.code}"
    found = done(town.caller("auditor").get(path))
    assert (found["rate_percent"], found["counted_count"], found["items"]) == (None, 0, [])
    mine = town.caller("volunteer")
    again, slip = a_loop(town, mine.member)
    before = everything(town.session)
    found = done(town.caller("auditor").get(path))
    assert (found["rate_percent"], found["came_count"], found["counted_count"]) == ("100.0", 1, 1)
    (row,) = found["items"]
    assert (row["volunteer_no"], row["state"]) == (mine.member.volunteer_no, "came")
    assert (row["spending_kind"], row["spending_number"]) == ("redemption", slip.number)
    assert (row["grant_id"], row["served_on"]) == (str(again.id), "2025-12-20")
    refused(mine.get(path), "permission_denied", 403)
    assert everything(town.session) == before


def test_s1_the_rule_of_the_board_is_set_by_who_is_in_charge(town: Town) -> None:
    rule = {"hours_weight": 60, "rating_weight": 20, "review_weight": 20, "full_minutes": 240}
    path = f"{town.book}/quarters/rule"
    below, chief = town.caller("administrator"), town.caller("city_administrator")
    before = everything(town.session)
    refused(below.post(path, rule), "not_found", 404)
    refused(chief.post(path, {**rule, "review_weight": 10}), "validation_failed", 422)
    assert everything(town.session) == before
    assert done(chief.post(path, rule), 201) == {"version": 1, **rule}


def test_d44_a_member_takes_a_proof_and_its_file_and_nobody_elses(town: Town) -> None:
    mine = town.caller("volunteer")
    served(town, mine.member)
    made = done(mine.post(f"{town.book}/me/certificates", DAYS), 201)
    assert (made["kind"], made["credited_minutes"]) == ("service", 120)
    path = f"/certificates/{made['id']}/file"
    assert mine.post(f"{town.book}/me{path}", {}).data[:4] == b"%PDF"
    assert town.caller("staff").post(f"{town.book}{path}", {"kind": "pdf"}).data[:4] == b"%PDF"
    leader, foreign = town.caller("leader"), town.caller("foreign_staff")
    before = everything(town.session)
    refused(leader.post(f"{town.book}/me{path}", {}), "not_found", 404)
    refused(foreign.post(f"{town.book}{path}", {}), "not_found", 404)
    assert everything(town.session) == before


def test_p6_a_members_loops_are_theirs_and_their_places_staffs_to_see(town: Town) -> None:
    mine = town.caller("volunteer")
    assert done(mine.get(f"{town.book}/me/loops"))["items"] == []
    path = f"{town.book}/members/{mine.member.id}/loops"
    assert done(town.caller("staff").get(path))["items"] == []
    again, slip = a_loop(town, mine.member)
    staff, foreign = town.caller("staff"), town.caller("foreign_staff")
    before = everything(town.session)
    (loop,) = done(mine.get(f"{town.book}/me/loops"))["items"]
    assert (loop["earned"]["served_on"], loop["earned"]["points"]) == ("2025-12-01", 2)
    assert (loop["spent"]["number"], loop["spent"]["points"]) == (slip.number, 1)
    assert (loop["again"]["grant_id"], loop["again"]["on"]) == (str(again.id), "2025-12-20")
    assert done(staff.get(path))["items"] == [loop]
    refused(foreign.get(path), "not_found", 404)
    assert everything(town.session) == before
