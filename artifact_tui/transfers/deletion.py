"""One delete: looked at before, sent once, and looked at again whenever the answer leaves a doubt."""

from __future__ import annotations

import threading
from collections.abc import Callable

from artifact_tui.model import Artifact
from artifact_tui.provider import Forbidden, NotFound, Offline, ProviderError, RateLimited, ServerTrouble, Storage
from artifact_tui.text import printable, size
from artifact_tui.transfers.job import Job
from artifact_tui.transfers.patience import PASSING, Parked, Tries
from artifact_tui.transfers.transfer import ConfirmedPlan, Outcome, State
from artifact_tui.transfers.trouble import TransferTrouble

_UNKNOWN = "GitHub did not say whether it was deleted."
_LOOK = "Refresh the list to see whether it is still there."


class Pace:
    """GitHub asks for a second at least between requests that change something.

    https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
    """

    def __init__(self, interval: float, monotonic: Callable[[], float]) -> None:
        self._interval = interval
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._next = monotonic()

    def left(self) -> float:
        """Seconds until the next delete may be sent."""
        with self._lock:
            return max(0.0, self._next - self._monotonic())

    def sent(self) -> None:
        """One was answered just now."""
        with self._lock:
            self._next = self._monotonic() + self._interval


class Deletion:
    """Deletes one artifact of a confirmed plan in the calling thread; the only place that asks a storage to.

    Raises ProviderError when it failed, TransferTrouble when that is not known, Stopped before anything was sent.
    """

    def __init__(
        self, confirmed: ConfirmedPlan, artifact: Artifact, job: Job, storage: Storage, tries: Tries, pace: Pace
    ) -> None:
        if artifact not in confirmed.plan.artifacts:
            raise ValueError(f"artifact {artifact.id} is not in the confirmed plan")
        self._repository = confirmed.plan.repository
        self._artifact = artifact
        self._job = job
        self._storage = storage
        self._tries = tries
        self._pace = pace
        self._sent = 0
        self._in_doubt = False

    def run(self) -> None:
        """Until it is known to be gone, changed, or not to be had."""
        while True:
            if (seconds := self._pace.left()) > 0:
                self._job.wait(seconds)
            try:
                self._attempt()
            except PASSING as error:
                self._job.wait(self._wait_after(error), error.sentence)
            else:
                return

    def _wait_after(self, error: ProviderError) -> float:
        try:
            return self._tries.wait_after(error)
        except Parked as parked:
            raise RateLimited(parked.problem, "Retry after that.", until=parked.until) from None
        except PASSING:
            if self._in_doubt:
                raise TransferTrouble(f"{_UNKNOWN} {error.sentence}", _LOOK) from error
            raise

    def _attempt(self) -> None:
        self._job.enter(State.DELETING, problem="")
        present = self._storage.exists(self._repository, self._artifact.id)
        if present is None:
            self._gone()
            return
        self._doubt(False)
        if change := changes(self._artifact, present):
            self._job.end(
                State.FAILED,
                outcome=Outcome.SKIPPED,
                problem=f"Skipped, because it has changed since you chose it: {change}.",
                next_step="Refresh the list and look at it again.",
            )
            return
        with self._job.committed():
            self._send()

    def _send(self) -> None:
        self._sent += 1
        self._job.enter(State.DELETING, tries=self._sent)
        try:
            self._storage.delete(self._repository, self._artifact.id)
        except NotFound:
            self._settle_not_found()
        except (Offline, ServerTrouble):
            self._doubt(True)
            raise
        finally:
            self._pace.sent()
        self._gone()

    def _settle_not_found(self) -> None:
        """404 says "gone" or "no permission"; whether it can still be seen tells which."""
        self._sent -= 1
        if self._storage.exists(self._repository, self._artifact.id) is not None:
            raise Forbidden(
                "This token may see the artifact but not delete it.",
                "Use a token with the permission Actions: write.",
                scope="actions=write",
            ) from None

    def _gone(self) -> None:
        """Deleted by a request of ours, or by somebody else before it."""
        self._job.end(State.DONE, outcome=Outcome.DELETED if self._sent else Outcome.ALREADY_GONE, problem="")

    def _doubt(self, in_doubt: bool) -> None:
        self._in_doubt = in_doubt
        if in_doubt:
            self._job.if_cancelled(outcome=Outcome.FAILED, problem=_UNKNOWN, next_step=_LOOK)
        else:
            self._job.if_cancelled(outcome=Outcome.NOT_TRIED)


def changes(planned: Artifact, present: Artifact) -> str:
    """What tells the artifact that is there from the one that was planned; empty when nothing does."""
    if planned.name != present.name:
        return f"it is now called {printable(present.name, 60)}"
    if planned.size_in_bytes != present.size_in_bytes:
        return f"it now has {size(present.size_in_bytes)} instead of {size(planned.size_in_bytes)}"
    if planned.created_at != present.created_at:
        return "it was made at another time"
    return ""
