"""How the server is reached, as the settings say."""

from __future__ import annotations

import pytest

from artifact_tui.cli.backends import demo_backend, github_backend
from artifact_tui.config.settings import Settings
from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.github.hosts import host_named


@pytest.mark.parametrize("read_only", [False, True])
def test_a_code_for_signing_in_is_asked_for_by_post_and_so_not_read_only(read_only: bool) -> None:
    settings = Settings(read_only=read_only, client_ids={"github.com": "Ov23abc"})
    sign_in = github_backend(host_named("github.com"), settings, {}, demo_clock).sign_in
    assert sign_in is not None
    assert sign_in.has_device_flow is not read_only


@pytest.mark.parametrize(
    ("host", "is_cloud"), [("github.com", True), ("acme.ghe.com", True), ("github.example.com", False)]
)
def test_githubs_own_hosts_are_told_from_enterprise_servers(host: str, is_cloud: bool) -> None:
    """Their limits and their quota are other ones."""
    backend = github_backend(host_named(host), Settings(), {}, demo_clock)
    assert (backend.host, backend.kind.is_cloud) == (host, is_cloud)


def test_closing_a_client_of_the_demo_leaves_its_others_connected() -> None:
    backend = demo_backend(Settings(), demo_clock)
    closed, used = backend.storage(), backend.storage()
    closed.close()
    assert used.open(RepositoryName("fernwood-labs", "kestrel"), Artifact(id=7708828458, name="checksums"))
    used.close()
