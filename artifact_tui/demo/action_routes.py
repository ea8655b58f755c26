"""Routes of the demo server for workflows, runs and artifacts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec.structs import replace

from artifact_tui.demo.data import DemoArtifact, DemoRepository, DemoRun, parse_time
from artifact_tui.demo.messages import BrokenLink, DemoAnswer, Refusal, json_answer
from artifact_tui.demo.site import Call

Item = TypeVar("Item", DemoRun, DemoArtifact)
RUN_CAP = 1000
"""The limit of a filtered list (documentation of "List workflow runs for a repository")."""
_FILTERS = ("actor", "branch", "event", "head_sha", "status", "created", "check_suite_id")


def workflows(call: Call) -> DemoAnswer:
    """`GET .../actions/workflows`: the workflows of a repository."""
    repository = call.repository()
    rows = [w for w in call.site.store.workflows.values() if w.repository == repository.id]
    page, headers = call.page(rows, f"/repositories/{repository.id}/actions/workflows")
    found = [call.site.templates.workflow(workflow) for workflow in page]
    return json_answer({"total_count": len(rows), "workflows": found}, headers=headers)


def runs(call: Call) -> DemoAnswer:
    """`GET .../actions/runs`: the runs of a repository, newest first."""
    repository = call.repository()
    rows = call.site.store.repository_runs(repository.id)
    return _run_list(call, rows, f"/repositories/{repository.id}/actions/runs")


def workflow_runs(call: Call) -> DemoAnswer:
    """`GET .../actions/workflows/{id or file}/runs`: the runs of one workflow."""
    repository, wanted = call.repository(), call.args[-1]
    found = (w for w in call.site.store.workflows.values() if w.repository == repository.id)
    workflow = next((w for w in found if wanted in (str(w.id), w.file)), None)
    if workflow is None:
        raise Refusal(404, "Not Found")
    rows = [run for run in call.site.store.repository_runs(repository.id) if run.workflow == workflow.id]
    return _run_list(call, rows, f"/repositories/{repository.id}/actions/workflows/{wanted}/runs")


def _run_list(call: Call, rows: Sequence[DemoRun], path: str) -> DemoAnswer:
    query = call.request.query
    rows = [run for run in rows if _matches(run, query)]
    cap = RUN_CAP if any(name in query for name in _FILTERS) else None
    page, headers = call.page(rows, path, cap)
    found = [call.site.templates.run(run, call.version) for run in page]
    return json_answer({"total_count": len(rows[:cap]), "workflow_runs": found}, headers=headers)


def _matches(run: DemoRun, query: Mapping[str, str]) -> bool:
    state = query.get("status", "")
    exact = {"actor": run.actor, "branch": run.branch, "event": run.event, "head_sha": run.sha}
    return (
        all(query[name] == value for name, value in exact.items() if query.get(name))
        and (not state or state in (run.status, run.conclusion))
        and (not query.get("created") or in_range(run.created_at, query["created"]))
    )


def in_range(text: str, wanted: str) -> bool:
    """Whether a time is in a range of the search syntax: `2026-11-20`, `>=...`, `<...`, `a..b`, `a..*`."""
    moment = parse_time(text)
    if ".." in wanted:
        low, _, high = wanted.partition("..")
        return (low == "*" or _span(low)[0] <= moment) and (high == "*" or moment < _span(high)[1])
    sign = wanted[: len(wanted) - len(wanted.lstrip("<>="))]
    start, end = _span(wanted[len(sign) :])
    checks = {">=": moment >= start, ">": moment >= end, "<=": moment < end, "<": moment < start}
    return start <= moment < end if not sign else checks.get(sign, False)


def _span(text: str) -> tuple[datetime, datetime]:
    is_day = len(text) == 10
    try:
        start = parse_time(text + "T00:00:00Z" if is_day else text)
    except ValueError as error:
        raise Refusal(422, "Validation Failed", errors=[{"field": "created", "code": "invalid"}]) from error
    return start, start + (timedelta(days=1) if is_day else timedelta(seconds=1))


def _found(call: Call, items: Mapping[int, Item], repository: DemoRepository) -> Item:
    found = items.get(call.id(call.first_id))
    if found is None or found.repository != repository.id:
        raise Refusal(404, "Not Found")
    return found


def run(call: Call) -> DemoAnswer:
    """`GET .../actions/runs/{id}`: one run."""
    found = _found(call, call.site.store.runs, call.repository())
    return json_answer(call.site.templates.run(found, call.version))


def attempt(call: Call) -> DemoAnswer:
    """`GET .../actions/runs/{id}/attempts/{number}`: one attempt; an earlier one started when the run was created."""
    found, wanted = _found(call, call.site.store.runs, call.repository()), call.args[-1]
    if not (wanted.isdecimal() and 0 < int(wanted) <= found.attempt):
        raise Refusal(404, "Not Found")
    if int(wanted) < found.attempt:
        found = replace(found, attempt=int(wanted), started_at=found.created_at, conclusion="failure")
    return json_answer(call.site.templates.run(found, call.version))


def delete_run(call: Call) -> DemoAnswer:
    """`DELETE .../actions/runs/{id}`: a run and its artifacts."""
    found = _found(call, call.site.store.runs, require_writer(call))
    call.site.store.delete_run(found.id)
    return DemoAnswer(204)


def require_writer(call: Call, permission: str = "actions") -> DemoRepository:
    """Return the repository of a call that writes; refuse with 401 or 403 without `permission`, or if archived."""
    account, repository = call.signed_in(), call.repository()
    if account.kind == "fine-grained" and account.actions != "write":
        accepted = {"X-Accepted-GitHub-Permissions": f"{permission}=write"}
        raise Refusal(403, "Resource not accessible by personal access token", accepted)
    if not account.belongs(repository) or (account.kind == "classic" and not account.may_download()):
        raise Refusal(403, "Must have admin rights to Repository.")
    if repository.archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    return repository


def repository_artifacts(call: Call) -> DemoAnswer:
    """`GET .../actions/artifacts`: the artifacts of a repository, newest first."""
    repository = call.repository()
    _raise_trouble(call.site.store.troubles.get(repository.full_name, 0))
    rows = call.site.store.repository_artifacts(repository.id)
    return _artifact_list(call, rows, f"/repositories/{repository.id}/actions/artifacts")


def _raise_trouble(status: int) -> None:
    if status == 504:
        raise BrokenLink("read-timeout")
    if status:
        message = "Resource not accessible by personal access token" if status == 403 else "Repository unavailable"
        raise Refusal(status, message)


def run_artifacts(call: Call) -> DemoAnswer:
    """`GET .../actions/runs/{id}/artifacts`: the artifacts of a run, oldest first on servers without `direction`."""
    repository = call.repository()
    found = _found(call, call.site.store.runs, repository)
    rows = call.site.store.run_artifacts(found.id)
    if not call.site.flavor.direction or call.request.query.get("direction") == "asc":
        rows = rows[::-1]
    return _artifact_list(call, rows, f"/repositories/{repository.id}/actions/runs/{found.id}/artifacts")


def _artifact_list(call: Call, rows: Sequence[DemoArtifact], path: str) -> DemoAnswer:
    name, site = call.request.query.get("name"), call.site
    rows = [row for row in rows if site.is_listed(row) and name in (None, "", row.name)]
    page, headers = call.page(rows, path)
    found = [site.templates.artifact(row, expired=site.expired(row)) for row in page]
    return json_answer({"total_count": len(rows), "artifacts": found}, headers=headers)


def _listed(call: Call, repository: DemoRepository) -> DemoArtifact:
    found = _found(call, call.site.store.artifacts, repository)
    if not call.site.is_listed(found):
        raise Refusal(404, "Not Found")
    return found


def artifact(call: Call) -> DemoAnswer:
    """`GET .../actions/artifacts/{id}`: one artifact."""
    found = _listed(call, call.repository())
    return json_answer(call.site.templates.artifact(found, expired=call.site.expired(found)))


def delete_artifact(call: Call) -> DemoAnswer:
    """`DELETE .../actions/artifacts/{id}`: an artifact, which is not found from then on."""
    found = _listed(call, require_writer(call))
    call.site.store.delete_artifact(found.id)
    return DemoAnswer(204)


def download(call: Call) -> DemoAnswer:
    """`GET .../actions/artifacts/{id}/zip`: a redirect to a signed URL, or an error."""
    if "application/octet-stream" in call.request.headers.get("accept", ""):
        message = "Unsupported 'Accept' header: 'application/octet-stream'. Must accept 'application/json'."
        raise Refusal(415, message)
    repository = call.repository()
    if call.account is None or not call.account.may_download():
        raise Refusal(403, "You must have the actions scope to download artifacts.")
    found = _found(call, call.site.store.artifacts, repository)
    if call.args[-1] != "zip":
        raise Refusal(404, "Not Found")
    if call.site.expired(found):
        raise Refusal(410, "Artifact has expired")
    return DemoAnswer(302, {"Location": call.site.blobs.sign(found), "Content-Type": "text/html;charset=utf-8"})
