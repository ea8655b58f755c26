"""Routes of the demo server about itself."""

from artifact_tui.demo.flavors import V2026
from artifact_tui.demo.messages import DemoAnswer, Refusal, Values, json_answer
from artifact_tui.demo.site import LIMITS, Call, not_found

_ROOT = {
    "current_user_url": "user", "authorizations_url": "authorizations",
    "code_search_url": "search/code?q={query}{&page,per_page,sort,order}",
    "commit_search_url": "search/commits?q={query}{&page,per_page,sort,order}", "emails_url": "user/emails",
    "emojis_url": "emojis", "events_url": "events", "feeds_url": "feeds", "followers_url": "user/followers",
    "following_url": "user/following{/target}", "gists_url": "gists{/gist_id}", "hub_url": "hub",
    "issue_search_url": "search/issues?q={query}{&page,per_page,sort,order}", "issues_url": "issues",
    "keys_url": "user/keys",
    "label_search_url": "search/labels?q={query}&repository_id={repository_id}{&page,per_page}",
    "notifications_url": "notifications", "organization_url": "orgs/{org}",
    "organization_repositories_url": "orgs/{org}/repos{?type,page,per_page,sort}",
    "organization_teams_url": "orgs/{org}/teams", "public_gists_url": "gists/public",
    "rate_limit_url": "rate_limit", "repository_url": "repos/{owner}/{repo}",
    "repository_search_url": "search/repositories?q={query}{&page,per_page,sort,order}",
    "current_user_repositories_url": "user/repos{?type,page,per_page,sort}",
    "starred_url": "user/starred{/owner}{/repo}", "starred_gists_url": "gists/starred",
    "user_url": "users/{user}", "user_organizations_url": "user/orgs",
    "user_repositories_url": "users/{user}/repos{?type,page,per_page,sort}",
    "user_search_url": "search/users?q={query}{&page,per_page,sort,order}",
}  # fmt: skip


def root(call: Call) -> DemoAnswer:
    """`GET /`: the URLs of the API."""
    flavor = call.site.flavor
    found = {name: f"{flavor.api}/{path}" for name, path in _ROOT.items()}
    found["current_user_authorizations_html_url"] = f"{flavor.web}/settings/connections/applications{{/client_id}}"
    if call.version == V2026:
        del found["authorizations_url"], found["hub_url"]
    return json_answer(found)


def meta(call: Call) -> DemoAnswer:
    """`GET /meta`: the type of the server, with the release of Enterprise Server."""
    found: Values = {"verifiable_password_authentication": False}
    if call.site.flavor.enterprise:
        found["installed_version"] = call.site.flavor.release
    else:
        found |= {"actions": ["192.0.2.0/24"], "web": ["192.0.2.1"]}
    return json_answer(found)


def versions(call: Call) -> DemoAnswer:
    """`GET /versions`: the API versions, which Enterprise Server does not list."""
    flavor = call.site.flavor
    return not_found() if flavor.enterprise else json_answer(flavor.versions)


def rate_limit(call: Call) -> DemoAnswer:
    """`GET /rate_limit`: the quotas; this request does not count."""
    if call.site.flavor.enterprise:
        raise Refusal(404, "Rate limiting is not enabled.")
    values = {resource: call.site.quota(resource, call.account).values() for resource in LIMITS}
    found: Values = {"resources": values}
    if call.version != V2026:
        found["rate"] = values["core"]
    return json_answer(found)
