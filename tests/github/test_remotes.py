"""The repository that is meant when none is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.models import RepositoryName
from artifact_tui.github.remotes import Remote, parse_remote, parse_repository

ACME = RepositoryName("acme", "tool.x")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://github.com/acme/tool.x.git", "github.com"),
        ("https://user:pw@github.com/acme/tool.x/", "github.com"),
        ("HTTPS://GitHub.com/acme/tool.x", "github.com"),
        ("git@github.com:acme/tool.x.git", "github.com"),
        ("github.com:acme/tool.x", "github.com"),
        ("git@github.com:/acme/tool.x.git", "github.com"),
        ("ssh://git@github.com/acme/tool.x.git", "github.com"),
        ("ssh://git@ssh.github.com:443/acme/tool.x.git", "ssh.github.com"),
        ("git+ssh://git@ghe.acme.example:2222/acme/tool.x", "ghe.acme.example"),
        ("https://ghe.acme.example:8443/acme/tool.x", "ghe.acme.example:8443"),
        ("git://github.com/acme/tool.x.git", "github.com"),
        ("work:acme/tool.x.git", "work"),
    ],
)
def test_every_form_of_a_remote_is_read(url: str, host: str) -> None:
    assert parse_remote(url) == Remote(host, ACME)


@pytest.mark.parametrize(
    "url",
    ["", "/srv/git/tool.git", "../tool", "file:///srv/acme/tool", "https://github.com/acme", "https://gitlab.example/a/b/c",
     "C:\\git\\tool", "git@github.com:tool.git", "https://[::1/acme/tool", "ext::sh -c id", "https://h:x/a/b",
     "https://gist.github.com/mira/0123456789abcdef.git", "git@gist.github.com:0123456789abcdef.git",
     "https://gist.ghe.acme.example/mira/0123456789abcdef", "https://ghe.acme.example/gist/mira/0123456789abcdef",
     "https://github.com/acme/tool.wiki.git", "git@github.com:acme/tool.wiki.git", "ssh://git@ghe.acme/acme/tool.wiki"],
)  # fmt: skip
def test_what_names_no_repository_is_left_alone(url: str) -> None:
    assert parse_remote(url) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("acme/tool.x", Remote("", ACME)),
        ("ghe.acme.example/acme/tool.x", Remote("ghe.acme.example", ACME)),
        ("https://github.com/acme/tool.x", Remote("github.com", ACME)),
        ("tool", None),
        ("a/b/c/d", None),
        ("/acme/tool", None),
        ("acme/..", None),
        ("acme/tool.wiki", None),
        ("https://gist.github.com/mira/0123456789abcdef", None),
        ("", None),
    ],
)
def test_gh_repo_may_name_a_host(text: str, expected: Remote | None) -> None:
    assert parse_repository(text) == expected


PARTS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)


@given(
    PARTS,
    PARTS,
    st.sampled_from(["https://{h}/{r}", "git@{h}:{r}", "ssh://git@{h}/{r}"]),
    st.sampled_from(["", ".git"]),
)
def test_a_repository_comes_out_of_every_form_of_its_address(owner: str, name: str, form: str, end: str) -> None:
    url = form.format(h="github.com", r=f"{owner}/{name}{end}")
    assert parse_remote(url) == Remote("github.com", RepositoryName(owner, name))


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading(text: str) -> None:
    for found in (parse_remote(text), parse_repository(text)):
        assert found is None or RepositoryName.parse(str(found.repository)) is not None
