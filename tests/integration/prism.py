"""Prism, Stoplight's server and checker of OpenAPI descriptions, with GitHub's own descriptions."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from msgspec.structs import replace

from artifact_tui.demo import flavors
from artifact_tui.demo.flavors import Flavor
from artifact_tui.github.hosts import Host, host_named, host_of_api
from tests.contract import description_path
from tests.integration.programs import find_program, running

DESCRIBED = [
    (flavors.GITHUB_EARLY, "api.github.com.2022-11-28-nodigest"),
    (flavors.GITHUB_2022, "api.github.com.2022-11-28"),
    (flavors.GITHUB_2026, "api.github.com.2026-03-10"),
    (flavors.DATA_RESIDENCY, "api.github.com.2026-03-10"),
    (flavors.GHES_3_8, "ghes-3.8"),
    (flavors.GHES_3_10, "ghes-3.10"),
    (flavors.GHES_3_19, "ghes-3.19"),
]
"""Each kind of server and the description that it is held against."""


def mock(name: str, folder: Path) -> AbstractContextManager[str]:
    """A server that answers with a description's own examples; its address is that of the API."""
    return _prism(["mock", str(description_path(name))], folder)


def proxy(name: str, upstream: str, folder: Path) -> AbstractContextManager[str]:
    """A gateway to the API at `upstream`: it says in `sl-violations` what is not as described, either way."""
    return _prism(["proxy", str(description_path(name)), upstream], folder)


def reached_at(address: str, flavor: Flavor) -> Host:
    """The host of a flavor whose API answers at `address`; the rest of it decides what the client sends."""
    if flavor.enterprise:
        return host_of_api(address)
    return replace(host_named(flavor.web), base_url=address)


def _prism(arguments: list[str], folder: Path) -> AbstractContextManager[str]:
    program = find_program("prism", "@stoplight/prism-cli")
    command = [program, *arguments, "--host", "127.0.0.1", "--port", "0"]
    return running(command, r"Prism is listening on (http://127\.0\.0\.1:\d+)", folder / "prism.log")
