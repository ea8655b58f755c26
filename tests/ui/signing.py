"""A program that can sign in: the real sources of tokens, in a home where only the file keeps anything."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from artifact_tui.demo.login import CLIENT_ID
from artifact_tui.github.device_flow import DeviceFlow
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.sign_in import HostSignIn
from artifact_tui.github.tokens.sources import TokenSources
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport
from tests.ui.program import RECORDER, Program

NO_KEYRING = {"PATH": "/nowhere", "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


async def no_time(seconds: float) -> None:
    """Lets the others go on, and no time pass."""
    await asyncio.sleep(0)


def sign_in_of(
    home: Path, client_id: str, environ: Mapping[str, str], record: ServerInfo, server: FakeGitHub
) -> HostSignIn:
    def transport() -> FakeTransport:
        return FakeTransport(server)

    def flow() -> DeviceFlow:
        return DeviceFlow(record.host, CLIENT_ID, transport=transport(), sleep=no_time)

    sources = TokenSources(record.host, {"HOME": str(home)} | NO_KEYRING | dict(environ), home / "state" / "tokens")
    return HostSignIn(sources, record, client_id=client_id, transport=transport, flow=flow)


def signing_program(
    home: Path, start: str = RECORDER, *, client_id: str = "", environ: Mapping[str, str] = {}, **options: Any
) -> Program:
    """One whose tokens are those of ``environ`` and of a file in ``home``, and that knows no others."""
    return Program(start, signing=partial(sign_in_of, home, client_id, environ), **options)
