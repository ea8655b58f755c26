"""The stored frame of the first screen: check the one of an earlier start, and store one for the next."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from artifact_tui.domain.provider import ProviderError
from artifact_tui.redaction import redact
from artifact_tui.screens.background import in_daemon_thread
from artifact_tui.screens.engine_events import EngineApp
from artifact_tui.screens.server_list import ServerList
from artifact_tui.screens.session import Session


class StartFrame:
    """Checks and replaces :attr:`~artifact_tui.terminal.terminal_app.TerminalApp.first_frame` of an app."""

    def __init__(self, app: EngineApp, session: Session) -> None:
        self._app = app
        self._session = session

    async def check(self) -> None:
        """Clear the screen if its frame was stored with another token."""
        frame = self._app.first_frame
        if frame is None or not self._app.holds_frames:
            return
        is_ours = False
        with suppress(ProviderError):
            is_ours = await in_daemon_thread(partial(frame.is_of, self._session.backend.mark))
        if not is_ours:
            self._app.release_frames(clear=True)

    def store_soon(self) -> None:
        """Store a frame for the next start, if the first screen shows the server's list and the account."""
        if self._is_complete():
            self._app.call_after_refresh(self._store)

    def _is_complete(self) -> bool:
        app = self._app
        if app.first_frame is None or not app.is_first or app.current_mode != app.DEFAULT_MODE:
            return False
        screen, connection = app.screen, app.connection
        is_fresh = isinstance(screen, ServerList) and bool(screen.table.items) and screen.saved_at is None
        is_asked = connection is not None and (connection.account is not None or connection.account_failed)
        return is_fresh and is_asked

    def _store(self) -> None:
        frame = self._app.whole_frame()
        if frame and self._is_complete() and redact(frame) == frame:
            self._app.run_worker(self._write(frame), group="start-frame", exclusive=True)

    async def _write(self, frame: str) -> None:
        first, (width, height), mark = self._app.first_frame, self._app.size, self._session.backend.mark
        with suppress(ProviderError):
            if first is not None:
                await in_daemon_thread(partial(first.store, frame, (width, height), mark))
