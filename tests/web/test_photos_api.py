"""Evidence photos over HTTP: plain, encrypted, seen by the member and by who decides only."""

from datetime import timedelta
from io import BytesIO

import sqlalchemy as sa

from app.base import clock
from app.people.models import Audit
from app.points.models import Photo
from tests.factories import pictures, points
from tests.factories.doors import Caller, Town
from tests.web.answers import done, everything, refused


def asked(who: Caller, town: Town, **more):
    body = {
        "provenance": "honorary",
        "minutes": 60,
        "served_on": clock.today().isoformat(),
        "category_code": "other",
        "evidence": "现场照片",
        **more,
    }
    return done(who.post(f"{town.book}/backfills", body), 201)["id"]


def photos_of(town: Town, backfill_id: str) -> str:
    return f"{town.book}/backfills/{backfill_id}/photos"


def test_a_photo_comes_back_without_its_place_and_is_kept_by_nobody(town):
    volunteer = town.caller("volunteer")
    path = photos_of(town, asked(volunteer, town))
    kept = done(volunteer.upload(path, pictures.photo()), 201)

    answer = volunteer.get(f"{town.book}/photos/{kept['id']}")

    assert answer.mimetype == "image/jpeg"
    assert b"SECRET" not in answer.data
    assert dict(pictures.opened(answer.data).getexif()) == {}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert [each["id"] for each in done(volunteer.get(path))["items"]] == [kept["id"]]


def test_only_the_member_and_who_decides_see_a_photo_and_that_staff_looked_stays(town):
    volunteer = town.caller("volunteer")
    path = photos_of(town, asked(volunteer, town))
    shown = f"{town.book}/photos/{done(volunteer.upload(path, pictures.photo()), 201)['id']}"
    for who, status in (("neighbour", 403), ("leader", 403), ("auditor", 403)):
        assert town.caller(who).get(shown).status_code == status
        assert town.caller(who).get(path).status_code == status
    for reader in (shown, path):
        refused(town.caller("foreign_staff").get(reader), "not_found", 404)
    looks = sa.select(sa.func.count()).where(
        Audit.ledger_id == town.ledger_id, Audit.action == "photo_opened"
    )
    assert (volunteer.get(shown).status_code, town.session.scalar(looks)) == (200, 0)
    assert town.caller("second").get(shown).status_code == 200
    town.session.commit()
    assert town.session.scalar(looks) == 1


def test_what_is_no_photo_is_refused_and_nothing_is_kept(town, monkeypatch):
    volunteer = town.caller("volunteer")
    path = photos_of(town, asked(volunteer, town))
    before = everything(town.session)
    refused(
        volunteer.upload(path, b"\x00\x00\x00\x18ftypheic" + b"0" * 99), "photo_unreadable", 422
    )
    refused(volunteer.upload(path, b"<html><script>1</script>"), "photo_unreadable", 422)
    monkeypatch.setattr("app.base.pictures.PIXELS_MAX", 1_000)
    refused(volunteer.upload(path, pictures.photo()), "photo_too_large", 422)
    assert everything(town.session) == before


def test_three_photos_at_most_and_none_once_it_is_decided(town):
    volunteer, second = town.caller("volunteer"), town.caller("second")
    backfill_id = asked(volunteer, town)
    path = photos_of(town, backfill_id)
    for seed in range(3):
        done(volunteer.upload(path, pictures.photo(seed=seed)), 201)
    before = everything(town.session)
    refused(volunteer.upload(path, pictures.photo(seed=7)), "photos_full", 409)
    assert everything(town.session) == before

    other = asked(volunteer, town, minutes=30)
    verdict = {"verdict": "refused", "reason": "看不清"}
    done(second.post(f"{town.book}/backfills/{other}/decide", verdict))
    late = volunteer.upload(photos_of(town, other), pictures.photo(seed=9))
    refused(late, "already_decided", 409)


def test_the_same_photo_for_two_services_is_a_case_on_the_desk(town):
    one, other = town.caller("volunteer"), town.caller("neighbour")
    first = one.upload(photos_of(town, asked(one, town)), pictures.photo())
    second = other.upload(photos_of(town, asked(other, town)), pictures.photo())
    assert [done(each, 201)["is_repeat"] for each in (first, second)] == [False, True]
    assert [row.rule_code for row in signals_of(town)] == ["photo_used_twice"]


def test_an_objection_may_be_shown_by_a_photo_too(town):
    volunteer = town.caller("volunteer")
    day = clock.today() - timedelta(days=1)
    grant = {"member_id": str(volunteer.member.id), "category_code": "other", "minutes": 60,
             "node_code": town.node.code, "served_on": day.isoformat(), "reason": "补一笔",
             "starts_at": points.at(day, 9).isoformat(),
             "ends_at": points.at(day, 10).isoformat()}  # fmt: skip
    made = done(town.caller("staff").post(f"{town.book}/manual-grants", grant), 201)
    body = {"subject_kind": "grant", "subject_id": made["id"], "claim": "少记了"}
    raised = done(volunteer.post(f"{town.book}/me/objections", body), 201)
    path = f"{town.book}/objections/{raised['id']}/photos"
    done(volunteer.upload(path, pictures.photo("PNG")), 201)
    assert len(done(town.caller("second").get(path))["items"]) == 1


def test_an_erased_members_photos_are_gone_and_no_record_holds_a_picture(town):
    volunteer = town.caller("volunteer")
    done(volunteer.upload(photos_of(town, asked(volunteer, town)), pictures.photo()), 201)
    record = done(volunteer.get("/me/record"))
    assert "jpeg" not in str(record).lower()
    assert "content" not in str(record)
    body = {"password": "小河弯弯向东流88", "gives_up_points": True}
    assert volunteer.post("/me/erasure", body).status_code == 204
    town.session.commit()
    count = sa.select(sa.func.count(Photo.id)).where(Photo.ledger_id == town.ledger_id)
    assert town.session.scalar(count) == 0


def signals_of(town):
    from app.risk import signals

    town.session.commit()
    return signals.list_open(town.session, ledger_id=town.ledger_id)


def test_a_file_without_bytes_is_no_photo(town):
    volunteer = town.caller("volunteer")
    path = photos_of(town, asked(volunteer, town))
    refused(volunteer.upload(path, BytesIO().getvalue()), "photo_unreadable", 422)
