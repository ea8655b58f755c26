"""Why a plan, or the rest of some of its repositories, stopped."""

from __future__ import annotations

from artifact_tui.domain.models import RepositoryName


class StopReasons:
    """The reason for the whole plan, and those for single repositories; guarded by the lock of the plan."""

    def __init__(self) -> None:
        self._general = ("", "")
        self._local: dict[RepositoryName, tuple[str, str]] = {}

    @property
    def repositories(self) -> tuple[RepositoryName, ...]:
        """The repositories whose rest stopped while the others went on; none once all stopped."""
        return () if self._general[0] else tuple(self._local)

    @property
    def problem(self) -> str:
        """The sentences, those for a repository after its name; empty if nothing stopped."""
        local = " ".join(f"{repository}: {problem}" for repository, (problem, _) in self._local.items())
        return self._general[0] or local

    @property
    def next_step(self) -> str:
        """What to do about it."""
        local = dict.fromkeys(step for _, step in self._local.values() if step)
        return self._general[1] if self._general[0] else " ".join(local)

    def add(self, problem: str, next_step: str, repository: RepositoryName | None = None) -> None:
        """Set the reason of the plan, or of the rest of a repository."""
        if repository is None:
            self._general = problem, next_step
        else:
            self._local[repository] = problem, next_step

    def clear(self, repository: RepositoryName | None = None) -> None:
        """Remove the reason of the plan, or of a repository, because it is retried."""
        if repository is None:
            self._general = "", ""
        else:
            self._local.pop(repository, None)
