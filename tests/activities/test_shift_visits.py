"""Visits to homes: begun by who signed up, ended by the resident's code or a second person."""

import pytest

from app.activities import attendance, codes, listings, taking
from app.activities.errors import (
    ActivityStateConflict,
    AlreadyCheckedIn,
    CheckInMissing,
    LogMissing,
    NotEnrolled,
    NotInTimeWindow,
    WrongWayIn,
)
from app.activities.shifts import logs, visits
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied, SecondPersonRequired, ValidationFailed
from app.ledger import balances
from app.points import indicators, programmes
from tests.factories import activities as make
from tests.factories import people, shifts
from tests.factories.activities import at, refused


@pytest.fixture
def slot(session, world, member):
    slot = shifts.a_visit(session, world)[1][0]
    make.enrol(session, world, slot, member)
    return slot


@pytest.fixture
def resident(session, world):
    return make.a_member(session, world, "邱晚晴")


def key_of(world, slot, member):
    return {"ledger_id": world.ledger_id, "session_id": slot.id, "member_id": member.id}


def finish(session, world, slot, member, code):
    return visits.finish(
        session, **key_of(world, slot, member), code=code, actor=Actor(member.person_id)
    )


def test_c27_a_visit_closes_only_with_the_residents_one_time_code(
    session, world, member, resident, slot
):
    record = shifts.go_in(session, world, slot, member, "09:05")
    with at("10:20"):
        done = finish(session, world, slot, member, shifts.code_of(session, resident, member))
        session.commit()
    assert (done.attendance_id, done.credited_minutes) == (record, 75)
    stay = make.stay_of(session, world, record)
    assert (stay.in_door, stay.out_door, stay.state) == ("visit", "personal_code", "closed")
    assert visits.confirmed_by(session, ledger_id=world.ledger_id, attendance_ids=[record]) == {
        record: resident.id
    }
    made = make.confirm(session, world, slot)
    assert [(each.state, each.minutes, each.category_code) for each in made] == [
        ("posted", 75, "home_hardship")
    ]


def test_c27_or_by_a_second_persons_sign_off_which_staff_see(session, world, member, slot):
    record = shifts.go_in(session, world, slot, member, "09:05")
    named = key_of(world, slot, member)
    with at("10:35"):
        own = Actor(member.person_id)
        with refused(session, world, PermissionDenied):
            taking.check_out(session, **named, door="roll", actor=own)
        taking.check_out(session, **named, door="roll", actor=world.leader)
        session.commit()
    made = make.confirm(session, world, slot)
    assert [(each.source_id, each.state, each.minutes) for each in made] == [
        (record, "waiting_level_2", 90)
    ]


def test_c27_a_visit_nobody_confirmed_counts_nothing(session, world, member, slot):
    record = shifts.go_in(session, world, slot, member, "09:05")
    with at("11:40"):
        attendance.autoclose(session, ledger_id=world.ledger_id, now=make.moment("11:40"))
        session.commit()
    stay = make.stay_of(session, world, record)
    assert (stay.state, stay.credited_minutes) == ("needs_confirmation", 0)


def test_a6_nobody_confirms_a_visit_for_themselves_or_their_household(
    session, world, member, resident, slot
):
    people.live_together(session, member, resident)
    shifts.go_in(session, world, slot, member, "09:05")
    for who in (member, resident):
        with at("10:00"):
            code = shifts.code_of(session, who, member)
            with refused(session, world, SecondPersonRequired):
                finish(session, world, slot, member, code)


def test_a_visit_is_begun_once_in_time_by_who_signed_up(session, world, member, resident, slot):
    def begin(who):
        visits.begin(session, **key_of(world, slot, who), actor=Actor(who.person_id))

    with at("09:00"), refused(session, world, NotEnrolled):
        begin(resident)
    with at("07:59"), refused(session, world, NotInTimeWindow):
        begin(member)
    with at("09:00"):
        code = shifts.code_of(session, resident, member)
        with refused(session, world, CheckInMissing):
            finish(session, world, slot, member, code)
        with pytest.raises(WrongWayIn):
            codes.redeem(session, token=codes.current(slot, "out").token)
    shifts.go_in(session, world, slot, member, "09:05")
    with at("09:06"), refused(session, world, AlreadyCheckedIn):
        begin(member)
    plain = make.opened(session, world)[1][0]
    with at("09:00"):
        with refused(session, world, WrongWayIn, way="screen"):
            visits.begin(session, **key_of(world, plain, resident), actor=Actor(resident.person_id))
        with refused(session, world, NotFound):
            visits.begin(
                session,
                ledger_id=world.ledger_id,
                session_id=member.id,
                member_id=member.id,
                actor=Actor(member.person_id),
            )


def test_t14_a_grid_workers_shift_needs_a_log_to_be_confirmed(session, world, member):
    slot = make.opened(session, world, category_code="grid_patrol", needs_log=True)[1][0]
    record = make.been(session, world, slot, member, "09:00", "11:00").attendance_id
    key = {"ledger_id": world.ledger_id}
    assert make.confirm(session, world, slot) == []
    with at("12:00"), refused(session, world, LogMissing):
        attendance.confirm(
            session, **key, session_id=slot.id, actor=world.leader, attendance_ids=[record]
        )
    other = make.a_member(session, world, "邱晚晴")
    with at("12:05"):
        with refused(session, world, NotFound):
            logs.write(session, **key, attendance_id=record, member_id=other.id, text="走访十户")
        with refused(session, world, ValidationFailed, field="log"):
            logs.write(session, **key, attendance_id=record, member_id=member.id, text="好")
        for text in ("上午走访十户", "上午走访十户，报修路灯一处"):
            logs.write(session, **key, attendance_id=record, member_id=member.id, text=text)
        session.commit()
    assert logs.read(session, **key, attendance_ids=[record]) == {
        record: "上午走访十户，报修路灯一处"
    }
    assert [each.minutes for each in make.confirm(session, world, slot, "12:10")] == [120]
    with at("12:20"), pytest.raises(ActivityStateConflict) as caught:
        logs.write(session, **key, attendance_id=record, member_id=member.id, text="改一改日志")
    assert caught.value.facts == {"state": "confirmed"}


def test_c3_c7_c11_c27_c28_the_fields_services_can_be_chosen_and_each_has_its_indicator(
    session, world
):
    programme = programmes.of_ledger(session, world.ledger_id)
    found = {each.name: each for each in programmes.list_categories(session, programme)}
    regular = "社区治安巡逻 法律咨询 邻里纠纷调解 送医送药 课后辅导"
    street = "健康义诊 义剪 政策宣讲 四点半课堂 亲子课堂 故事妈妈 暑托班"
    city = "老年人集体生日 小区春晚 近邻集市 法律知识讲座 阵地值班"
    homes = "党的声音宣讲到家 节日问候欢送到家 生活困难温暖到家 矛盾纠纷调解到家 健康卫生关爱到家"
    cares = "困难送温暖 结婚送祝福 生病送关怀"
    for name in " ".join((regular, street, city, homes, cares)).split():
        assert found[name].indicator_code is not None, name
        assert found[name].earns_hours, name
    for name in ("议事会", "培训", "有偿岗位"):
        assert (found[name].indicator_code, found[name].earns_hours) == (None, False), name

    indicators.add_category(
        session,
        programme=programme,
        code="care_army",
        name="参军送光荣",
        indicator_code="volunteering",
        actor=world.staff,
    )
    assert "参军送光荣" in {each.name for each in programmes.list_categories(session, programme)}, (
        "the list is the programme's to lengthen"
    )


@pytest.mark.parametrize("category", ["council", "training"])
def test_t24_c26_meetings_and_training_leave_the_hours_as_they_were(
    session, world, member, category
):
    slot = make.opened(session, world, category_code=category)[1][0]
    done = make.been(session, world, slot, member, "09:00", "11:00")
    for grant in make.confirm(session, world, slot):
        assert (grant.minutes, grant.points, grant.provenance) == (0, 0, "none")
    assert make.stay_of(session, world, done.attendance_id).state == "confirmed"
    held = balances.of_owner(session, ledger_id=world.ledger_id, owner_id=member.id)
    assert sum(each.posted for each in held) == 0
    mine = listings.mine(session, ledger_id=world.ledger_id, member_id=member.id)
    assert [each.activity.category_code for each in mine] == [category], "it is on the record"
