"""Signing in over the screen that it interrupts, and what is said of tokens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from math import inf
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Button, Input

from artifact_tui.cli.first_frame import FirstFrame
from artifact_tui.demo.accounts import DEMO_TOKEN, NO_SCOPE_TOKEN, OUTSIDER_TOKEN, READ_ONLY_TOKEN
from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.demo.flavors import GHES_3_10, GITHUB, Flavor
from artifact_tui.demo.login import CLIENT_ID, USER_CODE
from artifact_tui.screens.dialogs.question import Dialog
from artifact_tui.screens.runs import RunsScreen
from artifact_tui.screens.sign_in import CodeDialog, KeepDialog, TokenDialog
from artifact_tui.widgets.menu import Menu
from tests.timeouts import TIMEOUT
from tests.ui.each_key import each_key_of
from tests.ui.program import RECORDER, SMALL, Program, open_with_keys, says, send, until
from tests.ui.signing import signing_program

REFUSED = "github.com does not accept the token in GH_TOKEN."
RUNS = f"GET /repos/{RECORDER}/actions/runs*"


@each_key_of("app.sign_in")
async def test_sign_in_for_this_run_only(tmp_path: Path, key: str) -> None:
    """The token is never on the screen; it is tried, explained, and then used at once."""
    program = signing_program(tmp_path)
    async with program.running(key) as pilot:
        await says(pilot, "Sign in to github.com", "https://github.com/settings/tokens")
        assert "keyring" not in program.text
        await pilot.press(*DEMO_TOKEN, "enter")
        await says(
            pilot,
            "Signed in to github.com as mira-holm",
            "✓ delete yes",
            "tokens is plain text: administrators",
        )
        await pilot.press("enter")
        await says(pilot, "Signed in as mira-holm, until you quit.", "mira-holm (this session)")
        await until(pilot, lambda: program.server.requests[-1].headers.get("authorization") == f"Bearer {DEMO_TOKEN}")
        assert DEMO_TOKEN not in program.text
    assert list(tmp_path.iterdir()) == []


async def test_a_pasted_token_is_hidden(tmp_path: Path) -> None:
    program = signing_program(tmp_path)
    async with program.running("S") as pilot:
        await pilot.press(*DEMO_TOKEN)
        await says(pilot, "•" * len(DEMO_TOKEN))
        assert DEMO_TOKEN not in program.text


async def test_kept_in_the_file_it_is_there_at_the_next_start(tmp_path: Path) -> None:
    """Frames of earlier starts, which may show what another account sees, are removed."""
    frame = tmp_path / "artifact-tui" / "lists" / "some.frame"
    frame.parent.mkdir(parents=True)
    frame.write_text("")
    program = signing_program(tmp_path)
    directories = {f"XDG_{name}_HOME": str(tmp_path) for name in ("CONFIG", "STATE", "CACHE")}
    program.app.begin_with_frame(FirstFrame([], directories))
    async with program.running("S") as pilot:
        await pilot.press(*DEMO_TOKEN, "enter")
        await says(pilot, "Where should the token be stored?")
        assert not frame.exists()
        await pilot.press("end", "enter")
        await says(pilot, "Signed in as mira-holm, stored in a file.")
    program = signing_program(tmp_path)
    async with program.running() as pilot:
        await says(pilot, "mira-holm (file)")


async def test_without_a_keyring_none_is_offered(tmp_path: Path) -> None:
    """What comes first is to keep the token nowhere."""
    program = signing_program(tmp_path)
    async with program.running("S") as pilot:
        await pilot.press(*DEMO_TOKEN, "enter")
        await says(pilot, "Where should the token be stored? No keyring available.", "Until you quit", "In a file")
        assert isinstance(program.app.screen, KeepDialog)
        assert "In the keyring" not in program.text


async def test_a_good_token_is_used_though_nobody_says_where_to_keep_it(tmp_path: Path) -> None:
    program = signing_program(tmp_path)
    async with program.running("S") as pilot:
        await pilot.press(*DEMO_TOKEN, "enter")
        await says(pilot, "Where should the token be stored?")
        await pilot.press("escape")
        await says(pilot, "mira-holm (this session)")
        said = "Signed in as mira-holm, until you quit: the token was not stored."
        await until(pilot, lambda: said in [shown.message for shown in program.app._notifications])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("flavor", [GITHUB, GHES_3_10])
async def test_a_variable_for_another_kind_of_host_is_told_of(tmp_path: Path, flavor: Flavor) -> None:
    is_cloud = flavor is GITHUB
    other, wanted = ("GITHUB_ENTERPRISE_TOKEN", "GH_TOKEN") if is_cloud else ("GH_TOKEN", "GH_ENTERPRISE_TOKEN")
    program = signing_program(tmp_path, flavor=flavor, environ={other: DEMO_TOKEN})
    async with program.running("S") as pilot:
        where = "Enterprise Servers" if is_cloud else "github.com and *.ghe.com"
        await says(pilot, f"{other} is used for {where} only.", f"set {wanted}.", "Sign in to")
        assert not [request for request in program.server.requests if "authorization" in request.headers]


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("two words", "Not a valid token. Expected 8 to 512 visible ASCII characters"),
        ("", "Not a valid token"),
        ("a-token-nobody-knows", "github.com does not accept the token you entered."),
    ],
)
async def test_what_is_no_token_is_told_and_can_be_corrected(tmp_path: Path, pasted: str, sentence: str) -> None:
    program = signing_program(tmp_path)
    async with program.running("S") as pilot:
        await pilot.press(*("space" if letter == " " else letter for letter in pasted), "enter")
        await says(pilot, sentence)
        assert isinstance(program.app.screen, TokenDialog)


async def test_what_a_fine_grained_token_needs_is_said(tmp_path: Path) -> None:
    program = signing_program(tmp_path)
    async with program.running("S") as pilot:
        await pilot.press(*READ_ONLY_TOKEN, "enter")
        await says(pilot, "? delete unknown: needs the permission Actions: write")


async def test_a_request_that_needs_another_token_asks_once(tmp_path: Path) -> None:
    """With the reason; after esc the screen says it, and r does not ask again."""
    program = signing_program(tmp_path, environ={"GH_TOKEN": "a-token-that-was-revoked"})
    async with program.running() as pilot:
        await says(pilot, "Sign in to github.com", REFUSED)
        await pilot.press("escape")
        await says(pilot, REFUSED, "r retries")
        await open_with_keys(pilot, "r")
        await says(pilot, REFUSED)
        assert isinstance(program.app.screen, RunsScreen)
        await pilot.press("S", *DEMO_TOKEN, "enter")
        await says(pilot, "Where should the token be stored?")
        await pilot.press("enter")
        await says(pilot, "30 runs", "mira-holm (this session)")


async def test_keys_typed_before_the_question_for_a_token_is_drawn_go_to_the_list(tmp_path: Path) -> None:
    """It opens by itself, in the middle of a word of the filter."""
    program = signing_program(tmp_path, environ={"GH_TOKEN": "a-token-that-was-revoked"})
    async with program.app.run_test(size=SMALL) as pilot:
        send(program.app, "slash", *"main")
        end = time.monotonic() + TIMEOUT
        while getattr(program.app.screen, "keys_from", -inf) in {-inf, inf} and time.monotonic() < end:
            send(program.app, "x")
            await asyncio.sleep(0.02)
        await says(pilot, "Sign in to github.com")
        await program.app.type_ahead.idle()
        assert program.app.screen.query_one(Input).value == ""
        list_below = program.app.screen_stack[0]
        assert isinstance(list_below, RunsScreen)
        assert list_below.filter_bar.text.startswith("mainx")


async def test_a_download_without_a_token_asks_for_one(tmp_path: Path) -> None:
    """Listing went without; the sentence stays with the transfer as well."""
    program = signing_program(tmp_path, directory=tmp_path / "dist")
    async with program.running("3", "d", "enter") as pilot:
        await says(pilot, "Sign in to github.com", "The download needs a token, even for public data.")
        await pilot.press(*DEMO_TOKEN, "enter")
        await says(pilot, "Where should the token be stored?")
        await pilot.press("enter")
        await says(pilot, "until you quit.")
        await open_with_keys(pilot, "w")
        await says(pilot, "✗ failed")
        await open_with_keys(pilot, "R")
        await until(pilot, lambda: (tmp_path / "dist" / "cover.out").exists())


async def test_a_code_instead_of_a_token(tmp_path: Path) -> None:
    """Shown and copied; over SSH there is no button for a browser."""
    program = signing_program(tmp_path, client_id=CLIENT_ID)
    program.server.login.pending = 10**6
    async with program.running("S") as pilot:
        await pilot.press("tab", "tab", "enter")
        await says(pilot, "https://github.com/login/device", USER_CODE, "Waiting for the code to be entered…")
        assert program.app.clipboard == USER_CODE
        assert "Open in the browser" not in program.text
        program.server.login.pending = 0
        await says(pilot, "Signed in to github.com as mira-holm", "✓ download yes")


async def type_until_drawn(pilot: Pilot[int], program: Program, kind: type[Dialog[Any]], key: str) -> None:
    """Press a key again and again until the dialog that opens by itself is drawn."""
    end = time.monotonic() + TIMEOUT
    while not isinstance(program.app.screen, kind) or program.app.screen.keys_from == inf:
        assert time.monotonic() < end
        send(program.app, key)
        await asyncio.sleep(0.01)
    await program.app.type_ahead.idle()
    await pilot.pause(0)


async def test_keys_typed_before_the_dialogs_of_a_code_are_drawn_go_to_what_was_there(tmp_path: Path) -> None:
    """Both open by themselves: one with the server's answer, one when the code was entered somewhere."""
    program = signing_program(tmp_path, client_id=CLIENT_ID)
    program.server.login.pending = 10**9
    async with program.running("S") as pilot:
        await pilot.press("tab", "tab")
        send(program.app, "enter")
        await type_until_drawn(pilot, program, CodeDialog, "tab")
        buttons = program.app.screen.query(Button)
        assert program.app.screen.focused is buttons.first()
        program.server.login.pending = 0
        await type_until_drawn(pilot, program, KeepDialog, "end")
        assert program.app.screen.query_one(Menu).highlighted == 0
        await pilot.press("down")
        assert program.app.screen.query_one(Menu).highlighted == 1


async def test_a_code_that_is_given_up_is_not_asked_for_any_more(tmp_path: Path) -> None:
    program = signing_program(tmp_path, client_id=CLIENT_ID)
    program.server.login.pending = 10**6
    async with program.running("S") as pilot:
        await pilot.press("tab", "tab", "enter")
        await says(pilot, USER_CODE)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(program.app.screen, RunsScreen))
        await until(pilot, lambda: not [one for one in program.app.workers if one.group == "sign-in"])


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("access_denied", "The request was denied on the page."),
        ("expired_token", "The code has expired. Start again."),
    ],
)
async def test_a_code_that_leads_to_nothing(tmp_path: Path, outcome: str, sentence: str) -> None:
    program = signing_program(tmp_path, client_id=CLIENT_ID)
    program.server.login.outcome = outcome  # type: ignore[assignment]  # parametrised as plain text
    async with program.running("S") as pilot:
        await pilot.press("tab", "tab", "enter")
        await says(pilot, sentence)
        assert isinstance(program.app.screen, CodeDialog)


async def test_without_an_app_there_is_no_button_for_a_code(tmp_path: Path) -> None:
    program = signing_program(tmp_path)
    async with program.running("S") as pilot:
        await says(pilot, "Sign in to github.com")
        assert "code" not in program.text


async def test_the_demo_has_nothing_to_sign_in_to() -> None:
    program = Program(RECORDER)
    async with program.running("S") as pilot:
        assert isinstance(program.app.screen, RunsScreen)
        await open_with_keys(pilot, "colon", *"sign in")
        await says(pilot, "No matching command")


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (timedelta(days=6, hours=12), "The token expires in 6 d. Create a new one."),
        (timedelta(hours=5, minutes=30), "The token expires in 5 h."),
        (timedelta(days=8), None),
    ],
)
async def test_a_token_that_ends_within_a_week_is_spoken_of(left: timedelta, said: str | None) -> None:
    program = Program(RECORDER)
    ends = (DEMO_NOW + left).strftime("%Y-%m-%d %H:%M:%S UTC")
    program.server.expiry = ends
    async with program.running() as pilot:
        if said:
            await says(pilot, said)
        else:
            assert "The token" not in program.text


def after(*keys: str) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def run(pilot: Pilot[int]) -> None:
        await open_with_keys(pilot, *keys)
        await until(pilot, lambda: not [one for one in pilot.app.workers if one.group == "sign-in"])

    return run


def test_token_dialog(snap_compare: Callable[..., bool], tmp_path: Path) -> None:
    """Why, where to make one, and a line that hides what is pasted."""
    program = signing_program(tmp_path, client_id=CLIENT_ID)
    assert snap_compare(program.app, terminal_size=SMALL, run_before=after("S", *"a-token-of-mine"))


def test_keep_dialog(snap_compare: Callable[..., bool]) -> None:
    """What the token may do, and the places, the safest first."""
    program = signing_program(Path("/home/mira"))
    assert snap_compare(program.app, terminal_size=SMALL, run_before=after("S", *NO_SCOPE_TOKEN, "enter"))


def test_code_dialog(snap_compare: Callable[..., bool], tmp_path: Path) -> None:
    """The address, the code, and what came of it."""
    program = signing_program(tmp_path, client_id=CLIENT_ID)
    program.server.login.outcome = "expired_token"
    assert snap_compare(program.app, terminal_size=SMALL, run_before=after("S", "tab", "tab", "enter"))


async def test_a_token_of_another_account_than_the_one_asked_for_is_not_taken(tmp_path: Path) -> None:
    program = signing_program(tmp_path, account="lena-marchetti")
    async with program.running("S") as pilot:
        await says(pilot, "Sign in to lena-marchetti@github.com")
        await pilot.press(*DEMO_TOKEN, "enter")
        await says(pilot, "This token belongs to mira-holm, not to lena-marchetti.")
        await pilot.press("ctrl+u", *OUTSIDER_TOKEN, "enter")
        await says(pilot, "as lena-marchetti", "Where should the token be stored?")
        await pilot.press("end", "enter")
        await says(pilot, "lena-marchetti (file)")
    assert (tmp_path / "state" / "tokens").read_text() == f"lena-marchetti@github.com {OUTSIDER_TOKEN}\n"


async def test_a_token_file_that_others_can_read_is_told_of_at_the_start(tmp_path: Path) -> None:
    """Also when the token comes from somewhere else."""
    (tmp_path / "state").mkdir()
    path = tmp_path / "state" / "tokens"
    path.write_text(f"github.com {DEMO_TOKEN}\n")
    path.chmod(0o644)
    program = signing_program(tmp_path, environ={"GH_TOKEN": DEMO_TOKEN})
    async with program.running() as pilot:
        await says(pilot, "mira-holm (GH_TOKEN)")
        (notification,) = program.app._notifications
        assert notification.message == f"{path} is readable by other users and is ignored. Run chmod 600 {path}."


async def test_keeping_a_token_that_a_variable_will_hide_says_so(tmp_path: Path) -> None:
    program = signing_program(tmp_path, environ={"GH_TOKEN": "a-token-nobody-knows"})
    async with program.running() as pilot:
        await says(pilot, "Sign in to github.com")
        await pilot.press(*DEMO_TOKEN, "enter")
        await says(pilot, "Where should the token be stored?")
        await pilot.press("end", "enter")
        sentence = "The next start uses GH_TOKEN. Unset it to use the stored token."
        await until(pilot, lambda: sentence in [shown.message for shown in program.app._notifications])


async def test_an_account_that_the_server_did_not_tell_is_asked_for_again() -> None:
    """The start failed; what came later shows who we are."""
    program = Program(RECORDER)
    fault = program.server.fault("GET /*", times=99, status=404, body="{}")
    async with program.running() as pilot:
        await says(pilot, "account unknown · github.com", "r retries")
        fault.times = 0
        await open_with_keys(pilot, "r")
        await says(pilot, "30 runs", "mira-holm · github.com")


async def test_an_account_that_the_server_does_not_tell_to_this_token_is_not_asked_for_again() -> None:
    program = Program(RECORDER)
    refusal = '{"message": "Resource not accessible by integration"}'
    program.server.fault("GET /user", times=99, status=403, body=refusal)
    async with program.running() as pilot:
        await says(pilot, "account unknown · github.com")
        program.server.requests.clear()
        await open_with_keys(pilot, "r")
        assert "/user" not in [request.path for request in program.server.requests]


async def test_a_run_that_is_not_there_leaves_the_account_known() -> None:
    program = Program(RECORDER, run=1)
    async with program.running() as pilot:
        await says(pilot, "30 runs", "mira-holm · github.com")
