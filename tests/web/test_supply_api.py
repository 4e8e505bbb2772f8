"""Codes handed to a screen ahead, over HTTP: for its leader only, never kept, drawn by the page."""

import base64
import re

import pytest
import sqlalchemy as sa

from app.people.models import Audit
from app.web import qr
from tests.factories import onsite
from tests.factories.onsite import at
from tests.web.answers import done, everything, no_change, refused


@pytest.fixture
def slot(site):
    return site.opened()[1][0]


def test_a_supplied_code_is_redeemed_in_its_own_time(site, slot):
    with at("08:50:00"):
        made = done(site.leader.post(f"{slot}/codes/in/supply", {}))
        later = made["codes"][40]
    with at("09:00:05"):
        seen = done(site.town.client.post("/api/v1/checkins/seen", json={"token": later["token"]}))

    assert made["slot_seconds"] == 15
    assert made["now"] == onsite.moment("08:50").isoformat()
    assert made["closes_at"] == onsite.moment("11:00").isoformat()
    assert seen["direction"] == "in"


def test_the_page_draws_what_the_server_would_draw(site, slot):
    with at("08:50:00"):
        drawn = done(site.leader.post(f"{slot}/codes/in/supply", {}))["codes"][0]["qr"]
        shown = done(site.leader.get(f"{slot}/codes/in"))

    bits = "".join(f"{byte:08b}" for byte in base64.b64decode(drawn["bits"]))
    rows = [bits[at : at + drawn["side"]] for at in range(0, drawn["side"] ** 2, drawn["side"])]
    quiet = qr.QUIET_MODULES
    path = "".join(
        f"M{x + quiet} {y + quiet}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, bit in enumerate(row)
        if bit == "1"
    )
    assert f"0 0 {drawn['side'] + 2 * quiet}" in shown["svg"]
    assert path.count("M") == sum(int(run) for run in re.findall(r"h(\d+)v1", shown["svg"]))


def test_a_supply_is_audited_and_its_codes_are_written_nowhere(site, slot, session):
    with at("08:50:00"), no_change(session, but=("people_audit", "people_session")):
        made = done(site.leader.post(f"{slot}/codes/out/supply", {"after_slot": 5}))

    kept = str(everything(session))
    assert not any(each["token"] in kept for each in made["codes"])
    notes = session.scalars(
        sa.select(Audit)
        .where(Audit.action == "screen_codes_supplied")
        .execution_options(cross_ledger=True)
    )
    assert [note.facts["direction"] for note in notes] == ["out"]


def test_a_volunteer_is_handed_no_codes(site, slot, session):
    with at("08:50:00"), no_change(session, but=("people_session",)):
        refused(site.wen.post(f"{slot}/codes/in/supply", {}), "permission_denied", 403)
        refused(site.leader.post(f"{slot}/codes/sideways/supply", {}), "not_found", 404)
        refused(
            site.leader.post(f"{slot}/codes/in/supply", {"after_slot": "x"}),
            "validation_failed",
            422,
        )


def test_after_the_end_there_is_nothing_to_hand_out(site, slot, session):
    with at("11:00:01"), no_change(session, but=("people_session",)):
        refused(site.leader.post(f"{slot}/codes/in/supply", {}), "not_in_time_window", 422)
