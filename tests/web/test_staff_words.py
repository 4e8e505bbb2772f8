"""Whatever the rooms call by code has a word at the desk: no code stands bare before a person."""

import pytest

from app.activities.models import ACTIVITY_STATES, ATTENDANCE_STATES, DOORS
from app.community import settings
from app.points.models_grant import PROVENANCES, SOURCE_KINDS
from app.reports import proofs
from app.risk import rules
from app.web.staff import proof_words
from app.web.staff.words import WORDS
from tests.factories import points

CODES = {
    "activity": ACTIVITY_STATES,
    "stay": ATTENDANCE_STATES,
    "door": (*DOORS, "auto"),
    "setting": tuple(settings.REGISTRY),
    "rule": tuple(rule.code for rule in rules.REGISTRY),
    "provenance": PROVENANCES,
    "source": SOURCE_KINDS,
    "objection": ("attendance", "grant", "redemption", "notice"),
}


@pytest.mark.parametrize("kind", CODES)
def test_every_code_has_its_word(kind):
    assert set(CODES[kind]) <= set(WORDS[kind])


def test_every_check_of_the_proof_is_said_in_plain_words(session):
    world = points.world(session)
    found = proofs.prove(session, ledger_id=world.ledger_id).checks

    assert {each.name for each in found} <= set(proof_words.SENTENCES)
