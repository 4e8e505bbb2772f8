"""One-time personal codes: 60 seconds, one purpose, one use (rulings §3, E15, E17)."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import attempt
from app.people import codes
from app.people.errors import CodeAlreadyUsed, CodeExpired, MemberNotActive, WrongAudience
from app.people.models import Code, Member
from tests.factories.teams import SECOND_STAFF, STAFF, a_place, at_once, members
from tests.ledger.statements_counted import counted

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
CLERK = STAFF.person_id


@pytest.fixture
def place(session):
    return a_place(session)


@pytest.fixture
def member(session, place):
    return members(session, place)[0]


@pytest.fixture
def issued(session, member):
    with clock.held_at(NOON):
        issued = codes.issue(
            session, ledger_id=member.ledger_id, member_id=member.id, purpose="redeem"
        )
    session.commit()
    return issued


def consume(session, ledger_id, presented, purpose="redeem", used_by_id=CLERK):
    return codes.consume(
        session, ledger_id=ledger_id, presented=presented, purpose=purpose, used_by_id=used_by_id
    )


def at(seconds):
    return clock.held_at(NOON + timedelta(seconds=seconds))


def stored(session, ledger_id):
    session.expire_all()
    rows = session.scalars(
        sa.select(Code).where(Code.ledger_id == ledger_id).order_by(Code.code_hash)
    )
    return [(row.code_hash, row.used_at, row.used_by_id, row.expires_at) for row in rows]


def test_a_code_shows_a_token_of_128_bits_and_18_digits(issued, place):
    prefix, book, secret = issued.token.split(".")
    assert (prefix, int(book, 36), len(secret)) == ("TP1", place.ledger_id, 22)
    assert len(issued.digits) == 18
    assert issued.digits.isdigit()
    assert issued.expires_at == NOON + timedelta(seconds=60)


def test_only_hashes_of_a_code_are_stored(session, place, issued):
    row = session.scalars(sa.select(Code).where(Code.ledger_id == place.ledger_id)).one()
    assert row.code_hash == codes.hash_of(issued.token)
    assert row.digits_hash == codes.hash_of(issued.digits)


def test_a_token_names_its_member_and_is_used_up(session, place, member, issued):
    with at(59):
        spent = consume(session, place.ledger_id, f" {issued.token}\n")
    assert (spent.member_id, spent.purpose, spent.used_by_id) == (member.id, "redeem", CLERK)
    assert spent.code_hash == issued.code_hash


def test_the_digits_do_the_same_in_groups_or_not(session, place, member, issued):
    grouped = " ".join((issued.digits[:6], issued.digits[6:12], issued.digits[12:]))
    with at(1):
        spent = consume(session, place.ledger_id, grouped)
        assert spent.code_hash == issued.code_hash
        with pytest.raises(CodeAlreadyUsed), attempt(session):
            consume(session, place.ledger_id, issued.token)


def test_a_good_code_costs_one_statement(session, place, issued):
    with at(1), counted(session) as seen:
        consume(session, place.ledger_id, issued.token)
    assert len(seen) == 1


def test_e17_a_second_use_is_refused_and_the_first_stands(session, place, issued):
    with at(1):
        consume(session, place.ledger_id, issued.token)
        session.commit()
        before = stored(session, place.ledger_id)
        with pytest.raises(CodeAlreadyUsed) as refused, attempt(session):
            consume(session, place.ledger_id, issued.token, used_by_id=SECOND_STAFF.person_id)
    assert refused.value.code == "code_already_used"
    assert stored(session, place.ledger_id) == before


def test_e17_of_twenty_parallel_uses_one_wins(app, session, place, member):
    issued = codes.issue(session, ledger_id=place.ledger_id, member_id=member.id, purpose="redeem")
    session.commit()
    presented = (issued.token, issued.digits)
    answers = at_once(
        app,
        [lambda own, n=n: consume(own, place.ledger_id, presented[n % 2]) for n in range(20)],
    )
    won = [each for each in answers if isinstance(each, codes.SpentCode)]
    assert len(won) == 1
    assert sum(isinstance(each, CodeAlreadyUsed) for each in answers) == 19


def test_e15_a_code_lives_just_60_seconds(session, place, issued):
    before = stored(session, place.ledger_id)
    for seconds in (60, 61, 86_400):
        with at(seconds), pytest.raises(CodeExpired) as refused, attempt(session):
            consume(session, place.ledger_id, issued.token)
        assert refused.value.code == "code_expired"
    assert stored(session, place.ledger_id) == before
    with at(59.999):
        assert consume(session, place.ledger_id, issued.token)


@pytest.mark.parametrize("made_for", codes.PURPOSES)
@pytest.mark.parametrize("used_for", codes.PURPOSES)
def test_a_code_serves_its_own_purpose_only(session, place, member, made_for, used_for):
    issued = codes.issue(session, ledger_id=place.ledger_id, member_id=member.id, purpose=made_for)
    session.commit()
    before = stored(session, place.ledger_id)
    if made_for == used_for:
        assert consume(session, place.ledger_id, issued.token, used_for).purpose == made_for
        return
    with pytest.raises(WrongAudience) as refused, attempt(session):
        consume(session, place.ledger_id, issued.token, used_for)
    assert refused.value.facts == {"purpose": made_for}
    assert stored(session, place.ledger_id) == before


def test_a9_a_code_of_another_book_is_refused_by_name(session, place, issued):
    other = a_place(session, 2)
    before = stored(session, place.ledger_id)
    with at(1), pytest.raises(WrongAudience) as refused, attempt(session):
        consume(session, other.ledger_id, issued.token)
    assert refused.value.facts == {"book": "金溪1"}
    with at(1), pytest.raises(NotFound), attempt(session):
        consume(session, other.ledger_id, issued.digits)
    assert stored(session, place.ledger_id) == before


@pytest.mark.parametrize(
    "presented",
    ["", "TP1", "1" * 18, "１" * 18, "TP1.2t.short", "TC1.2t." + "A" * 22, "TP1.zzzz." + "A" * 22],
)
def test_what_is_no_code_is_not_found(session, place, issued, presented):
    before = stored(session, place.ledger_id)
    with at(1), pytest.raises(NotFound), attempt(session):
        consume(session, place.ledger_id, presented)
    assert stored(session, place.ledger_id) == before


def test_a_forged_secret_is_not_found(session, place, issued):
    forged = issued.token[:-1] + ("A" if issued.token[-1] != "A" else "Q")
    with at(1), pytest.raises(NotFound), attempt(session):
        consume(session, place.ledger_id, forged)


def test_a_third_code_retires_the_oldest(session, place, member):
    def make(seconds, purpose="redeem"):
        with at(seconds):
            return codes.issue(
                session, ledger_id=place.ledger_id, member_id=member.id, purpose=purpose
            )

    oldest, newer = make(0), make(10)
    other_purpose = make(15, "attend")
    newest = make(20)
    with at(21):
        with pytest.raises(CodeExpired), attempt(session):
            consume(session, place.ledger_id, oldest.token)
        assert consume(session, place.ledger_id, newer.token)
        assert consume(session, place.ledger_id, newest.token)
        assert consume(session, place.ledger_id, other_purpose.token, "attend")


def test_parallel_issues_never_leave_three_live(app, session, place, member):
    at_once(
        app,
        [
            lambda own: codes.issue(
                own, ledger_id=place.ledger_id, member_id=member.id, purpose="redeem"
            )
        ]
        * 8,
    )
    live = [row for row in stored(session, place.ledger_id) if row[3] > clock.now()]
    assert len(live) == 2


def test_a_merged_member_gets_no_code(session, place, member):
    session.execute(
        sa.update(Member)
        .where(Member.ledger_id == place.ledger_id, Member.id == member.id)
        .values(state="left")
    )
    session.commit()
    with pytest.raises(MemberNotActive), attempt(session):
        codes.issue(session, ledger_id=place.ledger_id, member_id=member.id, purpose="redeem")
    assert stored(session, place.ledger_id) == []


def test_the_phone_sees_what_became_of_its_code(session, place, member, issued):
    def now():
        return codes.status(session, ledger_id=place.ledger_id, code_hash=issued.code_hash)

    with at(1):
        assert (now().state, now().member_id, now().result) == ("live", member.id, None)
        spent = consume(session, place.ledger_id, issued.token)
        codes.note_result(session, spent, {"number": "JINXI-R1", "points": 20})
    with at(3600):
        assert now().state == "used"
        assert now().used_at == NOON + timedelta(seconds=1)
        assert now().result == {"number": "JINXI-R1", "points": 20}


def test_an_unused_code_ends_as_expired(session, place, issued):
    with at(60):
        status = codes.status(session, ledger_id=place.ledger_id, code_hash=issued.code_hash)
    assert status.state == "expired"
    with pytest.raises(NotFound):
        codes.status(session, ledger_id=place.ledger_id, code_hash=b"0" * 32)


def refuse_after_noting(session, spent):
    codes.note_result(session, spent, {"outcome": "undone"})
    raise NotFound


def test_a_used_code_stays_used_when_the_verb_refuses(session, place, issued):
    with at(1):
        spent = consume(session, place.ledger_id, issued.token)
        with pytest.raises(NotFound), attempt(session):
            refuse_after_noting(session, spent)
        session.commit()
        with pytest.raises(CodeAlreadyUsed), attempt(session):
            consume(session, place.ledger_id, issued.token)
    status = codes.status(session, ledger_id=place.ledger_id, code_hash=issued.code_hash)
    assert status.result is None


def test_old_codes_are_pruned_and_newer_ones_stay(session, place, member, issued):
    with at(600):
        codes.issue(session, ledger_id=place.ledger_id, member_id=member.id, purpose="attend")
    codes.prune(session, ledger_id=place.ledger_id, before_at=NOON + timedelta(seconds=300))
    assert len(stored(session, place.ledger_id)) == 1
