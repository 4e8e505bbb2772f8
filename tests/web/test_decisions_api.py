"""Merges, objections, freezes, roles and the audit trail over HTTP: always a second person."""

from uuid import UUID

import pytest

from app.people import roles
from tests.factories import points
from tests.factories.doors import Town
from tests.web.answers import done, everything, no_change, once, refused


def pair_of(town: Town) -> dict[str, str]:
    old = points.member_with(town.session, town.world, 5)
    kept = town.member("温如许")
    return {
        "old_member_id": str(old.id),
        "kept_member_id": str(kept.id),
        "reason": "两次加入的同一人",
    }


def spendable(town: Town, member_id: str) -> int:
    return points.points_of(town.session, town.world, UUID(member_id))


def test_l13_a_merge_moves_all_in_one_unit_and_both_histories_stay(town: Town) -> None:
    staff, second, pair = town.caller("staff"), town.caller("second"), pair_of(town)
    path = f"{town.book}/merges"

    asked = once(staff, path, pair, {**pair, "reason": "另一个理由"})
    with no_change(town.session):
        refused(staff.post(path, pair), "already_requested", 409)
    assert done(second.get(path))["items"] == [asked]
    merged = once(second, f"{path}/{asked['id']}/approval", status=200)

    assert (merged["state"], len(merged["journal_ids"])) == ("approved", 2)
    assert spendable(town, pair["kept_member_id"]) == 5
    assert spendable(town, pair["old_member_id"]) == 0
    assert points.trial_balance(town.session, town.ledger_id) == {"minutes": 0, "points": 0}
    old = done(staff.get(f"{town.book}/members/{pair['old_member_id']}"))
    assert (old["state"], old["merged_into_id"]) == ("merged", pair["kept_member_id"])
    kept = done(staff.get(f"{town.book}/members/{pair['kept_member_id']}"))
    assert kept["merged_from"] == [old["volunteer_no"]]


def test_nobody_approves_the_merge_they_asked_for(town: Town) -> None:
    staff, pair = town.caller("staff"), pair_of(town)
    asked = done(staff.post(f"{town.book}/merges", pair), 201)
    before = everything(town.session)

    refused(staff.post(f"{town.book}/merges/{asked['id']}/approval"), "second_person_required", 403)

    assert everything(town.session) == before


def test_a_frozen_membership_is_not_merged_away(town: Town) -> None:
    staff, second, pair = town.caller("staff"), town.caller("second"), pair_of(town)
    asked = done(staff.post(f"{town.book}/merges", pair), 201)
    frozen = {"subject_kind": "member", "subject_id": pair["old_member_id"], "reason": "核查"}
    done(staff.post(f"{town.book}/freezes", frozen), 201)
    before = everything(town.session)

    refused(second.post(f"{town.book}/merges/{asked['id']}/approval"), "account_frozen", 403)

    assert everything(town.session) == before


def test_a_frozen_card_that_was_lost_and_may_be_found_stops_a_merge(town: Town) -> None:
    staff, second, pair = town.caller("staff"), town.caller("second"), pair_of(town)
    cards = f"{town.book}/members/{pair['old_member_id']}/cards"
    card = done(staff.post(cards, {}), 201)
    frozen = {"subject_kind": "card", "subject_id": card["id"], "reason": "捡到的卡"}
    done(staff.post(f"{town.book}/freezes", frozen), 201)
    done(staff.post(f"{town.book}/cards/{card['id']}/loss"))
    asked = done(staff.post(f"{town.book}/merges", pair), 201)
    before = everything(town.session)

    refused(second.post(f"{town.book}/merges/{asked['id']}/approval"), "account_frozen", 403)

    assert everything(town.session) == before


def test_a_merge_is_refused_and_then_decided(town: Town) -> None:
    staff, second, pair = town.caller("staff"), town.caller("second"), pair_of(town)
    path = f"{town.book}/merges/{done(staff.post(f'{town.book}/merges', pair), 201)['id']}"

    assert once(second, f"{path}/refusal", status=200)["state"] == "refused"

    with no_change(town.session):
        refused(second.post(f"{path}/approval"), "already_decided", 409)
    assert spendable(town, pair["old_member_id"]) == 5


@pytest.mark.parametrize("change", [{"reason": ""}, {"kept_member_id": None}, {"old_member_id": 7}])
def test_a_merge_that_makes_no_sense_is_refused(town: Town, change: dict[str, object]) -> None:
    staff, pair = town.caller("staff"), pair_of(town)
    before = everything(town.session)

    answer = staff.post(f"{town.book}/merges", {**pair, **change})
    refused(answer, "validation_failed", 422)
    same = {**pair, "kept_member_id": pair["old_member_id"]}
    refused(staff.post(f"{town.book}/merges", same), "validation_failed", 422)

    assert everything(town.session) == before


def test_a_member_objects_and_another_than_the_maker_answers(town: Town) -> None:
    me, staff = town.caller("volunteer"), town.caller("staff")
    grant = points.grant(town.session, town.world, me.member.id, 60)
    town.session.commit()
    mine, body = f"{town.book}/me/objections", _objection("grant", grant.id)

    raised = once(me, mine, body, {**body, "claim": "别的话"})
    with no_change(town.session):
        refused(me.post(mine, body), "objection_open", 409)
    open_ones = done(staff.get(f"{town.book}/objections"))["items"]
    assert [each["claim"] for each in open_ones] == ["那天我做了两个小时"]
    answer = {"verdict": "upheld", "reason": "核对签到表属实"}
    path = f"{town.book}/objections/{raised['id']}/answer"
    once(staff, path, answer, {**answer, "reason": "别的"}, status=200)

    listed = done(me.get(mine))["items"]
    assert [(each["state"], each["answer"]) for each in listed] == [("upheld", "核对签到表属实")]
    topics = [each["topic"] for each in done(me.get(f"{town.book}/me/inbox"))["items"]]
    assert topics[0] == "objection_answered"
    with no_change(town.session):
        refused(staff.post(path, answer), "already_decided", 409)


def test_the_maker_of_a_record_does_not_answer(town: Town) -> None:
    me, staff = town.caller("volunteer"), town.caller("staff")
    from app.base.actors import Actor
    from app.points import grants

    deed = points.deed(town.world, me.member.id, 60)
    actor = Actor(staff.member.person_id)
    grant = grants.grant(town.session, ledger_id=town.ledger_id, deeds=[deed], actor=actor)[0]
    town.session.commit()
    raised = done(me.post(f"{town.book}/me/objections", _objection("grant", grant.id)), 201)
    before = everything(town.session)

    answer = {"verdict": "rejected", "reason": "没有错"}
    path = f"{town.book}/objections/{raised['id']}/answer"

    refused(staff.post(path, answer), "second_person_required", 403)
    assert everything(town.session) == before
    done(town.caller("second").post(path, answer))


def test_an_objection_is_withdrawn_by_its_member_only(town: Town) -> None:
    me, other = town.caller("volunteer"), town.caller("neighbour")
    grant = points.grant(town.session, town.world, me.member.id, 60)
    town.session.commit()
    raised = done(me.post(f"{town.book}/me/objections", _objection("grant", grant.id)), 201)
    path = f"{town.book}/me/objections/{raised['id']}/withdrawal"

    with no_change(town.session):
        refused(other.post(path), "not_found", 404)
    assert once(me, path, status=200)["state"] == "withdrawn"


@pytest.mark.parametrize("kind", ["attendance", "grant", "redemption"])
def test_nobody_objects_to_what_is_not_theirs(town: Town, kind: str) -> None:
    me = town.caller("volunteer")
    theirs = points.grant(town.session, town.world, town.member().id, 60)
    town.session.commit()
    before = everything(town.session)

    answer = me.post(f"{town.book}/me/objections", _objection(kind, theirs.id))

    refused(answer, "not_found", 404)
    assert everything(town.session) == before


@pytest.mark.parametrize(
    "change",
    [{"claim": ""}, {"claim": "长" * 501}, {"subject_kind": "person"}, {"subject_id": "x"}],
)
def test_an_objection_without_sense_is_refused(town: Town, change: dict[str, str]) -> None:
    me = town.caller("volunteer")
    body = {**_objection("grant", me.member.id), **change}

    with no_change(town.session):
        refused(me.post(f"{town.book}/me/objections", body), "validation_failed", 422)


def test_a_freeze_is_set_by_one_and_lifted_by_another(town: Town) -> None:
    staff, second, member = town.caller("staff"), town.caller("second"), town.member()
    path = f"{town.book}/freezes"
    body = {"subject_kind": "member", "subject_id": str(member.id), "reason": "核查代签"}

    frozen = once(staff, path, body, {**body, "reason": "别的"})
    with no_change(town.session):
        refused(staff.post(path, body), "already_frozen", 409)
    assert done(staff.get(path))["items"] == [frozen]
    with no_change(town.session):
        refused(staff.post(f"{path}/release", body), "second_person_required", 403)
    lifted = once(
        second, f"{path}/release", {**body, "reason": "查清了"}, {**body, "reason": "x"}, status=200
    )

    assert lifted["release_reason"] == "查清了"
    assert done(staff.get(path))["items"] == []
    with no_change(town.session):
        refused(second.post(f"{path}/release", body), "already_released", 409)
    assert done(staff.get(f"{town.book}/members/{member.id}/freezes"))["items"] == [lifted]


def test_a_frozen_card_shows_at_a_scan_and_in_the_list_of_its_place(town: Town) -> None:
    staff, member = town.caller("staff"), town.member()
    card = done(staff.post(f"{town.book}/members/{member.id}/cards", {}), 201)
    body = {"subject_kind": "card", "subject_id": card["id"], "reason": "捡到的卡"}
    done(staff.post(f"{town.book}/freezes", body), 201)
    token = done(staff.post(f"{town.book}/cards/{card['id']}/print"))["token"]

    assert done(staff.post(f"{town.book}/cards/identify", {"token": token}))["is_frozen"]
    assert len(done(staff.get(f"{town.book}/freezes"))["items"]) == 1
    assert done(town.caller("foreign_staff").get(f"{town.book}/freezes"))["items"] == []


def test_a_role_is_granted_told_and_revoked(town: Town) -> None:
    staff, member = town.caller("staff"), town.caller("volunteer")
    path = f"{town.book}/members/{member.member.id}/roles"
    body = {"role": "clerk", "node_code": town.node.code}

    granted = once(staff, path, body, {**body, "role": "leader"})

    assert (granted["role"], granted["node_code"]) == ("clerk", town.node.code)
    assert done(staff.get(path))["items"] == [granted]
    messages = done(member.get(f"{town.book}/me/inbox"))["items"]
    assert messages[0]["topic"] == "role_granted"
    assert messages[0]["facts"]["role"] == "clerk"
    done(staff.delete(f"{path}/clerk/{town.node.code}"), 204)
    assert done(staff.get(path))["items"] == []


@pytest.mark.parametrize(
    ("who", "role", "code"),
    [
        ("staff", "staff", "permission_denied"),
        ("staff", "administrator", "permission_denied"),
        ("administrator", "king", "validation_failed"),
    ],
)
def test_nobody_grants_beyond_their_reach(town: Town, who: str, role: str, code: str) -> None:
    caller, member = town.caller(who), town.member()
    before = everything(town.session)

    body = {"role": role, "node_code": town.node.code}
    refused(caller.post(f"{town.book}/members/{member.id}/roles", body), code)

    assert everything(town.session) == before


def test_nobody_grants_above_their_place_or_to_themselves(town: Town) -> None:
    admin, member = town.caller("administrator"), town.member()
    before = everything(town.session)
    above = {"role": "staff", "node_code": town.world.city.code}
    own = {"role": "staff", "node_code": town.node.code}

    refused(admin.post(f"{town.book}/members/{member.id}/roles", above), "not_found", 404)
    refused(
        admin.post(f"{town.book}/members/{admin.member.id}/roles", own),
        "second_person_required",
        403,
    )

    assert everything(town.session) == before


def test_an_administrator_makes_staff_who_may_work_at_once(town: Town) -> None:
    admin, member = town.caller("administrator"), town.caller("volunteer")
    refused(member.get(f"{town.book}/members"), "permission_denied", 403)
    body = {"role": "staff", "node_code": town.node.code, "until_on": "2199-12-31"}

    done(admin.post(f"{town.book}/members/{member.member.id}/roles", body), 201)

    done(member.get(f"{town.book}/members"))
    assert roles.has(town.session, person_id=member.member.person_id, roles="staff", node=town.node)
    held = f"{town.book}/members/{member.member.id}/roles/staff/{town.node.code}"
    done(admin.delete(held), 204)
    told = done(member.get(f"{town.book}/me/inbox"))["items"]
    assert [line["topic"] for line in told] == ["role_revoked", "role_granted"]


def test_an_auditor_reads_what_was_done_to_a_member(town: Town) -> None:
    staff, auditor, member = town.caller("staff"), town.caller("auditor"), town.member()
    done(staff.get(f"{town.book}/members/{member.id}"))
    body = {"role": "volunteer", "node_code": town.node.code}
    done(staff.post(f"{town.book}/members/{member.id}/roles", body), 201)

    path = f"{town.book}/audit?subject_kind=member&subject_id={member.id}"
    lines = done(auditor.get(path))["items"]

    assert [line["action"] for line in lines] == ["role_granted", "member_opened", "member_joined"]
    assert {line["actor_id"] for line in lines[:2]} == {str(staff.member.person_id)}
    refused(staff.get(path), "permission_denied", 403)


def test_an_auditor_of_the_whole_book_reads_what_somebody_did(town: Town) -> None:
    staff, member = town.caller("staff"), town.member()
    done(staff.get(f"{town.book}/members/{member.id}"))
    path = f"{town.book}/audit?actor_id={staff.member.person_id}"

    lines = done(town.caller("city_auditor").get(path))["items"]

    assert [line["action"] for line in lines] == ["member_opened"]
    refused(town.caller("auditor").get(path), "not_found", 404)


@pytest.mark.parametrize(
    "query", ["", "?subject_kind=member", "?subject_kind=shop&subject_id=x", "?limit=0", "?who=me"]
)
def test_an_audit_of_nothing_is_refused(town: Town, query: str) -> None:
    refused(town.caller("city_auditor").get(f"{town.book}/audit{query}"), "validation_failed", 422)


def _objection(kind: str, subject_id: object) -> dict[str, str]:
    return {
        "subject_kind": kind,
        "subject_id": str(subject_id),
        "claim": "那天我做了两个小时",
    }
