"""All known facts about an artifact, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from artifact_tui.domain.models import Artifact, Digest, RepositoryName, WorkflowRun
from artifact_tui.domain.urls import artifact_endpoint, artifact_page
from artifact_tui.text import printable, size, span
from artifact_tui.widgets.detail_pane import Field

NEAR_DAYS = 3  # an expiry within this many days is highlighted


def artifact_fields(
    artifact: Artifact,
    repository: RepositoryName,
    run: WorkflowRun | None,
    now: datetime,
    *,
    web_url: str,
    api_url: str,
) -> tuple[Field, ...]:
    """Return what the API reports, in words; ``run`` adds facts about the workflow run."""
    return (
        ("Name", printable(artifact.name, 2000)),
        ("Size", _exact_size(artifact)),
        ("Digest", _digest(artifact)),
        ("Created", moment(artifact.created_at, now)),
        ("Expires", moment(artifact.expires_at, now)),
        ("State", state_of(artifact, now)),
        *_run_fields(artifact, run),
        ("Updated", moment(artifact.updated_at, now)),
        ("Repository", printable(str(repository))),
        ("Artifact ID", str(artifact.id)),
        ("Page", artifact_page(artifact, repository, web_url) or "not reported by the server"),
        *_endpoints(artifact_endpoint(artifact, repository, api_url)),
        ("Actions", _possible(artifact, now)),
    )


def _endpoints(url: str) -> tuple[Field, Field]:
    return ("API", printable(url, 500)), ("Archive", f"{printable(url, 500)}/zip")


def run_label(artifact: Artifact, run: WorkflowRun | None) -> str:
    """Return a short label of the workflow run: ``release #412·2``, where 2 is the attempt, or its bare ID."""
    if artifact.run_id is None:
        return "—"
    if run is None:
        return str(artifact.run_id)
    suffix = "" if run.attempt == 1 else f"·{attempt_label(artifact, run)}"
    return f"{printable(run.name or 'run', 60)} #{run.run_number}{suffix}"


def attempt_label(artifact: Artifact, run: WorkflowRun | None) -> str:
    """Return a short label of the run attempt: ``2``, or ``<3`` for one before the third."""
    if run is None:
        return "—"
    certainty, attempt = artifact.attempt(run)
    return f"{'<' if certainty == 'before' else ''}{attempt}"


def state_of(artifact: Artifact, now: datetime) -> str:
    """Return whether the bytes still exist, as far as the list tells."""
    if artifact.expired:
        return "expired: no longer downloadable"
    if artifact.expires_at is not None and artifact.expires_at <= now:
        return "past its expiry date, may still exist"
    return "available"


def moment(when: datetime | None, now: datetime) -> str:
    """Return a time as an exact UTC date and as an age."""
    if when is None:
        return "not reported by the server"
    age = f"{span(now - when)} ago" if when <= now else f"in {span(when - now)}"
    return f"{when:%Y-%m-%d %H:%M:%S} UTC, {age}"


def _exact_size(artifact: Artifact) -> str:
    kind = "" if artifact.digest else ", before compression on servers without digests"
    return f"{size(artifact.size_in_bytes)} ({artifact.size_in_bytes:,} bytes{kind})"


def _digest(artifact: Artifact) -> str:
    digest = Digest.parse(artifact.digest)
    if digest is not None:
        return str(digest)
    if artifact.digest:
        return f"{printable(artifact.digest)} (unknown algorithm, cannot be verified)"
    return "none: downloads cannot be verified by digest"


def _run_fields(artifact: Artifact, run: WorkflowRun | None) -> Iterator[Field]:
    origin = artifact.workflow_run
    if origin is None:
        yield "Run", "not reported by the server"
        return
    yield "Branch", printable(origin.head_branch) if origin.head_branch else "—"
    yield "Commit", printable(origin.head_sha) if origin.head_sha else "—"
    yield "Run", run_label(artifact, run)
    yield "Run ID", str(origin.id) if origin.id is not None else "—"
    if run is not None:
        yield "Run title", printable(run.display_title) if run.display_title else "—"
        yield "Attempt", _attempt(artifact, run)
        yield "Run state", printable(run.state.replace("_", " "))
        yield "Event", printable(run.event) if run.event else "—"
        yield "Actor", printable(run.actor.login) if run.actor and run.actor.login else "—"
    if origin.head_repository_id is not None:
        yield "Built from", "a fork" if artifact.from_fork else "this repository"


def _attempt(artifact: Artifact, run: WorkflowRun) -> str:
    certainty, attempt = artifact.attempt(run)
    return f"{'before ' if certainty == 'before' else ''}{attempt} of {run.attempt}"


def _possible(artifact: Artifact, now: datetime) -> str:
    if artifact.expired:
        return "delete; downloading is no longer possible"
    return "download, delete, look inside" + ("; expires soon" if expires_soon(artifact, now) else "")


def expires_soon(artifact: Artifact, now: datetime) -> bool:
    """Return whether the expiry is less than :data:`NEAR_DAYS` away, or past."""
    return artifact.expires_at is not None and (artifact.expires_at - now).days < NEAR_DAYS
