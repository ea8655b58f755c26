"""Organizations that want single sign-on first: what a list lacks is counted, and the address to open is named."""

from __future__ import annotations

import json
from pathlib import Path

from tests.ui.program import KESTREL, LARGE, RECORDER, Program, says


async def test_organizations_that_single_sign_on_keeps_out_of_the_list_are_counted_there() -> None:
    program = Program()
    page = json.dumps([{"id": 7, "name": "kestrel", "full_name": KESTREL, "owner": {"login": "fernwood-labs"}}])
    header = {"X-GitHub-SSO": "partial-results; organizations=21955855,20582480", "Content-Type": "application/json"}
    program.server.fault("GET /user/repos*", status=200, headers=header, body=page)
    async with program.running() as pilot:
        await says(pilot, "2 organizations need single sign-on", KESTREL)


async def test_single_sign_on_names_the_address_that_opens_it(tmp_path: Path) -> None:
    program = Program(RECORDER, directory=tmp_path)
    header = {"X-GitHub-SSO": "required; url=https://github.com/orgs/fernwood-labs/sso?authorization_request=A1"}
    program.server.fault("GET */zip", status=403, headers=header, body="{}", times=9)
    async with program.running("3", "d", "enter", "w", size=LARGE) as pilot:
        await says(pilot, "This organization requires single sign-on.")
        text = "".join(line.strip(" │") for line in program.text.splitlines())
        assert "https://github.com/orgs/fernwood-labs/sso?authorization_request=A1" in text
