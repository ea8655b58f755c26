"""The command line, as a person or a script meets it."""

from __future__ import annotations

import stat
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from artifact_tui import __version__
from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.cli.calls import Call, outputs
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, SHELL, Terminal, environment, unknown_user

RECORDER = "fernwood-labs/flight-recorder"
TOKEN = {"GH_ENTERPRISE_TOKEN": DEMO_TOKEN}


def run_blind(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Without a terminal."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=environment(home),
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def in_terminal(
    home: Path, *arguments: str, more: Mapping[str, str] | None = None, directory: Path | None = None
) -> Terminal:
    return Terminal((*PROGRAM, *arguments), environment(home, **(more or {})), directory or home)


def test_without_a_home_directory_it_starts_and_says_so(tmp_path: Path, cloud: Loopback) -> None:
    """Nothing is written anywhere."""
    known = unknown_user(tmp_path, environment(tmp_path, **TOKEN))
    directory = tmp_path / "here"
    directory.mkdir()
    with Terminal((*PROGRAM, RECORDER, "--api-url", cloud.api), known, directory) as terminal:
        terminal.until_shown("30 runs", "No home directory")
        terminal.type("q")
        assert terminal.exit_code() == 0
    assert list(directory.iterdir()) == []


@pytest.mark.parametrize("argument", ["--help", "-h"])
def test_help_names_every_argument(tmp_path: Path, argument: str) -> None:
    done = run_blind(tmp_path, argument)
    assert (done.returncode, done.stderr) == (0, "")
    for option in ("OWNER/REPO", "verify DIR", "--run", "--host", "--api-url", "--api-version", "--demo", "--dir",
                   "--read-only", "--log-file", "--version", "--help"):  # fmt: skip
        assert option in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 110


def test_version(tmp_path: Path) -> None:
    done = run_blind(tmp_path, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"artifact-tui {__version__}\n", "")


def test_without_a_terminal_it_says_so(tmp_path: Path) -> None:
    done = run_blind(tmp_path, "--demo")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "artifact-tui: stdin and stderr must be a terminal. For commands without a screen: artifact-tui help.\n"
    )


MISTAKES: dict[str, tuple[list[str], dict[str, str], str]] = {
    "unknown argument": (["--frobnicate"], {}, "unrecognized arguments: --frobnicate. See artifact-tui --help"),
    "two repositories": (["a/b", "c/d"], {}, "unrecognized arguments: c/d. See artifact-tui --help"),
    "no value": (["--host"], {}, "argument --host: expected one argument. See artifact-tui --help"),
    "run is no number": (["a/b", "--run", "latest"], {}, "'latest' is not a valid run ID. Use the number"),
    "run without repository": (["--run", "7"], {}, "--run needs a repository. Use artifact-tui OWNER/REPO --run ID."),
    "no repository": (["kestrel"], {}, '"kestrel" is neither a repository nor a command.'),
    "no repository in the demo": (["--demo", "../x"], {}, "'../x' is not a repository name. Use OWNER/REPO."),
    "no repository in GH_REPO": ([], {"GH_REPO": "nonsense"}, "'nonsense' is not a repository name"),
    "dumb terminal": (["--demo"], {"TERM": "dumb"}, "TERM is dumb, which cannot show a full screen"),
    "plain http": (["--api-url", "http://github.example.com/api/v3"], {}, "is not encrypted. Use https."),
    "plain http host": (["--host", "http://github.example.com"], {}, "is not encrypted. Use https."),
    "no host": (["--host", "not a host"], {}, "is not a valid host name."),
    "plain http in GITHUB_API_URL": ([], {"GITHUB_API_URL": "http://10.1.2.3"}, "is not encrypted. Use https."),
    "host and address differ": (["--host", "a.example", "--api-url", "https://b.example"], {}, "different servers"),
    "no API version": (["--api-version", "latest"], {}, "is not a valid API version. Use a date such as 2022-11-28."),
    "no token": (["a/b"], {"GH_TOKEN": "two words"}, "GH_TOKEN does not hold a valid token."),
    "log file": (["--demo", "--log-file", "/proc/nobody/log"], {}, "Cannot write the log file /proc/nobody/log"),
}  # fmt: skip


def test_a_mistake_is_one_line(tmp_path: Path) -> None:
    """On a terminal that stays as it is, with exit code 2."""
    calls = [Call(name, tuple(arguments), "", more) for name, (arguments, more, _) in MISTAKES.items()]
    for name, code, told in outputs(calls, tmp_path):
        text = told.decode()
        assert code == 2, name
        assert text.startswith("artifact-tui: "), name
        assert text.count("\n") == 1, name
        assert MISTAKES[name][2] in text, name
        assert "\x1b" not in text, name
        assert "two words" not in text, name


SETTINGS = {
    "unknown column": (
        '[columns]\nartifacts = ["name", "sise"]',
        "unknown column 'sise' in artifacts. Use one of name, size, age, expires, branch, run. Did you mean 'size'?",
    ),
    "no TOML": ("host = [", "config.toml: "),
    "unknown setting": ("server = 'a'", "unknown setting server."),
    "wrong type": ("concurrency = 'many'", "concurrency"),
    "too many": ("concurrency = 99", "concurrency must be from 1 to 16, not 99."),
    "unknown binding": ("[keys]\n'artifacts.downlaod' = 'b'", "Did you mean 'artifacts.download'?"),
    "a key twice": ("[keys]\n'artifacts.download' = 's'", "'s' is used for both"),
}


def test_wrong_settings_are_told_before_anything_is_drawn(tmp_path: Path) -> None:
    calls = [Call(name, ("a/b",), text) for name, (text, _) in SETTINGS.items()]
    for name, code, told in outputs(calls, tmp_path):
        shown = told.decode()
        assert code == 2, name
        assert SETTINGS[name][1] in shown, name
        assert "config.toml: " in shown, name
        assert shown.count("\n") == 1, name
        assert "\x1b" not in shown, name


MANY = """\
concurrency = 'many'
connections = 99
server = 'a'
hosts = [1, 'not a host', 'github.com']
theme = 'nightly'
api-version = 'yesterday'
delete-grace = -1
[columns]
artifacts = ['sise', 'name', 'name']
runs = ['nothing']
[keys]
'artifacts.downlaod' = 'b'
'artifacts.download' = 'nosuchkey'
'artifacts.delete' = ''
"""


def test_all_mistakes_in_the_settings_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / ".config" / "artifact-tui").mkdir(parents=True)
    path = tmp_path / ".config" / "artifact-tui" / "config.toml"
    path.write_text(MANY)
    said = ("concurrency must be", "connections must be", "unknown setting server", "each of hosts",
            "hosts: 'not a host'", "theme: ", "api-version: ", "delete-grace must", "'sise'",
            "'name' is in artifacts twice", "unknown column 'nothing'", "'artifacts.downlaod'", "'nosuchkey'",
            "'artifacts.delete' needs a key")  # fmt: skip
    with in_terminal(tmp_path, "a/b") as terminal:
        assert terminal.exit_code() == 2
        first, *lines = terminal.output.decode().splitlines()
    assert first == f"artifact-tui: {path}: {len(said)} settings are invalid."
    assert [part for part in said if not any(part in line for line in lines)] == []
    assert len(lines) == len(said)
    done = run_blind(tmp_path, "doctor")
    shown = [line for line in done.stdout.splitlines() if "config.toml" in line]
    assert len(shown) == len(said)


def test_the_demo_shows_its_table_and_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    """Without network, token or files in the home directory."""
    with in_terminal(tmp_path, "--demo") as terminal:
        terminal.until_shown("github.com › Repositories", "fernwood-labs/kestrel", "mira-holm")
        assert b"\x1b[?1049h" in terminal.output
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert terminal.output.rindex(b"\x1b[?1049l") > terminal.output.rindex(b"\x1b[?1049h")
        assert terminal.output.rindex(b"\x1b[?25h") > terminal.output.rindex(b"\x1b[?25l")
        assert terminal.is_restored
    assert list(tmp_path.iterdir()) == []


def test_ctrl_z_suspends_and_fg_brings_it_back(tmp_path: Path) -> None:
    with Terminal(SHELL, environment(tmp_path), tmp_path) as terminal:
        terminal.type(f"{' '.join(PROGRAM)} --demo\r")
        terminal.until_shown("› Repositories", "fernwood-labs/kestrel")
        terminal.type("\x1a")
        terminal.until_shown("Stopped")
        assert b"\x1b[?1049l" in terminal.output
        terminal.type("fg\r")
        terminal.until_shown("› Repositories", "fernwood-labs/kestrel")
        terminal.type("q")
        terminal.until(lambda: terminal.output.count(b"\x1b[?1049l") == 2, "the program has left the screen")
        terminal.until(lambda: terminal.output.endswith((b"# ", b"$ ")), "the shell asks for more")
        terminal.type("exit\r")
        assert terminal.exit_code() == 0


def test_a_run_of_the_command_line_opens_at_once(tmp_path: Path) -> None:
    with in_terminal(tmp_path, "--demo", "fernwood-labs/kestrel", "--run", "27674836804", "--read-only") as terminal:
        terminal.until_shown("8 artifacts", "wheel-cp311-abi3-win_amd64", "read-only")
        assert "D Delete" not in terminal.text
        terminal.type("\x03\x03")
        assert terminal.exit_code() == 130
        assert terminal.is_restored


@pytest.fixture
def enterprise() -> Iterator[Loopback]:
    with Loopback(FakeGitHub(flavors.GHES_3_10)) as loopback:
        yield loopback


@pytest.fixture
def cloud() -> Iterator[Loopback]:
    with Loopback(FakeGitHub()) as loopback:
        yield loopback


def host_of(loopback: Loopback) -> str:
    return loopback.api.partition("://")[2].partition("/")[0]


def clone(directory: Path, address: str) -> Path:
    """An empty clone with that remote, and a directory deep inside it."""
    inside = directory / "work" / "src" / "deep"
    inside.mkdir(parents=True)
    for arguments in (["init", "-q"], ["remote", "add", "origin", address]):
        subprocess.run(["git", *arguments], cwd=directory / "work", env=environment(directory), check=True)
    return inside


def test_inside_a_clone_its_runs_open(tmp_path: Path, cloud: Loopback) -> None:
    inside = clone(tmp_path, f"http://{host_of(cloud)}/{RECORDER}.git")
    arguments = ("--api-url", cloud.api)
    with in_terminal(tmp_path, *arguments, directory=inside, more=TOKEN) as terminal:
        terminal.until_shown(f"{RECORDER} › Runs", "30 runs", "mira-holm", host_of(cloud))
        terminal.type("3")
        terminal.until_shown("58 artifacts")
        terminal.type("q")
        assert terminal.exit_code() == 0


def test_a_clone_of_another_server_is_left_alone(tmp_path: Path, cloud: Loopback) -> None:
    """A token must not follow what a clone says; why it is left alone is told once."""
    inside = clone(tmp_path, f"https://github.example.com/{RECORDER}.git")
    arguments = ("--api-url", cloud.api)
    with in_terminal(tmp_path, *arguments, directory=inside, more=TOKEN) as terminal:
        terminal.until_shown("› Repositories", "fernwood-labs/kestrel", "The remote origin is on github.example.com")


def test_an_account_that_nobody_can_be_asked_for_is_unknown(tmp_path: Path) -> None:
    """No server listens there, and the certificates that are to be trusted are missing."""
    more = {"SSL_CERT_FILE": "/nowhere.pem"} | TOKEN
    with in_terminal(tmp_path, RECORDER, "--api-url", "http://127.0.0.1:9", more=more) as terminal:
        terminal.until_shown("SSL_CERT_FILE does not name a readable file", "account unknown")


def test_an_address_that_another_argument_overrules_is_told_of(tmp_path: Path, enterprise: Loopback) -> None:
    more = {"GITHUB_API_URL": "https://ghe.elsewhere.example/api/v3"} | TOKEN
    with in_terminal(tmp_path, RECORDER, "--host", host_of(enterprise), more=more) as terminal:
        terminal.until_shown("30 runs", "GITHUB_API_URL is ignored, because --host names")


def test_gh_repo_opens_its_runs(tmp_path: Path, cloud: Loopback) -> None:
    more = {"GH_REPO": RECORDER, "GITHUB_API_URL": cloud.api} | TOKEN
    with in_terminal(tmp_path, more=more) as terminal:
        terminal.until_shown(f"{RECORDER} › Runs", "30 runs")
    assert all(request.headers["authorization"] == f"Bearer {DEMO_TOKEN}" for request in cloud.server.requests)


def test_gh_host_chooses_the_server(tmp_path: Path, enterprise: Loopback) -> None:
    """And no token of github.com goes to it."""
    more = {"GH_HOST": host_of(enterprise), "GH_TOKEN": "a-token-of-github-com"}
    with in_terminal(tmp_path, RECORDER, more=more) as terminal:
        terminal.until_shown(f"{RECORDER} › Runs", "30 runs", "without a token", "3.10.2")
    assert enterprise.server.requests
    assert not [request for request in enterprise.server.requests if "authorization" in request.headers]


def test_the_argument_wins_over_the_environment(tmp_path: Path, enterprise: Loopback) -> None:
    more = {"GH_HOST": "github.example.com", "GH_REPO": "a/b", "GITHUB_ENTERPRISE_TOKEN": DEMO_TOKEN}
    with in_terminal(tmp_path, RECORDER, "--host", host_of(enterprise), more=more) as terminal:
        terminal.until_shown(f"{RECORDER} › Runs", "30 runs", "mira-holm")


def test_the_log_is_the_users_alone_and_holds_no_token(tmp_path: Path, cloud: Loopback) -> None:
    log = tmp_path / "log"
    arguments = (RECORDER, "--api-url", cloud.api, "--log-file", str(log), "--dir", str(tmp_path / "dist"))
    with in_terminal(tmp_path, *arguments, more=TOKEN) as terminal:
        terminal.until_shown("30 runs")
        terminal.type("3")
        terminal.until_shown("58 artifacts")
        terminal.type("d\r")
        terminal.until((tmp_path / "dist" / "cover.out").exists, "the download is there")
        terminal.type("w")
        terminal.until_shown("1 done")
        terminal.type("q")
        assert terminal.exit_code() == 0
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    text = log.read_text()
    assert RECORDER in text
    assert DEMO_TOKEN not in text
    assert "sig=" not in text
    assert DEMO_TOKEN.encode() not in terminal.output


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_log_on_a_full_disk_is_told_below_the_screen(tmp_path: Path) -> None:
    with in_terminal(tmp_path, RECORDER, "--demo", "--log-file", "/dev/full") as terminal:
        terminal.until_shown("30 runs")
        terminal.type("q")
        assert terminal.exit_code() == 0
    said = b"artifact-tui: note: Cannot write the log file /dev/full: No space left on device. The log is incomplete."
    assert terminal.output.count(said) == 1
    assert b"Traceback" not in terminal.output


def test_another_host_of_the_settings_has_its_own_token(tmp_path: Path, enterprise: Loopback) -> None:
    """One program goes from one host to the other and back; each server sees no token but its own."""
    with Loopback(FakeGitHub(flavors.GHES_3_10)) as other:
        hosts = [host_of(enterprise), host_of(other)]
        (tmp_path / ".config" / "artifact-tui").mkdir(parents=True)
        (tmp_path / ".config" / "artifact-tui" / "config.toml").write_text(f"hosts = {hosts}\n")
        state = tmp_path / ".local" / "state" / "artifact-tui"
        state.mkdir(parents=True)
        (state / "tokens").write_text(f"{hosts[1]} {DEMO_TOKEN}\n")
        (state / "tokens").chmod(0o600)
        with in_terminal(tmp_path, RECORDER, "--host", hosts[0]) as terminal:
            terminal.until_shown("30 runs", f"without a token · {hosts[0]}")
            terminal.type("H\r")
            terminal.until_shown("› Repositories", f"mira-holm (file) · {hosts[1]}")
            terminal.type("H\r")
            terminal.until_shown("› Repositories", f"without a token · {hosts[0]}")
            terminal.type("q")
            assert terminal.exit_code() == 0
            assert terminal.is_restored
        assert not [request for request in enterprise.server.requests if "authorization" in request.headers]
        assert [request for request in other.server.requests if "authorization" in request.headers]
