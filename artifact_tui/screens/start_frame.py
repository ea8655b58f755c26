"""The stored frame of the first screen: check the one of an earlier start, and store one for the next."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.provider import ProviderError
from artifact_tui.redaction import redact
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
        """Store a frame for the next start, if the first screen looks as it will when that start has loaded it."""
        if self._is_complete():
            self._app.call_after_refresh(self._store)

    def _is_complete(self) -> bool:
        app = self._app
        if app.first_frame is None or not app.is_first or app.current_mode != app.DEFAULT_MODE:
            return False
        connection = app.connection
        is_asked = connection is not None and (connection.account is not None or connection.account_failed)
        return is_asked and isinstance(app.screen, ServerList) and _is_fresh(app.screen)

    def _store(self) -> None:
        frame, size = self._app.whole_frame()
        if frame and self._is_complete() and redact(frame) == frame:
            self._app.run_worker(self._write(frame, size), group="start-frame", exclusive=True)

    async def _write(self, frame: str, size: tuple[int, int]) -> None:
        first, mark = self._app.first_frame, self._session.backend.mark
        with suppress(ProviderError):
            if first is not None:
                await in_daemon_thread(partial(first.store, frame, size, mark))


def _is_fresh(screen: ServerList) -> bool:
    """Return whether a list looks as after a start: rows of the server, and no key has changed anything."""
    table = screen.table
    is_loaded = bool(table.items) and screen.saved_at is None and not (screen.loading_rows or screen.problem)
    is_at_top = table.cursor_row == 0 and table.scroll_offset.y == 0 and not table.marks
    is_plain = not (screen.filter_bar.active or screen.filter_bar.text or screen.query("Toast"))
    return is_loaded and is_at_top and is_plain
