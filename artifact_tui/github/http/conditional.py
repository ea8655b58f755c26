"""Responses kept in memory for conditional requests, which do not count against the primary rate limit."""

from __future__ import annotations

from collections import OrderedDict

from msgspec import Struct

from artifact_tui.github.http.response import Response


class AnswerKey(Struct, frozen=True):
    """What a response depends on; ``identity`` tells accounts apart within this process."""

    url: str
    accept: str
    api_version: str
    identity: str


class MemoryStore:
    """A store of the responses used last, limited by the size of their bodies."""

    def __init__(self, capacity: int = 2 * 1024 * 1024) -> None:
        self._capacity = capacity
        self._size = 0
        self._answers: OrderedDict[AnswerKey, Response] = OrderedDict()

    def get(self, key: AnswerKey) -> Response | None:
        """Return the response for ``key``, and mark it as used last."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: AnswerKey, answer: Response) -> None:
        """Store a response, and drop those not used for the longest time."""
        old = self._answers.pop(key, None)
        self._size += len(answer.body) - (len(old.body) if old else 0)
        self._answers[key] = answer
        while self._size > self._capacity:
            _, forgotten = self._answers.popitem(last=False)
            self._size -= len(forgotten.body)
