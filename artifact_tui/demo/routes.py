"""The function for each path, matched part by part, because compiling regular expressions would slow the start."""

from collections.abc import Callable

from artifact_tui.demo import action_routes as actions
from artifact_tui.demo import bill_routes as bills
from artifact_tui.demo import repository_routes as repositories
from artifact_tui.demo import site_routes as site
from artifact_tui.demo import storage_routes as storage
from artifact_tui.demo.messages import DemoAnswer
from artifact_tui.demo.site import Call

Handler = Callable[[Call], DemoAnswer]

_REPOSITORY: dict[tuple[str, str], Handler] = {
    ("GET", ""): repositories.repository,
    ("GET", "tags"): repositories.tags,
    ("GET", "commits/*"): repositories.commit,
    ("GET", "commits/tags/*"): repositories.tagged_commit,
    ("GET", "pulls/*"): repositories.pull_request,
    ("GET", "actions/artifacts"): actions.repository_artifacts,
    ("GET", "actions/artifacts/*"): actions.artifact,
    ("DELETE", "actions/artifacts/*"): actions.delete_artifact,
    ("GET", "actions/artifacts/*/*"): actions.download,
    ("GET", "actions/runs"): actions.runs,
    ("GET", "actions/runs/*"): actions.run,
    ("DELETE", "actions/runs/*"): actions.delete_run,
    ("GET", "actions/runs/*/artifacts"): actions.run_artifacts,
    ("GET", "actions/runs/*/attempts/*"): actions.attempt,
    ("GET", "actions/workflows"): actions.workflows,
    ("GET", "actions/workflows/*/runs"): actions.workflow_runs,
    ("GET", "actions/caches"): storage.caches,
    ("DELETE", "actions/caches/*"): storage.delete_cache,
    ("GET", "actions/cache/usage"): storage.cache_usage,
    ("GET", "actions/permissions/artifact-and-log-retention"): storage.retention,
    ("PUT", "actions/permissions/artifact-and-log-retention"): storage.set_retention,
}

_OTHERS: dict[tuple[str, str], Handler] = {
    ("GET", ""): site.root,
    ("GET", "meta"): site.meta,
    ("GET", "versions"): site.versions,
    ("GET", "rate_limit"): site.rate_limit,
    ("GET", "user"): repositories.user,
    ("GET", "user/orgs"): repositories.organizations,
    ("GET", "user/repos"): repositories.own_repositories,
    ("GET", "orgs/*/repos"): repositories.organization_repositories,
    ("GET", "orgs/*/actions/cache/usage-by-repository"): storage.organization_cache_usage,
    ("GET", "users/*/repos"): repositories.user_repositories,
    ("GET", "search/repositories"): repositories.search,
    ("GET", "orgs/*"): bills.organization,
    ("GET", "users/*/settings/billing/usage"): bills.own_usage,
    ("GET", "organizations/*/settings/billing/usage"): bills.organization_usage,
    ("GET", "organizations/*/settings/billing/budgets"): bills.budgets,
    ("GET", "users/*/settings/billing/shared-storage"): bills.moved,
    ("GET", "users/*/settings/billing/actions"): bills.moved,
    ("GET", "orgs/*/settings/billing/shared-storage"): bills.moved,
    ("GET", "orgs/*/settings/billing/actions"): bills.moved,
}

_ROUTES = {(method, tuple(path.split("/")) if path else ()): handler for (method, path), handler in _OTHERS.items()}
for (_method, _path), _handler in _REPOSITORY.items():
    _tail = tuple(_path.split("/")) if _path else ()
    _ROUTES[_method, ("repos", "*", "*", *_tail)] = _handler
    _ROUTES[_method, ("repositories", "*", *_tail)] = _handler


def find_route(method: str, path: str) -> tuple[Handler, list[str]] | None:
    """Return the function for a path below the base URL, and the parts in place of `*`; None if unknown."""
    parts = path.split("/")[1:] if path != "/" else []
    for (known, template), handler in _ROUTES.items():
        if known == method and len(template) == len(parts):
            pairs = list(zip(template, parts, strict=True))
            if all(want in ("*", part) for want, part in pairs):
                return handler, [part for want, part in pairs if want == "*"]
    return None
