"""The inbox and the one-time codes over HTTP."""

import pytest

from app.base.ids import new_id
from app.people import codes
from app.people.models import Code
from tests.factories import points
from tests.factories.doors import Town
from tests.web.answers import done, everything, no_change, refused


def test_the_inbox_is_listed_counted_and_read(town: Town) -> None:
    me = town.caller("volunteer")
    for _ in range(3):
        points.grant(town.session, town.world, me.member.id, 60)
    town.session.commit()
    path = f"{town.book}/me/inbox"

    shown = done(me.get(f"{path}?limit=2"))
    assert (len(shown["items"]), shown["unread_count"]) == (2, 3)
    assert shown["items"][0]["topic"] == "granted"
    read = me._send("POST", f"{path}/read", json={"ids": [shown["items"][0]["id"]]})
    assert done(read) == {"unread_count": 2}
    assert done(me.get(f"{path}/unread")) == {"unread_count": 2}
    assert done(me.post(f"{path}/read", {})) == {"unread_count": 0}
    assert done(me.post(f"{path}/read", {})) == {"unread_count": 0}


def test_nobody_reads_the_messages_of_another(town: Town) -> None:
    me, other = town.caller("volunteer"), town.caller("neighbour")
    points.grant(town.session, town.world, me.member.id, 60)
    town.session.commit()
    ids = [each["id"] for each in done(me.get(f"{town.book}/me/inbox"))["items"]]

    assert done(other.get(f"{town.book}/me/inbox"))["items"] == []
    done(other.post(f"{town.book}/me/inbox/read", {"ids": ids}))

    assert done(me.get(f"{town.book}/me/inbox/unread")) == {"unread_count": 1}


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "offset=-1", "page=2", "limit=x"])
def test_a_slice_that_makes_no_sense_is_refused(town: Town, query: str) -> None:
    answer = town.caller("volunteer").get(f"{town.book}/me/inbox?{query}")

    refused(answer, "validation_failed", 422)


@pytest.mark.parametrize("purpose", ["attend", "redeem", "confirm"])
def test_a_code_is_issued_polled_and_used(town: Town, purpose: str) -> None:
    me, path = town.caller("volunteer"), f"{town.book}/me/codes"

    code = done(me.post(path, {"purpose": purpose}), 201)

    assert (code["seconds"], len(code["digits"])) == (60, 18)
    assert code["token"].startswith("TP1.")
    assert done(me.get(f"{path}/{code['id']}"))["state"] == "live"
    spent = codes.consume(
        town.session,
        ledger_id=town.ledger_id,
        presented=code["digits"],
        purpose=purpose,
        used_by_id=new_id(),
    )
    codes.note_result(town.session, spent, {"points": 3})
    town.session.commit()
    status = done(me.get(f"{path}/{code['id']}"))
    assert (status["state"], status["result"]) == ("used", {"points": 3})


def test_the_status_of_a_code_is_for_its_member_only(town: Town) -> None:
    me, other = town.caller("volunteer"), town.caller("neighbour")
    code = done(me.post(f"{town.book}/me/codes", {"purpose": "redeem"}), 201)

    for code_id in (code["id"], "zz", "00"):
        refused(other.get(f"{town.book}/me/codes/{code_id}"), "not_found", 404)


def test_of_many_codes_two_stay_live(town: Town) -> None:
    me, path = town.caller("volunteer"), f"{town.book}/me/codes"

    ids = [done(me.post(path, {"purpose": "redeem"}), 201)["id"] for _ in range(3)]

    assert [done(me.get(f"{path}/{each}"))["state"] for each in ids] == ["expired", "live", "live"]


def test_a_token_is_kept_nowhere(town: Town) -> None:
    me = town.caller("volunteer")
    code = done(me.post(f"{town.book}/me/codes", {"purpose": "redeem"}), 201)

    rows = everything(town.session)
    from app.base.models import Idempotency

    rows["base_idempotency"] = [
        repr(each.body) for each in town.session.query(Idempotency).filter_by(ledger_id=0)
    ]
    assert code["token"] not in str(rows)
    assert code["digits"] not in str(rows)
    assert rows[Code.__tablename__]


@pytest.mark.parametrize("body", [{}, {"purpose": "open"}, {"purpose": "redeem", "seconds": 999}])
def test_a_code_for_nothing_is_refused(town: Town, body: dict[str, object]) -> None:
    me = town.caller("volunteer")
    before = everything(town.session)

    refused(me.post(f"{town.book}/me/codes", body), "validation_failed", 422)

    assert everything(town.session) == before


def test_who_is_no_member_has_no_codes_there(town: Town) -> None:
    from app.base.actors import SYSTEM
    from app.points import programmes
    from tests.factories import community as places

    node = places.make_node(town.session, code="340406", name="潘集区", kind_code="county")
    programmes.start(town.session, node=node, book_code="panji", name="积分制", actor=SYSTEM)
    town.session.commit()
    me = town.caller("volunteer")

    with no_change(town.session):
        refused(me.post("/books/panji/me/codes", {"purpose": "redeem"}), "not_found", 404)
    refused(me.get("/books/panji/me/inbox"), "not_found", 404)
    refused(me.get("/books/panji/teams"), "permission_denied", 403)
