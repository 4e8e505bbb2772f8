"""The book over HTTP: statements, explanations, proof, reopening."""

import sqlalchemy as sa

from app.base import clock
from app.ledger import proof
from app.ledger.models import Account, Book
from app.people.models import Audit
from tests.factories import points
from tests.web.answers import done, everything, no_change, once, refused

UNKNOWN = "00000000-0000-0000-0000-000000000001"


def post_hours(town, member_id, *sizes):
    for minutes in sizes:
        points.grant(town.session, town.world, member_id, minutes)
    town.session.commit()


def test_my_statement_opens_moves_and_closes(town):
    wen = town.caller("wen")
    post_hours(town, wen.member.id, 120, 60)
    shown = done(wen.get(f"{town.book}/me/statement"))

    assert (shown["opening"], shown["closing"], shown["held"]) == (0, 3, 0)
    assert [(one["delta"], one["balance"]) for one in shown["lines"]] == [(2, 2), (1, 3)]
    assert {one["account"] for one in shown["lines"]} == {"wallet"}
    assert done(wen.get(f"{town.book}/me/statement?unit=minutes"))["closing"] == 180


def test_a_statement_of_some_days_opens_with_what_was_before(town):
    wen = town.caller("wen")
    post_hours(town, wen.member.id, 120)
    today = clock.today().isoformat()
    later = done(wen.get(f"{town.book}/me/statement?from=2099-01-01"))
    assert (later["opening"], later["lines"], later["closing"]) == (2, [], 2)
    now = done(wen.get(f"{town.book}/me/statement?from={today}&to={today}"))
    assert (now["opening"], now["closing"]) == (0, 2)
    for bad in ("from=x", "unit=money", "from=2026-02-01&to=2026-01-01", "format=pdf", "a=1"):
        refused(wen.get(f"{town.book}/me/statement?{bad}"), "validation_failed", 422)


def test_a_statement_as_a_sheet_holds_no_name_and_no_formula(town):
    wen, staff = town.caller("wen"), town.caller("staff")
    points.grant(town.session, town.world, wen.member.id, 60, reason="=1+1")
    town.session.commit()
    for caller, path in (
        (wen, f"{town.book}/me/statement?format=csv"),
        (staff, f"{town.book}/members/{wen.member.id}/statement?format=csv"),
    ):
        answer = caller.get(path)
        text = answer.data.decode("utf-8-sig")
        assert answer.status_code == 200
        assert answer.mimetype == "text/csv"
        assert wen.member.volunteer_no in text
        assert "'=1+1" in text
        assert "人wen" not in text


def test_staff_open_a_members_statement_and_it_is_written_down(town, session):
    member = town.member()
    post_hours(town, member.id, 120)
    path = f"{town.book}/members/{member.id}/statement"
    assert done(town.caller("staff").get(path))["closing"] == 2
    query = sa.select(Audit.action).where(Audit.subject_id == member.id)
    found = session.scalars(query.execution_options(cross_ledger=True)).all()
    assert found.count("statement_opened") == 1


def test_a_statement_of_another_is_not_there(town, session):
    member = town.member()
    callers = {
        who: town.caller(who) for who in ("wen", "clerk", "leader", "foreign_staff", "staff")
    }
    before = everything(session)
    for kind in ("statement", "explanation"):
        path = f"{town.book}/members/{member.id}/{kind}"
        for who in ("wen", "clerk", "leader"):
            refused(callers[who].get(path), "permission_denied", 403)
        refused(callers["foreign_staff"].get(path), "not_found", 404)
        refused(callers["staff"].get(path.replace(str(member.id), UNKNOWN)), "not_found", 404)
    assert everything(session) == before


def test_an_explanation_says_where_each_line_comes_from(town):
    wen = town.caller("wen")
    post_hours(town, wen.member.id, 119, 1)
    shown = done(wen.get(f"{town.book}/me/explanation"))

    assert (shown["total"], shown["balance"], shown["is_proven"]) == (2, 2, True)
    assert [one["source"]["rate"]["formula"] for one in shown["lines"]] == [
        "(0 + 119 × 1) ÷ 60 = 1 … 59",
        "(59 + 1 × 1) ÷ 60 = 1 … 0",
    ]
    staff = done(town.caller("staff").get(f"{town.book}/members/{wen.member.id}/explanation"))
    assert staff["lines"] == shown["lines"]
    refused(wen.get(f"{town.book}/me/explanation?unit=money"), "validation_failed", 422)


def test_the_auditor_proves_and_reads_and_the_administrator_reopens(town, session):
    auditor, chief = town.caller("city_auditor"), town.caller("city_administrator")
    post_hours(town, town.member().id, 120)
    assert done(auditor.get(f"{town.book}/proof"))["checks"] == []
    made = once(auditor, f"{town.book}/proof", None, {"other": 1})
    assert made["is_ok"] is True
    assert {check["name"] for check in made["checks"]} >= {"legs_balance", "points_recomputed"}
    assert (made["minutes"], made["points"]) == (120, 2)
    assert done(auditor.get(f"{town.book}/proof"))["is_ok"] is True
    assert done(chief.post(f"{town.book}/proof/reopen", {"reason": "例行"}))["is_ok"] is True


def test_a_book_found_broken_stops_until_it_is_proven_again(town, session):
    chief, staff = town.caller("city_administrator"), town.caller("staff")
    member = town.member()
    post_hours(town, member.id, 120)
    session.execute(
        sa.update(Account)
        .where(Account.ledger_id == town.ledger_id, Account.owner_id == member.id)
        .where(Account.kind == "wallet")
        .values(credits_posted=Account.credits_posted + 1)
    )
    session.commit()
    broken = done(chief.post(f"{town.book}/proof"), 201)
    assert (broken["is_ok"], broken["is_read_only"]) == (False, True)
    assert "balance_equals_entries" in {c["name"] for c in broken["checks"] if not c["is_ok"]}
    body = {"reason": "先开着"}
    before = everything(session)
    refused(chief.post(f"{town.book}/proof/reopen", body), "ledger_read_only", 423)
    claim = {
        "provenance": "honorary",
        "minutes": 60,
        "served_on": clock.today().isoformat(),
        "evidence": "照片",
    }
    assert everything(session) == before
    made = done(town.caller("wen").post(f"{town.book}/backfills", claim), 201)
    decide = f"{town.book}/backfills/{made['id']}/decide"
    with no_change(town.session):
        refused(staff.post(decide, {"verdict": "approved"}), "ledger_read_only", 423)
    session.execute(
        sa.update(Account)
        .where(Account.ledger_id == town.ledger_id, Account.owner_id == member.id)
        .where(Account.kind == "wallet")
        .values(credits_posted=Account.credits_posted - 1)
    )
    session.commit()
    done(chief.post(f"{town.book}/proof"), 201)
    opened = done(chief.post(f"{town.book}/proof/reopen", body))
    assert opened["is_read_only"] is False
    done(staff.post(decide, {"verdict": "approved"}))


def test_the_proof_is_for_who_has_charge_of_the_whole_book(town, session):
    roles = ("wen", "staff", "second", "auditor", "administrator", "foreign_staff")
    callers = {who: town.caller(who) for who in roles}
    auditor = town.caller("city_auditor")
    before = everything(session)
    with no_change(town.session):
        for who, caller in callers.items():
            code = "not_found" if who in ("auditor", "administrator") else "permission_denied"
            refused(caller.get(f"{town.book}/proof"), code)
            refused(caller.post(f"{town.book}/proof"), code)
            code = "not_found" if who == "administrator" else "permission_denied"
            refused(caller.post(f"{town.book}/proof/reopen", {"reason": "x"}), code)
        refused(
            auditor.post(f"{town.book}/proof/reopen", {"reason": "x"}), "permission_denied", 403
        )
    chief = town.caller("city_administrator")
    with no_change(town.session):
        refused(chief.post(f"{town.book}/proof/reopen", {}), "validation_failed", 422)
    assert before["ledger_proof"] == []
    assert everything(session)["ledger_proof"] == []
    assert session.get(Book, town.ledger_id).read_only_at is None
    assert proof.find_latest(session, ledger_id=town.ledger_id) is None
