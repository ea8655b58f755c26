"""GitHub's objects as the records of JSON and TSV, with GitHub's names and types."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins

from artifact_tui.cli.line.failures import rfc3339
from artifact_tui.domain.models import Artifact, Repository, RepositoryName, WorkflowRun
from artifact_tui.domain.urls import artifact_endpoint


def left_out(
    *, expired: int = 0, forks: int = 0, older_attempts: int = 0, over_limit: int | None = 0
) -> dict[str, int | None]:
    """Return the counts of what a document leaves out; None if unknown."""
    return {
        "expired": expired,
        "forks": forks,
        "older_attempts": older_attempts,
        "protected": 0,
        "over_limit": over_limit,
    }


def artifact_record(
    artifact: Artifact, repository: RepositoryName, api_url: str, run: WorkflowRun | None = None
) -> dict[str, Any]:
    """Return the record of an artifact; ``attempt`` is known only with its run."""
    url = artifact_endpoint(artifact, repository, api_url)
    kind, number = artifact.attempt(run) if run else ("", 0)
    return {
        "id": artifact.id,
        "name": artifact.name,
        "size_in_bytes": artifact.size_in_bytes,
        "digest": artifact.digest,
        "expired": artifact.expired,
        "created_at": rfc3339(artifact.created_at),
        "updated_at": rfc3339(artifact.updated_at),
        "expires_at": rfc3339(artifact.expires_at),
        "url": url,
        "archive_download_url": f"{url}/zip",
        "workflow_run": artifact.workflow_run and to_builtins(artifact.workflow_run),
        "from_fork": artifact.from_fork,
        "attempt": {"kind": kind, "number": number} if run else None,
    }


def run_record(run: WorkflowRun) -> dict[str, Any]:
    """Return the record of a workflow run."""
    return {
        "id": run.id,
        "name": run.name,
        "display_title": run.display_title,
        "run_number": run.run_number,
        "run_attempt": run.attempt,
        "event": run.event,
        "status": run.status,
        "conclusion": run.conclusion,
        "head_branch": run.head_branch,
        "head_sha": run.head_sha,
        "path": run.path,
        "workflow_id": run.workflow_id,
        "html_url": run.html_url,
        "actor": run.actor and {"login": run.actor.login},
        "created_at": rfc3339(run.created_at),
        "updated_at": rfc3339(run.updated_at),
        "run_started_at": rfc3339(run.run_started_at),
        "from_fork": run.from_fork,
    }


def unknown_run(number: int) -> dict[str, Any]:
    """Return the record of a run of which only the ID is known."""
    return dict.fromkeys(run_record(WorkflowRun(id=number))) | {"id": number}


def repository_record(repository: Repository) -> dict[str, Any]:
    """Return the record of a repository."""
    return {
        "id": repository.id,
        "full_name": repository.full_name,
        "private": repository.private,
        "archived": repository.archived,
        "fork": repository.fork,
        "description": repository.description,
        "default_branch": repository.default_branch,
        "pushed_at": rfc3339(repository.pushed_at),
        "html_url": repository.html_url,
    }
