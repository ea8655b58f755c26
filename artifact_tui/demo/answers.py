"""The JSON objects of the demo server, which match GitHub's OpenAPI descriptions."""

from base64 import b64encode
from functools import lru_cache
from urllib.parse import quote

import msgspec

from artifact_tui.demo.data import DemoArtifact, DemoRepository, DemoRun, DemoWorkflow, Person
from artifact_tui.demo.flavors import V2026, Flavor
from artifact_tui.demo.messages import Values
from artifact_tui.demo.state import Store

_USER_PATHS = {
    "followers": "followers", "following": "following{/other_user}", "gists": "gists{/gist_id}",
    "starred": "starred{/owner}{/repo}", "subscriptions": "subscriptions", "organizations": "orgs",
    "repos": "repos", "events": "events{/privacy}", "received_events": "received_events",
}  # fmt: skip

_REPOSITORY_PATHS = {
    "archive": "{archive_format}{/ref}", "assignees": "assignees{/user}", "blobs": "git/blobs{/sha}",
    "branches": "branches{/branch}", "collaborators": "collaborators{/collaborator}",
    "comments": "comments{/number}", "commits": "commits{/sha}", "compare": "compare/{base}...{head}",
    "contents": "contents/{+path}", "contributors": "contributors", "deployments": "deployments",
    "downloads": "downloads", "events": "events", "forks": "forks", "git_commits": "git/commits{/sha}",
    "git_refs": "git/refs{/sha}", "git_tags": "git/tags{/sha}", "hooks": "hooks",
    "issue_comment": "issues/comments{/number}", "issue_events": "issues/events{/number}",
    "issues": "issues{/number}", "keys": "keys{/key_id}", "labels": "labels{/name}", "languages": "languages",
    "merges": "merges", "milestones": "milestones{/number}",
    "notifications": "notifications{?since,all,participating}", "pulls": "pulls{/number}",
    "releases": "releases{/id}", "stargazers": "stargazers", "statuses": "statuses/{sha}",
    "subscribers": "subscribers", "subscription": "subscription", "tags": "tags", "teams": "teams",
    "trees": "git/trees{/sha}",
}  # fmt: skip


def node_id(kind: str, number: int) -> str:
    """Return a node ID in the old format: base64 of a type and a number."""
    return b64encode(f"{len(kind):03d}:{kind}{number}".encode()).decode()


class Templates:
    """Builds the objects for one flavor; those that never change are cached."""

    def __init__(self, flavor: Flavor, store: Store) -> None:
        self.flavor, self.store = flavor, store
        self._minimal = lru_cache(maxsize=256)(self._build_minimal)
        self._encoded = lru_cache(maxsize=256)(lambda *of: msgspec.Raw(msgspec.json.encode(self._minimal(*of))))

    def user(self, person: Person) -> Values:
        """Return a simple-user; the brackets in the name of a bot are quoted in URLs."""
        name = quote(person.login)
        url, web = f"{self.flavor.api}/users/{name}", f"{self.flavor.web}/{name}"
        found = {
            "login": person.login, "id": person.id, "node_id": node_id(person.kind, person.id),
            "gravatar_id": "", "type": person.kind, "avatar_url": f"{web}.png", "url": url, "html_url": web,
            "site_admin": False,
        }  # fmt: skip
        return found | {f"{key}_url": f"{url}/{path}" for key, path in _USER_PATHS.items()}

    def private_user(self, person: Person, repositories: int) -> Values:
        """Return a private-user, as in `/user`."""
        return self.user(person) | {
            "name": person.name, "company": None, "blog": "", "location": None, "email": None,
            "hireable": None, "bio": None, "public_repos": repositories, "public_gists": 0, "followers": 41,
            "following": 12, "created_at": "2014-05-30T08:13:37Z", "updated_at": "2026-11-18T17:02:11Z",
            "private_gists": 0, "total_private_repos": 2, "owned_private_repos": 0, "disk_usage": 31_204,
            "collaborators": 0, "two_factor_authentication": True, "user_view_type": "private",
        }  # fmt: skip

    def _build_minimal(self, repository: DemoRepository, version: str) -> Values:
        """Return a minimal-repository, as in runs and lists."""
        url, web = f"{self.flavor.api}/repos/{repository.full_name}", f"{self.flavor.web}/{repository.full_name}"
        found = {
            "id": repository.id, "node_id": node_id("Repository", repository.id), "name": repository.name,
            "full_name": repository.full_name, "private": repository.private,
            "owner": self.user(self.store.people[repository.owner]), "html_url": web,
            "description": repository.description, "fork": bool(repository.parent), "url": url,
        }  # fmt: skip
        return found | {f"{name}_url": f"{url}/{path}" for name, path in _REPOSITORY_PATHS.items()}

    def repository(self, repository: DemoRepository, version: str, *, writes: bool) -> Values:
        """Return a repository, as in lists and in the search."""
        web, stars = f"{self.flavor.web}/{repository.full_name}", repository.stars
        host = self.flavor.web.partition("//")[2]
        found = self._minimal(repository, version) | {
            "git_url": f"git://{host}/{repository.full_name}.git",
            "ssh_url": f"git@{host}:{repository.full_name}.git", "clone_url": f"{web}.git", "svn_url": web,
            "homepage": None, "mirror_url": None, "language": repository.language, "size": repository.size,
            "stargazers_count": stars, "watchers_count": stars, "watchers": stars, "forks_count": stars // 31,
            "forks": stars // 31, "open_issues_count": stars // 47, "open_issues": stars // 47,
            "default_branch": self.default_branch(repository), "topics": [],
            "has_issues": not repository.parent, "has_projects": True, "has_wiki": False, "has_pages": False,
            "has_discussions": False, "archived": repository.archived, "disabled": False,
            "visibility": "private" if repository.private else "public", "license": None,
            "created_at": repository.created_at, "updated_at": repository.pushed_at,
            "pushed_at": repository.pushed_at,
            "permissions": {"admin": writes, "maintain": writes, "push": writes, "pull": True,
                            "triage": writes},
        }  # fmt: skip
        if version != V2026:
            found |= {"has_downloads": True, "use_squash_pr_title_as_default": False}
        return found

    def full_repository(self, repository: DemoRepository, version: str, *, writes: bool) -> Values:
        """Return a full-repository with its parent."""
        found = self.repository(repository, version, writes=writes)
        found |= {"subscribers_count": repository.stars // 19, "network_count": repository.stars // 31}
        if repository.parent:
            origin = self.repository(self.store.repositories[repository.parent], version, writes=writes)
            found |= {"parent": origin, "source": origin}
        return found

    def default_branch(self, repository: DemoRepository) -> str:
        """Return the default branch; two repositories have older names."""
        return {"kestrel-legacy": "master", "flight-recorder": "trunk"}.get(repository.name, "main")

    def workflow(self, workflow: DemoWorkflow) -> Values:
        """Return a workflow."""
        repository = self.store.repositories[workflow.repository]
        path, web = f".github/workflows/{workflow.file}", f"{self.flavor.web}/{repository.full_name}"
        return {
            "id": workflow.id, "node_id": node_id("Workflow", workflow.id), "name": workflow.name,
            "path": path, "state": workflow.state, "created_at": repository.created_at,
            "updated_at": repository.created_at,
            "url": f"{self.flavor.api}/repos/{repository.full_name}/actions/workflows/{workflow.id}",
            "html_url": f"{web}/blob/{self.default_branch(repository)}/{path}",
            "badge_url": f"{web}/workflows/{workflow.name}/badge.svg",
        }  # fmt: skip

    def run(self, run: DemoRun, version: str) -> Values:
        """Return a workflow-run with both of its repositories."""
        store, repository = self.store, self.store.repositories[run.repository]
        workflow, actor = store.workflows[run.workflow], self.user(store.people[run.actor])
        base = f"{self.flavor.api}/repos/{repository.full_name}"
        url, suite = f"{base}/actions/runs/{run.id}", run.id + 20_011_004_933
        head = store.repositories[run.head]
        return {
            "id": run.id, "name": workflow.name, "node_id": node_id("WorkflowRun", run.id),
            "head_branch": run.branch, "head_sha": run.sha, "path": f".github/workflows/{workflow.file}",
            "display_title": run.title, "run_number": run.number, "event": run.event, "status": run.status,
            "conclusion": run.conclusion, "workflow_id": run.workflow, "check_suite_id": suite,
            "check_suite_node_id": node_id("CheckSuite", suite), "url": url,
            "html_url": f"{self.flavor.web}/{repository.full_name}/actions/runs/{run.id}",
            "pull_requests": self._pulls(run, base, repository), "created_at": run.created_at,
            "updated_at": run.updated_at, "actor": actor, "run_attempt": run.attempt,
            "referenced_workflows": [], "run_started_at": run.started_at, "triggering_actor": actor,
            "jobs_url": f"{url}/jobs", "logs_url": f"{url}/logs",
            "check_suite_url": f"{base}/check-suites/{suite}", "artifacts_url": f"{url}/artifacts",
            "cancel_url": f"{url}/cancel", "rerun_url": f"{url}/rerun",
            "workflow_url": f"{base}/actions/workflows/{run.workflow}",
            "previous_attempt_url": f"{url}/attempts/{run.attempt - 1}" if run.attempt > 1 else None,
            "head_commit": self._commit(run),
            "repository": self._encoded(repository, version), "head_repository": self._encoded(head, version),
        }  # fmt: skip

    def commit(self, run: DemoRun, repository: DemoRepository) -> Values:
        """Return the commit of a run, without files."""
        url = f"{self.flavor.api}/repos/{repository.full_name}/commits/{run.sha}"
        page = f"{self.flavor.web}/{repository.full_name}/commit/{run.sha}"
        facts = self._commit(run)
        author = {**facts["author"], "date": run.created_at}
        tree = {"sha": facts["tree_id"], "url": f"{self.flavor.api}/repos/{repository.full_name}/git/trees/{run.sha}"}
        inner = {"author": author, "committer": author, "message": run.title, "tree": tree, "url": url}
        named = {"sha": run.sha, "node_id": node_id("Commit", run.id), "commit": inner, "url": url, "html_url": page}
        return named | {"comments_url": f"{url}/comments", "author": None, "committer": None, "parents": []}

    def pull_request(self, run: DemoRun, repository: DemoRepository) -> Values:
        """Return the pull request of a run, whose commit is its latest one."""
        url = f"{self.flavor.api}/repos/{repository.full_name}/pulls/{run.pull}"
        page = f"{self.flavor.web}/{repository.full_name}/pull/{run.pull}"
        head = {"ref": run.branch, "sha": run.sha, "label": f"{run.actor}:{run.branch}"}
        base = {"ref": self.default_branch(repository), "sha": run.sha[::-1], "label": repository.owner}
        named = {"id": 2_900_000_000 + run.pull, "number": run.pull, "url": url, "html_url": page}
        return named | {"state": "open", "title": run.title, "head": head, "base": base}

    def _commit(self, run: DemoRun) -> Values:
        address = f"{run.actor.removesuffix('[bot]')}@users.noreply.github.com"
        person = {"name": self.store.people[run.actor].name, "email": address}
        facts = {"id": run.sha, "tree_id": run.sha[::-1], "message": run.title, "timestamp": run.created_at}
        return facts | {"author": person, "committer": person}

    def _pulls(self, run: DemoRun, base: str, repository: DemoRepository) -> list[Values]:
        """Return the pull request of a run; GitHub returns an empty list if it came from a fork."""
        if not run.pull or run.head != run.repository:
            return []
        origin = {"id": repository.id, "url": base, "name": repository.name}
        main = {"ref": self.default_branch(repository), "sha": run.sha[::-1], "repo": origin}
        return [{"id": 2_900_000_000 + run.pull, "number": run.pull, "url": f"{base}/pulls/{run.pull}",
                 "head": {"ref": run.branch, "sha": run.sha, "repo": origin}, "base": main}]  # fmt: skip

    def artifact(self, artifact: DemoArtifact, *, expired: bool) -> Values:
        """Return an artifact with its oddity, as in some real answers.

        `no-digest`, `no-run`: the key is missing; `null-digest`, `null-run`, `null-dates`: it is null;
        `partial-run`: the run has only an ID; `extra-keys`: unknown keys.
        """
        repository = self.store.repositories[artifact.repository]
        url = f"{self.flavor.api}/repos/{repository.full_name}/actions/artifacts/{artifact.id}"
        found: Values = {
            "id": artifact.id, "node_id": node_id("Artifact", artifact.id), "name": artifact.name,
            "size_in_bytes": artifact.raw_size if self.flavor.enterprise else artifact.size, "url": url,
            "archive_download_url": f"{url}/zip", "expired": expired, "digest": f"sha256:{artifact.digest}",
            "created_at": artifact.created_at, "updated_at": artifact.created_at,
            "expires_at": artifact.expires_at,
        }  # fmt: skip
        run = self.store.runs.get(artifact.run)
        if run is not None:
            origin = {"repository_id": run.repository, "head_repository_id": run.head}
            found["workflow_run"] = {"id": run.id, **origin, "head_branch": run.branch, "head_sha": run.sha}
        if artifact.oddity:
            _make_odd(found, artifact.oddity)
        if not self.flavor.digest:
            found.pop("digest", None)
        return found


def _make_odd(found: Values, oddity: str) -> None:
    match oddity:
        case "no-digest" | "no-run":
            del found["digest" if oddity == "no-digest" else "workflow_run"]
        case "null-digest" | "null-run":
            found["digest" if oddity == "null-digest" else "workflow_run"] = None
        case "partial-run":
            found["workflow_run"] = {"id": found["workflow_run"]["id"]}
        case "null-dates":
            found |= {"created_at": None, "updated_at": None, "expires_at": None}
        case "extra-keys":
            found |= {"attestation": {"state": "signed"}, "region": None}
