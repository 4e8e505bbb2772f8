"""Every route × every role × their own and another community: who comes in, who does not.

The routes come from the application itself, so that a new one without an entry fails.
An entry names who may at their own place, by a letter each; everybody else, and everybody
with a thing of another community, is told 403 or 404 and has changed nothing.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from fnmatch import fnmatch
from typing import Any
from uuid import UUID

import pytest

from app.base import clock
from tests.factories import doors, points
from tests.web import district, knocking
from tests.web.answers import everything
from tests.web.knocking import Door
from tests.web.who_may import ANYONE, MAY, PUBLIC, may

pytestmark = pytest.mark.slow

CALLERS = {
    "v": "volunteer",
    "l": "leader",
    "c": "clerk",
    "s": "staff",
    "2": "second",
    "a": "auditor",
    "A": "administrator",
}
"""Everybody of 金溪; besides them its shop's own clerk (k), and staff of elsewhere (f)."""

PLACELESS = (
    "figures.import_figures",
    "enlistments.import_enlistments",
    "exports.list_orders",
    "uploads.*",
    "units.add_kind",
    "cards.identify",
    "order_files.*_orders",
    "order_settings.add_template",
)
"""Of no place: rows of a file name their own, a list of one's own, kinds are everybody's."""

LAST = (
    "identity.end",
    "me_access.*",
    "me_record.erase",
    "*sign_in.leave",
    "h5.access.*",
    "h5.leaving.*",
)
"""After these a caller may be somebody else, or nobody."""

DAY = date(2026, 3, 10)
SOON = [{"starts_at": f"{DAY + timedelta(days=9)}T09:00:00+08:00",
         "ends_at": f"{DAY + timedelta(days=9)}T11:00:00+08:00"}]  # fmt: skip

NAMES: dict[str, Any] = {
    "book": "ningde",
    "direction": "in",
    "code_id": "0" * 64,
    "indicator_code": "volunteering",
    "name": None,
}
OWN_NAMES: dict[str, dict[str, Any]] = {
    "activities.draft": {"sessions": SOON, "category_code": "health_clinic", "team_id": None},
    "activities.edit": {"sessions": SOON, "category_code": "health_clinic", "team_id": None},
    "audit.show": {"subject_kind": "member"},
    "cards.find": {"member_id": None},
    "claims.*": {"category_code": "other"},
    "duties.*": {"kind": "lane_head"},
    "codes.issue": {"purpose": "redeem"},
    "grants.request_manual": {"category_code": "other", "minutes": 60},
    "me_access.*": {"purpose": "board"},
    "nodes.add": {"kind_code": "grid", "code": "G1"},
    "nodes.add_grid": {"number": 1},
    "assessments.assess": {"period": "2026Q1", "subject_kind": "member", "score": 60},
    "certificates.issue": {"begins_on": "2026-03-09", "ends_on": "2026-03-10"},
    "quarters.*": {"period": "2025Q4"},
    "quarter_files.*": {"period": "2025Q4"},
    "*place_report.rows": {"line": "hours"},
    "points.list_rates": {"code": "volunteering"},
    "points.add_rate": {"code": "volunteering"},
    "points.set_demands": {"code": "volunteering", "evidence": "none"},
    "staff.merchants.change": {"step": "suspend"},
    "staff.why.show": {"unit": "points"},
    "redemptions.list_redemptions": {"member_id": None, "till_id": None, "day": str(DAY)},
    "reports.*": {"team_id": None},
    "exports.order_*": {"team_id": None},
    "order_desk.assign": {"team_id": None},
    "order_desk.*": {"category_code": "errands"},
    "order_settings.add_template": {"code": "own", "name": "自己的"},
    "order_settings.choose": {"template_code": "wushi"},
    "order_settings.put_kind": {"code": "errands", "name": "跑腿"},
    "field_calls.answer_with_order": {"category_code": "errands"},
    "roles.*": {"role": "volunteer"},
    "settings.*": {"name": "mall.refund_window_days", "value": 7},
    "teams.*": {"role": "member"},
    "units.add_kind": {"code": "pier"},
    "activity_types.*": {"code": "haircut"},
    "exchanges.ask_for": {"offer_id": None},
    "terms.*:partner_class": {"code": "红色管家"},
    "terms.*:unit_kind": {"code": "物业"},
}
"""What the general names would get wrong."""


class Town:
    """Two communities with one of everything, and everybody who may knock."""

    def __init__(self, session, client):
        self.session, self.client = session, client
        self.town = doors.town(session, client)
        self.here = district.settle(session, self.town, self.town.node)
        self.there = district.settle(session, self.town, self.town.elsewhere)
        tokens = {letter: self.town.caller(who).token for letter, who in CALLERS.items()}
        tokens["f"] = self.town.caller("foreign_staff").token
        tokens["C"] = self.town.caller("city_administrator").token
        keeper = self.here.shelf.clerk.person_id
        tokens["k"] = doors.sign_in(session, keeper)
        self.tokens = tokens

    def request(self, door, about, **other):
        """What to send to a door about the things of a place."""
        names = {**NAMES, **about.names}
        for pattern, own in OWN_NAMES.items():
            if fnmatch(door.name, pattern):
                names |= own
        return knocking.compose(self.client.application, door, {**names, **other})

    def knock(self, letter, request):
        headers = {"Authorization": f"Bearer {self.tokens[letter]}"} if letter else {}
        return knocking.knock(self.client, request, **headers)

    def out_of_reach(self, door, letter, is_holder):
        """Requests that this caller must not come through with.

        Who may at their own place tries things of the other, in its name and in the name of
        their own place.
        """
        own, other = self.here, self.there
        if letter == "f":
            own, other = other, own
        if not is_holder:
            return [self.request(door, self.here)]
        if any(fnmatch(door.name, pattern) for pattern in PLACELESS):
            return []
        asked = [self.request(door, other)]
        mixed = self.request(door, other, **{name: own.names[name] for name in PLACE_NAMES})
        return [*asked, mixed] if names_a_thing(mixed, other) else asked


PLACE_NAMES = ("node_code", "place")


def names_a_thing(request, place):
    """Whether the address, or what is to be written, names a thing of the place."""
    told = request["path"] if request["method"] == "GET" else repr(request)
    return any(str(name) in told for name in place.names.values() if isinstance(name, UUID))


@pytest.fixture
def town(session, client) -> Iterator[Town]:
    with clock.held_at(points.at(DAY, 10)):
        town = Town(session, client)
        session.commit()
        yield town


def test_every_route_says_who_may(app):
    assert [door.name for door in knocking.doors(app) if may(door.name) is None] == []


def test_every_entry_is_of_a_route(app):
    used = {next((p for p in MAY if fnmatch(door.name, p)), "") for door in knocking.doors(app)}
    assert set(MAY) - used == set()


@pytest.mark.once
def test_strangers_are_asked_who_they_are(app, town):
    before, met = everything(town.session), []
    for door in knocking.doors(app):
        status = town.knock("", town.request(door, town.here))
        expected = (302, 401) if door.method == "GET" and not door.is_api else (401,)
        is_met = status >= 500 if may(door.name) == PUBLIC else status not in expected
        if is_met:
            met.append((door.method, door.name, status))
    assert met == []
    assert everything(town.session) == before


@pytest.mark.once
def test_nobody_does_what_their_role_and_place_do_not_allow(app, town):
    before, met = everything(town.session), []
    for door in knocking.doors(app):
        who = may(door.name)
        if who in (PUBLIC, ANYONE):
            continue
        for letter in sorted(town.tokens.keys() - {"C"}):
            is_holder = letter in who or (letter == "f" and "s" in who)
            for request in town.out_of_reach(door, letter, is_holder):
                status = town.knock(letter, request)
                if not is_refusal(door, status):
                    met.append((door.method, door.name, letter, request["path"], status))
    assert met == []
    assert everything(town.session) == before


def is_refusal(door: Door, status: int) -> bool:
    """A program is told 403 or 404; a page may ask for a better form before it looks who asks."""
    return status in (403, 404) or (not door.is_api and status in (302, 400, 422))


def test_whoever_may_is_never_met_by_a_crash(app, town):
    met, shut = [], set()
    for door in sorted(knocking.doors(app), key=is_last):
        who = may(door.name)
        letters = f"{who}C" if who not in (PUBLIC, ANYONE, None) else "vs"
        statuses = [town.knock(letter, town.request(door, town.here)) for letter in letters]
        met += [(door.method, door.name, status) for status in statuses if status >= 500]
        if who not in (PUBLIC, ANYONE) and set(statuses) <= {401, 403, 404}:
            shut.add(door.name)
    assert met == []
    assert shut == NOBODY_HERE


def is_last(door: Door) -> bool:
    return any(fnmatch(door.rule.endpoint, pattern) for pattern in LAST)


NOBODY_HERE = {
    "applications.review",
    "cases.open_case",
    "deductions.ask_reversal",
    "deductions.decide",
    "deductions.decide_reversal",
    "empty_homes.decide",
    "empty_homes.withdraw",
    "common_pool.decide_help",
    "gifts.confirm_by_staff",
    "activity_steps.respond",
    "activity_steps.withdraw",
    "assessments.assess",
    "exchanges.countersign",
    "exchanges.withdraw_for",
    "order_reviews.rate",
    "staff.zones.add",
    "staff.zones.remove",
    "staff.zones.show",
    "zones.remove",
    "exports.again",
    "exports.fetch",
    "exports.show",
    "households.show_of_member",
    "field_calls.call_desk",
    "late_scans.admit",
    "late_scans.dismiss",
    "merchant_offers.use",
    "reservations.collect",
    "series.approve",
    "series.respond",
    "series.submit",
    "order_tasks.accept",
    "order_tasks.finish",
    "order_tasks.go_on",
    "order_tasks.send_back",
    "order_tasks.take_on",
    "staff.exports.again",
    "staff.exports.fetch",
    "staff.exports.show",
    "staff.exports.state",
    "staff.redemptions.find",
    "stars.review",
    "vouchers.use",
}
"""Shut even for those who may: only a team's own leader answers for it; the household is gone; a
file is its orderer's alone; no help was taken on, no late scan waits; who proposed to close
a quarter does not close it; an order is done by whom it was given to and rated by who asked;
only who has a duty in the field calls, and only an assessor scores."""
