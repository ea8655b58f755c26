"""``artifact-tui doctor``: what the program detects around it, with possible problems marked."""

from __future__ import annotations

import os
import shutil
import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from artifact_tui.cli.check_settings import read_configuration
from artifact_tui.cli.line.forms import Record, RowWriter, Shape
from artifact_tui.cli.line.table import NAMES
from artifact_tui.cli.target import demo_start
from artifact_tui.config.paths import NO_HOME, Paths
from artifact_tui.config.settings import Settings, SettingsError
from artifact_tui.github.clone import recognize_here
from artifact_tui.github.from_settings import sources_of
from artifact_tui.github.hosts import HostError, choose_host, ignored_api_url, read_host
from artifact_tui.github.http.proxies import SCHEMES, ignored_settings, route_to
from artifact_tui.github.tokens.credentials import TokenError
from artifact_tui.terminal.ascii_fallback import plain
from artifact_tui.terminal.colors import colors_of
from artifact_tui.text import locale_variable, printable, shows_unicode

if TYPE_CHECKING:
    from artifact_tui.cli.line.local import LocalContext

NAME_WIDTH = 14
LONGEST = 2000
UNKNOWN_TO_KEYRING = ("fail", "null", "PlaintextKeyring", "chainer")


class Check(NamedTuple):
    """A check; ``problem`` says what is wrong and how to fix it, empty for no problem."""

    name: str
    value: str
    problem: str = ""


def run_local(context: LocalContext) -> int:
    """Write one line per check; return 1 if there are problems, else 0."""
    checks = list(_checks(context))
    shown = str if shows_unicode(context.environ) else plain
    shape = Shape[Check]("checks", _record, text=lambda check: f"{shown(_line(check))}\n")
    output = RowWriter(shape, NAMES["doctor"].fields, context)
    output.rows(checks)
    output.end(lambda: {"checks": [], "notes": context.messages.notes})
    return int(any(check.problem for check in checks))


def _checks(context: LocalContext) -> Iterator[Check]:
    options, environ = context.options, context.environ
    paths, ignoring = Paths.of_user(), "--demo" if options.demo else "--no-config" if options.no_config else ""
    settings, mistakes = _settings(paths.config) if paths and not ignoring else (Settings(), ())
    settings = replace(
        settings,
        api_version=options.api_version or settings.api_version,
        ca_file=options.ca_file or settings.ca_file,
    )
    yield from _terminal(environ)
    if options.demo:
        yield from _demo(options)
    else:
        yield from _server(environ, settings, options.host or "", options.api_url or "")
    yield from _programs(environ)
    yield from _files(paths, mistakes, ignoring) if paths else [Check("home", "not found", NO_HOME)]


def _line(check: Check) -> str:
    line = f"{'✗' if check.problem else '✓'} {check.name:<{NAME_WIDTH}} {printable(check.value, LONGEST)}"
    return f"{line} — {printable(check.problem, LONGEST)}" if check.problem else line


def _record(check: Check) -> Record:
    return {"name": check.name, "value": check.value, "hurt": check.problem or None}


def _terminal(environ: Mapping[str, str]) -> Iterator[Check]:
    kind = environ.get("TERM", "")
    is_terminal = sys.stdin.isatty() and sys.stderr.isatty()
    if is_terminal:
        yield Check("terminal", kind or "TERM is not set", _terminal_trouble(kind))
    else:  # commands do without one
        yield Check("terminal", "none: for the full screen, stdin and stderr must be a terminal")
    yield Check("colors", _colors(environ))
    problem = "" if shows_unicode(environ) else "not UTF-8: borders and names are shown in ASCII; set LANG to C.UTF-8"
    yield Check("locale", locale_variable(environ) or "not set", problem)
    size = shutil.get_terminal_size()
    problem = "too small; use at least 40 by 10" if size < (40, 10) else ""
    yield Check("size", f"{size.columns} by {size.lines}", problem)
    yield Check("line", "over SSH" if environ.get("SSH_CONNECTION") else "local")
    yield _clipboard(environ)


def _terminal_trouble(kind: str) -> str:
    if kind == "dumb":
        return "cannot show a full screen; set TERM to your terminal's type"
    return "" if kind else "only 16 colors; set TERM to your terminal's type"


def _colors(environ: Mapping[str, str]) -> str:
    if "NO_COLOR" in environ:
        return "grays (NO_COLOR is set)"
    return {"truecolor": "16 million", "256": "256", "standard": "16"}[colors_of(environ)]


def _clipboard(environ: Mapping[str, str]) -> Check:
    if environ.get("TMUX"):
        problem = "" if shutil.which("tmux") else "tmux not found, so copied text does not reach its buffer"
        return Check("clipboard", "tmux buffer and OSC 52", problem)
    return Check("clipboard", "OSC 52, if the terminal allows it")


def _settings(path: Path) -> tuple[Settings, tuple[str, ...]]:
    try:
        return read_configuration(path), ()
    except SettingsError as error:
        return Settings(), error.mistakes


def _demo(options: Namespace) -> Iterator[Check]:
    demo_start(Namespace(repository="", run=None, host=options.host, api_url=options.api_url))  # refuses these two
    yield Check("host", "the demo, a simulated GitHub without network")
    yield Check("token", "from the demo")


def _server(environ: Mapping[str, str], settings: Settings, named: str, api_url: str) -> Iterator[Check]:
    wanted = named or ("" if environ.get("GH_HOST") or api_url else settings.host)
    try:
        host = choose_host(environ, host=wanted, api_url=api_url)
    except HostError as error:
        yield Check("host", "invalid", str(error))
        return
    yield Check("host", ", ".join(dict.fromkeys((host.label, host.kind, host.base_url))))
    if note := ignored_api_url(environ, host=named, api_url=api_url):
        yield Check("ignored", note)
    yield _clone(environ, settings)
    yield Check("API version", settings.api_version or "the newest that the server supports")
    try:
        found = sources_of(host, environ).find()
    except TokenError as error:
        yield Check("token", "invalid", str(error))
    else:
        problem = "" if found.credential else "you can list public repositories only, and download nothing"
        yield Check("token", f"from {found.credential.source}" if found.credential else "none", problem)
        for note in dict.fromkeys((*found.notes, found.warning)):
            if note:
                yield Check("token source", "problem", note)
    yield from _proxy(host.base_url, environ)
    yield _certificates(environ.get("SSL_CERT_FILE", ""), settings.ca_file)


def _proxy(url: str, environ: Mapping[str, str]) -> Iterator[Check]:
    route = route_to(url, environ)
    if route.address:
        problem = "" if route.is_usable else f"not valid; use {', '.join(SCHEMES)}, or unset it"
        yield Check("proxy", route.shown, problem)
    else:
        yield Check("proxy", f"none ({route.variable})" if route.variable else "none")
    for ignored in ignored_settings(url, environ):
        yield Check("ignored", ignored)


def _clone(environ: Mapping[str, str], settings: Settings) -> Check:
    named = environ.get("GH_HOST", "") or settings.host
    wish = choose_host(environ, host=settings.host) if named or environ.get("GITHUB_API_URL") else None
    remote, why = recognize_here(wish, [read_host(name).name for name in settings.hosts], environ)
    if remote is not None:
        return Check("clone", f"{remote.repository} on {remote.host}")
    return Check("clone", "not recognized" if why else "none", why)


def _certificates(bundle: str, own: str) -> Check:
    for name, path in (("SSL_CERT_FILE", bundle), ("ca-file", own)):
        if path and not Path(path).is_file():
            return Check("certificates", path, f"{name} does not name a readable file")
    return Check("certificates", " and ".join([bundle or "the system's", *([own] if own else [])]))


def _programs(environ: Mapping[str, str]) -> Iterator[Check]:
    yield Check("gh", shutil.which(environ.get("GH_PATH", "gh")) or "not installed")
    yield Check("git", shutil.which("git") or "not installed")
    bus = environ.get("DBUS_SESSION_BUS_ADDRESS", "")
    backend = environ.get("PYTHON_KEYRING_BACKEND", "")
    unsafe = any(name in backend for name in UNKNOWN_TO_KEYRING)
    value = backend or ("on the session bus" if bus or sys.platform == "darwin" else "none in this session")
    yield Check("keyring", value, "stores nothing or plain text, so it is ignored" if unsafe else "")


def _files(paths: Paths, mistakes: tuple[str, ...], ignoring: str) -> Iterator[Check]:
    remark = f" (ignored: {ignoring})" if ignoring else "" if paths.config.exists() else " (not found)"
    for mistake in mistakes or ("",):
        yield Check("config.toml", f"{paths.config}{remark}", mistake)
    place = paths.state.parent
    existing = next(parent for parent in (place, *place.parents) if parent.exists())
    writable = os.access(existing, os.W_OK)
    problem = "" if writable else "not writable: nothing is remembered, downloads do not resume"
    yield Check("state", str(place), problem)
