"""Files ordered over HTTP: answered at once, watched, fetched by who ordered them, looked up."""

import io

import pytest
import sqlalchemy as sa

from app.base import clock
from app.people.models import Audit
from app.reports import export_jobs, export_leases
from app.reports.models import ExportJob
from app.web import background
from tests.factories import points
from tests.factories.doors import new_key
from tests.web.answers import done, everything, refused

TODAY = clock.today().isoformat()
RANKING = {"kind": "csv", "from": "2026-01-01", "to": TODAY}


@pytest.fixture
def served(town):
    """温 with 90 minutes, and somebody of another community."""
    wen = town.member("温如许")
    points.grant(town.session, town.world, wen.id, 90)
    other = town.member("邻村人", town.elsewhere)
    points.grant(town.session, town.world, other.id, 480)
    town.session.commit()
    town.wen, town.other = wen, other
    return town


@pytest.fixture
def idle(monkeypatch):
    """Nobody writes the files."""
    monkeypatch.setattr(background, "write", lambda *_: False)


def order(caller, town, key=None, **body):
    return caller.post(f"{town.book}/rankings/hours/orders", {**RANKING, **body}, key=key)


def test_an_order_is_written_and_fetched_and_its_code_is_looked_up(served, client):
    staff = served.caller("staff")
    made = done(order(staff, served), 202)
    assert (made["state"], made["percent"]) == ("queued", 0)
    path = f"{served.book}/exports/{made['id']}"

    shown = done(staff.get(path))
    assert (shown["state"], shown["percent"], shown["done_count"]) == ("done", 100, 1)
    file = staff.get(f"{path}/file")
    assert file.headers["Content-Disposition"] == 'attachment; filename="hours-ranking.csv"'
    assert file.headers["X-Verification-Code"] == shown["verification_code"]
    text = file.data.decode("utf-8-sig")
    assert "温如许" in text
    assert "邻村人" not in text
    found = done(client.get(f"/api/v1/exports/standing?code={shown['verification_code']}"))
    assert (found["is_standing"], found["said"]) == (True, {"people": 1, "minutes": 90})
    assert found["place"] == served.node.short_name
    same = client.post(
        "/api/v1/exports/verify",
        data={"code": shown["verification_code"], "file": (io.BytesIO(file.data), "r.csv")},
    )
    assert done(same)["is_unchanged"]
    assert [one["id"] for one in done(staff.get(f"{served.book}/exports"))["items"]] == [made["id"]]
    actions = served.session.scalars(
        sa.select(Audit.action).execution_options(cross_ledger=True)
    ).all()
    assert (actions.count("export_made"), actions.count("export_fetched")) == (1, 1)


def test_a_statement_of_a_member_in_charge_is_ordered(served, client):
    staff = served.caller("staff")
    path = f"{served.book}/members/{served.wen.id}/statement/orders"
    made = done(staff.post(path, {"kind": "xlsx", "unit": "minutes"}), 202)
    shown = done(staff.get(f"{served.book}/exports/{made['id']}"))
    code = shown["verification_code"]

    found = done(client.get(f"/api/v1/exports/standing?code={code}"))

    assert found["said"] == {"opening": 0, "closing": 90, "lines": 1}
    assert found["filter"]["志愿者"] == "温*许"
    assert "温如许" not in str(found)
    foreign = f"{served.book}/members/{served.other.id}/statement/orders"
    before = everything(served.session)
    refused(staff.post(foreign, {"kind": "csv"}), "not_found", 404)
    backwards = {"kind": "csv", "from": "2026-02-01", "to": "2026-01-01"}
    refused(staff.post(path, backwards), "validation_failed", 422)
    assert everything(served.session) == before


def test_an_order_sent_twice_is_one_order(served, session):
    staff, key = served.caller("staff"), new_key()
    first, again = (done(order(staff, served, key=key), 202) for _ in range(2))

    assert first["id"] == again["id"]
    assert len(everything(session)["reports_export_job"]) == 1


def test_what_is_not_written_yet_is_not_fetched(served, idle, session):
    staff = served.caller("staff")
    path = f"{served.book}/exports/{done(order(staff, served), 202)['id']}"
    before = everything(session)

    refused(staff.get(f"{path}/file"), "export_unfinished", 409)

    assert everything(session) == before
    assert done(staff.get(path))["state"] == "queued"


def test_a_file_that_nobody_writes_is_begun_when_it_is_looked_at(served, session, monkeypatch):
    staff = served.caller("staff")
    with monkeypatch.context() as nobody:
        nobody.setattr(background, "write", lambda *_: False)
        path = f"{served.book}/exports/{done(order(staff, served), 202)['id']}"
    assert done(staff.get(path))["state"] == "queued"
    assert done(staff.get(path))["state"] == "done"


def test_a_fourth_file_waits_until_one_is_done(served, idle, session):
    staff = served.caller("staff")
    for _ in range(export_jobs.LIVE_MAX):
        done(order(staff, served), 202)
    before = everything(session)["reports_export_job"]
    refused(order(staff, served), "exports_waiting", 409)
    assert everything(session)["reports_export_job"] == before


def test_a_file_is_gone_after_three_days_and_is_ordered_anew(served, session):
    staff = served.caller("staff")
    path = f"{served.book}/exports/{done(order(staff, served), 202)['id']}"
    change = sa.update(ExportJob).where(ExportJob.ledger_id == served.ledger_id)
    session.execute(change.values(expires_at=clock.now() - export_leases.KEPT))
    session.commit()

    refused(staff.get(f"{path}/file"), "export_expired", 410)
    done(staff.post(f"{path}/again", {}), 202)
    assert staff.get(f"{path}/file").status_code == 200


@pytest.mark.parametrize("who", ["wen", "clerk"])
def test_who_has_no_charge_orders_nothing(served, session, who):
    caller = served.caller(who)
    before = everything(session)
    refused(order(caller, served), "permission_denied", 403)
    refused(caller.get(f"{served.book}/exports"), "permission_denied", 403)
    assert everything(session) == before


def test_another_s_file_is_not_there(served, session):
    made = done(order(served.caller("staff"), served), 202)
    path = f"{served.book}/exports/{made['id']}"
    before = everything(session)
    for who in ("auditor", "administrator", "foreign_staff"):
        caller = served.caller(who)
        for answer in (
            caller.get(path),
            caller.get(f"{path}/file"),
            caller.post(f"{path}/again", {}),
        ):
            refused(answer, "not_found", 404)
    after = everything(session)
    assert after["reports_export_job"] == before["reports_export_job"]


def test_an_unknown_code_is_not_found(served, client):
    refused(client.get("/api/v1/exports/standing?code=AAAA-AAAA-AAAA"), "not_found", 404)
    refused(client.get("/api/v1/exports/standing"), "validation_failed", 422)
