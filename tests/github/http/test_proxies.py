"""Which way a request takes, by the variables that concern its host."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.github.http.proxies import Route, ignored_settings, route_to

PROXY = "http://proxy.acme:3128"


@pytest.mark.parametrize(
    ("environ", "variable"),
    [
        ({"HTTPS_PROXY": PROXY}, "HTTPS_PROXY"),
        ({"https_proxy": PROXY, "HTTPS_PROXY": "socks://x"}, "https_proxy"),
        ({"HTTPS_PROXY": PROXY, "ALL_PROXY": "socks://x"}, "HTTPS_PROXY"),
        ({"ALL_PROXY": PROXY}, "ALL_PROXY"),
        ({"ALL_PROXY": PROXY, "HTTP_PROXY": "http://other"}, "ALL_PROXY"),
        ({"HTTPS_PROXY": "proxy.acme:3128"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": f"  {PROXY} "}, "HTTPS_PROXY"),
    ],
)
def test_the_variable_that_concerns_the_host_is_used(environ: dict[str, str], variable: str) -> None:
    route = route_to("https://api.github.com", environ)
    assert (route.variable, route.address) == (variable, PROXY)
    assert route.is_usable


@pytest.mark.parametrize(
    "environ",
    [{}, {"HTTP_PROXY": PROXY}, {"HTTPS_PROXY": ""}, {"https_proxy": "", "HTTPS_PROXY": PROXY}, {"NO_PROXY": "*"}],
)
def test_without_one_that_concerns_it_the_way_is_direct(environ: dict[str, str]) -> None:
    assert not route_to("https://api.github.com", environ).address


def test_a_header_of_a_web_client_is_no_setting() -> None:
    assert not route_to("http://ghe.acme", {"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}).address


@pytest.mark.parametrize(
    ("host", "no_proxy"),
    [
        ("api.github.com", "*"),
        ("api.github.com", "github.com"),
        ("api.github.com", ".github.com"),
        ("github.com", ".github.com"),
        ("api.github.com", "*.github.com"),
        ("api.github.com", " other.example , API.GitHub.com "),
        ("api.github.com", "other.example api.github.com"),
        ("api.github.com", "api.github.com:443"),
        ("api.github.com", "https://api.github.com/"),
        ("ghe.acme:8443", "ghe.acme:8443"),
        ("10.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3", "10.1.2.3/8"),
        ("10.1.2.3:8443", "10.1.2.3"),
        ("[::1]", "::1"),
        ("[::1]", "[::1]"),
        ("[::1]:8443", "[::1]:8443"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[fd00::7]", "fd00::/8"),
        ("[fd00::7]", "[fd00::]/8"),
        ("api.github.com.", "github.com"),
    ],
)
def test_no_proxy_is_read_in_all_its_forms(host: str, no_proxy: str) -> None:
    environ = {"ALL_PROXY": PROXY, "no_proxy": no_proxy}
    assert route_to(f"https://{host}/x", environ) == Route("no_proxy")
    assert not list(ignored_settings(f"https://{host}", environ))


@pytest.mark.parametrize(
    ("host", "no_proxy"),
    [
        ("api.github.com", "hub.com"),
        ("api.github.com", "api.github.com:8443"),
        ("api.github.com", "10.0.0.0/8"),
        ("11.1.2.3", "10.0.0.0/8"),
        ("10.1.2.3", "::/0"),
        ("[fd00::7]", "0.0.0.0/0"),
        ("10.1.2.3", "2.3"),
        ("api.github.com", "."),
        ("api.github.com", ""),
        ("api.github.com", "*github*"),
    ],
)
def test_what_no_proxy_does_not_name_takes_the_proxy(host: str, no_proxy: str) -> None:
    assert route_to(f"https://{host}", {"ALL_PROXY": PROXY, "NO_PROXY": no_proxy}).address == PROXY


def test_what_is_passed_over_is_listed_with_the_reason() -> None:
    environ = {"HTTPS_PROXY": PROXY, "ALL_PROXY": "socks://me:secret@x:1", "NO_PROXY": "ok.example,10.0.0.0/99,[,a/b"}
    assert list(ignored_settings("https://api.github.com", environ)) == [
        "ALL_PROXY=socks://***@x:1 is invalid, but not needed for this host",
        *(f"{entry} in NO_PROXY is not a host, address or network" for entry in ("10.0.0.0/99", "[", "a/b")),
    ]


@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["api.github.com", "[::1]", "10.1.2.3:99"]))
def test_no_value_breaks_the_choice(proxy: str, no_proxy: str, host: str) -> None:
    environ = {"ALL_PROXY": proxy, "NO_PROXY": no_proxy, "HTTP_PROXY": no_proxy}
    assert isinstance(route_to(f"https://{host}", environ).is_usable, bool)
    assert isinstance(list(ignored_settings(f"https://{host}", environ)), list)
