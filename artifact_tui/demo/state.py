"""The current world of a demo server, by ID."""

from collections import defaultdict
from collections.abc import Iterable

from artifact_tui.demo.data import DemoArtifact, DemoCache, DemoRepository, DemoRun, DemoWorkflow, Person, World
from artifact_tui.demo.sample_caches import sample_caches

_RETENTION = {"infrastructure": 30, "fuzz-corpus": 30, "kestrel-docs": 1}
"""Days by name of the repository; 90 for all others."""


class Store:
    """A world in which artifacts, runs and caches can be deleted and artifacts can be added.

    `retention` holds the days that were set, by ID of the repository; the others have those of `retention_of`. `ever`
    keeps deleted artifacts.
    """

    def __init__(self, world: World) -> None:
        self.people: dict[str, Person] = {person.login: person for person in world.people}
        self.repositories: dict[int, DemoRepository] = {item.id: item for item in world.repositories}
        self.workflows: dict[int, DemoWorkflow] = {item.id: item for item in world.workflows}
        self.runs: dict[int, DemoRun] = {item.id: item for item in world.runs}
        self.ever = world.artifacts
        self.artifacts: dict[int, DemoArtifact] = {item.id: item for item in world.artifacts}
        self._names = {item.full_name.lower(): item for item in world.repositories}
        self._former = {f"{r.owner}/{r.former_name}".lower(): r for r in world.repositories if r.former_name}
        self._by_repository = _grouped(world.artifacts, "repository")
        self._by_run = _grouped(world.artifacts, "run")
        self.troubles = world.troubles
        self._newest_first: dict[int, list[DemoArtifact]] = {}
        self._runs = _grouped(world.runs, "repository")
        self.retention: dict[int, int] = {}
        self._caches: dict[int, list[DemoCache]] = {}

    def repository(self, full_name: str) -> DemoRepository | None:
        """Return the repository with that name, ignoring case."""
        return self._names.get(full_name.lower())

    def former(self, full_name: str) -> DemoRepository | None:
        """Return the repository that had that name before."""
        return self._former.get(full_name.lower())

    def repository_artifacts(self, repository: int) -> list[DemoArtifact]:
        """Return the artifacts of a repository, newest first."""
        if repository not in self._newest_first:
            known = reversed(self._by_repository[repository])
            self._newest_first[repository] = [self.artifacts[n] for n in known if n in self.artifacts]
        return self._newest_first[repository]

    def run_artifacts(self, run: int) -> list[DemoArtifact]:
        """Return the artifacts of a run, newest first."""
        return [self.artifacts[number] for number in reversed(self._by_run[run]) if number in self.artifacts]

    def repository_runs(self, repository: int) -> list[DemoRun]:
        """Return the runs of a repository, newest first."""
        return [self.runs[number] for number in reversed(self._runs[repository]) if number in self.runs]

    def retention_of(self, repository: DemoRepository) -> int:
        """Return the days that new artifacts of a repository are kept."""
        return self.retention.get(repository.id, _RETENTION.get(repository.name, 90))

    def caches(self, repository: DemoRepository) -> list[DemoCache]:
        """Return the caches of a repository, oldest first."""
        if repository.id not in self._caches:
            self._caches[repository.id] = sample_caches(repository)
        return self._caches[repository.id]

    def delete_cache(self, repository: DemoRepository, number: int) -> None:
        """Delete a cache."""
        self._caches[repository.id] = [cache for cache in self.caches(repository) if cache.id != number]

    def add(self, artifact: DemoArtifact) -> None:
        """Add an artifact, whose ID must be the highest."""
        self._newest_first.clear()
        self.artifacts[artifact.id] = artifact
        self._by_repository[artifact.repository].append(artifact.id)
        self._by_run[artifact.run].append(artifact.id)

    def delete_artifact(self, number: int) -> None:
        """Delete an artifact."""
        self._newest_first.clear()
        del self.artifacts[number]

    def delete_run(self, number: int) -> None:
        """Delete a run and its artifacts."""
        self._newest_first.clear()
        del self.runs[number]
        for artifact in self._by_run.pop(number, []):
            self.artifacts.pop(artifact, None)


def _grouped(items: Iterable[DemoArtifact | DemoRun], attribute: str) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = defaultdict(list)
    for item in items:
        groups[getattr(item, attribute)].append(item.id)
    return groups
