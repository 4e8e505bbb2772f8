"""Neighbours' help over HTTP: asked, taken on, confirmed by a code, or by staff (P1, L5–L7)."""

from datetime import timedelta

import pytest

from app.base import clock
from app.points import wallets
from tests.factories import ledger, people
from tests.factories.doors import Caller, Town
from tests.factories.points import spendable
from tests.web.answers import done, everything, no_change, once, refused

HELP = {"title": "代管钥匙", "text": "在家等快递", "points": 20, "minutes": 120}


@pytest.fixture
def asker(town) -> Caller:
    """A volunteer with 50 points."""
    caller = town.caller("volunteer")
    issued = wallets.POINTS_ISSUANCE
    line = ledger.Line(issued, wallets.wallet_ref(caller.member.id), 50)
    ledger.post(town.session, town.ledger_id, line, kind="test_earning")
    town.session.commit()
    return caller


@pytest.fixture
def helper(town) -> Caller:
    return town.caller("neighbour")


def taken_on(town: Town, asker: Caller, helper: Caller) -> str:
    made = done(asker.post(f"{town.book}/me/exchanges", HELP), 201)
    path = f"{town.book}/exchanges/{made['id']}"
    done(helper.post(f"{path}/acceptance"))
    return path


def confirm_code(town: Town, asker: Caller) -> str:
    issued = done(asker.post(f"{town.book}/me/codes", {"purpose": "confirm"}), 201)
    return str(issued["digits"])


def hours() -> dict[str, str]:
    now = clock.now()
    return {"starts_at": now.isoformat(), "ends_at": (now + timedelta(minutes=90)).isoformat()}


def test_help_is_asked_taken_on_and_confirmed_by_code(town, asker, helper):
    made = once(asker, f"{town.book}/me/exchanges", HELP, {**HELP, "points": 30})
    assert (made["state"], made["side"], made["text"]) == ("open", "asker", "在家等快递")
    assert spendable(town.session, asker.member) == 30

    (seen,) = done(helper.get(f"{town.book}/exchanges/open"))["items"]
    assert (seen["id"], seen["side"], seen["text"]) == (made["id"], "none", None)
    assert seen["asker_name_masked"] == asker.member.name_masked
    path = f"{town.book}/exchanges/{made['id']}"
    done(helper.post(f"{path}/acceptance"))
    times = hours()
    with clock.held_at(clock.now() + timedelta(hours=2)):
        answer = helper.post(f"{path}/confirmation", {**times, "code": confirm_code(town, asker)})
        ended = done(answer)

    assert (ended["state"], ended["confirmed_by"]) == ("done", "code")
    assert (
        spendable(town.session, asker.member),
        spendable(town.session, helper.member),
    ) == (30, 20)
    both = done(helper.get(f"{town.book}/me/reciprocity"))
    assert (both["given_minutes"], both["earned_points"], both["received_count"]) == (90, 20, 0)


def test_a_code_of_another_confirms_nothing_and_is_used_up(town, asker, helper):
    path, times = taken_on(town, asker, helper), hours()
    with clock.held_at(clock.now() + timedelta(hours=2)):
        code = confirm_code(town, helper)
        with no_change(town.session, but=("people_code",)):
            refused(helper.post(f"{path}/confirmation", {**times, "code": code}), "not_found", 404)
            refused(
                helper.post(f"{path}/confirmation", {**times, "code": code}), "code_already_used"
            )

    assert (
        spendable(town.session, asker.member),
        spendable(town.session, helper.member),
    ) == (30, 0)


def test_help_within_one_household_is_no_exchange(town, asker, helper):
    made = done(asker.post(f"{town.book}/me/exchanges", HELP), 201)
    people.live_together(town.session, asker.member, helper.member)
    before = everything(town.session)
    for who in (helper, asker):
        path = f"{town.book}/exchanges/{made['id']}/acceptance"
        refused(who.post(path), "help_at_home", 403)

    assert everything(town.session) == before


def test_the_code_of_a_frozen_neighbour_moves_no_points_and_staff_may_sign(town, asker, helper):
    path, times = taken_on(town, asker, helper), hours()
    body = {"subject_kind": "member", "subject_id": str(asker.member.id), "reason": "核实"}
    done(town.caller("staff").post(f"{town.book}/freezes", body), 201)
    with clock.held_at(clock.now() + timedelta(hours=2)):
        code = confirm_code(town, asker)
        with no_change(town.session, but=("people_code",)):
            answer = helper.post(f"{path}/confirmation", {**times, "code": code})
            refused(answer, "asker_frozen", 403)
            answer = asker.post(f"{town.book}/me/exchanges", {**HELP, "points": 1})
            refused(answer, "account_frozen")
        assert spendable(town.session, helper.member) == 0
        done(town.caller("colleague").post(f"{path}/countersignature", times))

    assert spendable(town.session, helper.member) == 20


def test_a_request_taken_back_returns_its_points(town, asker, helper):
    path = taken_on(town, asker, helper)
    back = path.replace("/exchanges/", "/me/exchanges/")
    done(asker.post(f"{back}/withdrawal"))

    assert spendable(town.session, asker.member) == 50
    with no_change(town.session):
        refused(helper.post(f"{path}/give-up"), "exchange_state_conflict", 409)


def test_l13_a_request_goes_on_under_the_number_that_was_kept(town, asker, helper):
    path, kept = taken_on(town, asker, helper), town.caller("kept")
    pair = {
        "old_member_id": str(asker.member.id),
        "kept_member_id": str(kept.member.id),
        "reason": "同一人",
    }
    asked = done(town.caller("staff").post(f"{town.book}/merges", pair), 201)
    done(town.caller("colleague").post(f"{town.book}/merges/{asked['id']}/approval"))
    (mine,) = done(kept.get(f"{town.book}/me/exchanges"))["items"]
    assert (mine["side"], mine["state"]) == ("asker", "accepted")
    times = hours()
    with clock.held_at(clock.now() + timedelta(hours=2)):
        done(helper.post(f"{path}/confirmation", {**times, "code": confirm_code(town, kept)}))

    assert (
        spendable(town.session, kept.member),
        spendable(town.session, helper.member),
    ) == (30, 20)


def test_staff_sign_for_a_neighbour_without_a_phone(town, asker, helper):
    path, times = taken_on(town, asker, helper), hours()
    with clock.held_at(clock.now() + timedelta(hours=2)):
        for who, status in (("foreign_staff", 404), ("neighbour", 403), ("auditor", 403)):
            before = everything(town.session)
            assert town.caller(who).post(f"{path}/countersignature", times).status_code == status
            assert everything(town.session) == before or who != "neighbour"
        ended = done(town.caller("staff").post(f"{path}/countersignature", times))

    assert (ended["state"], ended["confirmed_by"]) == ("done", "staff")


def test_staff_ask_for_a_member_without_a_phone_and_another_signs(town, asker, helper):
    path = f"{town.book}/exchanges"
    wanted = {
        **HELP,
        "volunteer_no": asker.member.volunteer_no,
        "consent_note": "本人当面同意",
    }
    others = {"foreign_staff": 404, "neighbour": 403, "auditor": 403}
    callers = {who: town.caller(who) for who in (*others, "staff", "colleague")}
    before = everything(town.session)
    for who, status in others.items():
        assert callers[who].post(path, wanted).status_code == status
    refused(town.caller("staff").post(path, {**wanted, "consent_note": ""}), "validation_failed")
    assert everything(town.session) == before
    made = once(town.caller("staff"), path, wanted, {**wanted, "points": 30})
    assert (made["state"], spendable(town.session, asker.member)) == ("open", 30)

    done(helper.post(f"{path}/{made['id']}/acceptance"))
    now = clock.now()
    times = {"starts_at": now.isoformat(), "ends_at": (now + timedelta(minutes=20)).isoformat()}
    with clock.held_at(now + timedelta(minutes=25)):
        with no_change(town.session):
            own = town.caller("staff").post(f"{path}/{made['id']}/countersignature", times)
            refused(own, "second_person_required", 403)
        ended = done(town.caller("colleague").post(f"{path}/{made['id']}/countersignature", times))
    assert ended["state"] == "done"


def test_staff_take_a_request_back_in_the_askers_name(town, asker):
    made = done(asker.post(f"{town.book}/me/exchanges", HELP), 201)
    path, said = f"{town.book}/exchanges/{made['id']}/withdrawal", {"consent_note": "电话里说的"}
    foreign_staff = town.caller("foreign_staff")
    with no_change(town.session):
        refused(foreign_staff.post(path, said), "not_found", 404)

    assert done(town.caller("staff").post(path, said))["state"] == "withdrawn"
    assert spendable(town.session, asker.member) == 50


def test_neighbours_of_another_place_do_not_see_the_request(town, asker):
    made = done(asker.post(f"{town.book}/me/exchanges", HELP), 201)
    far = town.caller("somebody far", town.elsewhere)

    assert done(far.get(f"{town.book}/exchanges/open"))["items"] == []
    with no_change(town.session):
        refused(far.post(f"{town.book}/exchanges/{made['id']}/acceptance"), "not_found", 404)


def test_an_offer_is_made_seen_asked_for_and_taken_down(town, asker, helper):
    offer = {"title": "代看施工", "points": 20, "minutes": 120}
    made = done(helper.post(f"{town.book}/me/offers", offer), 201)
    (seen,) = done(asker.get(f"{town.book}/offers"))["items"]
    assert (seen["id"], seen["is_mine"]) == (made["id"], False)

    wanted = done(asker.post(f"{town.book}/me/exchanges", {**HELP, "offer_id": made["id"]}), 201)
    third = town.caller("third")
    path = f"{town.book}/exchanges/{wanted['id']}/acceptance"
    no = f"{town.book}/exchanges/{wanted['id']}/declining"
    (waiting,) = done(helper.get(f"{town.book}/me/exchanges/asked"))["items"]
    assert waiting["id"] == wanted["id"]
    before = everything(town.session)
    for door in (path, no):
        refused(third.post(door), "permission_denied", 403)
    assert everything(town.session) == before
    assert done(helper.post(no))["state"] == "open"
    assert done(helper.get(f"{town.book}/me/exchanges/asked"))["items"] == []
    done(helper.post(path))
    done(helper.post(f"{town.book}/me/offers/{made['id']}/end"))
    assert done(asker.get(f"{town.book}/offers"))["items"] == []


def test_more_points_than_there_are_cannot_be_promised(town, asker):
    before = everything(town.session)
    refused(asker.post(f"{town.book}/me/exchanges", {**HELP, "points": 51}), "insufficient_points")

    assert everything(town.session) == before
