"""Ids grow with time, within one millisecond and when the clock goes back."""

import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as st

from app.base.ids import RANDOM_BITS, new_id, number_after

MILLISECONDS, RANDOM = st.integers(1, 2**47), st.integers(0, 2**80 - 1)


def test_ids_made_one_after_another_grow():
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(set(made))
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}


def test_an_id_tells_the_millisecond_it_was_made_in():
    before = time.time_ns() // 1_000_000
    milliseconds = new_id().int >> 80
    assert before <= milliseconds <= time.time_ns() // 1_000_000


@given(last_ms=MILLISECONDS, last_random=RANDOM, milliseconds=MILLISECONDS, random=RANDOM)
def test_the_next_id_is_greater_whatever_the_clock_says(last_ms, last_random, milliseconds, random):
    last = number_after(0, last_ms, last_random)
    following = number_after(last, milliseconds, random)

    assert following > last
    assert following >> RANDOM_BITS >= milliseconds


def test_threads_make_different_ids():
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: new_id(), range(4_000)))
    assert len(set(made)) == len(made)
