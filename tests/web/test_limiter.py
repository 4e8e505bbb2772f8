"""The store that counts requests: a window for each key, forgotten when it has ended."""

from app.web import limiter
from app.web.limiter import SweptMemory


def test_a_counter_begins_anew_when_its_window_has_ended():
    store = SweptMemory()
    assert [store.incr("one", 60) for _ in range(3)] == [1, 2, 3]
    store.expirations["one"] = 0
    assert store.incr("one", 60) == 1


def test_what_has_ended_is_forgotten_on_the_way(monkeypatch):
    store = SweptMemory()
    store.incr("old", 60)
    store.expirations["old"] = 0
    monkeypatch.setattr(limiter, "SWEEP_SECONDS", -1)
    store.incr("new", 60)
    assert list(store.storage) == ["new"]
