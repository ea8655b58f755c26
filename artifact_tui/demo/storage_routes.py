"""Routes of the demo server for retention and caches."""

import msgspec

from artifact_tui.demo.action_routes import require_writer
from artifact_tui.demo.data import DemoCache, DemoRepository
from artifact_tui.demo.messages import DemoAnswer, Refusal, Values, json_answer
from artifact_tui.demo.site import Call

_SORTS = ("size_in_bytes", "created_at", "last_accessed_at")


class _Days(msgspec.Struct):
    days: int


def retention(call: Call) -> DemoAnswer:
    """`GET .../actions/permissions/artifact-and-log-retention`: the retention in days, at most 90 if it is public."""
    repository = call.repository()
    days = call.site.store.retention_of(repository)
    return json_answer({"days": days, "maximum_allowed_days": _most_days(repository)})


def set_retention(call: Call) -> DemoAnswer:
    """`PUT .../actions/permissions/artifact-and-log-retention`: set the retention of new artifacts."""
    repository = require_writer(call, permission="administration")
    most = _most_days(repository)
    try:
        days = msgspec.json.decode(call.request.body, type=_Days).days
    except msgspec.DecodeError:
        raise Refusal(422, 'Invalid request.\n\n"days" wasn\'t supplied.') from None
    if not 1 <= days <= most:
        raise Refusal(422, f"Retention must be between 1 and {most} days.")
    call.site.store.retention[repository.id] = days
    return DemoAnswer(204)


def _most_days(repository: DemoRepository) -> int:
    return 400 if repository.private else 90


def caches(call: Call) -> DemoAnswer:
    """`GET .../actions/caches`: the caches of a repository, last used first."""
    repository, query = call.repository(), call.request.query
    sort = query.get("sort", "last_accessed_at")
    if sort not in _SORTS:
        raise Refusal(422, "Validation Failed", errors=[{"field": "sort", "code": "invalid"}])
    key, ref = query.get("key", ""), query.get("ref", "")
    rows = [c for c in call.site.store.caches(repository) if c.key.startswith(key) and ref in ("", c.ref)]
    rows.sort(key=lambda cache: (getattr(cache, sort), cache.id), reverse=query.get("direction") != "asc")
    page, headers = call.page(rows, f"/repositories/{repository.id}/actions/caches")
    found = [msgspec.to_builtins(cache) for cache in page]
    return json_answer({"total_count": len(rows), "actions_caches": found}, headers=headers)


def delete_cache(call: Call) -> DemoAnswer:
    """`DELETE .../actions/caches/{id}`: one cache."""
    repository = require_writer(call)
    number = call.id(call.first_id)
    if number not in {cache.id for cache in call.site.store.caches(repository)}:
        raise Refusal(404, "Not Found")
    call.site.store.delete_cache(repository, number)
    return DemoAnswer(204)


def cache_usage(call: Call) -> DemoAnswer:
    """`GET .../actions/cache/usage`: the size of the caches of a repository."""
    repository = call.repository()
    return json_answer(_usage(repository, call.site.store.caches(repository)))


def organization_cache_usage(call: Call) -> DemoAnswer:
    """`GET /orgs/{org}/actions/cache/usage-by-repository`: the repositories that have caches."""
    account, store = call.signed_in(), call.site.store
    owner = store.people.get(call.args[0])
    if owner is None or owner.kind != "Organization":
        raise Refusal(404, "Not Found")
    if owner.login not in account.orgs:
        raise Refusal(403, "Must have admin rights to Repository.")
    rows = [r for r in store.repositories.values() if r.owner == owner.login and call.sees(r) and store.caches(r)]
    page, headers = call.page(rows, f"/organizations/{owner.id}/actions/cache/usage-by-repository")
    found = [_usage(repository, store.caches(repository)) for repository in page]
    return json_answer({"total_count": len(rows), "repository_cache_usages": found}, headers=headers)


def _usage(repository: DemoRepository, found: list[DemoCache]) -> Values:
    size = sum(cache.size_in_bytes for cache in found)
    usage = {"active_caches_size_in_bytes": size, "active_caches_count": len(found)}
    return {"full_name": repository.full_name, **usage}
