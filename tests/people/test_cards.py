"""积分卡: states, replacement, foreign cards, and that the points stay with the member."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from app.base.errors import NotFound
from app.base.ids import new_id
from app.base.transactions import attempt
from app.community import tree
from app.people import audit, card_register, cards, inbox
from app.people.errors import CardAlreadyActive, CardNotActive, MemberNotActive, WrongAudience
from app.people.models import Card, Member
from tests.factories.teams import STAFF, a_place, at_once, members


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def member(session, place):
    return members(session, place)[0]


@pytest.fixture
def issued(session, member):
    issued = cards.issue(session, ledger_id=member.ledger_id, member_id=member.id, actor=STAFF)
    session.commit()
    return issued


def stored(session, ledger_id):
    session.expire_all()
    rows = session.scalars(sa.select(Card).where(Card.ledger_id == ledger_id).order_by(Card.id))
    return [(row.id, row.state, row.member_id, row.replaces_id) for row in rows]


def states(session, ledger_id):
    return sorted(state for _, state, _, _ in stored(session, ledger_id))


def test_p3_a_card_carries_an_opaque_token_and_a_number(place, member, issued):
    prefix, book, secret = issued.token.split(".")
    assert (prefix, int(book, 36), len(secret)) == ("TC1", place.ledger_id, 22)
    assert issued.card.card_no == "JINXI1-C000001"
    assert str(member.id) not in issued.token
    assert issued.token.encode() not in issued.card.token_cipher


def test_a_card_is_told_and_audited(session, place, member, issued):
    told = inbox.list_for(session, ledger_id=place.ledger_id, member_id=member.id)
    assert [(each.topic, each.facts) for each in told] == [
        ("card_issued", {"card_no": issued.card.card_no})
    ]
    acts = audit.list_of_subject(session, ledger_id=place.ledger_id, subject_id=issued.card.id)
    assert [each.action for each in acts] == ["card_issued"]


def test_an_active_card_names_its_member(session, place, member, issued):
    card, found = cards.identify(session, token=issued.token, ledger_id=place.ledger_id)
    assert (card.id, found.id) == (issued.card.id, member.id)


def test_a_second_active_card_is_refused(session, place, member, issued):
    before = stored(session, place.ledger_id)
    with pytest.raises(CardAlreadyActive), attempt(session):
        cards.issue(session, ledger_id=place.ledger_id, member_id=member.id, actor=STAFF)
    assert stored(session, place.ledger_id) == before


def test_the_database_itself_refuses_a_second_active_card(session, place, issued):
    double = {
        column.name: getattr(issued.card, column.name) for column in Card.__table__.columns
    } | {"id": new_id(), "card_no": "X", "token_hash": b"1" * 32}
    with pytest.raises(sa.exc.IntegrityError):
        session.execute(sa.insert(Card), [double])


def test_of_parallel_issues_one_wins(app, session, place, member):
    answers = at_once(
        app,
        [lambda own: cards.issue(own, ledger_id=place.ledger_id, member_id=member.id, actor=STAFF)]
        * 6,
    )
    assert sum(isinstance(each, cards.IssuedCard) for each in answers) == 1
    assert sum(isinstance(each, CardAlreadyActive) for each in answers) == 5
    assert states(session, place.ledger_id) == ["active"]


def test_a9_a_card_of_another_book_is_refused_by_name(session, issued):
    other = a_place(session, 2)
    with pytest.raises(WrongAudience) as refused, attempt(session):
        cards.identify(session, token=issued.token, ledger_id=other.ledger_id)
    assert refused.value.facts == {"book": "金溪1"}


@pytest.mark.parametrize("text", ["", "TC1.2t", "TP1.2t." + "A" * 22, "TC1.2t." + "A" * 22])
def test_what_is_no_card_of_ours_is_not_found(session, issued, text):
    with pytest.raises(NotFound), attempt(session):
        cards.identify(session, token=text, ledger_id=issued.card.ledger_id)


@pytest.mark.parametrize(
    ("verb", "state"),
    [(cards.report_lost, "lost"), (cards.replace, "replaced"), (cards.cancel, "cancelled")],
)
def test_p3_a_void_card_is_refused_with_its_state(session, place, issued, verb, state):
    verb(session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF)
    with pytest.raises(CardNotActive) as refused, attempt(session):
        cards.identify(session, token=issued.token, ledger_id=place.ledger_id)
    assert refused.value.code == "card_not_active"
    assert refused.value.facts == {"state": state, "card_no": issued.card.card_no}


def test_l11_a_replaced_card_is_void_and_the_new_one_names_it(session, place, member, issued):
    new = cards.replace(session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF)
    session.commit()
    assert new.card.replaces_id == issued.card.id
    assert new.card.member_id == member.id
    assert new.token != issued.token
    card, found = cards.identify(session, token=new.token, ledger_id=place.ledger_id)
    assert (card.card_no, found.id) == ("JINXI1-C000002", member.id)
    assert states(session, place.ledger_id) == ["active", "replaced"]
    session.refresh(issued.card)
    assert issued.card.ended_at is not None


def test_a_lost_card_is_replaced_too(session, place, member, issued):
    cards.report_lost(session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF)
    cards.replace(session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF)
    assert states(session, place.ledger_id) == ["active", "replaced"]
    told = inbox.list_for(session, ledger_id=place.ledger_id, member_id=member.id)
    assert sorted(each.topic for each in told) == ["card_issued", "card_issued", "card_lost"]


def test_a_card_is_replaced_once_only(app, session, place, issued):
    answers = at_once(
        app,
        [
            lambda own: cards.replace(
                own, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF
            )
        ]
        * 5,
    )
    assert sum(isinstance(each, CardNotActive) for each in answers) == 4
    assert states(session, place.ledger_id) == ["active", "replaced"]


def test_a_found_card_is_active_again(session, place, issued):
    cards.report_lost(session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF)
    found = cards.report_found(
        session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF
    )
    assert (found.state, found.ended_at) == ("active", None)
    assert cards.identify(session, token=issued.token, ledger_id=place.ledger_id)


def test_each_change_of_a_card_is_told(session, place, member, issued):
    named = {"ledger_id": place.ledger_id, "card_id": issued.card.id, "actor": STAFF}
    for verb in (cards.report_lost, cards.report_found, cards.cancel):
        verb(session, **named)
    told = inbox.list_for(session, ledger_id=place.ledger_id, member_id=member.id)
    topics = ["card_cancelled", "card_found", "card_lost", "card_issued"]
    assert [each.topic for each in told] == topics


def test_a_found_card_beside_an_active_one_stays_lost(session, place, member, issued):
    cards.report_lost(session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF)
    cards.issue(session, ledger_id=place.ledger_id, member_id=member.id, actor=STAFF)
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(CardAlreadyActive), attempt(session):
        cards.report_found(session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF)
    assert stored(session, place.ledger_id) == before


@pytest.mark.parametrize(
    "verb", [cards.report_lost, cards.report_found, cards.replace, cards.cancel]
)
def test_a_cancelled_card_stays_cancelled(session, place, issued, verb):
    cards.cancel(session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF)
    session.commit()
    before = stored(session, place.ledger_id)
    with pytest.raises(CardNotActive) as refused, attempt(session):
        verb(session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF)
    assert refused.value.facts["state"] == "cancelled"
    assert stored(session, place.ledger_id) == before


@pytest.mark.parametrize("verb", [cards.report_lost, cards.report_found, cards.cancel])
def test_an_unknown_card_is_not_found(session, place, issued, verb):
    before = stored(session, place.ledger_id)
    with pytest.raises(NotFound), attempt(session):
        verb(session, ledger_id=place.ledger_id, card_id=new_id(), actor=STAFF)
    assert stored(session, place.ledger_id) == before


def test_only_active_members_get_a_card(session, place, member):
    session.execute(
        sa.update(Member)
        .where(Member.ledger_id == place.ledger_id, Member.id == member.id)
        .values(state="left")
    )
    session.commit()
    for member_id, refusal in ((member.id, MemberNotActive), (UUID(int=9), NotFound)):
        with pytest.raises(refusal), attempt(session):
            cards.issue(session, ledger_id=place.ledger_id, member_id=member_id, actor=STAFF)
    assert stored(session, place.ledger_id) == []


def test_a_batch_gets_consecutive_numbers_and_all_or_none(session, place):
    ids = [each.id for each in members(session, place, 5)]
    issued = cards.issue_many(
        session, ledger_id=place.ledger_id, member_ids=ids, actor=STAFF, batch="2026-03"
    )
    session.commit()
    assert [each.card.card_no[-3:] for each in issued] == ["001", "002", "003", "004", "005"]
    assert {each.card.batch for each in issued} == {"2026-03"}
    late = [each.id for each in members(session, place, 2)]
    before = stored(session, place.ledger_id)
    with pytest.raises(CardAlreadyActive), attempt(session):
        cards.issue_many(
            session, ledger_id=place.ledger_id, member_ids=[*late, ids[0]], actor=STAFF
        )
    assert stored(session, place.ledger_id) == before


def test_p3_cards_issued_are_more_than_holders(session, place):
    ids = [each.id for each in members(session, place, 6)]
    issued = cards.issue_many(session, ledger_id=place.ledger_id, member_ids=ids, actor=STAFF)
    for each in issued[:2]:
        cards.report_lost(session, ledger_id=place.ledger_id, card_id=each.card.id, actor=STAFF)
        cards.replace(session, ledger_id=place.ledger_id, card_id=each.card.id, actor=STAFF)
    cards.report_lost(session, ledger_id=place.ledger_id, card_id=issued[2].card.id, actor=STAFF)
    cards.cancel(session, ledger_id=place.ledger_id, card_id=issued[3].card.id, actor=STAFF)
    assert card_register.counts(session, ledger_id=place.ledger_id) == card_register.CardCounts(
        issued_count=8,
        holder_count=4,
        active_count=4,
        lost_count=1,
        replaced_count=2,
        cancelled_count=1,
    )


def test_an_active_card_can_be_printed_again(session, place, issued):
    again = card_register.reprint(
        session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF
    )
    assert again.token == issued.token
    acts = audit.list_of_subject(session, ledger_id=place.ledger_id, subject_id=issued.card.id)
    assert {each.action for each in acts} == {"card_issued", "card_reprinted"}


def test_a_void_card_is_not_printed(session, place, issued):
    cards.cancel(session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF)
    with pytest.raises(CardNotActive), attempt(session):
        card_register.reprint(
            session, ledger_id=place.ledger_id, card_id=issued.card.id, actor=STAFF
        )


def test_a_card_is_found_by_its_number_in_any_case(session, place, member, issued):
    found = card_register.by_number(session, ledger_id=place.ledger_id, card_no="jinxi1-c000001 ")
    assert found.id == issued.card.id
    assert cards.list_of(session, ledger_id=place.ledger_id, member_id=member.id) == [found]
    with pytest.raises(NotFound):
        card_register.by_number(session, ledger_id=place.ledger_id, card_no="JINXI1-C9")


def test_cards_of_a_place_are_listed_with_their_holders_by_state(session, place):
    here = members(session, place)[0]
    below = members(session, place, node_id=place.grid_id)[0]
    for each in (here, below):
        cards.issue(session, ledger_id=place.ledger_id, member_id=each.id, actor=STAFF)
    lost = cards.list_of(session, ledger_id=place.ledger_id, member_id=here.id)[0]
    cards.report_lost(session, ledger_id=place.ledger_id, card_id=lost.id, actor=STAFF)
    top, grid = tree.get(session, place.node_id), tree.get(session, place.grid_id)

    def holders(node, **more):
        found = card_register.list_in(session, ledger_id=place.ledger_id, node=node, **more)
        return {member.id for _, member in found}

    assert holders(top) == {here.id, below.id}
    assert holders(top, state="lost") == {here.id}
    assert holders(grid) == {below.id}
    counted = card_register.count_in(session, ledger_id=place.ledger_id, node=top)
    assert counted == {"active": 1, "lost": 1}
