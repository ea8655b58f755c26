"""URLs of pages and commands for downloads, built from the server's base URLs and ids; none has a token."""

from __future__ import annotations

from shlex import quote

from artifact_tui.domain.models import Artifact, RepositoryName


def run_page(repository: RepositoryName, run_id: int, web_url: str) -> str:
    """Return the URL of a workflow run's page."""
    return f"{web_url}/{repository}/actions/runs/{run_id}"


def artifact_page(artifact: Artifact, repository: RepositoryName, web_url: str) -> str:
    """Return the URL of an artifact's download page; empty if its workflow run is unknown."""
    if artifact.run_id is None:
        return ""
    return f"{run_page(repository, artifact.run_id, web_url)}/artifacts/{artifact.id}"


def artifact_endpoint(artifact: Artifact, repository: RepositoryName, api_url: str) -> str:
    """Return the API URL of an artifact; its archive is at ``/zip`` below it."""
    return f"{api_url}/repos/{repository}/actions/artifacts/{artifact.id}"


def to_copy(artifact: Artifact, repository: RepositoryName, host: str, web_url: str, api_url: str) -> dict[str, str]:
    """Return the texts to copy, by label, exactly as the server has them; empty if unknown."""
    return {
        "Id": str(artifact.id),
        "Name": artifact.name,
        "Page": artifact_page(artifact, repository, web_url),
        "Digest": artifact.digest or "",
        "gh line": gh_line(artifact, repository, host),
        "curl line": curl_line(artifact, repository, api_url, host),
    }


def gh_line(artifact: Artifact, repository: RepositoryName, host: str) -> str:
    """Return the ``gh`` command that downloads the artifact; empty if its workflow run is unknown."""
    if artifact.run_id is None:
        return ""
    where = str(repository) if host == "github.com" else f"{host}/{repository}"
    return f"gh run download {artifact.run_id} --repo {quote(where)} --name={quote(artifact.name)}"


def curl_line(artifact: Artifact, repository: RepositoryName, api_url: str, host: str) -> str:
    """Return the ``curl`` command that downloads the artifact; curl sends the token to the API only."""
    variable = "GH_TOKEN" if host == "github.com" or host.endswith(".ghe.com") else "GH_ENTERPRISE_TOKEN"
    address = f"{artifact_endpoint(artifact, repository, api_url)}/zip"
    return f'curl -fL -H "Authorization: Bearer ${variable}" -o {artifact.id}.zip {quote(address)}'
