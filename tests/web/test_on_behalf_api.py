"""Acting on behalf over HTTP (代办): by leave, in one book, both names written down."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.ledger.models import Journal
from app.people import audit
from app.people.models import Audit
from tests.factories.doors import Caller, Town, new_key
from tests.web.answers import done, everything, no_change, once, refused

HEADER = "X-On-Behalf-Of"


def leave(helper: Caller, **more: str) -> dict[str, str]:
    return {
        "agent_volunteer_no": helper.member.volunteer_no,
        "relation": "邻居",
        "consent_note": "本人当面同意",
        **more,
    }


def behalf(principal: Any) -> dict[str, str]:
    return {HEADER: str(principal.person_id)}


def test_a_member_lets_somebody_act_sees_it_and_ends_it(town: Town) -> None:
    me, helper = town.caller("volunteer"), town.caller("neighbour")
    path = f"{town.book}/me/agents"

    given = once(me, path, leave(helper), leave(helper, relation="女儿"))

    assert given["agent_person_id"] == str(helper.member.person_id)
    assert given["agent_name"] == helper.member.name_masked
    with no_change(town.session):
        refused(me.post(path, leave(helper)), "already_agent", 409)
    assert done(me.get(path))["items"] == [given]
    done(me.delete(f"{path}/{given['id']}"), 204)
    assert done(me.get(path))["items"][0]["ended_at"] is not None
    with no_change(town.session):
        refused(me.delete(f"{path}/{given['id']}"), "not_found", 404)


def test_staff_record_a_consent_but_not_to_themselves(town: Town) -> None:
    staff, helper, old = town.caller("staff"), town.caller("neighbour"), town.member()
    path = f"{town.book}/members/{old.id}/agents"

    with no_change(town.session):
        refused(staff.post(path, leave(staff)), "second_person_required", 403)
    given = once(staff, path, leave(helper), leave(helper, relation="女儿"))
    assert done(staff.get(path))["items"] == [given]
    done(staff.delete(f"{path}/{given['id']}"), 204)


def test_a_helper_reports_a_card_lost_and_both_names_are_written(town: Town) -> None:
    staff, helper, old = town.caller("staff"), town.caller("neighbour"), town.member()
    card = done(staff.post(f"{town.book}/members/{old.id}/cards", {}), 201)
    done(staff.post(f"{town.book}/members/{old.id}/agents", leave(helper)), 201)

    lost = helper.post(f"{town.book}/me/cards/{card['id']}/loss", headers=behalf(old))

    assert done(lost)["state"] == "lost"
    line = audit.list_of_subject(
        town.session, ledger_id=town.ledger_id, subject_id=UUID(card["id"])
    )[0]
    assert (line.actor_id, line.on_behalf_id) == (helper.member.person_id, old.person_id)


def test_both_names_stand_on_the_journal(town: Town) -> None:
    from app.base.actors import Actor
    from app.base.ids import new_id
    from app.people import merges
    from tests.factories import points

    staff, principal = town.caller("staff"), town.member("陆知秋")
    given = leave(staff)
    done(town.caller("colleague").post(f"{town.book}/members/{principal.id}/agents", given), 201)
    old = points.member_with(town.session, town.world, 2)
    merge = merges.request(
        town.session,
        ledger_id=town.ledger_id,
        old_member_id=old.id,
        kept_member_id=town.member().id,
        reason="同一人",
        actor=Actor(new_id()),
    )
    town.session.commit()

    path = f"{town.book}/merges/{merge.id}/approval"
    merged = done(staff.post(path, headers=behalf(principal)))

    names = town.session.execute(
        sa.select(Journal.actor_id, Journal.on_behalf_id).where(
            Journal.ledger_id == town.ledger_id,
            Journal.id.in_([UUID(each) for each in merged["journal_ids"]]),
        )
    ).all()
    assert {tuple(row) for row in names} == {(staff.member.person_id, principal.person_id)}


def test_without_leave_nobody_acts_for_another(town: Town) -> None:
    helper, old = town.caller("neighbour"), town.member()
    before = everything(town.session)

    for path in ("me/inbox", "me/cards", "me/agents", "me/objections"):
        refused(helper.get(f"{town.book}/{path}", headers=behalf(old)), "permission_denied", 403)
    refused(
        helper.post(f"{town.book}/me/codes", {"purpose": "redeem"}, headers=behalf(old)),
        "permission_denied",
        403,
    )

    assert everything(town.session) == before


def test_leave_ends_at_once(town: Town) -> None:
    me, helper = town.caller("volunteer"), town.caller("neighbour")
    given = done(me.post(f"{town.book}/me/agents", leave(helper)), 201)
    path = f"{town.book}/me/inbox"
    done(helper.get(path, headers=behalf(me.member)))

    done(me.delete(f"{town.book}/me/agents/{given['id']}"), 204)

    refused(helper.get(path, headers=behalf(me.member)), "permission_denied", 403)


def test_a_helper_ends_their_own_leave_and_no_other(town: Town) -> None:
    me, helper, other = (town.caller(who) for who in ("volunteer", "neighbour", "daughter"))
    path = f"{town.book}/me/agents"
    own = done(me.post(path, leave(helper)), 201)["id"]
    others = done(me.post(path, leave(other)), 201)["id"]

    with no_change(town.session):
        refused(helper.delete(f"{path}/{others}", headers=behalf(me.member)), "not_found", 404)
    done(helper.delete(f"{path}/{own}", headers=behalf(me.member)), 204)


def test_what_is_personal_is_never_done_for_another(town: Town) -> None:
    me, helper = town.caller("volunteer"), town.caller("neighbour")
    done(me.post(f"{town.book}/me/agents", leave(helper)), 201)
    as_me = behalf(me.member)
    before = everything(town.session)

    for path in ("/me", "/me/record", "/me/sessions", "/me/consents"):
        refused(helper.get(path, headers=as_me), "permission_denied", 403)
    refused(helper.put("/me/password", {"new_password": "x"}, headers=as_me), "permission_denied")
    refused(helper.get(f"{town.book}/me/agents", headers=as_me), "permission_denied", 403)
    refused(
        helper.post(f"{town.book}/me/agents", leave(town.caller("daughter")), headers=as_me),
        "permission_denied",
        403,
    )

    after = everything(town.session)
    daughter = {"people_person", "people_member", "people_home", "people_login", "people_consent"}
    for table in before.keys() - daughter - {Audit.__tablename__}:
        assert after[table] == before[table], table


def test_leave_is_for_one_book(town: Town) -> None:
    me, helper = town.caller("volunteer"), town.caller("neighbour")
    done(me.post(f"{town.book}/me/agents", leave(helper)), 201)

    refused(helper.get("/books/nowhere/me/inbox", headers=behalf(me.member)), "not_found", 404)


def test_a_header_that_names_nobody_is_malformed(town: Town) -> None:
    answer = town.caller("volunteer").get(f"{town.book}/me/inbox", headers={HEADER: "x"})

    refused(answer, "malformed_request", 400)


def test_a_key_sent_for_oneself_is_another_when_sent_for_a_member(town: Town) -> None:
    me, helper = town.caller("volunteer"), town.caller("neighbour")
    done(me.post(f"{town.book}/me/agents", leave(helper)), 201)
    staff, key = town.caller("staff"), new_key()
    card = done(staff.post(f"{town.book}/members/{helper.member.id}/cards", {}), 201)
    path = f"{town.book}/me/cards/{card['id']}/loss"
    done(helper.post(path, key=key))

    with no_change(town.session):
        refused(helper.post(path, key=key, headers=behalf(me.member)), "idempotency_mismatch", 422)


def test_one_acts_for_oneself_without_leave(town: Town) -> None:
    me = town.caller("volunteer")

    done(me.get(f"{town.book}/me/inbox", headers=behalf(me.member)))


def test_f17_nobody_shows_another_persons_code(town: Town) -> None:
    staff, helper, old = town.caller("staff"), town.caller("neighbour"), town.member()
    done(staff.post(f"{town.book}/members/{old.id}/agents", leave(helper)), 201)
    before = everything(town.session)

    for purpose in ("attend", "redeem", "confirm"):
        asked = helper.post(f"{town.book}/me/codes", {"purpose": purpose}, headers=behalf(old))
        refused(asked, "permission_denied", 403)

    assert everything(town.session) == before
