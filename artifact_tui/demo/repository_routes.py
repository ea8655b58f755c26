"""Routes of the demo server for accounts and repositories."""

import re
from collections.abc import Callable, Iterable

from artifact_tui.demo.answers import node_id
from artifact_tui.demo.data import DemoRepository, DemoRun
from artifact_tui.demo.messages import DemoAnswer, Refusal, Values, json_answer
from artifact_tui.demo.site import Call

_SORTS = {"created": "created_at", "updated": "pushed_at", "pushed": "pushed_at", "full_name": "full_name"}
_SEARCH_CAP = 1000
_VERSION = re.compile(r"v\d[\d.]*")
"""The tags of the demo's releases, which its world knows only as the branches of runs."""


def user(call: Call) -> DemoAnswer:
    """`GET /user`: the account behind the token."""
    account = call.signed_in()
    owned = sum(repository.owner == account.login for repository in call.site.store.repositories.values())
    found = call.site.templates.private_user(call.site.store.people[account.login], owned)
    if account.login in account.bills:
        found["plan"] = {"name": "pro", "space": 976_562_499, "collaborators": 0, "private_repos": 9_999}
    return json_answer(found)


def organizations(call: Call) -> DemoAnswer:
    """`GET /user/orgs`: the organizations of the account."""
    account, api = call.signed_in(), call.site.flavor.api
    found = []
    for login in account.orgs:
        person = call.site.templates.user(call.site.store.people[login])
        url = f"{api}/orgs/{login}"
        kept = {key: person[key] for key in ("login", "id", "node_id", "avatar_url")}
        paths = ("repos", "events", "hooks", "issues")
        found.append(kept | {f"{path}_url": f"{url}/{path}" for path in paths} | {
            "url": url, "members_url": f"{url}/members{{/member}}",
            "public_members_url": f"{url}/public_members{{/member}}",
            "description": "Small tools for large tables"})  # fmt: skip
    return json_answer(found)


def own_repositories(call: Call) -> DemoAnswer:
    """`GET /user/repos`: the repositories that the account may write to."""
    account, query = call.signed_in(), call.request.query
    if "type" in query and ("visibility" in query or "affiliation" in query):
        raise Refusal(422, "If you specify visibility or affiliation, you cannot specify type.", errors=[])
    rows = [r for r in call.site.store.repositories.values() if account.belongs(r) and account.sees(r)]
    wanted = query.get("visibility", query.get("type", "all"))
    rows = _visible(rows, wanted)
    if wanted == "owner" or query.get("affiliation") == "owner":
        rows = [r for r in rows if r.owner == account.login]
    return _listed(call, rows, "full_name", "/user/repos")


def organization_repositories(call: Call) -> DemoAnswer:
    """`GET /orgs/{org}/repos`: the repositories of an organization, private ones for members only."""
    wanted = call.request.query.get("type", "all")
    rows = _visible([r for r in _owned(call, "Organization") if call.sees(r)], wanted)
    if wanted in ("forks", "sources"):
        rows = [r for r in rows if bool(r.parent) == (wanted == "forks")]
    return _listed(call, rows, "created", f"/organizations/{call.site.store.people[call.args[0]].id}/repos")


def user_repositories(call: Call) -> DemoAnswer:
    """`GET /users/{user}/repos`: the public repositories of a user."""
    rows = [r for r in _owned(call, "") if not r.private]
    return _listed(call, rows, "full_name", f"/user/{call.site.store.people[call.args[0]].id}/repos")


def _visible(rows: list[DemoRepository], wanted: str) -> list[DemoRepository]:
    return [r for r in rows if wanted not in ("public", "private") or r.private == (wanted == "private")]


def _owned(call: Call, kind: str) -> Iterable[DemoRepository]:
    person = call.site.store.people.get(call.args[0])
    if person is None or (kind and person.kind != kind):
        raise Refusal(404, "Not Found")
    return [r for r in call.site.store.repositories.values() if r.owner == person.login]


def _listed(call: Call, rows: Iterable[DemoRepository], order: str, path: str) -> DemoAnswer:
    sort = call.request.query.get("sort", order)
    down = call.request.query.get("direction", "asc" if sort == "full_name" else "desc") == "desc"
    key = _SORTS.get(sort, _SORTS[order])
    page, headers = call.page(sorted(rows, key=lambda r: str(getattr(r, key)), reverse=down), path)
    return json_answer([describe(call, repository) for repository in page], headers=headers)


def describe(call: Call, repository: DemoRepository) -> Values:
    """Return a repository in a list, with the permissions of the account."""
    writes = bool(call.account and call.account.belongs(repository))
    return call.site.templates.repository(repository, call.version, writes=writes)


def repository(call: Call) -> DemoAnswer:
    """`GET /repos/{owner}/{repo}`: one repository in full."""
    found = call.repository()
    writes = bool(call.account and call.account.belongs(found))
    return json_answer(call.site.templates.full_repository(found, call.version, writes=writes))


def tags(call: Call) -> DemoAnswer:
    """`GET /repos/{owner}/{repo}/tags`: the release tags, last name first."""
    found = call.repository()
    commits = {run.branch: run.sha for run in call.site.store.repository_runs(found.id) if run.branch}
    names = sorted((name for name in commits if _VERSION.fullmatch(name)), reverse=True)
    page, headers = call.page(names, f"/repositories/{found.id}/tags")
    url = f"{call.site.flavor.api}/repos/{found.full_name}"
    items = [
        {
            "name": name,
            "commit": {"sha": commits[name], "url": f"{url}/commits/{commits[name]}"},
            "zipball_url": f"{url}/zipball/refs/tags/{name}",
            "tarball_url": f"{url}/tarball/refs/tags/{name}",
            "node_id": node_id("Tag", found.id * 1000 + place),
        }
        for place, name in enumerate(page)
    ]
    return json_answer(items, headers=headers)


def commit(call: Call) -> DemoAnswer:
    """`GET /repos/{owner}/{repo}/commits/{ref}`: a commit of a run, by the beginning of its SHA."""
    return _commit_where(call, lambda run: len(call.args[-1]) >= 7 and run.sha.startswith(call.args[-1]))


def tagged_commit(call: Call) -> DemoAnswer:
    """`GET /repos/{owner}/{repo}/commits/tags/{tag}`: the commit of a tag."""
    return _commit_where(call, lambda run: run.branch == call.args[-1] and bool(_VERSION.fullmatch(call.args[-1])))


def _commit_where(call: Call, matches: Callable[[DemoRun], bool]) -> DemoAnswer:
    found = call.repository()
    run = next(filter(matches, call.site.store.repository_runs(found.id)), None)
    if run is None:
        raise Refusal(422, f"No commit found for SHA: {call.args[-1]}")
    return json_answer(call.site.templates.commit(run, found))


def pull_request(call: Call) -> DemoAnswer:
    """`GET /repos/{owner}/{repo}/pulls/{number}`: a pull request that a run belongs to."""
    found = call.repository()
    runs = (run for run in call.site.store.repository_runs(found.id) if run.pull and str(run.pull) == call.args[-1])
    newest = next(runs, None)
    if newest is None:
        raise Refusal(404, "Not Found")
    return json_answer(call.site.templates.pull_request(newest, found))


def search(call: Call) -> DemoAnswer:
    """`GET /search/repositories`: words in names and descriptions, and the most used qualifiers."""
    words = call.request.query.get("q", "").split()
    if not words:
        raise Refusal(422, "Validation Failed", errors=[{"resource": "Search", "field": "q", "code": "missing"}])
    every = call.site.store.repositories.values()
    rows = [r for r in every if call.sees(r) and all(_matches(r, word) for word in words)]
    down = call.request.query.get("order", "desc") == "desc"
    key = {"updated": "pushed_at", "forks": "stars"}.get(call.request.query.get("sort", ""), "stars")
    rows.sort(key=lambda r: str(getattr(r, key)).zfill(24), reverse=down)
    page, headers = call.page(rows, "/search/repositories", _SEARCH_CAP)
    items = [describe(call, r) | {"score": 1.0, "has_downloads": True} for r in page]
    return json_answer({"total_count": len(rows), "incomplete_results": False, "items": items}, headers=headers)


def _matches(repository: DemoRepository, word: str) -> bool:
    name, _, value = word.lower().partition(":")
    if name in ("user", "org", "repo"):
        return value in (repository.owner, repository.full_name)
    if name == "is":
        return value == ("private" if repository.private else "public")
    if name in ("archived", "fork", "in"):
        flags = {"archived": repository.archived, "fork": bool(repository.parent)}
        return name == "in" or value != "false" or not flags[name]
    return word.lower() in f"{repository.full_name} {repository.description or ''}".lower()
