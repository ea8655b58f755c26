"""A token is used for its own server and shown to nobody."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.github.hosts import host_named
from artifact_tui.github.tokens.credentials import Token, TokenError, find_credential

ALL = {
    "GH_TOKEN": "cloud-token-1",
    "GITHUB_TOKEN": "cloud-token-2",
    "GH_ENTERPRISE_TOKEN": "server-token-1",
    "GITHUB_ENTERPRISE_TOKEN": "server-token-2",
}


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("github.com", ["GH_TOKEN", "GITHUB_TOKEN"]),
        ("acme.ghe.com", ["GH_TOKEN", "GITHUB_TOKEN"]),
        ("ghe.acme.example", ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]),
        ("localhost:8080", ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]),
        ("github.com.evil.example", ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]),
    ],
)
def test_each_kind_of_server_has_its_own_variables(host: str, expected: list[str]) -> None:
    environ = dict(ALL)
    for variable in expected:
        found = find_credential(host_named(host), environ)
        assert found is not None
        assert (found.source, found.token.reveal()) == (variable, ALL[variable])
        environ[variable] = " "
    assert find_credential(host_named(host), environ) is None


@pytest.mark.parametrize(
    "value", ["short", "with a space in it", "tökentöken", "x" * 513, "line\nbreak-in-it", "esc\x1bape-token"]
)
def test_what_cannot_be_a_token_is_refused_without_being_shown(value: str) -> None:
    with pytest.raises(TokenError) as error:
        find_credential(host_named("github.com"), {"GH_TOKEN": value})
    assert "GH_TOKEN" in str(error.value)
    assert value not in str(error.value)


def test_a_line_end_around_a_token_does_not_matter() -> None:
    found = find_credential(host_named("github.com"), {"GH_TOKEN": " abcdefgh12\r\n"})
    assert found is not None
    assert found.token.reveal() == "abcdefgh12"


@given(st.from_regex(r"[\x21-\x7e]{8,80}", fullmatch=True))
def test_no_way_of_printing_shows_a_token(value: str) -> None:
    token = Token(value)
    found = find_credential(host_named("github.com"), {"GH_TOKEN": value})
    assert value not in f"{token} {token!r} {[token]} {found!r} {token.identity()}"
    with pytest.raises(TypeError):
        pickle.dumps(token)


def test_two_tokens_have_two_identities() -> None:
    assert Token("abcdefgh1").identity() == Token("abcdefgh1").identity() != Token("abcdefgh2").identity()
