"""Every state and topic has its words."""

import pytest

from app.activities.models import ACTIVITY_STATES, ATTENDANCE_STATES, DOORS
from app.people.consents import PURPOSES
from app.people.models_member import CARD_STATES
from app.people.models_person import ROLES
from app.people.topics import TOPICS
from app.points.models_grant import GRANT_STATES
from app.web.h5 import sentences
from app.web.h5.words import WORDS
from app.web.texts import TEXTS

SAMPLES = {
    "starts_at": "2026-03-10T01:00:00+00:00",
    "served_on": "2026-03-10",
    "happened_on": "2026-03-10",
    "expires_on": "2026-03-10",
    "expired_on": "2026-03-10",
    "until_on": "2026-03-10",
    "closes_on": "2026-03-10",
    "respond_by_at": "2026-03-10T01:00:00+00:00",
    "due_at": "2026-03-10T01:00:00+00:00",
    "return_until_at": "2026-03-09T01:00:00+00:00",
    "outcome": "code_expired",
    "reason": "roll,overlap",
    "verdict": "upheld",
    "role": "staff",
    **dict.fromkeys(("points", "minutes", "place", "days", "expired_points"), 60),
}


def test_every_topic_has_its_sentence_and_no_other():
    assert set(sentences.SENTENCES) == set(TOPICS)


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_a_topic_reads_as_a_sentence(topic):
    facts = {name: SAMPLES.get(name, "甲") for name in TOPICS[topic]}

    said = sentences.of(topic, facts)

    assert 0 < len(said.title) <= 12
    assert said.text
    assert "_" not in said.title + said.text


def test_an_application_that_waits_once_more_is_not_said_to_be_posted():
    facts = {"state": "held", "served_on": "2026-03-10", "points": 10, "reason": ""}

    said = sentences.of("application_decided", facts)

    assert said.title == "积分申报还要再看一次"
    assert "还没有记" in said.text


@pytest.mark.parametrize(
    ("subject", "codes"),
    [
        ("activity", ACTIVITY_STATES),
        ("stay", ATTENDANCE_STATES),
        ("door", DOORS),
        ("consent", PURPOSES),
        ("card", CARD_STATES),
        ("role", ROLES),
        ("grant", GRANT_STATES),
    ],
)
def test_every_state_has_a_word(subject, codes):
    assert set(codes) <= set(WORDS[subject])


@pytest.mark.parametrize(
    "topic",
    ["attendance_refused", "card_issued", "card_lost", "card_found", "card_cancelled"]
    + ["frozen", "released"],
)
def test_what_an_hours_only_book_tells_too_speaks_of_no_points(topic):
    said = sentences.of(topic, {name: SAMPLES.get(name, "甲") for name in TOPICS[topic]})

    assert "积分" not in said.title + said.text


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_refusal_has_a_page(client, code):
    answer = client.get(f"/problems/{code}")

    assert answer.status_code == 200
    assert TEXTS[code].zh in answer.text


def test_a_made_up_refusal_has_no_page(client):
    assert client.get("/problems/nonsense").status_code == 404
