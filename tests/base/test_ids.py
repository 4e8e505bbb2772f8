"""Ids grow with time, within one millisecond and when the clock goes back."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

from app.base.ids import new_id


def test_ids_made_one_after_another_grow():
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}


def test_an_id_tells_the_millisecond_it_was_made_in():
    before = time.time_ns() // 1_000_000
    milliseconds = new_id().int >> 80
    assert before <= milliseconds <= time.time_ns() // 1_000_000


def test_ids_grow_when_the_clock_goes_back(monkeypatch):
    last, now = new_id(), time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: now - 10_000_000_000)
    assert last < new_id() < new_id()


def test_threads_make_different_ids():
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: new_id(), range(4_000)))
    assert len(set(made)) == len(made)
