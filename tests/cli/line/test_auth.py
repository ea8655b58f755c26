"""Signing in and out on the command line, against a server behind real sockets."""

from __future__ import annotations

import signal
import stat
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from artifact_tui.cache.list_cache import LastLists, Saved
from artifact_tui.cli.line.table import NAMES
from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN, NO_SCOPE_TOKEN, OUTSIDER_TOKEN, READ_ONLY_TOKEN
from artifact_tui.demo.login import CLIENT_ID, USER_CODE
from artifact_tui.domain.models import Artifact
from tests.cli.line.program import Line
from tests.cli.surroundings import called, surroundings
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, Terminal, environment, unknown_user

NO_KEYRING = "No keyring available."
FULL = "  ✓ list      yes: all you can reach\n  ✓ download  yes\n  ✓ delete    yes\n"


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback(FakeGitHub(flavors.GHES_3_19)) as loopback:
        yield loopback


def name_of(loopback: Loopback) -> str:
    return loopback.api.partition("://")[2].partition("/")[0]


class Done(NamedTuple):
    """The exit code, and what was written."""

    returncode: int
    stdout: str
    stderr: str


def auth(home: Path, loopback: Loopback, *arguments: str, typed: str = "", account: str = "", **more: str) -> Done:
    """Without a terminal; no token is ever in what it prints."""
    host = f"{account}@{name_of(loopback)}" if account else name_of(loopback)
    with surroundings(home, typed, **more) as environ:
        done = Done(*called("auth", [*arguments, "--host", host], environ))
    for secret in (DEMO_TOKEN, READ_ONLY_TOKEN, NO_SCOPE_TOKEN, OUTSIDER_TOKEN):
        assert secret not in done.stdout + done.stderr
    return done


def test_status_without_a_token_says_what_to_do(tmp_path: Path, loopback: Loopback) -> None:
    done = auth(tmp_path, loopback, "status")
    host = name_of(loopback)
    assert done.returncode == 1
    assert done.stdout == (
        f"{host}: no token\n  {NO_KEYRING}\n"
        "  you can list public repositories; to download and delete, set GH_ENTERPRISE_TOKEN"
        f" or run artifact-tui auth login --host {host}\n"
    )
    assert loopback.server.requests == []


def test_status_names_a_variable_for_another_kind_of_host(tmp_path: Path, loopback: Loopback) -> None:
    done = auth(tmp_path, loopback, "status", GITHUB_TOKEN=DEMO_TOKEN)
    said = f"GITHUB_TOKEN is used for github.com and *.ghe.com only. For {name_of(loopback)}, set GH_ENTERPRISE_TOKEN."
    assert (done.returncode, done.stdout.splitlines()[1]) == (1, f"  {said}")


def test_status_without_a_home_directory_says_so(tmp_path: Path, loopback: Loopback) -> None:
    known = unknown_user(tmp_path, environment(tmp_path, GH_ENTERPRISE_TOKEN=DEMO_TOKEN))
    command = [*PROGRAM, "auth", "status", "--host", name_of(loopback)]
    done = subprocess.run(command, env=known, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No home directory: the program uses defaults and remembers nothing.")
    assert FULL in done.stdout


@pytest.mark.parametrize(
    ("token", "said"),
    [
        (DEMO_TOKEN, FULL),
        (
            NO_SCOPE_TOKEN,
            "  ✓ list      yes: public repositories; others need the scope repo\n"
            "  ✗ download  no: needs the scope repo\n  ✗ delete    no: needs the scope repo\n",
        ),
        (
            READ_ONLY_TOKEN,
            "  ? list      unknown: private repositories need the permission Actions: read\n"
            "  ? download  unknown: needs the permission Actions: read\n"
            "  ? delete    unknown: needs the permission Actions: write\n",
        ),
    ],
)
def test_status_says_whose_token_it_is_where_it_comes_from_and_what_it_may(
    tmp_path: Path, loopback: Loopback, token: str, said: str
) -> None:
    done = auth(tmp_path, loopback, "status", GITHUB_ENTERPRISE_TOKEN=token)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{name_of(loopback)}: mira-holm, token from GITHUB_ENTERPRISE_TOKEN\n{said}"


def test_a_token_of_github_com_does_not_go_to_another_host(tmp_path: Path, loopback: Loopback) -> None:
    assert auth(tmp_path, loopback, "status", GH_TOKEN=DEMO_TOKEN).returncode == 1
    assert loopback.server.requests == []


def test_login_logout_with_the_file(tmp_path: Path, loopback: Loopback) -> None:
    host = name_of(loopback)
    frame = tmp_path / ".cache" / "artifact-tui" / "lists" / "some.frame"
    frame.parent.mkdir(parents=True)
    frame.write_text("")
    done = auth(tmp_path, loopback, "login", "--keep", "file", typed=f"{DEMO_TOKEN}\n")
    assert not frame.exists(), "it may show what another account sees"
    path = tmp_path / ".local" / "state" / "artifact-tui" / "tokens"
    assert (done.returncode, done.stdout) == (0, f"{host}: mira-holm, stored in {path}\n{FULL}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert auth(tmp_path, loopback, "status").stdout == f"{host}: mira-holm, token from file\n{FULL}"
    assert auth(tmp_path, loopback, "logout").stdout == f"{host}: removed from file\n"
    assert auth(tmp_path, loopback, "status").returncode == 1
    assert auth(tmp_path, loopback, "logout").stdout == f"{host}: no stored token\n"


def test_logout_forgets_the_last_lists(tmp_path: Path, loopback: Loopback) -> None:
    """They hold names of what only the account sees."""
    directory = tmp_path / ".cache" / "artifact-tui" / "lists"
    lists = LastLists(directory, loopback.api, lambda key: "")
    lists.write("repositories", Saved(datetime.now(UTC), (Artifact(id=7, name="wheel"),)))
    assert lists.read("repositories", Artifact, datetime.now(UTC)) is not None
    (directory / "some.frame").write_text("")
    said = f"{name_of(loopback)}: no stored token\n"
    assert auth(tmp_path, loopback, "logout").stdout == f"{said}  cached lists of all hosts removed\n"
    assert list(directory.iterdir()) == []
    assert auth(tmp_path, loopback, "logout").stdout == said


def test_lists_that_cannot_be_forgotten_are_named(tmp_path: Path, loopback: Loopback) -> None:
    directory = tmp_path / ".cache" / "artifact-tui" / "lists"
    (directory / "odd.list").mkdir(parents=True)
    done = auth(tmp_path, loopback, "logout")
    assert done.returncode == 1
    assert done.stderr == f"  the cached lists in {directory} could not be removed. Delete them yourself.\n"


def test_login_without_a_keyring_names_the_other_place(tmp_path: Path, loopback: Loopback) -> None:
    done = auth(tmp_path, loopback, "login", typed=f"{DEMO_TOKEN}\n")
    assert done.returncode == 1
    assert (done.stdout, done.stderr) == (
        "",
        f"{name_of(loopback)}: {NO_KEYRING} --keep file stores it in plain text.\n",
    )
    assert not (tmp_path / ".local").exists()


def test_a_wrong_token_is_not_kept(tmp_path: Path, loopback: Loopback) -> None:
    host = name_of(loopback)
    done = auth(tmp_path, loopback, "login", "--keep", "file", typed="a-token-nobody-knows\n")
    said = f"{host} does not accept the token you entered. It is wrong, expired or revoked: use another."
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{host}: {said}\n")
    done = auth(tmp_path, loopback, "login", "--keep", "file", typed="two words\n")
    said = "Not a valid token. Expected 8 to 512 visible ASCII characters without spaces."
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{host}: {said}\n")
    for typed in ("", "\n"):
        done = auth(tmp_path, loopback, "login", typed=typed)
        said = "No token on standard input. Pipe one to it, or run the command in a terminal."
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{host}: {said}\n")
    assert not (tmp_path / ".local").exists()


def test_login_on_a_terminal_hides_the_token_and_asks_before_it_keeps_it_in_plain_text(
    tmp_path: Path, loopback: Loopback
) -> None:
    command = (*PROGRAM, "auth", "login", "--host", name_of(loopback))
    with Terminal(command, environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("Scope repo; or fine-grained with Actions: read", "Token for", "(hidden):")
        terminal.type(f"{DEMO_TOKEN}\r")
        terminal.until_shown(NO_KEYRING, "in plain text", "Store it there? [y/N]")
        terminal.type("y\r")
        terminal.until_shown("mira-holm, stored in", "✓ delete    yes")
        assert terminal.exit_code() == 0
        assert DEMO_TOKEN.encode() not in terminal.output
    assert (tmp_path / ".local" / "state" / "artifact-tui" / "tokens").is_file()


def test_login_that_is_given_up(tmp_path: Path, loopback: Loopback) -> None:
    command = (*PROGRAM, "auth", "login", "--host", name_of(loopback))
    with Terminal(command, environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("(hidden):")
        terminal.type("\x03")
        assert terminal.exit_code() == -signal.SIGINT
        assert "Traceback" not in terminal.text


def test_login_by_device_flow(tmp_path: Path, loopback: Loopback) -> None:
    loopback.server.login.pending, loopback.server.login.interval = 0, 1
    done = auth(tmp_path, loopback, "login", "--device", "--keep", "file", ARTIFACT_TUI_CLIENT_ID=CLIENT_ID)
    host = name_of(loopback)
    first = f"Open http://{host}/login/device in any browser and enter {USER_CODE}\n"
    assert done.stdout.startswith(f"{host}: mira-holm, stored in ")
    assert (done.returncode, done.stderr) == (0, first)
    assert DEMO_TOKEN in (tmp_path / ".local" / "state" / "artifact-tui" / "tokens").read_text()


def test_read_only_mode_refuses_the_device_flow(tmp_path: Path, loopback: Loopback) -> None:
    for options, more in ((("--read-only",), {}), ((), {"ARTIFACT_TUI_READ_ONLY": "1"})):
        done = auth(tmp_path, loopback, "login", "--device", *options, ARTIFACT_TUI_CLIENT_ID=CLIENT_ID, **more)
        assert (done.returncode, done.stdout, loopback.server.requests) == (9, "", [])
        assert "Read-only mode: --device sends POST requests." in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("login", "--device"), "No app is configured. Set ARTIFACT_TUI_CLIENT_ID, or client-ids in config.toml."),
        (("revoke",), "'revoke' is not an auth command. Use login, status or logout."),
        ((), "auth needs a command. Use login, status or logout."),
        (("login", "--keep", "cloud"), "invalid choice: 'cloud'"),
    ],
)
def test_mistakes_are_one_line(tmp_path: Path, loopback: Loopback, arguments: tuple[str, ...], sentence: str) -> None:
    command = [*PROGRAM, "auth", *arguments, "--host", name_of(loopback)]
    done = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("artifact-tui: ")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_status_of_all_configured_hosts(tmp_path: Path, loopback: Loopback) -> None:
    host = name_of(loopback)
    (tmp_path / ".config" / "artifact-tui").mkdir(parents=True)
    (tmp_path / ".config" / "artifact-tui" / "config.toml").write_text(f"hosts = ['github.com', '{host}']\n")
    with surroundings(tmp_path, GH_ENTERPRISE_TOKEN=DEMO_TOKEN) as environ:
        code, out, _ = called("auth", ["status"], environ)
    assert code == 1
    assert "github.com: no token\n" in out
    assert f"{host}: mira-holm, token from GH_ENTERPRISE_TOKEN\n" in out


@pytest.mark.slow
def test_two_accounts_on_one_host(tmp_path: Path, loopback: Loopback) -> None:
    """Each is signed in, told and signed out by itself; a token of the other is not taken for it."""
    host = name_of(loopback)
    done = auth(tmp_path, loopback, "login", "--keep", "file", account="mira-holm", typed=f"{OUTSIDER_TOKEN}\n")
    said = f"mira-holm@{host}: This token belongs to lena-marchetti, not to mira-holm.\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)
    for account, token in (("mira-holm", DEMO_TOKEN), ("lena-marchetti", OUTSIDER_TOKEN)):
        done = auth(tmp_path, loopback, "login", "--keep", "file", account=account, typed=f"{token}\n")
        assert done.stdout.startswith(f"{account}@{host}: {account}, stored in ")
    for account in ("mira-holm", "lena-marchetti"):
        done = auth(tmp_path, loopback, "status", account=account, GH_ENTERPRISE_TOKEN=READ_ONLY_TOKEN)
        assert done.stdout.startswith(f"{account}@{host}: {account}, token from file\n")
    assert auth(tmp_path, loopback, "status").stdout.startswith(f"{host}: no token\n")
    assert auth(tmp_path, loopback, "logout", account="mira-holm").stdout == f"mira-holm@{host}: removed from file\n"
    done = auth(tmp_path, loopback, "status", account="mira-holm", GH_ENTERPRISE_TOKEN=READ_ONLY_TOKEN)
    assert done.stdout == (
        f"mira-holm@{host}: no token\n"
        "  GH_ENTERPRISE_TOKEN does not name an account and is ignored for mira-holm.\n"
        f"  {NO_KEYRING}\n"
        "  you can list public repositories; to download and delete, run artifact-tui auth login"
        f" --host mira-holm@{host}\n"
    )
    assert auth(tmp_path, loopback, "status", account="lena-marchetti").returncode == 0


def test_status_tells_of_a_token_file_that_others_can_read_whatever_source_answers(
    tmp_path: Path, loopback: Loopback
) -> None:
    auth(tmp_path, loopback, "login", "--keep", "file", typed=f"{DEMO_TOKEN}\n")
    path = tmp_path / ".local" / "state" / "artifact-tui" / "tokens"
    path.chmod(0o644)
    sentence = f"  {path} is readable by other users and is ignored. Run chmod 600 {path}.\n"
    done = auth(tmp_path, loopback, "status")
    assert (done.returncode, done.stdout.count(sentence)) == (1, 1)
    done = auth(tmp_path, loopback, "status", GH_ENTERPRISE_TOKEN=DEMO_TOKEN)
    assert done.stdout == f"{name_of(loopback)}: mira-holm, token from GH_ENTERPRISE_TOKEN\n{FULL}{sentence}"


RIGHTS = {"list": True, "download": True, "delete": True}


@pytest.mark.parametrize(
    ("token", "code", "expected"),
    [
        (DEMO_TOKEN, 0, {"login": "mira-holm", "source": "GH_ENTERPRISE_TOKEN", "rights": RIGHTS, "problem": None}),
        (NO_SCOPE_TOKEN, 0, {"scopes": [], "rights": {"list": True, "download": False, "delete": False}}),
        (READ_ONLY_TOKEN, 0, {"scopes": None, "rights": dict.fromkeys(RIGHTS), "expires_at": None}),
        ("a-token-nobody-knows", 1, {"login": None, "source": "GH_ENTERPRISE_TOKEN", "rights": dict.fromkeys(RIGHTS)}),
        ("", 1, {"login": None, "source": None, "scopes": None}),
    ],
)
def test_status_in_json_has_every_field_and_no_token(
    line: Line, token: str, code: int, expected: dict[str, object]
) -> None:
    ran = line("auth", "status", "--json", environ={"GH_ENTERPRISE_TOKEN": token})
    (account,) = ran.document["accounts"]
    assert (ran.code, ran.err) == (code, "")
    assert {name: account[name] for name in expected} == expected
    assert list(account) == list(dict.fromkeys(field.partition(".")[0] for field in NAMES["auth"].fields))
    assert bool(account["problem"]) == bool(code)
    assert not token or token.encode() not in ran.out


@pytest.mark.parametrize(("status", "code"), [(500, 5), (401, 1)])
def test_the_code_of_status_tells_a_server_error_from_an_unusable_token(line: Line, status: int, code: int) -> None:
    line.github.fault("GET /*", status=status, body="{}", times=9)
    ran = line("auth", "status", "--json")
    assert (ran.code, bool(ran.document["accounts"][0]["problem"])) == (code, True)


def test_status_as_lines_and_as_a_table_of_values(line: Line) -> None:
    (account,) = line("auth", "status", "--json").document["accounts"]
    assert "repo" in account["scopes"]
    assert line("auth", "status", "--jsonl").rows == [account]
    ran = line("auth", "status", "--tsv", "--no-header", "--fields", "login,rights.delete,problem")
    assert ran.out == b"mira-holm\ttrue\t\n"


def test_what_was_ignored_is_a_note_in_json(line: Line) -> None:
    ran = line("auth", "status", "--json", environ={"GITHUB_API_URL": "https://ghe.elsewhere.example/api/v3"})
    (note,) = ran.document["notes"]
    assert note.startswith("GITHUB_API_URL is ignored")
    assert ran.err == f"artifact-tui: note: {note}\n"


def test_the_demo_has_a_token_and_no_sign_in(line: Line) -> None:
    ran = line("auth", "status", "--demo")
    assert (ran.code, ran.out.decode()) == (0, f"github.com: mira-holm, token from the demo\n{FULL}")
    assert line("auth", "login", "--demo").code == 2
    assert line.requests == []


def test_signing_in_and_out_writes_no_data(line: Line) -> None:
    ran = line("auth", "logout", "--json")
    assert (ran.code, ran.out) == (2, b"")
    assert ran.error["message"] == "auth logout writes no data. Use --json with auth status."
