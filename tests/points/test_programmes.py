"""Programmes hang on a node and are inherited below it: P2, P7."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.ledger.models import Book
from app.people.models import Audit
from app.points import catalogue, programmes
from app.points.errors import MembersBelow, NoProgramme, ProgrammeExists
from app.points.models import Category, Programme
from tests.factories import community as places
from tests.factories import points as make


def start(session: Session, node, book_code: str = "other", **more) -> Programme:
    return programmes.start(
        session, node=node, book_code=book_code, name="时间银行", actor=SYSTEM, **more
    )


def refused(session: Session, refusal, node, **more) -> None:
    count = sa.select(sa.func.count()).select_from(Programme)
    books = sa.select(sa.func.count()).select_from(Book)
    before = (session.scalar(count), session.scalar(books))
    with pytest.raises(refusal), attempt(session):
        start(session, node, **more)
    assert (session.scalar(count), session.scalar(books)) == before


def test_p2_a_place_inherits_the_programme_of_its_nearest_ancestor(session):
    world = make.world(session)
    assert programmes.of_node(session, world.node).id == world.programme.id
    assert programmes.of_ledger(session, world.ledger_id).id == world.programme.id
    village = places.make_node(session, world.city)
    own = start(session, village)
    assert programmes.of_node(session, village).id == own.id
    assert programmes.of_node(session, world.node).id == world.programme.id
    assert [each.id for each in programmes.list_all(session)] == sorted(
        [own.id, world.programme.id]
    )


def test_a_place_without_a_programme_says_so(session):
    world = make.world(session)
    province = places.make_jinxi(session)[0]
    assert programmes.find_of_node(session, province) is None
    with pytest.raises(NoProgramme):
        programmes.of_node(session, province)
    with pytest.raises(NoProgramme):
        programmes.of_ledger(session, world.ledger_id + 999)


def test_starting_opens_a_book_with_the_four_indicators(session):
    world = make.world(session)
    book = session.get(Book, world.ledger_id)
    assert (book.code, book.has_points) == ("ningde", True)
    names = {each.name for each in programmes.list_indicators(session, world.programme)}
    assert names == {"人居环境整治", "矛盾纠纷调解", "政策宣传落实", "志愿服务活动"}
    assert len(programmes.list_categories(session, world.programme)) == len(catalogue.CATEGORIES)
    clinic = programmes.category(session, world.programme, "health_clinic")
    assert (clinic.name, clinic.indicator_code) == ("健康义诊", "volunteering")
    acts = sa.select(Audit.action).where(Audit.ledger_id == world.ledger_id)
    assert "programme_started" in set(session.scalars(acts))


@pytest.mark.parametrize("code", ["council", "training", "paid_post"])
def test_meetings_trainings_and_paid_posts_count_no_hours(session, code):
    found = programmes.category(session, make.world(session).programme, code)
    assert (found.earns_hours, found.indicator_code) == (False, None)


def test_every_category_counts_towards_a_known_indicator():
    known = {code for code, _ in catalogue.INDICATORS}
    for line in catalogue.CATEGORIES:
        assert line.indicator_code is None or line.indicator_code in known
        assert len(line.code) <= 24
    assert len({line.code for line in catalogue.CATEGORIES}) == len(catalogue.CATEGORIES)


def test_a_place_has_one_programme(session):
    world = make.world(session)
    refused(session, ProgrammeExists, world.city)


def test_a_programme_does_not_come_between_members_and_their_book(session):
    world = make.world(session)
    make.member(session, world)
    refused(session, MembersBelow, world.node)


def test_an_unknown_policy_or_a_taken_code_is_refused(session):
    world = make.world(session)
    village = places.make_node(session, world.city)
    refused(session, ValidationFailed, village, expiry_policy="tomorrow")
    refused(session, ValidationFailed, village, book_code="ningde")


def test_a_programme_may_add_what_it_counts(session):
    programme = make.world(session).programme
    programmes.add_indicator(
        session, programme=programme, code="cases", name="案件", measure="pieces", actor=SYSTEM
    )
    added = programmes.add_category(
        session,
        programme=programme,
        code="case",
        name="调解案件",
        indicator_code="cases",
        actor=SYSTEM,
    )
    assert programmes.category(session, programme, "case") == added
    assert programmes.indicator(session, programme, "cases").measure == "pieces"


def test_what_a_programme_adds_must_make_sense(session):
    programme = make.world(session).programme
    count = sa.select(sa.func.count()).where(Category.programme_id == programme.id)
    before = session.scalar(count)
    category = {"programme": programme, "name": "x", "actor": SYSTEM}
    with pytest.raises(ValidationFailed), attempt(session):
        programmes.add_category(session, code="other", indicator_code=None, **category)
    with pytest.raises(NotFound), attempt(session):
        programmes.add_category(session, code="new", indicator_code="gifts", **category)
    with pytest.raises(ValidationFailed), attempt(session):
        programmes.add_indicator(session, code="new", measure="grams", **category)
    with pytest.raises(ValidationFailed), attempt(session):
        programmes.add_indicator(session, code="mediation", measure="times", **category)
    with pytest.raises(NotFound):
        programmes.category(session, programme, "new")
    assert session.scalar(count) == before


def test_a_measure_stands_once_a_rate_counts_by_it(session):
    programme = make.world(session).programme
    with pytest.raises(ValidationFailed), attempt(session):
        programmes.measure_by(
            session,
            programme=programme,
            indicator_code="mediation",
            measure="pieces",
            actor=SYSTEM,
        )
    session.expire_all()
    assert programmes.indicator(session, programme, "mediation").measure == "minutes"
