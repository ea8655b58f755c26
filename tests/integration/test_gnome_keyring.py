"""The real keyring of a Linux desktop, on machines without one: it keeps, is locked, or has nothing to keep in."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DemoAccount
from artifact_tui.demo.data import VIEWER
from artifact_tui.github.hosts import host_named, read_host
from artifact_tui.github.tokens.credentials import Token
from artifact_tui.github.tokens.keyring import SystemKeyring
from artifact_tui.github.tokens.sources import KeepingError, TokenSources
from tests.canary.test_canary import CANARY, hits, host_of, told, watched
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.integration.gnome_keyring import gnome_keyring, session_bus
from tests.pty_program import PROGRAM

pytestmark = pytest.mark.integration

GITHUB = host_named("github.com")
GHES = host_named("ghe.acme.example")
WORK = read_host("Work@github.com")


def test_an_unlocked_keyring_keeps_a_token_for_each_host_and_account_and_forgets_it(tmp_path: Path) -> None:
    with gnome_keyring(tmp_path, password="open sesame") as environ:
        sources = {host.label: TokenSources(host, environ, None) for host in (GITHUB, GHES, WORK)}
        assert sources["github.com"].find().credential is None
        for host, kept in sources.items():
            assert kept.keep(Token(f"token-of-{host}"), "keyring").source == "keyring"
        for host, kept in sources.items():
            finding = kept.find()
            assert finding.credential is not None
            assert (finding.credential.source, finding.notes) == ("keyring", ())
            assert finding.credential.token.reveal() == f"token-of-{host}"
        assert sources["github.com"].forget() == ("keyring",)
        assert sources["github.com"].forget() == ()
        assert sources["github.com"].find().credential is None
        assert sources["ghe.acme.example"].find().credential is not None
        assert sources["Work@github.com"].find().credential is not None
        same = TokenSources(read_host("work@github.com"), environ, None)
        assert same.forget() == ("keyring",)
        assert sources["Work@github.com"].find().credential is None


def test_a_locked_keyring(tmp_path: Path) -> None:
    """One that was made at an earlier login, and nobody has opened at this one."""
    with gnome_keyring(tmp_path, password="open sesame") as environ:
        TokenSources(GITHUB, environ, None).keep(Token("a-kept-token"), "keyring")
    with gnome_keyring(tmp_path) as environ:
        finding = TokenSources(GITHUB, environ, None).find()
        assert (finding.credential, finding.notes) == (None, ("The keyring is locked.",))
        with pytest.raises(KeepingError, match=r"^The keyring is locked\.$"):
            TokenSources(GITHUB, environ, None).keep(Token("another-token"), "keyring")


def test_a_keyring_with_nothing_to_keep_in_and_no_screen_to_ask_on(tmp_path: Path) -> None:
    with gnome_keyring(tmp_path) as environ:
        answer = SystemKeyring(environ).ask("set", GITHUB, "a-pasted-token")
    assert answer.sentence == "The keyring cannot be opened here."


def test_a_bus_without_a_keyring(tmp_path: Path) -> None:
    with session_bus(tmp_path) as environ:
        assert TokenSources(GITHUB, environ, None).find().notes == ("No keyring available.",)


def test_a_token_kept_in_the_keyring_is_in_no_arguments_and_in_no_file(tmp_path: Path) -> None:
    """The command line as a person uses it: login from a pipe, status, logout."""
    home = tmp_path / "home"
    home.mkdir()
    with (
        Loopback(FakeGitHub(flavors.GHES_3_19, accounts=[DemoAccount(VIEWER, CANARY)])) as loopback,
        gnome_keyring(tmp_path, password="open sesame") as login,
    ):
        bus = {"DBUS_SESSION_BUS_ADDRESS": login["DBUS_SESSION_BUS_ADDRESS"]}
        said = []
        for arguments in (["login"], ["status"], ["logout"], ["status"]):
            done = subprocess.run(
                [*PROGRAM, "auth", *arguments, "--host", host_of(loopback)],
                env=watched(home, **bus),
                cwd=home,
                input=f"{CANARY}\n",
                capture_output=True,
                text=True,
                check=False,
            )
            assert CANARY not in done.stdout + done.stderr
            said.append(done.stdout.splitlines()[0].partition(": ")[2])
    assert said == [
        "mira-holm, stored in the keyring",
        "mira-holm, token from keyring",
        "removed from keyring",
        "no token",
    ]
    assert not hits("\n".join(told(home, "subprocess.Popen")).encode())
    for path in tmp_path.rglob("*"):
        assert not (path.is_file() and hits(path.read_bytes())), path
