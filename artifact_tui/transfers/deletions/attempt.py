"""One try to delete one artifact: looked at before, sent once, and looked at again when the answer leaves a doubt."""

from __future__ import annotations

from collections.abc import Callable

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import (
    ArtifactExpired,
    ArtifactStore,
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
    """The artifact was not found once; only a second 404 after a pause means that it is gone."""


_REFUSALS = (SignedOut, Forbidden, RateLimited, Refused, ArtifactExpired)
"""After these nothing was deleted; any other error leaves that open."""


class Attempt:
    """Deletes one artifact of a confirmed plan in the calling thread; the only place that sends a DELETE.

    ``saving`` says that the person has begun to download it since the plan was confirmed: then it stays.
    ``started`` is called right before the request is sent, and may raise: then nothing is sent. What is raised by
    :meth:`run` says whether the same may be tried again: after Offline, ServerTrouble and RateLimited the next try
    begins with a look, so that nothing is sent twice without one in between. ``may_delete`` says that the server has
    deleted others of the plan: then a DELETE that answers 404 for what is still there is sent once more.
    """

    def __init__(
        self,
        repository: RepositoryName,
        delete: DeleteJob,
        storage: ArtifactStore,
        pace: DeletePacer,
        started: Callable[[DeleteJob], None],
        saving: Callable[[DeleteJob], bool],
        *,
        may_delete: bool,
    ) -> None:
        self._repository = repository
        self._delete = delete
        self._artifact = delete.shown.artifact
        self._storage = storage
        self._pace = pace
        self._started = started
        self._saving = saving
        self._may_delete = may_delete

    def run(self) -> None:
        """Until it is known to be gone or changed; raises ProviderError, JournalError or Stopped."""
        self._delete.enter(State.DELETING)
        try:
            present = self._look()
            if present is None:
                self._delete.gone()
            elif change := changes(self._artifact, present):
                problem = f"Skipped: changed since review: {change}."
                self._delete.settle(Outcome.SKIPPED, problem, "Refresh the list and review it again.")
            elif self._saving(self._delete):
                problem = "Skipped: download in progress."
                self._delete.settle(Outcome.SKIPPED, problem, "Delete it again if you still want to.")
            else:
                self._send()
        except SsoRequired:
            raise
        except (Forbidden, SignedOut) as error:
            if isinstance(error, Forbidden) and error.by_rule:
                raise
            error.next_step = f"{error.next_step} {PERMISSION}".strip()
            raise

    def _look(self) -> Artifact | None:
        """Return the artifact as it is now, None when two looks in a row, in a repository that is seen, found none.

        Raises NotFoundOnce after the first of them: a single 404 may be spurious, or say "no permission".
        """
        present = self._storage.exists(self._repository, self._artifact.id)
        found = None if present else Look.GONE if self._storage.sees(self._repository) else Look.HIDDEN
        before, self._delete.last_look = self._delete.last_look, found
        if found is not before and found is not None:
            raise NotFoundOnce("Not found once. Checking again.", LOOK)
        if found is Look.HIDDEN:
            raise NotFound(
                f"{self._repository} was not found, or this account can no longer access it.",
                "Check its name, or sign in with another token.",
            )
        self._delete.doubt(False)
        return present

    def _send(self) -> None:
        with self._delete.committed():
            self._begin()
            try:
                self._storage.delete(self._repository, self._artifact.id)
            except NotFound:
                self._delete.refused()
                self._settle_not_found()
            except _REFUSALS:
                self._delete.refused()
                raise
            except Exception:  # whatever it was, it may have come after the deed
                self._delete.doubt(True)
                raise
            finally:
                self._pace.sent()
            self._delete.gone()

    def _begin(self) -> None:
        try:
            self._started(self._delete)
        except JournalError:
            self._delete.refused()
            raise

    def _settle_not_found(self) -> None:
        """Tell "gone" from "no permission", which are both 404, by whether it can still be seen."""
        if self._look() is None:
            return
        was_denied, self._delete.is_denied = self._delete.is_denied, True
        if self._may_delete and not was_denied:
            raise ServerTrouble("The server answered 404 to DELETE, but the artifact still exists.") from None
        raise Forbidden("This token may see the artifact but not delete it.", scope="actions=write") from None


def changes(planned: Artifact, present: Artifact) -> str:
    """Return what tells the artifact that is there from the one that was planned; empty when nothing does."""
    if planned.name != present.name:
        return f"it is now called {printable(present.name, 60)}"
    if planned.size_in_bytes != present.size_in_bytes:
        return f"it now has {size(present.size_in_bytes)} instead of {size(planned.size_in_bytes)}"
    if planned.created_at != present.created_at:
        return "it was created at another time"
    return ""
