"""What ``artifact-tui doctor`` says of its surroundings."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from artifact_tui.cli.line.table import NAMES
from tests.cli.surroundings import called, surroundings
from tests.pty_program import PROGRAM, environment, unknown_user

TOKEN = "ghp_" + "x" * 36
"""With one in the environment, no keyring is asked."""


def doctor(home: Path, **more: str) -> tuple[int, dict[str, str]]:
    """Its exit code and lines by their names; stdin and stderr are no terminal here."""
    with surroundings(home, **more) as environ:
        code, out, _ = called("doctor", [], environ)
    return code, by_name(out)


def started(home: Path, **more: str) -> dict[str, str]:
    """The lines of a program of its own, in which Python looks at the locale before ours does."""
    command = [*PROGRAM, "doctor"]
    done = subprocess.run(command, env=environment(home, **more), capture_output=True, stdin=subprocess.DEVNULL)
    return by_name(done.stdout.decode())


def by_name(output: str) -> dict[str, str]:
    return {line[2:16].strip(): line[:2] + line[17:] for line in output.splitlines()}


def test_it_names_the_source_of_the_token_and_never_the_token(tmp_path: Path) -> None:
    _, found = doctor(tmp_path, GH_TOKEN=TOKEN, HTTPS_PROXY="http://me:secret@proxy:3128")
    assert found["token"] == "✓ from GH_TOKEN"
    assert found["proxy"] == "✓ HTTPS_PROXY=http://***@proxy:3128"
    assert "xxxx" not in str(found)
    assert "secret" not in str(found)


def test_the_demo_needs_no_host_token_or_settings(tmp_path: Path) -> None:
    config = tmp_path / ".config" / "artifact-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("no = 'setting'")
    with surroundings(tmp_path, GH_HOST="not a host") as environ:
        found = by_name(called("doctor", ["--demo"], environ)[1])
        code, _, both = called("doctor", ["--demo", "--host", "github.com"], environ)
    assert found["host"] == "✓ the demo, a simulated GitHub without network"
    assert found["token"] == "✓ from the demo"
    assert found["config.toml"] == f"✓ {config} (ignored: --demo)"
    assert "proxy" not in found
    assert (code, both) == (2, "artifact-tui: --demo uses no server. Remove --host and --api-url.\n")


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("token", {}, "public repositories only"),
        ("token", {"GH_TOKEN": "two words"}, "GH_TOKEN does not hold a valid token"),
        ("certificates", {"SSL_CERT_FILE": "/nowhere.pem"}, "SSL_CERT_FILE does not name a readable file"),
        ("keyring", {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}, "stores nothing"),
        ("host", {"GH_HOST": "not a host"}, "not a valid host name"),
    ],
)
def test_what_would_hurt_has_a_sign(name: str, more: dict[str, str], words: str, tmp_path: Path) -> None:
    code, found = doctor(tmp_path, **more)
    assert code == 1
    assert found[name].startswith("✗")
    assert words in found[name]


@pytest.mark.parametrize(
    ("more", "used", "passed_over"),
    [
        ({"HTTPS_PROXY": "http://me:secret@p:1", "ALL_PROXY": "socks://x:1"},
         "✓ HTTPS_PROXY=http://***@p:1", "✓ ALL_PROXY=socks://x:1 is invalid, but not needed for this host"),
        ({"https_proxy": "http://p:1", "NO_PROXY": "::1/128,10.0.0.0/8,[::2]:80"}, "✓ https_proxy=http://p:1", None),
        ({"ALL_PROXY": "http://p:1", "no_proxy": ".github.com,[,"},
         "✓ none (no_proxy)", "✓ [ in no_proxy is not a host, address or network"),
        ({"ALL_PROXY": "socks://x:1"},
         "✗ ALL_PROXY=socks://x:1 — not valid; use http, https, socks5, socks5h, or unset it", None),
        ({"HTTP_PROXY": "http://p:1"}, "✓ none", None),
    ],
)  # fmt: skip
def test_it_names_the_proxy_that_is_used_and_what_is_passed_over(
    tmp_path: Path, more: dict[str, str], used: str, passed_over: str | None
) -> None:
    _, found = doctor(tmp_path, GH_TOKEN=TOKEN, **more)
    assert (found["proxy"], found.get("ignored")) == (used, passed_over)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("git@github.com:acme/tool.git", "✓ acme/tool on github.com"),
        ("https://gist.github.com/mira/0a1b2c.git", "✗ not recognized — The remote origin is a gist"),
        ("", "✗ not recognized — This clone has no remote."),
        (None, "✓ none"),
    ],
)
def test_it_says_which_clone_it_stands_in_or_why_it_is_not_recognized(
    tmp_path: Path, address: str | None, said: str
) -> None:
    steps = [] if address is None else [["init", "-q"]]
    for arguments in [*steps, *([["remote", "add", "origin", address]] if address else [])]:
        subprocess.run(["git", *arguments], cwd=tmp_path, env=environment(tmp_path), check=True)
    _, found = doctor(tmp_path, GH_TOKEN=TOKEN)
    assert found["clone"].startswith(said)


def test_in_a_directory_that_was_removed_it_says_so(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = ["sh", "-c", 'cd "$1"; rmdir "$1"; shift; exec "$@"', "sh", str(gone), *PROGRAM, "doctor"]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, stdin=subprocess.DEVNULL)
    assert b"The current directory no longer exists" in done.stdout
    assert b"Traceback" not in done.stderr


def test_an_address_of_the_environment_that_is_overruled_is_told_of(tmp_path: Path) -> None:
    _, found = doctor(
        tmp_path, GH_ENTERPRISE_TOKEN=TOKEN, GH_HOST="ghe.acme.example", GITHUB_API_URL="https://api.github.com"
    )
    assert found["ignored"] == "✓ GITHUB_API_URL is ignored, because GH_HOST names the server (ghe.acme.example)."


def test_without_a_home_directory_it_says_so(tmp_path: Path) -> None:
    command = [*PROGRAM, "doctor"]
    known = unknown_user(tmp_path, environment(tmp_path))
    done = subprocess.run(command, env=known, capture_output=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (1, b"")
    found = {line[2:16].strip(): line[:2] + line[17:] for line in done.stdout.decode().splitlines()}
    assert found["home"].startswith("✗ not found — No home directory: the program uses defaults")
    assert found["host"].startswith("✓ github.com")


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ('concurrency = "4"', "config.toml", "concurrency must be a whole number."),
        ('theme = "nightly"', "config.toml", "solarized-light"),
        ('preset = "vim"', "config.toml", 'preset must be "default" or "ncdu"'),
        ('api-version = "yesterday"', "config.toml", "api-version: 'yesterday' is not a valid API version"),
        ('hosts = ["not a host"]', "config.toml", "hosts: 'not a host' is not a valid host name."),
        ('[keys]\n"artifacts.download" = "nosuchkey"', "config.toml", "is not a valid key"),
        ('[columns]\nruns = ["Sise"]', "config.toml", "columns: unknown column 'Sise' in runs"),
        ('ca-file = "/nowhere.pem"', "certificates", "ca-file does not name a readable file"),
    ],
)
def test_settings_that_would_stop_the_start_have_a_sign(tmp_path: Path, text: str, name: str, words: str) -> None:
    """The rest is still looked at, as if there were no settings."""
    place = tmp_path / ".config" / "artifact-tui"
    place.mkdir(parents=True)
    (place / "config.toml").write_text(text)
    code, found = doctor(tmp_path, GH_TOKEN=TOKEN)
    assert code == 1
    assert found[name].startswith("✗")
    assert words in found[name]
    assert found["host"].startswith("✓ github.com")


def test_in_a_locale_without_utf8_it_speaks_ascii_and_says_so(tmp_path: Path) -> None:
    for locale in ("C", "POSIX", "en_US.ISO-8859-1"):
        found = started(tmp_path, LANG=locale)
        assert found["locale"].startswith(f"x LANG={locale} ")
        assert "ASCII" in found["locale"]


def test_a_locale_that_only_python_has_set_is_none(tmp_path: Path) -> None:
    found = started(tmp_path, LANG="")
    assert found["locale"].startswith("x not set ")


def test_hostile_values_are_shown_and_not_obeyed(tmp_path: Path) -> None:
    _, found = doctor(tmp_path, GH_TOKEN=TOKEN, HTTPS_PROXY="http://\x1b]0;title\x07proxy")
    assert "\x1b" not in found["proxy"]
    assert "␛" in found["proxy"]


def test_it_takes_no_arguments(tmp_path: Path) -> None:
    done = subprocess.run([*PROGRAM, "doctor", "me"], env=environment(tmp_path), capture_output=True, text=True)
    sentence = "artifact-tui: doctor takes no arguments. See artifact-tui doctor --help.\n"
    assert (done.returncode, done.stderr) == (2, sentence)


def test_without_a_terminal_there_is_no_problem(tmp_path: Path) -> None:
    code, found = doctor(tmp_path, GH_TOKEN=TOKEN)
    assert (code, found["terminal"]) == (0, "✓ none: for the full screen, stdin and stderr must be a terminal")


def test_json_has_every_check_and_what_hurts(tmp_path: Path) -> None:
    command = [*PROGRAM, "doctor", "--host", "ghe.acme.example", "--no-config", "--ca-file", "/nowhere.pem", "--json"]
    known = environment(tmp_path, GH_ENTERPRISE_TOKEN=TOKEN, TERM="dumb")
    done = subprocess.run(command, env=known, capture_output=True, stdin=subprocess.DEVNULL)
    document = json.loads(done.stdout)
    checks = {check["name"]: check for check in document["checks"]}
    assert (done.returncode, done.stderr, document["notes"]) == (1, b"", [])
    assert [tuple(check) for check in document["checks"]] == [NAMES["doctor"].fields] * len(checks)
    assert checks["terminal"]["value"].endswith("for the full screen, stdin and stderr must be a terminal")
    assert checks["terminal"]["hurt"] is None
    assert checks["host"]["value"].startswith("ghe.acme.example, ")
    assert checks["token"] == {"name": "token", "value": "from GH_ENTERPRISE_TOKEN", "hurt": None}
    assert checks["certificates"]["hurt"] == "ca-file does not name a readable file"
    assert TOKEN.encode() not in done.stdout
