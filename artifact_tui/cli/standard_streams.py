"""Standard streams of the line commands, which may be closed, full, or have a reader that leaves."""

from __future__ import annotations

import codecs
import errno
import os
import sys
from _thread import get_ident

from artifact_tui.errors import UserError

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    from typing import NoReturn

OUTPUT_ERROR = 10
"""The exit code if the machine fails, such as an unwritable stdout."""


_writing: set[int] = set()
"""The threads that write to a standard stream now; a frozen reader blocks them."""
SIGNS = {"✓": "+", "✗": "x", "…": "...", "—": "-", "·": "-", "→": "->"}
"""The signs of our own texts in ASCII."""


class OutputError(UserError):
    """Standard output is not writable."""


def open_missing_streams() -> None:
    """Open the null device for each closed standard stream, so no file gets its number."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            # Writing to a closed stdout must still fail, so it is opened for reading.
            null = os.open(os.devnull, os.O_RDWR if number == 2 else os.O_RDONLY)
            os.dup2(null, number)
            if null > 2:
                os.close(null)
            setattr(sys, name, open(number, mode, closefd=False))  # noqa: SIM115  # it stays open


def _replace(error: UnicodeError) -> tuple[str | bytes, int]:
    """Replace our signs by ASCII, and escape other characters."""
    assert isinstance(error, UnicodeEncodeError)
    first = UnicodeEncodeError(error.encoding, error.object, error.start, error.start + 1, error.reason)
    sign = SIGNS.get(error.object[error.start])
    return (sign, first.end) if sign else codecs.backslashreplace_errors(first)


REPLACE = "artifact-tui.signs"
codecs.register_error(REPLACE, _replace)


def write_out(text: str, *, ascii_only: bool = False) -> None:
    """Write text to stdout, as :func:`write_bytes` does; escape what its encoding lacks."""
    write_bytes(encoded(text, ascii_only=ascii_only))


def encoded(text: str, *, ascii_only: bool = False) -> bytes:
    """Return text in the encoding of stdout; escape what it lacks."""
    encoding = "ascii" if ascii_only else getattr(sys.stdout, "encoding", None) or "utf-8"
    return text.encode(encoding, REPLACE)


def write_bytes(data: bytes) -> None:
    """Write to stdout and flush; raise :class:`OutputError`, or end by SIGPIPE if the reader has left."""
    try:
        send_bytes(data)
    except BrokenPipeError:
        end_by_signal("SIGPIPE")


def send_bytes(data: bytes) -> None:
    """Write to stdout and flush; raise :class:`OutputError`, or BrokenPipeError if the reader has left.

    Threads call this one: only the main thread can end the process by a signal. The stream's lock is free while a slow
    reader is waited for, so the flush at the end of the process does not wait, too.
    """
    _writing.add(get_ident())
    try:
        sys.stdout.flush()
        stream, left = getattr(sys.stdout.buffer, "raw", sys.stdout.buffer), memoryview(data)
        while left:
            written = stream.write(left)
            if written is None:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            left = left[written:]
    except BrokenPipeError:
        _discard(1)
        raise
    except OSError as error:
        _discard(1)
        raise OutputError(f"standard output: {error.strerror}") from None
    finally:
        _writing.discard(get_ident())


def write_error(text: str) -> None:
    """Write to stderr; ignore failures, because the exit code remains."""
    _writing.add(get_ident())
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        _discard(2)
    finally:
        _writing.discard(get_ident())


def is_writing() -> bool:
    """Return whether this thread, interrupted by a signal, writes to a standard stream."""
    return get_ident() in _writing


def end_by_signal(name: str) -> NoReturn:
    """End the process by a signal, so a shell also stops the loop around the command."""
    import signal

    number = signal.Signals[name]
    signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)
    os._exit(128 + number)


def end_at_once(code: int) -> NoReturn:
    """End the process without freeing its memory, which takes 0.1 s, and seconds after long lists.

    Run exit handlers and flush the streams first, as multiprocessing does. Threads that still run end too.
    """
    import atexit

    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            continue
    os._exit(code)


def _discard(number: int) -> None:
    """Discard buffered output, so the flush at exit does not fail a second time."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, number)
    os.close(null)
