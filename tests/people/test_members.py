"""Members are found by phone, number, card or name, inside one's own subtree."""

import pytest

from app.base.actors import SYSTEM
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.people import joining, members, phones
from app.people.errors import MemberNotActive
from tests.factories.people import member, newcomer, place


@pytest.fixture
def here(session):
    return place(session)


@pytest.fixture
def other_community(session, here):
    return tree.add(
        session,
        parent=here.township,
        kind_code="community",
        code="jinxi-4",
        name="丁社区",
        actor=SYSTEM,
    )


def found(session, node, text=None, **more):
    listed = members.list_in(session, ledger_id=1, node=node, text=text, **more)
    return [members.full_name(each) for each in listed]


def test_names_are_masked_by_their_ends():
    assert [members.mask(name) for name in ("温", "温许", "温如许", "欧阳如许")] == [
        "温*",
        "温*",
        "温*许",
        "欧**许",
    ]
    assert members.mask("Anna Maria Lee") == "A***e"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("000-0000-0001", "00000000001"),
        ("０００ ００００ ０００１", "00000000001"),
        ("+86 13000000000", "13000000000"),
        ("008613000000000", "13000000000"),
        ("130-0000-0000", "13000000000"),
    ],
)
def test_a_phone_has_one_spelling(typed, kept):
    assert phones.normalise(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "1300000000", "130000000005", "12000000000", "010-12345678", "00100000001", "١٣٠٠٠٠٠٠٠٠٠"],
)
def test_what_is_no_mobile_number_is_refused(typed):
    with pytest.raises(ValidationFailed):
        phones.normalise(typed)


def test_a_search_finds_by_phone_number_and_part_of_the_name(session, here):
    first = member(session, 1, here.community, "温如许", "000-0000-0001")
    member(session, 1, here.community, "任清和")
    assert found(session, here.city) == ["温如许", "任清和"]
    for text in ("000 0000 0001", first.volunteer_no.lower(), "如许", "温"):
        assert found(session, here.city, text) == ["温如许"]
    assert found(session, here.city, "000-0000-0002") == []
    assert found(session, here.city, "没有") == []


def test_a_search_never_leaves_the_subtree_or_the_book(session, here, other_community):
    there = place(session, ledger_id=2, code="jianyang")
    first = member(session, 1, here.community, "温如许", "000-0000-0001")
    member(session, 2, there.community, "任清和", "000-0000-0002")
    for text in ("000-0000-0001", first.volunteer_no, "温如许", None):
        assert found(session, other_community, text) == []
        assert found(session, here.township, text) == ["温如许"]
    assert found(session, here.city, "000-0000-0002") == []


def test_a_list_is_paged_by_number(session, here):
    joining.join_many(
        session,
        ledger_id=1,
        newcomers=[newcomer(here.community, f"志愿者{n}") for n in range(5)],
        actor=SYSTEM,
    )
    assert found(session, here.city, limit=2, offset=2) == ["志愿者2", "志愿者3"]


def test_a_place_with_too_many_names_is_searched_by_number_only(session, here, monkeypatch):
    monkeypatch.setattr(members, "SEARCHED_MAX", 1)
    first = member(session, 1, here.community)
    member(session, 1, here.community)
    with pytest.raises(ValidationFailed) as caught:
        found(session, here.city, "温")
    assert caught.value.facts["members_max"] == 1
    assert found(session, here.city, first.volunteer_no) == ["温如许"]


def test_an_unknown_member_is_not_found(session, here):
    for find, key in (
        (members.get, {"ledger_id": 1, "member_id": new_id()}),
        (members.by_volunteer_no, {"ledger_id": 1, "volunteer_no": "JINXI-000009"}),
    ):
        with pytest.raises(NotFound):
            find(session, **key)
    for number in ("JINXI-000009", "NOWHERE-000001", "house-000001", "", "-"):
        with pytest.raises(NotFound):
            members.by_number(session, number)
    assert members.find_person_by_phone(session, "000-0000-0001") is None


def test_members_are_fetched_together(session, here):
    one, two = member(session, 1, here.community), member(session, 1, here.community)
    wanted = [one.id, two.id, new_id()]
    assert set(members.get_many(session, ledger_id=1, member_ids=wanted)) == {one.id, two.id}


def test_a_membership_that_ended_is_not_active(session, here):
    one = member(session, 1, here.community)
    assert members.require_active(one) is one
    one.state = "merged"
    with pytest.raises(MemberNotActive):
        members.require_active(one)
    session.rollback()
