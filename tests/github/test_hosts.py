"""Which server is meant, from what people type and what their environment holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.models import HostKind
from artifact_tui.github.hosts import (
    Host,
    HostError,
    check_api_version,
    choose_host,
    host_named,
    host_of_api,
    read_host,
)

GITHUB = Host("github.com", "https://api.github.com", "https://github.com", HostKind.GITHUB)


@pytest.mark.parametrize(
    "text",
    [
        "github.com",
        "GitHub.com",
        "github.com.",
        "api.github.com",
        "www.github.com",
        "https://github.com/",
        "gist.github.com",
    ],
)
def test_every_name_of_github_is_github(text: str) -> None:
    assert host_named(text) == GITHUB


@pytest.mark.parametrize("text", ["acme.ghe.com", "API.acme.ghe.com", "https://acme.ghe.com", "x.acme.ghe.com"])
def test_a_tenant_has_its_api_below_its_own_name(text: str) -> None:
    assert host_named(text) == Host(
        "acme.ghe.com", "https://api.acme.ghe.com", "https://acme.ghe.com", HostKind.DATA_RESIDENCY
    )


@pytest.mark.parametrize(
    ("text", "name", "base"),
    [
        ("ghe.acme.example", "ghe.acme.example", "https://ghe.acme.example/api/v3"),
        ("ghe.acme.example:443", "ghe.acme.example", "https://ghe.acme.example/api/v3"),
        ("GHE.acme.example:8443", "ghe.acme.example:8443", "https://ghe.acme.example:8443/api/v3"),
        ("notgithub.com", "notgithub.com", "https://notgithub.com/api/v3"),
        ("github.com.evil.example", "github.com.evil.example", "https://github.com.evil.example/api/v3"),
        ("localhost:8080", "localhost:8080", "http://localhost:8080/api/v3"),
        ("https://localhost", "localhost", "https://localhost/api/v3"),
        ("127.0.0.1:3000", "127.0.0.1:3000", "http://127.0.0.1:3000/api/v3"),
        ("[::1]:3000", "[::1]:3000", "http://[::1]:3000/api/v3"),
        ("[2001:DB8:0::7]", "[2001:db8::7]", "https://[2001:db8::7]/api/v3"),
        ("10.1.2.3", "10.1.2.3", "https://10.1.2.3/api/v3"),
    ],
)
def test_other_hosts_are_enterprise_servers(text: str, name: str, base: str) -> None:
    host = host_named(text)
    assert (host.name, host.base_url, host.kind) == (name, base, "enterprise server")


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "a b",
            "http://ghe.acme.example",
            "http://10.0.0.1",
            "ftp://ghe.acme.example",
            "ghe.com",
            "https://",
        ),
        *("user:secret@ghe.acme.example", "ghe.acme.example/path", "ghe.acme.example:99999", "ghe.acme.example:0"),
        *(
            "ghe.acme.example:x",
            "github.com:8443",
            "bücher.example",
            "-a.example",
            "a..b",
            "127.1",
            "0x7f.1",
            "2130706433",
        ),
        *(
            "[::1",
            "[fe80::1%eth0]",
            "ghe.acme.example?x",
            "ghe.acme.example#x",
            "ghe.acme.example\\evil",
            "http://[::ffff:127.0.0.1]",
        ),
    ],
)
def test_what_is_no_host_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(HostError) as error:
        host_named(text)
    sentence = str(error.value)
    assert sentence.endswith(".")
    assert sentence.isprintable()
    assert "secret" not in sentence


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("https://api.github.com", "https://api.github.com"),
        ("https://api.github.com/", "https://api.github.com"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com"),
        ("https://ghe.acme.example/api/v3/", "https://ghe.acme.example/api/v3"),
        ("https://ghe.acme.example", "https://ghe.acme.example/api/v3"),
        ("https://gateway.example/github/v3", "https://gateway.example/github/v3"),
        ("http://127.0.0.1:4010", "http://127.0.0.1:4010"),
        ("http://127.0.0.1:4010/api/v3", "http://127.0.0.1:4010/api/v3"),
    ],
)
def test_an_api_address_is_taken_as_it_is(text: str, base: str) -> None:
    assert host_of_api(text).base_url == base


@pytest.mark.parametrize(
    "text",
    [
        *("ghe.acme.example", "http://ghe.acme.example/api/v3", "https://h.example/../x", "https://h.example/a b"),
        *("https://h.example/a//b", "https://api.github.com/x", "https://h.example/%2e%2e"),
    ],
)
def test_what_is_no_api_address_is_refused(text: str) -> None:
    with pytest.raises(HostError):
        host_of_api(text)


def test_arguments_go_before_the_environment_and_wishes_before_what_a_runner_sets() -> None:
    environ = {"GH_HOST": "ghe.acme.example", "GITHUB_API_URL": "https://api.github.com"}
    assert choose_host(environ, host="acme.ghe.com").name == "acme.ghe.com"
    assert choose_host(environ, api_url="http://127.0.0.1:9/x").base_url == "http://127.0.0.1:9/x"
    assert choose_host(environ).name == "ghe.acme.example"
    assert choose_host({"GITHUB_API_URL": "https://ghe.other.example/api/v3"}).name == "ghe.other.example"
    assert choose_host({}) == GITHUB


def test_a_host_and_an_address_that_disagree_are_refused() -> None:
    with pytest.raises(HostError):
        choose_host({}, host="github.com", api_url="https://evil.example/api/v3")
    assert choose_host({}, host="github.com", api_url="https://api.github.com") == GITHUB


def test_an_api_version_is_a_date() -> None:
    assert check_api_version("2022-11-28") == "2022-11-28"
    with pytest.raises(HostError):
        check_api_version("latest")


LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)


@given(st.lists(LABELS, min_size=1, max_size=4).map(".".join), st.integers(1, 65535) | st.none())
def test_a_host_reads_its_own_name_and_address_back(name: str, port: int | None) -> None:
    text = name if port is None else f"{name}:{port}"
    try:
        host = host_named(text)
    except HostError:
        return  # no name that a server can have: an all-digit top level, a port on github.com
    assert host_named(host.name) == host
    assert host_named(host.web_url) == host
    assert host_of_api(host.base_url) == host


@given(st.text(max_size=60))
def test_no_text_makes_anything_but_a_host_or_a_sentence(text: str) -> None:
    for read in (host_named, host_of_api):
        sentence, host = "", GITHUB
        try:
            host = read(text)
        except HostError as error:
            sentence = str(error)
        assert sentence.isprintable()
        assert host.base_url.startswith("https://") or host.is_loopback
        assert host.base_url.isascii()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("github.com", "github.com"),
        ("work@GitHub.com", "work@github.com"),
        ("mona_acme@acme.ghe.com", "mona_acme@acme.ghe.com"),
        ("ci-bot@ghe.acme.example:8443", "ci-bot@ghe.acme.example:8443"),
    ],
)
def test_a_host_may_be_named_with_an_account(text: str, label: str) -> None:
    """It stays the same host, and its label is read back."""
    host = read_host(text)
    assert (host.label, read_host(host.label)) == (label, host)
    assert host_named(text.rpartition("@")[2]).name == host.name
    assert choose_host({"GH_HOST": "ghe.other.example"}, host=text) == host


@pytest.mark.parametrize(
    "text", ["mona:secret@github.com", "https://secret@github.com", "@github.com", "a b@github.com", "mona@", "a@b@c.d"]
)
def test_what_is_no_account_of_a_host_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(HostError) as error:
        read_host(text)
    assert "secret" not in str(error.value)
    assert str(error.value).endswith(".")


def test_an_account_stays_with_the_address_of_an_api() -> None:
    chosen = choose_host({}, host="mona@ghe.acme.example", api_url="https://ghe.acme.example/api/v3")
    assert (chosen.account, chosen.base_url) == ("mona", "https://ghe.acme.example/api/v3")
    with pytest.raises(HostError):
        choose_host({}, host="mona@ghe.acme.example", api_url="https://ghe.other.example/api/v3")
