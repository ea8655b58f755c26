"""Standard streams of the line commands: closed, full, or with a reader that leaves."""

from __future__ import annotations

import os
import sys

from artifact_tui.errors import UserError

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    from typing import NoReturn

OUTPUT_ERROR = 10
"""The exit code for a machine that does not let the program work, as when stdout cannot be written."""


class OutputError(UserError):
    """Standard output cannot be written."""


def open_missing_streams() -> None:
    """Open the null device for each standard stream that is closed, so that no file gets its number.

    Writing to a closed standard output still fails; to a closed standard error it does nothing.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR if number == 2 else os.O_RDONLY)
            os.dup2(null, number)
            if null > 2:
                os.close(null)
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115  # it stays open


def write_out(text: str) -> None:
    """Write to stdout and flush; raises :class:`OutputError`, and ends by SIGPIPE if the reader has left.

    Letters that its encoding lacks are written as Python's escapes.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
        sys.stdout.flush()
    except BrokenPipeError:
        end_by_signal("SIGPIPE")
    except OSError as error:
        _discard(1)
        raise OutputError(f"standard output: {error.strerror}") from None


def write_error(text: str) -> None:
    """Write to stderr; a failure is ignored, because the exit code remains."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _discard(2)


def end_by_signal(name: str) -> NoReturn:
    """End the process by a signal, so that a shell also stops the loop around the command."""
    import signal

    number = signal.Signals[name]
    signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)
    os._exit(128 + number)


def _discard(number: int) -> None:
    """Let what is still buffered go nowhere: the flush at exit must not fail a second time."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)
