"""Every refusal code comes out of a real door at least once (reliability contract §8).

Most codes are produced beside their subject; here are those that need a world of their
own, and the rule that none is forgotten.
"""

from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import create_app
from app.base import clock, transactions
from app.base.actors import SYSTEM
from app.base.ids import NOBODY, new_id
from app.base.models import Idempotency
from app.ledger import holds
from app.ledger.accounts import AccountRef
from app.ledger.drafts import JournalDraft, Line
from app.mall import settlements
from app.people import login_codes, phones
from app.people.models import Member
from app.web.permissions import PUBLIC, allow
from app.web.texts import TEXTS
from config import Config
from tests.conftest import DATABASE, lent
from tests.factories import community as places
from tests.factories import mall as make
from tests.factories import onsite, people, points
from tests.factories import till as counter
from tests.factories.doors import new_key
from tests.web.answers import done, everything, no_change, refused
from tests.web.test_points_api import manual

NO_DOOR_YET = {
    "hold_already_resolved",
}
"""Holds come to a door with reservations, orders with theirs; until then
the rooms' own tests produce these."""


def test_every_code_is_produced_over_http_by_some_test():
    here = Path(__file__).parent
    texts = [path.read_text() for path in (*here.glob("*.py"), *(here.parent / "stories").glob("*"))
             if path.is_file()]  # fmt: skip
    said = {code for code in TEXTS if any(f'"{code}"' in text for text in texts)}

    assert set(TEXTS) - said == set()
    assert set(TEXTS) >= NO_DOOR_YET


def test_already_checked_out(session, client):
    site = onsite.site(session, client)
    slot = site.opened()[1][0]
    site.been(site.wen, slot, "08:50", "11:00")
    before = everything(session)

    refused(site.scan(site.wen, slot, "out", "11:01"), "already_checked_out", 409)

    after = everything(session)
    assert {name: after[name] for name in ("activities_attendance", "ledger_entry")} == {
        name: before[name] for name in ("activities_attendance", "ledger_entry")
    }


def test_already_released(town):
    staff, colleague, member = town.caller("staff"), town.caller("colleague"), town.member()
    subject = {"subject_kind": "member", "subject_id": str(member.id), "reason": "核查"}
    done(staff.post(f"{town.book}/freezes", subject), 201)
    done(colleague.post(f"{town.book}/freezes/release", subject))
    before = everything(town.session)

    refused(colleague.post(f"{town.book}/freezes/release", subject), "already_released", 409)

    assert everything(town.session) == before


def test_ambiguous_node(town):
    for code in ("A1", "A2"):
        places.make_node(town.session, town.world.city, code=code, name="同名社区")
    town.session.commit()
    before, phone = everything(town.session), people.phone()
    body = {
        "name": "温如许",
        "phone": phone,
        "node_code": "同名社区",
        "consent_version": "1",
        "ticket": login_codes.ticket(phones.normalise(phone)),
    }

    refused(town.client.post("/api/v1/members", json=body), "ambiguous_node", 422)

    assert everything(town.session) == before


def test_case_already_counted(town):
    staff, member = town.caller("staff"), town.member()
    asked = manual(town, member, case_no="2026-17")
    done(staff.post(f"{town.book}/manual-grants", asked), 201)
    before = everything(town.session)

    refused(staff.post(f"{town.book}/manual-grants", asked), "case_already_counted", 409)

    assert everything(town.session) == before


def test_holds_open(town):
    old, kept = points.member_with(town.session, town.world, 5), town.member("温如许")
    escrow = AccountRef("points", "escrow", owner_id=new_id())
    wallet = points.wallets.spend_lines(
        town.session, ledger_id=town.ledger_id, member_id=old.id, amount_points=3, to=escrow
    )
    draft = JournalDraft(
        "hold:test", "hold", tuple(Line(line.debit, line.credit, line.amount) for line in wallet),
        SYSTEM, source_id=NOBODY,
    )  # fmt: skip
    holds.place(
        town.session, ledger_id=town.ledger_id, draft=draft, expires_at=clock.now() + timedelta(1)
    )
    town.session.commit()
    pair = {"old_member_id": str(old.id), "kept_member_id": str(kept.id), "reason": "同一人"}
    asked = done(town.caller("staff").post(f"{town.book}/merges", pair), 201)
    second = town.caller("second")
    before = everything(town.session)

    refused(second.post(f"{town.book}/merges/{asked['id']}/approval"), "holds_open", 409)

    assert everything(town.session) == before


def test_member_not_active(session, client):
    site = onsite.site(session, client)
    slot = site.opened()[1][0]
    ended = sa.update(Member).where(Member.id == site.wen.member.id)
    session.execute(
        ended.where(Member.ledger_id == site.town.ledger_id).values(state="left"),
    )
    session.commit()
    with onsite.at("10:00", onsite.EVE), no_change(session):
        refused(site.wen.post(f"{slot}/enrolments"), "member_not_active", 409)
    assert everything(session)["activities_enrolment"] == []


def test_goods_not_on_sale_and_redemption_settled(app, session):
    here = counter.at_counter(app, session)
    member = make.a_member(session, here.mall, points=300)
    salt = make.put_goods(session, here.mall, price=20, person_period_max=50)
    session.commit()
    ticket = here.show(member)["ticket"]
    slip = here.clerk.post("/redemptions", here.basket((salt, 1), ticket=ticket))
    assert slip.status_code == 201
    settle(session, here.mall)
    path = f"/redemptions/{slip.json['number']}/refund"
    with no_change(session):
        refused(here.staff.post(path, {"reason": "质量问题"}), "redemption_settled", 409)

    salt.is_on_sale = False
    session.commit()
    again = here.basket((salt, 1), ticket=here.show(member)["ticket"])
    with here.unchanged():
        refused(here.clerk.post("/redemptions", again), "goods_not_on_sale", 409)
    here.fresh()
    assert make.stock_of(session, here.mall, salt) == 9


def settle(session, mall):
    """Settle the shop's month, as if the next had come."""
    period = clock.today().isoformat()[:7]
    with clock.held_at(clock.now() + timedelta(days=32)):
        named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id, "period": period}
        settlements.settle(session, **named, actor=mall.staff)
    session.commit()


def test_unknown_year(town):
    day = date(2099, 3, 2)
    with clock.held_at(points.at(day, 12)):
        staff = onsite.fresh(town.caller("staff"))
        member = town.member()
        before = everything(town.session)
        body = {
            "member_id": str(member.id),
            "provenance": "honorary",
            "minutes": 60,
            "served_on": (day - timedelta(days=1)).isoformat(),
            "node_code": town.node.code,
            "category_code": "other",
            "evidence": "现场照片三张",
        }
        refused(staff.post(f"{town.book}/backfills", body), "unknown_year", 422)
        assert everything(town.session) == before


def test_idempotency_in_flight(town):
    staff, key = town.caller("staff"), new_key()
    body = {"node_code": town.node.code, "name": "新队", "kind": "队", "lead_body": "支部"}
    done(staff.post(f"{town.book}/teams", body, key=key), 201)
    unanswered = sa.update(Idempotency).where(Idempotency.ledger_id == town.ledger_id)
    town.session.execute(unanswered.values(status_code=None, body=None))
    town.session.commit()  # as the key of a request that still runs
    before = everything(town.session)

    answer = staff.post(f"{town.book}/teams", body, key=key)

    refused(answer, "idempotency_in_flight", 409)
    assert answer.headers["Retry-After"] == "1"
    assert (answer.get_json()["outcome"], answer.get_json()["retryable"]) == ("unknown", "same_key")
    assert everything(town.session) == before


def test_busy_retry(town, monkeypatch):
    staff = town.caller("staff")
    body = {"node_code": town.node.code, "name": "新队", "kind": "队", "lead_body": "支部"}
    before = everything(town.session)
    monkeypatch.setattr(transactions, "SQLITE_WAIT_SECONDS", 0.1)
    monkeypatch.setattr(transactions, "TRIES_MAX", 1)
    token = new_key()
    if DATABASE == "sqlite":
        with transactions._sqlite_writer:
            answer = staff.post(f"{town.book}/teams", body, key=token)
    else:
        with town.session.get_bind().connect() as other:
            other.execute(sa.text("LOCK TABLE people_team IN ACCESS EXCLUSIVE MODE"))
            answer = staff.post(f"{town.book}/teams", body, key=token)

    refused(answer, "busy_retry", 503)
    assert answer.headers["Retry-After"] == "2"
    assert everything(town.session) == before
    done(staff.post(f"{town.book}/teams", body, key=token), 201)


@pytest.fixture
def live(instance, url):
    """The application as people meet it: a crash is answered, not raised."""

    class Live(Config):
        TESTING = False
        RATELIMIT_ENABLED = False
        INSTANCE_PATH = instance
        SQLALCHEMY_DATABASE_URI = url

    with lent(create_app(Live)) as app:
        yield app


def test_internal_error(live):
    @allow(PUBLIC)
    def crash():
        raise ZeroDivisionError("手机号 00000000099 的人")

    live.add_url_rule("/api/v1/crash", view_func=crash)
    live.add_url_rule("/crash", endpoint="crash_page", view_func=crash)
    client = live.test_client()
    answer, page = client.get("/api/v1/crash"), client.get("/crash")

    refused(answer, "internal_error", 500)
    assert page.status_code == 500
    assert TEXTS["internal_error"].zh in page.text
    for text in (answer.text, page.text):
        assert "ZeroDivision" not in text
        assert "Traceback" not in text
        assert "00000000099" not in text
