"""Claims by grid, and the grids and posts of a town (T5, O14)."""

import io

import pytest

from app.base.actors import SYSTEM
from app.community import grids
from app.reports import exports, grid_claims
from app.service_orders import claims, posts
from tests.factories import service_orders as make
from tests.factories.activities import a_member, a_world, at, moment
from tests.factories.service_orders import Street


@pytest.fixture
def street(session):
    return make.a_street(session)


def a_post(session, street, node, title, slots=5):
    with at("08:00"):
        return posts.make(
            session,
            ledger_id=street.ledger_id,
            node=node,
            call=make.a_call(title=title, slot_count=slots),
            actor=street.world.staff,
        )


def claimed(session, street, post, *names):
    for name in names:
        member = a_member(session, street.world, name)
        with at("09:00"):
            made = claims.claim(session, ledger_id=street.ledger_id, post_id=post.id, member=member)
        yield member, made


def test_t5_claims_are_counted_by_grid_and_leave_as_a_file(session, street):
    node = street.world.node
    one, two, empty = (grids.add(session, parent=node, actor=SYSTEM) for _grid in range(3))
    first = list(
        claimed(session, street, a_post(session, street, one, "一岗"), "甲一", "甲二", "甲三")
    )
    list(claimed(session, street, a_post(session, street, two, "二岗"), "乙一"))
    list(claimed(session, street, a_post(session, street, node, "社区岗"), "丙一"))
    member, claim = first[0]
    with at("12:00"):
        claims.submit(
            session,
            ledger_id=street.ledger_id,
            claim_id=claim.id,
            member=member,
            starts_at=moment("10:00"),
            ends_at=moment("11:00"),
        )
        claims.accept(
            session, ledger_id=street.ledger_id, claim_id=claim.id, actor=street.world.staff
        )
        claims.withdraw(
            session, ledger_id=street.ledger_id, claim_id=first[1][1].id, member=first[1][0]
        )
    session.commit()
    lines = grid_claims.of_place(session, ledger_id=street.ledger_id, node=node)
    assert [
        (each.claim_count, each.under_way_count, each.accepted_count, each.ended_count)
        for each in lines
    ] == [(3, 1, 1, 1), (1, 1, 0, 0), (0, 0, 0, 0), (1, 1, 0, 0)]
    assert [each.code for each in lines] == [one.code, two.code, empty.code, ""]
    alone = grid_claims.of_place(session, ledger_id=street.ledger_id, node=one)
    assert [each.claim_count for each in alone] == [3]

    content = grid_claims.content(session, ledger_id=street.ledger_id, node=node)
    file = io.BytesIO()
    exports.write(content, file, "csv", operator_name="甲")
    text = file.getvalue().decode("utf-8-sig")
    assert f"{one.code},{one.short_name},3,1,1,1" in text
    assert content.said == {"claims": 5}


def test_o14_a_town_has_33_grids_of_unique_codes_and_ten_posts_to_claim(session):
    world = a_world(session)
    street = Street(world, None, None, None)
    made = [
        grids.add(session, parent=world.node, actor=SYSTEM, household_count=400)
        for _grid in range(33)
    ]
    assert len({grid.code for grid in made}) == 33
    assert made[-1].code == f"{world.node.code}033"
    assert grids.list_oversized(session, world.node) == []
    ten = [a_post(session, street, made[number], f"先锋岗{number}", 1) for number in range(10)]
    found = []
    for number, post in enumerate(ten):
        found += [made for _m, made in claimed(session, street, post, f"志愿{number}")]
    assert [each.state for each in found] == ["claimed"] * 10
    lines = grid_claims.of_place(session, ledger_id=street.ledger_id, node=world.node)
    assert sum(line.claim_count for line in lines) == 10
    assert len(lines) == 33
