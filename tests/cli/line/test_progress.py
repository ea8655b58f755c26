"""Progress on standard error: its forms, and that a stuck terminal delays nothing."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import threading
from argparse import Namespace
from contextlib import redirect_stderr, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from artifact_tui.cli.line.progress_forms import ProgressBar, ProgressEvents, ProgressLines
from artifact_tui.cli.line.progress_thread import Progress, is_writable
from artifact_tui.cli.line.stderr import Messages
from artifact_tui.clock import Clock
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.transfers.models import Kind, State, Transfer
from tests.cli.line.test_get_endings import server, start

__all__ = ["server"]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def transfer(number: int, state: State, received: int = 0, **more: Any) -> Transfer:
    return Transfer(
        id=number,
        kind=Kind.DOWNLOAD,
        repository=RepositoryName("octo", "demo"),
        artifact=Artifact(id=number, name=f"wheel-{number}"),
        state=state,
        received=received,
        total=1000,
        **more,
    )


RUNNING = [transfer(1, State.DOWNLOADING, 500, rate=100.0), transfer(2, State.QUEUED)]
DONE = [transfer(1, State.DONE, 1000), transfer(2, State.DOWNLOADING, 250, rate=100.0)]


def test_the_bar_is_one_line_of_at_most_500_bytes_a_second() -> None:
    bar = ProgressBar(80)
    assert bar.tick(RUNNING, 0.5, NOW) == "\r[##--------] 0 of 2 artifacts, 500 B of 2.0 kB, 100 B/s, 0:15 left"
    assert bar.tick(RUNNING, 0.75, NOW) == ""
    wide = ProgressBar(1000)
    many = [transfer(n, State.DOWNLOADING, 999_999_999, rate=1e9) for n in range(4000)]
    assert 4 * len(wide.tick(many, 0.5, NOW)) <= 500
    assert len(ProgressBar(20).tick(RUNNING, 0.5, NOW)) == len("\r") + 19


def test_a_finished_download_is_a_line_above_the_bar() -> None:
    bar = ProgressBar(80)
    drawn = len(bar.tick(RUNNING, 0.5, NOW)) - 1
    text = bar.tick(DONE, 0.75, NOW)
    assert text.startswith(f"\r{' ' * drawn}\rartifact-tui: wheel-1: downloaded, 1.0 kB\n\r[")
    assert re.fullmatch(r"\r +\r", bar.erase())
    assert bar.erase() == ""


def test_a_shorter_bar_leaves_nothing_of_the_longer() -> None:
    bar = ProgressBar(80)
    before = bar.tick(RUNNING, 0.5, NOW)
    after = bar.tick([transfer(1, State.VERIFYING, 1000)], 0.75, NOW)
    assert len(after) == len(before)


def test_lines_have_no_escapes_and_come_for_news_or_every_30_seconds() -> None:
    lines = ProgressLines()
    assert lines.tick(RUNNING, 0.5, NOW) == ""
    assert lines.tick(RUNNING, 29.0, NOW) == ""
    assert lines.tick(RUNNING, 30.0, NOW) == "artifact-tui: 0 of 2 artifacts, 500 B of 2.0 kB, 100 B/s, 0:15 left\n"
    assert lines.tick(DONE, 31.0, NOW) == "artifact-tui: wheel-1: downloaded, 1.0 kB\n"
    parked = transfer(2, State.PARKED, seconds_left=3600.0, problem="Rate limit reached.")
    assert lines.tick([DONE[0], parked], 32.0, NOW) == (
        "artifact-tui: wheel-2: waiting until 13:00. Rate limit reached.\n"
    )
    assert lines.tick([DONE[0], parked], 33.0, NOW) == ""


def test_events_tell_states_and_once_a_second_the_sums() -> None:
    events = ProgressEvents()

    def told(transfers: list[Transfer], elapsed: float) -> list[dict[str, Any]]:
        return [json.loads(line) for line in events.tick(transfers, elapsed, NOW).splitlines()]

    first = told(RUNNING, 0.5)
    assert [event["event"] for event in first] == ["state", "state", "progress"]
    assert first[2] | {"received": 500, "total": 2000, "done": 0, "artifacts": 2} == first[2]
    assert told(RUNNING, 1.25) == []
    assert [event["event"] for event in told(RUNNING, 1.5)] == ["progress"]
    parked = transfer(2, State.PARKED, seconds_left=3600.0)
    (limited,) = told([RUNNING[0], parked], 1.75)
    assert (limited["event"], limited["id"], limited["retry_at"]) == ("rate_limit", 2, "2026-03-01T13:00:00Z")


def test_names_in_progress_are_printable() -> None:
    odd = Artifact(id=1, name="a\x1b[31m\nb")
    done = [transfer(1, State.DONE, 5)]
    done[0] = Transfer(id=1, kind=Kind.DOWNLOAD, repository=done[0].repository, artifact=odd, state=State.DONE)
    assert "\x1b" not in ProgressLines().tick(done, 1.0, NOW)


def test_a_full_pipe_is_not_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with os.fdopen(reader, "rb"), os.fdopen(writer, "w") as stderr:
        monkeypatch.setattr("sys.stderr", stderr)
        assert is_writable()
        with suppress(BlockingIOError):
            while True:
                os.write(writer, bytes(4096))
        assert not is_writable()


def told(form: str, waits: list[float], look: list[Transfer]) -> str:
    """What progress writes that takes no longer than ``waits``, one after the other."""
    written = io.StringIO()
    messages = Messages(quiet=False, in_json=False, all_json=False, clock=lambda: NOW)
    options = Namespace(progress=form, quiet=False)
    context: Any = SimpleNamespace(messages=messages, clock=lambda: NOW, options=options, environ={})
    begun = threading.Event()

    def wait(over: threading.Event, seconds: float | None) -> bool:
        assert seconds is not None
        if waits and waits[0] == seconds:
            waits.pop(0)
            return False
        begun.set()
        return over.wait()

    with redirect_stderr(written), Progress(context, lambda: look, Clock(wait=wait)):
        begun.wait()
        messages.note("a note")
    return written.getvalue()


@pytest.mark.parametrize("form", ["auto", "bar", "lines", "json"])
def test_progress_starts_after_half_a_second(form: str) -> None:
    assert told(form, [], DONE) == "artifact-tui: note: a note\n"


def test_notes_go_above_the_bar() -> None:
    text = told("bar", [0.5], RUNNING)
    found = re.fullmatch(r"(\r\[.+left)\r +\rartifact-tui: note: a note\n(\r.+)\r +\r", text)
    assert found
    assert found[1] == found[2]


def test_a_slow_command_tells_its_progress(server: Any, tmp_path: Path) -> None:
    held = server.server.fault("GET blob:*", held=True, times=1)
    command = start(server, tmp_path, "checksums", "--progress", "json")
    assert command.stderr is not None
    first = json.loads(command.stderr.readline())
    assert (first["event"], first["name"]) == ("state", "checksums")
    held.held = False
    out, err = command.communicate()
    assert (command.returncode, out) == (0, f"{tmp_path}/checksums\n")
    assert json.loads(err.splitlines()[-1])["state"] == "done"


def test_a_signal_removes_the_bar_first(server: Any, tmp_path: Path) -> None:
    server.server.fault("GET blob:*", held=True, times=1)
    command = start(server, tmp_path, "checksums", "--progress", "bar")
    assert command.stderr is not None
    command.stderr.read(5)  # the bar
    command.send_signal(signal.SIGTERM)
    _, err = command.communicate()
    *_, blank, note = re.split("[\r\n]", err.rstrip())
    assert blank.strip() == ""
    assert note.startswith("artifact-tui: note: Stopped. Kept 1 unfinished download (")
