"""Whatever goes wrong: the sentence and the next step stand on the screen, and r goes on once it is over."""

from __future__ import annotations

import json
import resource
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from artifact_tui.demo.accounts import NO_SCOPE_TOKEN
from artifact_tui.demo.fixed_clock import DEMO_NOW
from tests.double import faults
from tests.slow_cases import slow_but
from tests.ui.program import LARGE, RECORDER, Program, artifacts_in, open_with_keys, says

ARTIFACTS = f"GET /repos/{RECORDER}/actions/artifacts*"
RAW = ("Traceback", "Errno", "httpx", "Exception", "errno", "None", "0x")


def refused(status: int, message: str, **headers: str) -> dict[str, Any]:
    """An answer as GitHub gives it."""
    return {"status": status, "headers": headers, "body": json.dumps({"message": message})}


LATER = f"{(DEMO_NOW + timedelta(minutes=1)).astimezone():%H:%M}"
TROUBLES: dict[str, tuple[dict[str, Any], str, str]] = {
    "404": (
        refused(404, "Not Found"),
        "was not found, or this account cannot access it.",
        "Check the name, or sign in with another token.",
    ),
    "403 secondary limit": (faults.SECONDARY_LIMIT, f"Rate limited until {LATER}.", "Retrying then; r retries now."),
    "200 page": (
        {"status": 200, "body": faults.HTML},
        "Received a web page instead of an answer from github.com",
        "check the proxy settings",
    ),
    "DNS": ({"broken": "dns"}, "The name github.com was not found.", "Check the network connection."),
    "reset": ({"broken": "reset"}, "Connection to github.com lost.", "Try again."),
    "401": (
        refused(401, "Bad credentials"),
        "github.com does not accept the token in test.",
        "It is wrong, expired or revoked: sign in again (S, or artifact-tui auth login).",
    ),
    "403 scope": (
        refused(403, "Resource not accessible", **{"X-Accepted-GitHub-Permissions": "actions=read"}),
        "The token lacks a permission.",
        "It needs the permission actions=read.",
    ),
    "403 classic scope": (
        refused(403, "Resource not accessible", **{"X-OAuth-Scopes": "gist", "X-Accepted-OAuth-Scopes": "repo"}),
        "The token lacks a permission.",
        "It needs the permission repo.",
    ),
    "403 SSO": (
        faults.SSO,
        "This organization requires single sign-on.",
        "Authorize the token at https://github.com/orgs/fernwood-labs/sso?authorization_request=A1",
    ),
    "410": (
        refused(410, "Gone"),
        "github.com no longer supports this API version.",
        "Update artifact-tui.",
    ),
    "415": (
        refused(415, ""),
        "The server does not offer the requested format.",
        "Update artifact-tui.",
    ),
    "429": (
        refused(429, "Slow down", **{"Retry-After": "60"}),
        f"Rate limited until {LATER}.",
        "Retrying then; r retries now.",
    ),
    "403 primary limit": (
        refused(403, "API rate limit exceeded", **{
            "X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(DEMO_NOW.timestamp()) + 1800),
        }),
        f"Rate limited until {(DEMO_NOW + timedelta(minutes=30)).astimezone():%H:%M}.",
        "Retrying then; r retries now.",
    ),
    "500": (refused(500, ""), "github.com returned an error (status 500).", "Try again in a minute."),
    "502 page": (faults.UNICORN, "github.com returned an error (status 502).", "Try again in a minute."),
    "TLS": ({"broken": "tls"}, "The certificate of github.com is not trusted.", "SSL_CERT_FILE or --ca-file"),
    "proxy": ({"broken": "proxy"}, "The proxy for github.com refused to connect.", "Check"),
    "refused": ({"broken": "refused"}, "github.com refused the connection.", "Check the host and its port."),
    "connect timeout": ({"broken": "connect-timeout"}, "github.com did not answer within 10 seconds.", "Check"),
    "read timeout": ({"broken": "read-timeout"}, "github.com stopped answering for 30 seconds.", "Try again."),
}  # fmt: skip
trouble_of_a_list = pytest.mark.parametrize(
    ("trouble", "sentence", "step"), slow_but(3, TROUBLES.values()), ids=TROUBLES.keys()
)


def assert_plain(program: Program) -> None:
    assert not [raw for raw in RAW if raw in program.text]


@trouble_of_a_list
async def test_an_empty_list_says_why(trouble: dict[str, Any], sentence: str, step: str) -> None:
    program = Program(RECORDER)
    fault = program.server.fault(ARTIFACTS, times=99, **trouble)
    async with program.running("3", size=LARGE) as pilot:
        await says(pilot, sentence, step, "left" if "retries now" in step else "r retries")
        assert_plain(program)
        assert program.summary == ""
        fault.times = 0
        await open_with_keys(pilot, "r")
        assert program.summary.startswith("58 artifacts")


@trouble_of_a_list
async def test_a_list_that_is_there_stays(trouble: dict[str, Any], sentence: str, step: str) -> None:
    """The sentence stands beside it for a while."""
    program = Program(RECORDER)
    async with program.running("3", "j", "space") as pilot:
        fault = program.server.fault(ARTIFACTS, times=99, **trouble)
        await open_with_keys(pilot, "r")
        await says(pilot, sentence[:40], "cover.out")
        assert_plain(program)
        assert (program.screen.table.cursor_row, len(program.screen.table.marks)) == (2, 1)
        fault.times = 0
        await open_with_keys(pilot, "r", "escape")
        assert program.summary.startswith("58 artifacts")


async def test_a_wrong_token_is_told_once_and_can_be_lived_with() -> None:
    """The program stays where it is, and every list says the same."""
    program = Program(token="wrong-token-of-nobody")
    async with program.running(size=LARGE) as pilot:
        await says(pilot, "github.com does not accept the token in test.", "r retries")
        await pilot.press("slash", *RECORDER, "enter")
        await says(pilot, "github.com does not accept the token in test.", "r retries")
        assert_plain(program)
        assert "wrong-token-of-nobody" not in program.text


async def test_a_token_without_scopes_cannot_download(tmp_path: Path) -> None:
    """Lists are shown; the download says what is missing."""
    program = Program(RECORDER, token=NO_SCOPE_TOKEN, directory=tmp_path)
    async with program.running("3", "d", "enter", "w", size=LARGE) as pilot:
        await says(pilot, "✗ failed", "The token lacks a permission.", "It needs the permission")
        assert_plain(program)


async def test_without_a_token_a_download_says_how_to_sign_in(tmp_path: Path) -> None:
    program = Program(RECORDER, token=None, directory=tmp_path)
    async with program.running("3", "d", "enter", "w", size=LARGE) as pilot:
        await says(pilot, "✗ failed", "needs a token, even for public data.", "Sign in (S, or artifact-tui")


DOWNLOADS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "expired": (
        "GET */zip",
        refused(410, "Artifact has expired"),
        "The artifact has expired and can no longer be downloaded.",
        "Re-run its workflow to recreate it.",
    ),
    "not there": (
        "GET */zip",
        refused(404, "Not Found"),
        "was not found, or this account cannot access it.",
        "Check the name, or sign in with another token.",
    ),
    "damaged twice": (
        "GET blob:*",
        {"corrupt_at": 500},
        "Digest mismatch twice: its SHA-256 is not the digest that GitHub reports. Nothing was saved.",
        "Re-run the workflow",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("match", "trouble", "sentence", "step"), slow_but(1, DOWNLOADS.values()), ids=DOWNLOADS.keys()
)
async def test_a_failed_download_says_why_and_can_be_tried_again(
    match: str, trouble: dict[str, Any], sentence: str, step: str, tmp_path: Path
) -> None:
    """Nothing of it is left on the disk."""
    program = Program(RECORDER, directory=tmp_path)
    fault = program.server.fault(match, times=99, **trouble)
    async with program.running("3", "d", "enter", "w", size=LARGE) as pilot:
        await says(pilot, "✗ failed", sentence, step, "1 failed")
        assert_plain(program)
        assert artifacts_in(tmp_path) == []
        fault.times = 0
        await pilot.press("R")
        await says(pilot, "✓ verified")
    assert artifacts_in(tmp_path) == ["cover.out"]


async def test_a_download_that_waits_for_its_next_try_says_why(tmp_path: Path) -> None:
    program = Program(RECORDER, directory=tmp_path)
    program.server.fault("GET blob:*", times=99, broken="tls")
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "! waiting", "The certificate of results.blob.example is not trusted.")
        assert_plain(program)


async def test_a_broken_connection_is_taken_up_again(tmp_path: Path) -> None:
    """By itself, from where it broke."""
    program = Program(RECORDER, directory=tmp_path)
    program.server.fault("GET blob:*", reset_at=20_000)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "✓ verified")
    ranges = [request.headers.get("range") for request in program.server.requests if request.place == "blob"]
    assert ranges == [None, "bytes=20000-57823"]


@pytest.fixture
def no_file_above_20_kb() -> Iterator[None]:
    """What a quota or a file system with a limit does to a program."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.usefixtures("no_file_above_20_kb")
async def test_a_file_that_is_too_large_for_the_disk(tmp_path: Path) -> None:
    program = Program(RECORDER, directory=tmp_path)
    async with program.running("3", "d", "enter", "w", size=LARGE) as pilot:
        await says(pilot, "The file is larger than the file system or a limit of this account allows.")
        assert_plain(program)
        assert artifacts_in(tmp_path) == []


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 32 kB."""
    place = tmp_path / "tiny"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=32k", "none", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs more rights than the tests have")
    yield place
    subprocess.run(["umount", place], check=True)


async def test_a_full_disk(tiny_disk: Path) -> None:
    """Told before the first byte where the size is known."""
    program = Program(RECORDER, directory=tiny_disk)
    async with program.running("3", "d", "enter", "w", size=LARGE) as pilot:
        await says(pilot, "Not enough free space in", "32.8 kB free, 57.8 kB needed")
        await says(pilot, "Free some space, or choose another directory.")
        assert_plain(program)
        assert artifacts_in(tiny_disk) == []


async def test_a_disk_that_has_room_for_the_archive_alone(tiny_disk: Path) -> None:
    """The zip fits and its files do not: also told before the first byte."""
    program = Program(RECORDER, directory=tiny_disk)
    async with program.running("3") as pilot:
        await pilot.press("slash", *"size<25k", "enter", "d", "enter", "w")
        await says(pilot, "✗ failed", "Not enough free space in", "32.8 kB free", "24.2 kB to unpack it")
        assert_plain(program)
        assert artifacts_in(tiny_disk) == []


@pytest.mark.parametrize(
    ("directory", "sentence"),
    slow_but(
        2,
        [
            ("", "Enter a directory; it is created if missing"),
            ("/etc/hostname/deeper", "/etc/hostname is a file, not a directory"),
            ("/etc/hostname", "/etc/hostname is a file, not a directory"),
            ("x" * 300, "The directory name is too long"),
        ],
    ),
)
async def test_a_directory_that_cannot_be_one_is_told_in_the_dialog(directory: str, sentence: str) -> None:
    program = Program(RECORDER)
    async with program.running("3", "d") as pilot:
        await pilot.press("ctrl+u", *directory, "enter")
        await says(pilot, sentence, "Download 1 artifact")
        assert program.app.session.transfers() == ()


async def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """Found out by the transfer; the next step that it names works."""
    program = Program(RECORDER, directory=Path("/proc/nobody"))
    async with program.running("3", "d", "enter", "w", size=LARGE) as pilot:
        await says(pilot, "✗ failed", "/proc/nobody cannot be created", "Choose another directory.")
        await says(pilot, "d in the list of artifacts downloads it into another directory.")
        assert_plain(program)
        await open_with_keys(pilot, "escape", "d")
        await pilot.press("ctrl+u", *str(tmp_path), "enter", "w")
        await says(pilot, "✓ verified")
    assert "cover.out" in artifacts_in(tmp_path)
