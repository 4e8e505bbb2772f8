"""Evidence photos: encrypted, three at most, and the same picture twice is a case for people."""

import pytest
import sqlalchemy as sa

from app.base import pictures
from app.base.errors import NotFound
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people.models import Audit
from app.points import photos
from app.points.errors import PhotosFull
from app.points.models import Photo
from app.points.photos import Subject
from app.risk import signals
from tests.factories import pictures as files
from tests.factories import points as make


@pytest.fixture
def world(stage):
    return stage.put_up(make.world, "session")


@pytest.fixture
def member(session, world):
    return make.member(session, world)


def add(session, world, subject, seed=0):
    picture = pictures.take(files.photo(seed=seed))
    return photos.add(
        session, ledger_id=world.ledger_id, subject=subject, picture=picture, actor=world.staff
    )


def backfill_of(member):
    return Subject("backfill", new_id(), member.id)


def stored(session, world):
    query = sa.select(Photo).where(Photo.ledger_id == world.ledger_id)
    return list(session.scalars(query.order_by(Photo.ordinal)))


def cases(session, world):
    return signals.list_open(session, ledger_id=world.ledger_id, rule_code=photos.RULE)


def test_a_photo_lies_encrypted_and_opens_as_it_was(session, world, member):
    kept = add(session, world, backfill_of(member))
    (row,) = stored(session, world)
    assert b"JFIF" not in row.content_cipher
    jpeg = photos.read(session, ledger_id=world.ledger_id, photo_id=kept.id)
    assert jpeg == pictures.take(files.photo()).jpeg
    assert (row.byte_count, row.width, row.height) == (len(jpeg), 400, 300)


def test_a_cipher_moved_to_another_row_does_not_open(session, world, member):
    one, other = (add(session, world, backfill_of(member), seed) for seed in (1, 2))
    first, second = (session.get(Photo, (world.ledger_id, each.id)) for each in (one, other))
    second.content_cipher = first.content_cipher
    session.flush()
    with pytest.raises(ValueError, match="does not open"):
        photos.read(session, ledger_id=world.ledger_id, photo_id=other.id)


def test_three_photos_and_no_more(session, world, member):
    subject = backfill_of(member)
    for seed in range(3):
        add(session, world, subject, seed)
    session.commit()
    with pytest.raises(PhotosFull), attempt(session):
        add(session, world, subject, 9)
    assert [row.ordinal for row in stored(session, world)] == [1, 2, 3]


def test_the_same_photo_for_the_same_thing_is_kept_once(session, world, member):
    subject = backfill_of(member)
    assert add(session, world, subject).id == add(session, world, subject).id
    assert (len(stored(session, world)), cases(session, world)) == (1, [])


def test_the_same_photo_for_another_service_is_a_case_for_people(session, world, member):
    other = make.member(session, world, "任清和")
    first = add(session, world, backfill_of(member))
    second = add(session, world, backfill_of(other))
    assert (first.is_repeat, second.is_repeat) == (False, True)
    (case,) = cases(session, world)
    assert (case.subject_id, case.facts["first_photo_id"]) == (other.id, str(first.id))


def test_photos_are_listed_by_what_they_prove(session, world, member):
    one, other = backfill_of(member), backfill_of(member)
    kept = [add(session, world, one, seed).id for seed in (1, 2)]
    add(session, world, other, 3)
    found = photos.list_of(
        session, ledger_id=world.ledger_id, kind="backfill", subject_ids=[one.id]
    )
    assert {subject_id: [each.id for each in listed] for subject_id, listed in found.items()} == {
        one.id: kept
    }


def test_that_staff_looked_is_written_down(session, world, member):
    kept = add(session, world, backfill_of(member))
    photos.note_opened(session, ledger_id=world.ledger_id, photo=kept, actor=world.second)
    query = sa.select(Audit).where(
        Audit.ledger_id == world.ledger_id, Audit.action == "photo_opened"
    )
    assert session.scalars(query).one().actor_id == world.second.person_id


def test_an_erased_members_photos_are_gone(session, world, member):
    kept = add(session, world, backfill_of(member))
    other = add(session, world, backfill_of(make.member(session, world, "任清和")), 5)
    photos.forget_all(session, person_id=member.person_id)
    assert [row.id for row in stored(session, world)] == [other.id]
    for act in (photos.get, photos.read):
        with pytest.raises(NotFound):
            act(session, ledger_id=world.ledger_id, photo_id=kept.id)
