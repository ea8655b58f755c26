"""The real ``gh``, where it is installed: what it keeps is found, and what it does not have is not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from artifact_tui.github.hosts import read_host
from artifact_tui.github.tokens.sources import FoundToken, TokenSources

pytestmark = pytest.mark.integration

ACCOUNTS_SINCE = (2, 40)
PLAIN = """\
github.com:
    user: octocat
    oauth_token: token-of-github-com
    git_protocol: https
ghe.acme.example:
    user: octocat
    oauth_token: token-of-the-server
"""
ACCOUNTS = """\
github.com:
    user: octocat
    oauth_token: token-of-octocat
    users:
        octocat:
            oauth_token: token-of-octocat
        mona:
            oauth_token: token-of-mona
"""


@pytest.fixture
def version() -> tuple[int, int]:
    """Of the program that is installed; the test is skipped without one."""
    program = shutil.which("gh")
    if program is None:
        pytest.skip("gh is not installed (apt-get install gh)")
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"version (\d+)\.(\d+)", said)
    assert found is not None, said
    return int(found[1]), int(found[2])


def find(home: Path, hosts: str, host: str, **more: str) -> FoundToken:
    """What all sources say, with a file of ``gh`` that holds ``hosts``."""
    folder = home / "gh"
    folder.mkdir(exist_ok=True)
    (folder / "hosts.yml").write_text(hosts)
    (folder / "hosts.yml").chmod(0o600)
    own = {"HOME": str(home), "PATH": os.environ["PATH"], "GH_CONFIG_DIR": str(folder)}
    nothing = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    return TokenSources(read_host(host), own | nothing | more, None).find()


@pytest.mark.usefixtures("version")
@pytest.mark.parametrize(
    ("host", "token"), [("github.com", "token-of-github-com"), ("ghe.acme.example", "token-of-the-server")]
)
def test_each_host_has_the_token_that_gh_has_for_it(tmp_path: Path, host: str, token: str) -> None:
    """Whatever host and token the environment names for others."""
    other = {"GH_HOST": "ghe.other.example"} | ({} if host == "github.com" else {"GH_TOKEN": "token-of-a-runner"})
    found = find(tmp_path, PLAIN, host, **other)
    assert found.credential is not None
    assert (found.credential.source, found.credential.token.reveal(), found.notes) == ("gh", token, ())


@pytest.mark.usefixtures("version")
@pytest.mark.parametrize("hosts", [PLAIN, "", "not: [yaml"])
def test_a_host_that_gh_does_not_know_has_no_token(tmp_path: Path, hosts: str) -> None:
    found = find(tmp_path, hosts, "ghe.unknown.example")
    assert (found.credential, found.notes) == (None, ("No keyring available.",))


def test_each_account_has_the_token_that_gh_has_for_it(tmp_path: Path, version: tuple[int, int]) -> None:
    """A ``gh`` that knows of no accounts has none for any: that of another account is not taken instead."""
    knows = version >= ACCOUNTS_SINCE
    for account, token in (("octocat", "token-of-octocat"), ("mona", "token-of-mona"), ("nobody", "")):
        found = find(tmp_path, ACCOUNTS, f"{account}@github.com", GH_TOKEN="token-of-a-runner")
        expected = token if knows and token else None
        assert (found.credential and found.credential.token.reveal()) == expected
