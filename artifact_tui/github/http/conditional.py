"""Answers kept for conditional requests: ``If-None-Match`` makes a second look free of the primary rate limit.

Kept in memory only; :class:`AnswerStore` is where a store on disk would go.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

from msgspec import Struct

from artifact_tui.github.http.response import Response


class AnswerKey(Struct, frozen=True):
    """What an answer depends on; ``identity`` tells accounts apart and means nothing outside this process."""

    url: str
    accept: str
    api_version: str
    identity: str


class AnswerStore(Protocol):
    """Somewhere to keep answers; only those with an ETag come here."""

    def get(self, key: AnswerKey) -> Response | None:
        """Return the answer kept under ``key``, None without one."""

    def put(self, key: AnswerKey, answer: Response) -> None:
        """Keep an answer in place of an older one."""


class MemoryStore:
    """Keeps the answers used last, up to a number of bytes of bodies."""

    def __init__(self, capacity: int = 32 * 1024 * 1024) -> None:
        self._capacity = capacity
        self._size = 0
        self._answers: OrderedDict[AnswerKey, Response] = OrderedDict()

    def get(self, key: AnswerKey) -> Response | None:
        """Return the answer kept under ``key``, which is now the one used last."""
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, key: AnswerKey, answer: Response) -> None:
        """Keep an answer, and forget those not used for longest when they no longer fit."""
        old = self._answers.pop(key, None)
        self._size += len(answer.body) - (len(old.body) if old else 0)
        self._answers[key] = answer
        while self._size > self._capacity:
            _, forgotten = self._answers.popitem(last=False)
            self._size -= len(forgotten.body)
