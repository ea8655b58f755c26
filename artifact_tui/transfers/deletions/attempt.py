"""One attempt to delete one artifact: check it, send one DELETE, and check again if the response leaves a doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import (
    ArtifactExpired,
    ArtifactStore,
    BudgetSpent,
    Forbidden,
    NotFound,
    RateLimited,
    Refused,
    ServerTrouble,
    SignedOut,
    SsoRequired,
)
from artifact_tui.text import printable, size
from artifact_tui.transfers.deletions.job import LOOK, DeleteJob, Look
from artifact_tui.transfers.deletions.pacer import DeletePacer
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.models import Outcome, State

PERMISSION = "Deleting needs a token with the permission Actions: write (repo for a classic one)."


class NotFoundOnce(ServerTrouble):
    """A 404 that may be spurious; only a second one after a pause counts."""


_REFUSALS = (
    SignedOut,
    Forbidden,
    RateLimited,
    BudgetSpent,
    Refused,
    ArtifactExpired,
)  # errors that mean nothing was deleted


@dataclass(frozen=True)
class Attempt:
    """Deletes one artifact of a confirmed plan in the calling thread; the only place that sends a DELETE.

    ``saving`` returns whether the user has started to download it since the confirmation; then it is skipped.
    ``started`` is called right before the request, and if it raises, nothing is sent. After Offline, ServerTrouble and
    RateLimited from :meth:`run` another attempt may follow. It checks the artifact first, so no DELETE is repeated
    without a check.
    """

    delete: DeleteJob
    storage: ArtifactStore
    pace: DeletePacer
    started: Callable[[DeleteJob], None]
    saving: Callable[[DeleteJob], bool]

    @property
    def repository(self) -> RepositoryName:
        """The repository of the artifact."""
        return self.delete.shown.repository

    def run(self) -> None:
        """Settle the artifact as deleted or skipped; raise ProviderError, JournalError or Stopped."""
        self.delete.enter(State.DELETING)
        try:
            present = self._look()
            if present is None:
                self.delete.gone()
            elif not self._skip(present):
                self._send()
        except SsoRequired:
            raise
        except (Forbidden, SignedOut) as error:
            if not (isinstance(error, Forbidden) and error.by_rule):
                error.next_step = f"{error.next_step} {PERMISSION}".strip()
            raise

    def _look(self) -> Artifact | None:
        """Return the artifact as it is now, or None after two misses in a row; the first one raises NotFoundOnce."""
        present = self.storage.exists(self.repository, self.delete.shown.artifact.id)
        found = None if present else Look.GONE if self.storage.sees(self.repository) else Look.HIDDEN
        before, self.delete.last_look = self.delete.last_look, found
        if found is not before and found is not None:
            raise NotFoundOnce("Not found once. Checking again.", LOOK)
        if found is Look.HIDDEN:
            raise NotFound(
                f"{self.repository} was not found, or this account can no longer access it.",
                "Check its name, or sign in with another token.",
            )
        self.delete.doubt(False)
        return present

    def _skip(self, present: Artifact) -> bool:
        if change := changes(self.delete.shown.artifact, present):
            problem, next_step = f"Skipped: changed since review: {change}.", "Refresh the list and review it again."
        elif self.saving(self.delete):
            problem, next_step = "Skipped: download in progress.", "Delete it again if you still want to."
        else:
            return False
        self.delete.settle(Outcome.SKIPPED, problem, next_step)
        return True

    def _send(self) -> None:
        with self.pace.turn(), self.delete.committed():
            self._begin()
            try:
                self.storage.delete(self.repository, self.delete.shown.artifact.id)
            except NotFound:
                self.delete.refused()
                self._settle_not_found()
            except _REFUSALS:
                self.delete.refused()
                raise
            except Exception:  # the server may have deleted it before the error
                self.delete.doubt(True)
                raise
            self.delete.gone()

    def _begin(self) -> None:
        try:
            self.started(self.delete)
        except JournalError:
            self.delete.refused()
            raise

    def _settle_not_found(self) -> None:
        """Tell "gone" from "no permission", both 404; a first 404 may be spurious and gets one more DELETE."""
        was_denied, self.delete.is_denied = self.delete.is_denied, True
        if self._look() is None:
            return
        if not was_denied:
            raise NotFoundOnce("DELETE returned 404, but the artifact still exists. Retrying once.") from None
        raise Forbidden("This token can see the artifact but not delete it.", scope="actions=write") from None


def changes(planned: Artifact, present: Artifact) -> str:
    """Return how the artifact differs from the planned one, as a clause; empty if it does not."""
    if planned.name != present.name:
        return f"it is now called {printable(present.name, 60)}"
    if planned.size_in_bytes != present.size_in_bytes:
        return f"it now has {size(present.size_in_bytes)} instead of {size(planned.size_in_bytes)}"
    if planned.created_at != present.created_at:
        return "it has a different creation time"
    return ""
