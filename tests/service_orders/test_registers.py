"""The four lists: a need, a project, a resource and a post see each other (T4)."""

import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.base.errors import NotFound, ValidationFailed, VersionStale
from app.base.transactions import attempt
from app.community import units
from app.people.models import Audit
from app.reports import exports, register_files
from app.service_orders import register_listings, registers
from app.service_orders.errors import RegisterStateConflict
from app.service_orders.registers import NewEntry
from tests.factories.activities import DAY, at
from tests.factories.service_orders import everything

NAMES = {"需求清单", "共建项目清单", "资源清单", "在职党员岗位清单"}


@pytest.fixture
def four(session, street):
    """One row of each list, the need of a unit and until a day."""
    unit = units.add(
        session, node=street.world.node, kind="学校", name="一小", actor=street.world.staff
    )
    made = {}
    with at("09:00"):
        for code, title in (
            ("need", "楼道照明"),
            ("project", "亮灯行动"),
            ("resource", "=1+1 电工"),
            ("post", "楼道巡查员"),
        ):
            new = NewEntry(
                list_code=code,
                title=title,
                unit_id=unit.id if code == "need" else None,
                due_on=DAY + timedelta(days=30) if code == "need" else None,
            )
            made[code] = registers.enter(
                session,
                ledger_id=street.ledger_id,
                node=street.world.node,
                new=new,
                actor=street.world.staff,
            )
        session.commit()
    return made


def link(session, street, one, other):
    with at("10:00"):
        registers.link(
            session,
            ledger_id=street.ledger_id,
            entry_id=one.id,
            other_id=other.id,
            actor=street.world.staff,
        )
        session.commit()


def seen_from(session, street, entry):
    found = register_listings.linked_to(session, ledger_id=street.ledger_id, entry_id=entry.id)
    return [each.list_code for each in found]


def test_t4_a_need_linked_to_a_resource_and_a_post_is_seen_from_all(session, street, four):
    link(session, street, four["need"], four["resource"])
    link(session, street, four["post"], four["need"])
    link(session, street, four["need"], four["resource"])

    assert seen_from(session, street, four["need"]) == ["resource", "post"]
    assert seen_from(session, street, four["resource"]) == ["need", "post"]
    assert seen_from(session, street, four["post"]) == ["need", "resource"]
    assert seen_from(session, street, four["project"]) == []
    states = {code: entry.state for code, entry in four.items()}
    assert states == {
        "need": "matched", "project": "open", "resource": "matched", "post": "matched",
    }  # fmt: skip
    link(session, street, four["project"], four["post"])
    assert seen_from(session, street, four["project"]) == ["need", "resource", "post"]


def test_t4_the_lists_have_exactly_these_names_and_each_is_a_file(session, street, four):
    link(session, street, four["need"], four["resource"])
    assert set(register_files.TITLES.values()) == NAMES
    key = {"ledger_id": street.ledger_id, "node": street.world.node}
    for code, title in register_files.TITLES.items():
        content = register_files.content(session, **key, list_code=code)
        assert (content.title, content.row_count) == (title, 1)
        file = io.BytesIO()
        made = exports.write(content, file, "csv", operator_name="工作人员")
        text = file.getvalue().decode("utf-8-sig")
        assert text.startswith(title)
        assert four[code].number in text
        assert made.kind == f"list_{code}.csv"
        if code == "resource":
            assert "'=1+1 电工" in text
            assert four["need"].number in text
        if code == "need":
            assert "一小" in text
            assert "已对接" in text
            assert (DAY + timedelta(days=30)).isoformat() in text
    book = io.BytesIO()
    exports.write(
        register_files.content(session, **key, list_code="need"), book, "xlsx", operator_name="甲"
    )
    assert zipfile.is_zipfile(book)
    assert register_listings.count_in(session, **key) == dict.fromkeys(registers.LISTS, 1)


def test_a_row_goes_on_and_back_and_what_has_ended_is_not_linked(session, street, four):
    need, resource = four["need"], four["resource"]
    key = {"ledger_id": street.ledger_id, "actor": street.world.staff}
    with at("11:00"):
        registers.move(session, **key, entry_id=need.id, state="done", version=1)
        session.commit()
        before = everything(session, street)
        for refusal, act in (
            (
                VersionStale,
                lambda: registers.move(
                    session, **key, entry_id=need.id, state="matched", version=1
                ),
            ),
            (
                RegisterStateConflict,
                lambda: registers.move(
                    session, **key, entry_id=need.id, state="withdrawn", version=2
                ),
            ),
            (
                RegisterStateConflict,
                lambda: registers.link(session, **key, entry_id=need.id, other_id=resource.id),
            ),
            (
                ValidationFailed,
                lambda: registers.link(session, **key, entry_id=resource.id, other_id=resource.id),
            ),
        ):
            with pytest.raises(refusal), attempt(session):
                act()
            assert everything(session, street) == before


def test_t4_rows_taken_apart_wait_again_unless_linked_to_another(session, street, four):
    need, resource, post = four["need"], four["resource"], four["post"]
    link(session, street, need, resource)
    link(session, street, need, post)
    key = {"ledger_id": street.ledger_id, "actor": street.world.staff}
    with at("11:00"):
        registers.unlink(session, **key, entry_id=resource.id, other_id=need.id)
        session.commit()

    assert seen_from(session, street, need) == ["post"]
    assert seen_from(session, street, resource) == []
    assert [each.state for each in (need, resource, post)] == ["matched", "open", "matched"]
    before = everything(session, street)
    with pytest.raises(NotFound), attempt(session):
        registers.unlink(session, **key, entry_id=resource.id, other_id=need.id)
    assert everything(session, street) == before
    assert audited(session, street, "register_unlinked")[0].facts["other"]


def test_t4_a_row_is_changed_by_who_read_its_version_and_the_trail_keeps_what_was(
    session, street, four
):
    need, later = four["need"], DAY + timedelta(days=60)
    key = {"ledger_id": street.ledger_id, "entry_id": need.id, "actor": street.world.staff}
    to = registers.Change(title="楼道照明改造", unit_id=None, due_on=later)
    with at("11:00"):
        before = everything(session, street)
        for error, wrong in (
            (VersionStale, {"to": to, "version": 2}),
            (ValidationFailed, {"to": replace(to, title=" "), "version": 1}),
            (ValidationFailed, {"to": replace(to, due_on=DAY - timedelta(days=1)), "version": 1}),
            (NotFound, {"to": replace(to, unit_id=987_654), "version": 1}),
        ):
            with pytest.raises(error), attempt(session):
                registers.change(session, **key, **wrong)
            assert everything(session, street) == before

        registers.change(session, **key, to=to, version=1)
        session.commit()
    assert (need.title, need.unit_id, need.due_on, need.version) == (to.title, None, later, 2)
    (act,) = audited(session, street, "register_changed")
    assert act.facts["title_before"] == "楼道照明"
    assert "text_before" not in act.facts


def test_a_row_that_is_over_is_not_changed(session, street, four):
    need = four["need"]
    key = {"ledger_id": street.ledger_id, "entry_id": need.id, "actor": street.world.staff}
    with at("11:00"):
        registers.move(session, **key, state="done", version=1)
        session.commit()
        before = everything(session, street)
        with pytest.raises(RegisterStateConflict), attempt(session):
            registers.change(session, **key, to=registers.Change(title="别的"), version=2)
    assert everything(session, street) == before


def audited(session, street, action):
    query = sa.select(Audit).where(Audit.ledger_id == street.ledger_id, Audit.action == action)
    return session.scalars(query).all()


def test_a_row_that_makes_no_sense_is_not_entered(session, street):
    before = everything(session, street)
    for refusal, more in (
        (ValidationFailed, {"list_code": "other"}),
        (ValidationFailed, {"title": " "}),
        (ValidationFailed, {"due_on": DAY - timedelta(days=1)}),
        (NotFound, {"unit_id": 999_999}),
    ):
        with at("09:00"), pytest.raises(refusal), attempt(session):
            registers.enter(
                session,
                ledger_id=street.ledger_id,
                node=street.world.node,
                new=NewEntry(**{"list_code": "need", "title": "楼道照明", **more}),
                actor=street.world.staff,
            )
    assert everything(session, street) == before
