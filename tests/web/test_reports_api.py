"""The hours ranking, its files and their verification over HTTP."""

import io
from zipfile import ZipFile

import pytest
import sqlalchemy as sa

from app.base import clock
from app.people.models import Audit
from tests.factories import doors, points
from tests.factories.doors import new_key
from tests.web.answers import done, everything, refused

TODAY = clock.today().isoformat()
SPAN = f"from=2026-01-01&to={TODAY}"


@pytest.fixture
def ranked(town):
    """苏 180 minutes, 温 and 任 120 each, and somebody of another community 480."""
    for name, minutes, node in (
        ("温如许", 120, None),
        ("任清和", 120, None),
        ("苏小满", 180, None),
        ("邻村人", 480, town.elsewhere),
    ):
        member = town.member(name, node)
        points.grant(town.session, town.world, member.id, minutes)
    town.session.commit()
    return town


def export(caller, book, key=None, **body):
    body = {"kind": "csv", "from": "2026-01-01", "to": TODAY, **body}
    return caller.post(f"{book}/rankings/hours/exports", body, key=key)


def verify(client, code, content):
    data = {"code": code, "file": (io.BytesIO(content), "r.csv")}
    return client.post("/api/v1/exports/verify", data=data)


def test_staff_rank_their_own_place_with_shared_ranks_and_masked_names(ranked):
    shown = done(ranked.caller("staff").get(f"{ranked.book}/rankings/hours?{SPAN}"))

    assert [(one["rank"], one["total_minutes"]) for one in shown["items"]] == [
        (1, 180),
        (2, 120),
        (2, 120),
    ]
    assert shown["items"][0]["name_masked"] == "苏*满"
    assert "苏小满" not in str(shown)
    assert shown["total"] == 3


def test_the_city_ranks_everybody_and_a_slice_keeps_its_ranks(ranked):
    asked = f"{ranked.book}/rankings/hours?{SPAN}&limit=2&offset=1"
    shown = done(ranked.caller("city_auditor").get(asked))

    assert shown["total"] == 4
    assert [(one["rank"], one["total_minutes"]) for one in shown["items"]] == [(2, 180), (3, 120)]


@pytest.mark.parametrize(
    ("who", "code"), [("wen", "permission_denied"), ("clerk", "permission_denied")]
)
def test_who_has_no_charge_ranks_nobody(ranked, session, who, code):
    caller = ranked.caller(who)
    before = everything(session)
    refused(caller.get(f"{ranked.book}/rankings/hours?{SPAN}"), code, 403)
    refused(export(caller, ranked.book), code, 403)
    assert everything(session) == before


def test_a_place_out_of_charge_is_not_there(ranked, session):
    caller, code = ranked.caller("foreign_staff"), ranked.node.code
    before = everything(session)
    refused(caller.get(f"{ranked.book}/rankings/hours?{SPAN}&node_code={code}"), "not_found", 404)
    refused(export(caller, ranked.book, node_code=code), "not_found", 404)
    above = ranked.world.city.code
    refused(
        ranked.caller("staff").get(f"{ranked.book}/rankings/hours?{SPAN}&node_code={above}"),
        "not_found",
        404,
    )
    assert everything(session)["reports_export"] == before["reports_export"] == []


def test_a_ranking_is_cut_by_category_and_provenance(ranked):
    staff = ranked.caller("staff")
    for extra, count in (
        ("category_code=other", 3),
        ("category_code=haircut", 0),
        ("provenance=honorary", 0),
        ("provenance=honorary&provenance=credited", 3),
    ):
        shown = done(staff.get(f"{ranked.book}/rankings/hours?{SPAN}&{extra}"))
        assert shown["total"] == count, extra
    for bad in ("from=2026-01-01", f"{SPAN}&provenance=x", f"{SPAN}&x=1", "from=a&to=b"):
        refused(staff.get(f"{ranked.book}/rankings/hours?{bad}"), "validation_failed", 422)
    empty = staff.get(f"{ranked.book}/rankings/hours?from=2026-02-01&to=2026-01-01")
    refused(empty, "validation_failed", 422)


def test_an_export_is_a_file_with_names_a_code_and_an_audit_line(ranked, session, client):
    answer = export(ranked.caller("staff"), ranked.book)
    code, text = answer.headers["X-Verification-Code"], answer.data.decode("utf-8-sig")

    assert answer.status_code == 201
    assert answer.mimetype == "text/csv"
    assert "苏小满" in text
    assert "邻村人" not in text
    assert code in text
    actions = session.scalars(sa.select(Audit.action).execution_options(cross_ledger=True)).all()
    assert actions.count("export_made") == 1
    found = done(verify(client, code, answer.data))
    assert (found["is_unchanged"], found["row_count"]) == (True, 3)
    assert found["kind"] == "hours_ranking.csv"
    assert "苏" not in str(found)


def test_an_export_asked_for_twice_is_the_same_file_and_one_line(ranked, session):
    staff, key = ranked.caller("staff"), new_key()
    first, again = (export(staff, ranked.book, key=key) for _ in range(2))

    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert first.headers["X-Verification-Code"] == again.headers["X-Verification-Code"]
    refused(export(staff, ranked.book, key=key, kind="xlsx"), "idempotency_mismatch", 422)
    assert len(everything(session)["reports_export"]) == 1


def test_an_xlsx_is_one_and_holds_the_names(ranked, client):
    answer = export(ranked.caller("staff"), ranked.book, kind="xlsx")
    with ZipFile(io.BytesIO(answer.data)) as archive:
        text = "".join(
            archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")
        )
    assert "苏小满" in text
    assert done(verify(client, answer.headers["X-Verification-Code"], answer.data))["is_unchanged"]


def test_a_changed_file_is_called_changed(ranked, client):
    answer = export(ranked.caller("staff"), ranked.book)
    code = answer.headers["X-Verification-Code"]

    assert done(verify(client, code, answer.data + b" "))["is_unchanged"] is False
    assert done(verify(client, code.lower(), answer.data))["is_unchanged"] is True


def test_an_unknown_code_and_a_missing_file_are_told(ranked, session, client):
    before = everything(session)
    refused(verify(client, "AAAA-AAAA-AAAA", b"x"), "not_found", 404)
    refused(client.post("/api/v1/exports/verify", data={"code": "x"}), "validation_failed", 422)
    data = {"file": (io.BytesIO(b"x"), "r.csv")}
    refused(client.post("/api/v1/exports/verify", data=data), "validation_failed", 422)
    assert everything(session) == before


def test_bad_exports_leave_no_file(ranked, session, client):
    staff = ranked.caller("staff")
    before = everything(session)
    for bad in ({"kind": "pdf"}, {"from": "x"}, {"extra": 1}, {"team_id": "x"}):
        refused(export(staff, ranked.book, **bad), "validation_failed", 422)
    headers = {"Authorization": f"Bearer {staff.token}"}
    url = f"/api/v1{ranked.book}/rankings/hours/exports"
    body = {"kind": "csv", "from": "2026-01-01", "to": TODAY}
    refused(client.post(url, json=body, headers=headers), "idempotency_key_missing", 400)
    assert everything(session) == before


def test_an_hours_only_book_ranks_without_points(session, client):
    world = points.world(session, has_points=False)
    town = doors.Town(session, client, world, world.node)
    points.grant(session, world, town.member().id, 120)
    session.commit()
    staff = town.caller("staff")
    shown = done(staff.get(f"{town.book}/rankings/hours?{SPAN}"))

    assert "points" not in shown["items"][0]
    assert "获得积分" not in export(staff, town.book).data.decode("utf-8-sig")
