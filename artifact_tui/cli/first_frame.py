"""The first frame: stored once a list has loaded, and shown at the next start before the program itself is loaded.

The name of its file, beside the cached lists, is a keyed hash of everything that the first screen depends on
(:func:`_conditions`), so a frame is found only under the same conditions. The token is not known that early: the file
has a keyed hash of it, and the program clears the screen if it then finds another token. To load fast, this module
imports only a few modules of the standard library.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # signal itself takes 3 ms more, for its enums
import os
import stat
import sys
import termios
import time
from _thread import get_ident

from artifact_tui import __version__

TYPE_CHECKING = False  # importing it from typing takes longer than reading the frame
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

MOST_FRAMES = 20
OLDEST = 30 * 86400
"""The maximum age of a frame in seconds, the same as for cached lists."""
LARGEST = 1 << 18
"""The maximum size of a frame file in bytes; a screen of 250x80 cells in many colors takes a third of it."""
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l\x1b[?7l", "\x1b[m\x1b[?7h\x1b[?1049l\x1b[?25h"
"""Switch to the alternate screen, without cursor and line wrap, and back."""
_TERMINAL = 2
"""The file descriptor that Textual draws to."""
_KEY_SIZE = 32
_VARIABLES = (
    *("TERM", "COLORTERM", "NO_COLOR", "TERM_PROGRAM", "LANG", "LC_ALL", "LC_CTYPE"),
    *("TEXTUAL_COLOR_SYSTEM", "ARTIFACT_TUI_LEAN_OUTPUT", "ARTIFACT_TUI_READ_ONLY"),
    *("GH_HOST", "GH_REPO", "GITHUB_API_URL", "ARTIFACT_TUI_DEMO"),
    *("GH_TOKEN", "GITHUB_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"),
)
"""The variables that the first screen depends on, for its look, its target, and the token."""


class FirstFrame:
    """The frame for these arguments and this environment; after any failure, no frame is shown or stored."""

    def __init__(self, arguments: Sequence[str], environ: Mapping[str, str]) -> None:
        self._arguments = arguments
        self._environ = dict(environ)  # a copy, because the program changes variables for Textual
        self._mark = ""
        self.line_settings: list[Any] | None = None
        """The settings of the terminal before :meth:`show`."""
        self.is_shown = False
        """Whether the frame is on the screen, and the app has not taken the screen over."""

    def show(self) -> None:
        """Show the frame with its age; from then on, typed keys wait without echo, and Ctrl+C still works."""
        try:
            self._catch_endings()
            found = self._read()
            if found is None or _is_in_background():
                return
            frame, age = found
            self.line_settings = termios.tcgetattr(0)
            self.is_shown = True
            termios.tcsetattr(0, termios.TCSANOW, _without_echo(self.line_settings))
            shown = ENTER.encode() + frame + _label(age, os.get_terminal_size(_TERMINAL).columns)
            if os.write(_TERMINAL, shown) < len(shown):  # the terminal was left in non-blocking mode
                self.give_back()
        except (OSError, ValueError, termios.error):
            self.give_back()

    def give_back(self) -> None:
        """Restore the screen and the line settings, unless the app has taken them over."""
        if self.is_shown and self.line_settings is not None:
            self.is_shown = False
            try:
                os.write(_TERMINAL, LEAVE.encode())
                termios.tcsetattr(0, termios.TCSANOW, self.line_settings)
            except (OSError, termios.error):
                return

    def is_of(self, mark: Callable[[bytes], str]) -> bool:
        """Return whether the frame was stored with this account; ``mark`` is the method of the backend."""
        try:
            return self._mark == mark(_key(_directory(self._environ)))
        except OSError:
            return False

    def store(self, frame: str, size: tuple[int, int], mark: Callable[[bytes], str]) -> None:
        """Store a frame for the next start, if the terminal still has the ``size`` in columns and lines."""
        try:
            if tuple(os.get_terminal_size(_TERMINAL)) != size:
                return
            directory = _directory(self._environ)
            os.makedirs(directory, mode=0o700, exist_ok=True)
            key = _key(directory, make=True)
            head = f"{mark(key)}\n{int(time.time())}\n"
            _replace(self._path(directory, key), head.encode() + frame.encode("utf-8", "replace"))
            _remove_frames(directory, keep=MOST_FRAMES)
        except OSError:
            return

    def forget_all(self) -> None:
        """Remove all frames, after a sign-in or sign-out."""
        forget_frames(self._environ)

    def _read(self) -> tuple[bytes, int] | None:
        directory = _directory(self._environ)
        mark, at, frame = _read_private(self._path(directory, _key(directory))).split(b"\n", 2)
        age = int(time.time()) - int(at)
        self._mark = mark.decode("ascii")
        return (frame, age) if 0 <= age < OLDEST else None

    def _path(self, directory: str, key: bytes) -> str:
        conditions = "\0".join(_conditions(self._arguments, self._environ)).encode("utf-8", "surrogateescape")
        return os.path.join(directory, f"{_hash(conditions, key)}.frame")

    def _catch_endings(self) -> None:
        def end(number: int, _: object) -> None:
            self.give_back()
            _signal.signal(number, _signal.SIG_DFL)
            os.kill(os.getpid(), number)

        for number in (_signal.SIGHUP, _signal.SIGINT, _signal.SIGQUIT, _signal.SIGTERM):
            if _signal.getsignal(number) in {_signal.SIG_DFL, _signal.default_int_handler}:
                _signal.signal(number, end)


def forget_frames(environ: Mapping[str, str]) -> None:
    """Remove all stored frames; ignore failures."""
    try:
        _remove_frames(_directory(environ), keep=0)
    except OSError:
        return


def _conditions(arguments: Sequence[str], environ: Mapping[str, str]) -> Iterator[str]:
    """Yield what the first screen depends on; raise OSError if that is unknown.

    These are the arguments, the variables (including tokens), the size of the terminal, the theme, and size, time and
    inode of the files that hold the settings, the tokens (of gh and our own), and the remotes of the clone.
    """
    config, state, _ = _directories(environ)
    gh = environ.get("GH_CONFIG_DIR") or os.path.join(environ.get("XDG_CONFIG_HOME") or _home(".config"), "gh")
    yield from (__version__, *arguments)
    yield from (f"{name}={environ[name]}" for name in _VARIABLES if name in environ)
    yield "x".join(map(str, os.get_terminal_size(_TERMINAL)))
    yield _theme(os.path.join(state, "state.json"))
    yield _stat(os.path.join(config, "config.toml"))
    yield _stat(os.path.join(gh, "hosts.yml"))
    yield _stat(os.path.join(state, "tokens"))
    is_named = arguments and "/" in arguments[0] and not arguments[0].startswith("-")
    if not (is_named or environ.get("GH_REPO")):
        yield from _clone(environ)


def _clone(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield the current directory and the state of its clone's configuration; raise OSError for a linked worktree."""
    here = os.getcwd()
    yield here
    if "GIT_DIR" in environ:
        raise OSError("the clone is elsewhere")
    while not os.path.exists(os.path.join(here, ".git")):
        here, before = os.path.dirname(here), here
        if here == before:
            return
    os.listdir(os.path.join(here, ".git"))  # a linked worktree has a file there
    yield _stat(os.path.join(here, ".git", "config"))


def _stat(path: str) -> str:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return path
    return f"{path} {found.st_size} {found.st_mtime_ns} {found.st_ino}"


def _theme(path: str) -> str:
    """Return the theme in ``state.json``, without a JSON parser, which takes longer to load than the frame."""
    try:
        with open(path, "rb") as file:
            _, _, rest = file.read(LARGEST).partition(b'"theme":')
    except FileNotFoundError:
        return ""
    return rest.strip()[:40].partition(b",")[0].decode("utf-8", "replace")


def _home(*parts: str) -> str:
    return os.path.join(os.path.expanduser("~"), *parts)


def _directories(environ: Mapping[str, str]) -> tuple[str, str, str]:
    """Return the directories of settings, state and cache, the same as :class:`artifact_tui.config.paths.Paths`."""
    if sys.platform == "darwin":
        own = _home("Library", "Application Support", "artifact-tui")
        found = own, own, _home("Library", "Caches", "artifact-tui")
    else:
        places = (("XDG_CONFIG_HOME", ".config"), ("XDG_STATE_HOME", ".local/state"), ("XDG_CACHE_HOME", ".cache"))
        bases = (environ.get(name, "").strip() or _home(default) for name, default in places)
        config, state, cache = (os.path.join(base, "artifact-tui") for base in bases)
        found = config, state, cache
    if not all(os.path.isabs(path) for path in found):
        raise OSError("no home directory")
    return found


def _directory(environ: Mapping[str, str]) -> str:
    return os.path.join(_directories(environ)[2], "lists")


def _key(directory: str, *, make: bool = False) -> bytes:
    """Return the key of the cached lists; ``make`` creates a missing one, unless another program has done so."""
    path = os.path.join(directory, "key")
    if make and not os.path.exists(path):
        fresh = f"{path}.{os.getpid()}.new"
        _write_private(fresh, os.urandom(_KEY_SIZE))
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(fresh)
    key = _read_private(path)
    if len(key) != _KEY_SIZE:
        raise OSError("the key of the lists is damaged")
    return key


def _hash(text: bytes, key: bytes) -> str:
    try:
        from _blake2 import blake2b  # hashlib loads OpenSSL, which takes 3 ms
    except ImportError:
        from hashlib import blake2b

    return blake2b(text, key=key, digest_size=16).hexdigest()


def _read_private(path: str) -> bytes:
    """Return the content of a small private file; raise OSError for any other file."""
    opened = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with open(opened, "rb") as file:
        found = os.fstat(opened)
        is_private = stat.S_ISREG(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
        if not is_private or found.st_size > LARGEST:
            raise PermissionError("not a small private file")
        return file.read()


def _write_private(path: str, data: bytes) -> None:
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with open(opened, "wb") as file:
        file.write(data)


def _replace(path: str, data: bytes) -> None:
    fresh = f"{path}.{os.getpid()}.{get_ident()}.new"
    _write_private(fresh, data)
    os.replace(fresh, path)


def _remove_frames(directory: str, *, keep: int) -> None:
    """Remove frames, except for the newest ``keep``."""
    with os.scandir(directory) as entries:
        frames = [(entry.stat().st_mtime, entry.path) for entry in entries if entry.name.endswith(".frame")]
    for _, path in sorted(frames, reverse=True)[keep:]:
        os.unlink(path)


def _is_in_background() -> bool:
    """Return whether the program is in the background, where its terminal would stop it for changing line settings."""
    try:
        return os.tcgetpgrp(0) != os.getpgrp()
    except OSError:
        return False


def _without_echo(settings: list[Any]) -> list[Any]:
    """Return line settings that pass keys on unchanged, without echo; only Ctrl+C and Ctrl+backslash send signals."""
    found = [*settings[:6], [*settings[6]]]
    found[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON | termios.IXOFF)
    found[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    found[6][termios.VMIN], found[6][termios.VTIME] = 1, 0
    found[6][termios.VSUSP] = b"\xff" if sys.platform == "darwin" else b"\0"  # no key: _POSIX_VDISABLE
    return found


def _label(age: int, columns: int) -> bytes:
    """Return the age of the frame for the right end of the first line."""
    units = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
    seconds, unit = next(((seconds, unit) for seconds, unit in units if age >= seconds), units[-1])
    text = f" {age // seconds} {unit} old, loading... "
    return f"\x1b[1;{max(1, columns - len(text) + 1)}H\x1b[0;7m{text[:columns]}\x1b[m".encode()
