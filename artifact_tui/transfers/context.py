"""What all transfers of one engine share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

from artifact_tui.clock import Clock
from artifact_tui.domain.provider import ArtifactStore, Offline
from artifact_tui.retry import Retrier, RetryPolicy


class EngineContext:
    """Handed on by the engine; ``host`` is the one the artifacts come from, ``crashed`` is told of its own mistakes."""

    def __init__(
        self,
        *,
        host: str,
        make_storage: Callable[[], ArtifactStore],
        policy: RetryPolicy,
        new_tries: Callable[[], Retrier],
        clock: Clock,
        crashed: Callable[[Exception], None],
    ) -> None:
        self.host: Final = host
        self.policy: Final = policy
        self.new_tries: Final = new_tries
        self.clock: Final = clock
        self.crashed: Final = crashed
        self._make_storage = make_storage
        self._storage: ArtifactStore | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._making = threading.Lock()
        """Held while the storage is made, which may take long: whoever closes does not wait for it."""

    @property
    def storage(self) -> ArtifactStore:
        """Made by the first thread that needs one, for it may read a token from a slow place.

        Raises :class:`Offline` after :meth:`close`.
        """
        with self._making:
            storage = self._open()
            if storage is not None:
                return storage
            made = self._make_storage()
            with self._lock:
                if not self._closed:
                    self._storage = made
                    return made
        made.close()
        raise _closed()

    def close(self) -> None:
        """Close the storage, if there is one; a thread that is still making one closes it."""
        with self._lock:
            self._closed = True
            storage, self._storage = self._storage, None
        if storage is not None:
            storage.close()

    def _open(self) -> ArtifactStore | None:
        with self._lock:
            if self._closed:
                raise _closed()
            return self._storage


def _closed() -> Offline:
    return Offline("The connections are closed.")
