"""Settings: defaults, inheritance down the tree, and bounds."""

import re

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM
from app.base.errors import ValidationFailed
from app.base.transactions import attempt
from app.community import settings
from app.community.errors import UnknownSetting
from app.community.models import Setting as SettingRow
from app.community.settings import REGISTRY, Change
from tests.factories.community import make_jinxi, make_node
from tests.ledger.statements_counted import counted

WINDOW = "attendance.window_before_minutes"
CAP = "attendance.cap_minutes_day"


def put(session, node, name, value):
    return settings.put(session, node=node, name=name, value=value, actor=SYSTEM)


def count_rows(session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(SettingRow))


def test_every_default_is_within_its_own_bounds():
    for name, setting in REGISTRY.items():
        assert setting.check(setting.default), name
        assert setting.doc, name
        assert setting.source, name
        assert len(name) <= 48
        assert re.fullmatch(r"[a-z]+\.[a-z0-9_]+", name), name


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (WINDOW, 60),
        ("attendance.min_presence_percent", 60),
        ("attendance.autoclose_after_minutes", 30),
        ("attendance.level_2_minutes_day", 480),
        ("attendance.level_3_minutes_day", 720),
        (CAP, None),
        ("attendance.cap_minutes_total", None),
        ("activity.respond_within_hours", 48),
        ("backfill.window_workdays", 10),
        ("backfill.ban_days", 365),
        ("backfill.ban_minutes", 6_000),
        ("mall.item_max_per_period", 2),
        ("mall.no_pin_max_points", 200),
        ("mall.no_pin_max_count_day", 10),
        ("mall.clerk_max_points_day", 5_000),
        ("mall.clerk_max_count_day", 300),
        ("mall.refund_window_days", 30),
        ("grant.manual_max_points", 500),
    ],
)
def test_where_nobody_chose_the_default_holds(session, name, value):
    assert settings.read(session, make_jinxi(session)[-1], name) == {name: value}


def test_a_setting_holds_below_its_place_and_nowhere_else(session):
    _, city, county, _, community = make_jinxi(session)
    beside = make_node(session, city)
    put(session, county, WINDOW, 90)

    assert settings.read(session, community, WINDOW)[WINDOW] == 90
    assert settings.read(session, county, WINDOW)[WINDOW] == 90
    assert settings.read(session, city, WINDOW)[WINDOW] == 60
    assert settings.read(session, beside, WINDOW)[WINDOW] == 60


def test_the_nearest_ancestor_wins(session):
    province, city, _, town, community = make_jinxi(session)
    put(session, town, WINDOW, 15)
    put(session, province, WINDOW, 90)
    put(session, city, CAP, 120)

    found = settings.trace(session, community)

    assert (found[WINDOW].value, found[WINDOW].node_id) == (15, town.id)
    assert (found[CAP].value, found[CAP].node_id) == (120, city.id)
    assert found["mall.refund_window_days"].node_id is None
    assert found.keys() == REGISTRY.keys()


def test_off_may_be_chosen_below_a_limit(session):
    *_, county, town, community = make_jinxi(session)
    put(session, county, CAP, 120)
    put(session, town, CAP, None)
    session.expire_all()
    assert settings.read(session, community, CAP) == {CAP: None}
    assert settings.read(session, county, CAP) == {CAP: 120}


def test_setting_again_tells_old_and_new(session):
    community = make_jinxi(session)[-1]
    assert put(session, community, WINDOW, 90) == Change(WINDOW, 60, 90)
    assert put(session, community, WINDOW, 30) == Change(WINDOW, 90, 30)
    assert count_rows(session) == 1


def test_clearing_goes_back_to_what_holds_above(session):
    *_, county, _, community = make_jinxi(session)
    put(session, county, WINDOW, 90)
    put(session, community, WINDOW, 30)

    cleared = settings.clear(session, node=community, name=WINDOW, actor=SYSTEM)

    assert cleared == Change(WINDOW, 30, 90)
    assert settings.read(session, community, WINDOW) == {WINDOW: 90}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (WINDOW, -1),
        (WINDOW, 241),
        (WINDOW, None),
        (WINDOW, "60"),
        (WINDOW, 60.0),
        (WINDOW, True),
        (CAP, 0),
        ("attendance.min_presence_percent", 101),
    ],
)
def test_a_value_out_of_bounds_is_refused_and_nothing_changes(session, name, value):
    community = make_jinxi(session)[-1]
    with pytest.raises(ValidationFailed) as refused, attempt(session):
        put(session, community, name, value)
    assert refused.value.facts["field"] == name
    assert count_rows(session) == 0


def test_a_name_that_is_not_registered_is_refused(session):
    community = make_jinxi(session)[-1]
    with pytest.raises(UnknownSetting):
        settings.read(session, community, "no.such")
    with pytest.raises(UnknownSetting), attempt(session):
        put(session, community, "no.such", 1)
    assert count_rows(session) == 0


def test_many_settings_are_read_in_one_statement(session):
    community = make_jinxi(session)[-1]
    with counted(session) as statements:
        settings.read(session, community)
    assert len(statements) == 1
