"""Several accounts on one host: each with its own token, told apart on the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN, OUTSIDER_TOKEN, READ_ONLY_TOKEN
from tests.cli.test_main import RECORDER, host_of
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, Terminal, environment


@pytest.fixture
def enterprise() -> Iterator[Loopback]:
    with Loopback(FakeGitHub(flavors.GHES_3_10)) as loopback:
        yield loopback


def prepare(home: Path, hosts: list[str], tokens: dict[str, str]) -> None:
    """A home with these hosts in the settings, and a file with these tokens."""
    config, state = home / ".config" / "artifact-tui", home / ".local" / "state" / "artifact-tui"
    config.mkdir(parents=True)
    state.mkdir(parents=True)
    (config / "config.toml").write_text(f"hosts = {hosts}\n")
    (state / "tokens").write_text("".join(f"{label} {token}\n" for label, token in tokens.items()))
    (state / "tokens").chmod(0o600)


def test_two_accounts_on_one_host_have_a_token_each(tmp_path: Path, enterprise: Loopback) -> None:
    """What the settings call by their names is told apart on the screen, and neither is signed in with the other's."""
    host = host_of(enterprise)
    labels = [f"mira-holm@{host}", f"Lena-Marchetti@{host}"]
    prepare(tmp_path, labels, {labels[0]: DEMO_TOKEN, labels[1].lower(): OUTSIDER_TOKEN})
    environ = environment(tmp_path, GH_ENTERPRISE_TOKEN=READ_ONLY_TOKEN)
    with Terminal((*PROGRAM, "--host", host), environ, tmp_path) as terminal:
        terminal.until_shown("› Repositories", f"mira-holm (GH_ENTERPRISE_TOKEN) · {host}")
        terminal.type("H")
        terminal.until_shown("Switch to another host", *labels)
        terminal.type("\r")
        terminal.until_shown(f"{labels[0]} › Repositories", "mira-holm (file)")
        terminal.type("H\r")
        terminal.until_shown(f"{labels[1]} › Repositories", "lena-marchetti (file)")
        terminal.type("q")
        assert terminal.exit_code() == 0
    used = {request.headers.get("authorization", "").rpartition(" ")[2] for request in enterprise.server.requests}
    assert used >= {READ_ONLY_TOKEN, DEMO_TOKEN, OUTSIDER_TOKEN}


def test_a_clone_is_opened_with_the_account_that_the_settings_name_for_its_host(
    tmp_path: Path, enterprise: Loopback
) -> None:
    """Only one account is named for that host, so it is the one that is meant."""
    host = host_of(enterprise)
    prepare(tmp_path, [f"mira-holm@{host}"], {f"mira-holm@{host}": DEMO_TOKEN})
    with Terminal(PROGRAM, environment(tmp_path, GH_REPO=f"{host}/{RECORDER}"), tmp_path) as terminal:
        terminal.until_shown("30 runs", f"mira-holm (file) · {host}")
        terminal.type("q")
        assert terminal.exit_code() == 0


def test_the_release_of_an_enterprise_server_is_asked_for_once_a_day(tmp_path: Path) -> None:
    """Not at the second start, whose first request is the list."""
    with Loopback(FakeGitHub(flavors.GHES_3_10)) as loopback:
        environ = environment(tmp_path, GH_ENTERPRISE_TOKEN=DEMO_TOKEN)
        for asked in (1, 1):
            with Terminal((*PROGRAM, RECORDER, "--api-url", loopback.api), environ, tmp_path) as terminal:
                terminal.until_shown("30 runs", "mira-holm")
                terminal.type("q")
                assert terminal.exit_code() == 0
            assert sum(request.path.endswith("/meta") for request in loopback.server.requests) == asked
