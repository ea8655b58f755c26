"""The real keyring of a Linux desktop, on machines without one: it keeps, is locked, or has nothing to keep in."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_tui.github.credentials import Token
from artifact_tui.github.hosts import host_named
from artifact_tui.github.tokens.sources import KeepingError, TokenSources
from artifact_tui.github.tokens.system_keyring import SystemKeyring
from tests.integration.gnome_keyring import gnome_keyring, session_bus

pytestmark = pytest.mark.integration

GITHUB = host_named("github.com")
GHES = host_named("ghe.acme.example")


def test_an_unlocked_keyring_keeps_a_token_for_each_host_and_forgets_it(tmp_path: Path) -> None:
    with gnome_keyring(tmp_path, password="open sesame") as environ:
        sources = {host.name: TokenSources(host, environ, None) for host in (GITHUB, GHES)}
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
        assert TokenSources(GITHUB, environ, None).find().notes == ("There is no keyring here.",)
