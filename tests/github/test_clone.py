"""The clone that we stand in: recognized, or passed over for a reason that is said."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from artifact_tui.domain.models import RepositoryName
from artifact_tui.github.clone import read_clone, recognize_clone, resolve_alias
from artifact_tui.github.hosts import Host, host_named
from artifact_tui.github.remotes import Remote

ME = RepositoryName("me", "tool")
NAMED = "Name the repository as OWNER/REPO."


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """With an ``ssh`` whose settings know two aliases, and that writes down what it was asked."""
    place = tmp_path / "bin"
    place.mkdir()
    (place / "ssh").write_text(
        f'#!/bin/sh\necho "$(pwd) $*" >> {tmp_path}/asked\nfor name; do :; done\n'
        'case "$name" in work|github.com-work) echo user git; echo hostname GitHub.com;;\n'
        'corp) echo hostname ghe.acme.example;; slow) sleep 60;; *) echo "hostname $name";; esac\n'
    )
    (place / "ssh").chmod(0o755)
    path = f"{place}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "HOME": str(tmp_path)}


def git(directory: Path, environ: dict[str, str], *arguments: str) -> None:
    subprocess.run(["git", "-C", str(directory), *arguments], env=environ, check=True, capture_output=True)


@pytest.fixture
def clone(tmp_path: Path, environ: dict[str, str]) -> Path:
    place = tmp_path / "clone"
    place.mkdir()
    git(place, environ, "init", "-q")
    return place


def with_remotes(clone: Path, environ: dict[str, str], **remotes: str) -> Path:
    for name, address in remotes.items():
        git(clone, environ, "remote", "add", name, address)
    return clone


def asked(tmp_path: Path) -> list[str]:
    path = tmp_path / "asked"
    return path.read_text().splitlines() if path.exists() else []


def test_the_remotes_come_in_the_order_of_gh(clone: Path, environ: dict[str, str]) -> None:
    own, another = "git@github.com:me/tool.git", "https://github.com/another/tool"
    with_remotes(clone, environ, origin=own, another=another, upstream="https://github.com/acme/tool")
    (clone / "deep").mkdir()
    assert [name for name, _ in read_clone(clone / "deep", environ).remotes] == ["upstream", "origin", "another"]
    git(clone, environ, "config", "remote.another.gh-resolved", "base")
    assert read_clone(clone, environ).remotes[0] == ("another", another)


def test_git_rewrites_addresses_as_it_is_told_to(clone: Path, environ: dict[str, str]) -> None:
    with_remotes(clone, environ, origin="git@github.com:me/tool.git")
    git(clone, environ, "config", "url.https://acme.ghe.com/.insteadOf", "git@github.com:")
    assert recognize_clone(clone, None, (), environ).remote == Remote("acme.ghe.com", ME)


def test_outside_a_clone_there_is_nothing_to_say(tmp_path: Path, environ: dict[str, str]) -> None:
    for place in (tmp_path, tmp_path / "missing"):
        assert recognize_clone(place, None, (), environ) == (None, "")


@pytest.mark.parametrize(
    "address",
    ["git@work:me/tool.git", "github.com-work:me/tool", "ssh://git@work/me/tool.git", "ssh://WORK:22/me/tool"],
)
def test_an_alias_of_ssh_leads_to_its_host(clone: Path, environ: dict[str, str], address: str, tmp_path: Path) -> None:
    with_remotes(clone, environ, origin=address)
    assert recognize_clone(clone, None, (), environ).remote == Remote("github.com", ME)
    (line,) = asked(tmp_path)
    assert line.startswith("/ -G -o CanonicalizeHostname=no -- ")


def test_an_alias_of_an_enterprise_server_leads_there_when_it_is_known(clone: Path, environ: dict[str, str]) -> None:
    with_remotes(clone, environ, origin="git@corp:me/tool.git")
    found = Remote("ghe.acme.example", ME)
    assert recognize_clone(clone, None, ("ghe.acme.example",), environ).remote == found
    assert recognize_clone(clone, host_named("ghe.acme.example"), (), environ).remote == found
    assert recognize_clone(clone, None, (), environ).remote is None


@pytest.mark.parametrize(
    "address", ["ssh://-oProxyCommand=id/a/b", "git@$(id):me/tool", "git@`id`:me/tool", "a'b:me/tool"]
)
def test_what_is_no_plain_name_is_not_asked_of_ssh(
    clone: Path, environ: dict[str, str], address: str, tmp_path: Path
) -> None:
    with_remotes(clone, environ, origin=address)
    assert recognize_clone(clone, None, (), environ).remote is None
    assert asked(tmp_path) == []


def test_hosts_that_are_known_and_other_schemes_are_not_asked_of_ssh(
    clone: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    with_remotes(clone, environ, a="https://git.stranger.example/me/tool", origin="git@github.com:me/tool")
    assert recognize_clone(clone, None, (), environ).remote == Remote("github.com", ME)
    assert asked(tmp_path) == []


def test_an_ssh_that_does_not_answer_is_given_up(environ: dict[str, str]) -> None:
    assert resolve_alias("slow", environ) == ""
    assert resolve_alias("work", {"PATH": "/nowhere"}) == ""


UNKNOWN = "which is not a known host. Use --host, or add it to hosts in config.toml."


@pytest.mark.parametrize(
    ("address", "host", "why"),
    [
        ("https://git.stranger.example/me/tool", None, f"The remote origin is on git.stranger.example, {UNKNOWN}"),
        ("git@nickname:me/tool", None, f"The remote origin is on nickname, {UNKNOWN}"),
        ("git@corp:me/tool", None, f"The remote origin is on ghe.acme.example, {UNKNOWN}"),
        (
            "https://github.com/me/tool",
            host_named("acme.ghe.com"),
            f"The remote origin is on github.com, not on acme.ghe.com. {NAMED}",
        ),
        (
            "/srv/git/tool.git",
            None,
            "The remote origin is not a repository on a GitHub host. Name one as OWNER/REPO.",
        ),
        (
            "https://gist.github.com/mira/0123456789abcdef.git",
            None,
            "The remote origin is a gist, which has no artifacts. Name a repository as OWNER/REPO.",
        ),
        (
            "git@github.com:me/tool.wiki.git",
            None,
            "The remote origin is a wiki, which has no artifacts. Name its repository as OWNER/REPO.",
        ),
    ],
)
def test_why_a_clone_is_not_recognized_is_said(
    clone: Path, environ: dict[str, str], address: str, host: Host | None, why: str
) -> None:
    with_remotes(clone, environ, origin=address)
    assert recognize_clone(clone, host, (), environ) == (None, why)


def test_a_clone_without_a_remote_says_so(clone: Path, environ: dict[str, str]) -> None:
    assert recognize_clone(clone, None, (), environ).why == f"This clone has no remote. {NAMED}"


def test_a_clone_that_git_cannot_read_says_so(clone: Path, environ: dict[str, str]) -> None:
    (clone / ".git" / "HEAD").unlink()
    (clone / ".git" / "config").write_text("[core")
    assert recognize_clone(clone, None, (), environ).why == f"git cannot read this clone. {NAMED}"


def test_a_clone_of_another_user_says_how_git_is_told_to_trust_it(clone: Path, environ: dict[str, str]) -> None:
    """git takes every clone for another's where this variable of its own test suite says so."""
    with_remotes(clone, environ, origin="git@github.com:me/tool")
    why = recognize_clone(clone, None, (), environ | {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}).why
    step = f"git config --global --add safe.directory {clone}"
    assert why == f"This clone belongs to another user. To use it, run: {step}"


def test_the_first_remote_that_can_be_used_is(clone: Path, environ: dict[str, str]) -> None:
    with_remotes(clone, environ, upstream="https://git.stranger.example/a/b", origin="git@github.com:me/tool")
    assert recognize_clone(clone, None, (), environ) == (Remote("github.com", ME), "")
