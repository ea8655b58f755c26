"""State shared by all transfers of an engine."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

from artifact_tui.clock import Clock
from artifact_tui.domain.provider import ArtifactStore, Offline
from artifact_tui.retry import Retrier, RetryPolicy

_CLOSED = "The connections are closed."


class EngineContext:
    """State shared by downloads and deletions; ``host`` is the server of the artifacts.

    ``crashed`` is called with each bug, ``new_id`` returns the next transfer ID, ``new_tries`` counts failures.
    """

    def __init__(
        self,
        *,
        host: str,
        make_storage: Callable[[], ArtifactStore],
        policy: RetryPolicy,
        random: Random,
        clock: Clock,
        crashed: Callable[[Exception], None],
    ) -> None:
        self.host: Final = host
        self.policy: Final = policy
        self.clock: Final = clock
        self.crashed: Final = crashed
        self.new_id: Final = partial(next, itertools.count(1))
        self.new_tries: Final = partial(Retrier, policy, random, clock)
        self._make_storage = make_storage
        self._storage: ArtifactStore | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._making = threading.Lock()  # held while the store is made; closing does not wait for it

    @property
    def storage(self) -> ArtifactStore:
        """The store, made by the first thread that needs it, because that may block; raises Offline when closed."""
        with self._making:
            if (storage := self._open()) is not None:
                return storage
            made = self._make_storage()
            with self._lock:
                if not self._closed:
                    self._storage = made
                    return made
        made.close()
        raise Offline(_CLOSED)

    def close(self) -> None:
        """Close the store; a thread that is still making one closes it."""
        with self._lock:
            self._closed = True
            storage, self._storage = self._storage, None
        if storage is not None:
            storage.close()

    def _open(self) -> ArtifactStore | None:
        with self._lock:
            if self._closed:
                raise Offline(_CLOSED)
            return self._storage
