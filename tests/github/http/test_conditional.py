"""Answers are kept for a second look, as many as fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.github.http.conditional import AnswerKey, MemoryStore
from artifact_tui.github.http.response import Response


def key(number: int, identity: str = "me") -> AnswerKey:
    return AnswerKey(f"https://api.github.com/{number}", "application/json", "2022-11-28", identity)


def answer(size: int) -> Response:
    return Response(200, {"etag": "x"}, bytes(size), "https://api.github.com/")


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60)), max_size=40))
def test_what_is_kept_never_outgrows_its_room(puts: list[tuple[int, int]]) -> None:
    store = MemoryStore(capacity=100)
    for number, size in puts:
        store.put(key(number), answer(size))
        newest = store.get(key(number))
        assert newest is not None
        assert len(newest.body) == size
    kept = [found for number in range(10) if (found := store.get(key(number)))]
    assert sum(len(found.body) for found in kept) <= 100


def test_what_was_used_last_stays() -> None:
    store = MemoryStore(capacity=100)
    for number in (1, 2):
        store.put(key(number), answer(50))
    store.get(key(1))
    store.put(key(3), answer(50))
    assert [number for number in (1, 2, 3) if store.get(key(number))] == [1, 3]


def test_accounts_do_not_see_each_others_answers() -> None:
    store = MemoryStore()
    store.put(key(1, "me"), answer(1))
    assert store.get(key(1, "you")) is None
