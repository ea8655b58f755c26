"""What the program says and copies has no token in it, whatever the text came from."""

from __future__ import annotations

from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.ui.program import RECORDER, Program, says

SIGNED = "https://store.example/a.zip?se=2026&sig=abc"


async def test_a_notification_has_no_token_and_no_signature() -> None:
    program = Program(RECORDER)
    async with program.running() as pilot:
        program.app.notify(f"{DEMO_TOKEN} went to {SIGNED}", title=f"about {DEMO_TOKEN}", markup=False)
        await says(pilot, "about ***", "*** went to https://store.example/a.zip?***")
        assert DEMO_TOKEN not in program.text


async def test_what_is_copied_has_no_token_and_no_signature() -> None:
    program = Program(RECORDER)
    async with program.running():
        program.app.copy_to_clipboard(f"{DEMO_TOKEN} {SIGNED} fernwood-labs/kestrel")
        assert program.app.clipboard == "*** https://store.example/a.zip?*** fernwood-labs/kestrel"
