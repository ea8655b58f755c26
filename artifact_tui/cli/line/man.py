"""``artifact-tui man``: the manual page, as roff made from the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifact_tui import __version__
from artifact_tui.cli.line.exit_codes import EXIT_CODES
from artifact_tui.cli.line.help_text import explained, labeled
from artifact_tui.cli.line.options import GROUPS, Option
from artifact_tui.cli.line.table import COMMANDS, HELP, LineCommand
from artifact_tui.cli.line.variables import VARIABLES
from artifact_tui.cli.standard_streams import write_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from artifact_tui.cli.line.local import LocalContext

_ABOUT = """\
Lists, downloads, verifies and deletes the artifacts of GitHub Actions. Without a command, it opens a full screen. \
Inside a clone, the repository comes from the git remote.
"""
_STREAMS = """\
Commands write data to standard output and messages to standard error. They never prompt, except auth login. \
artifact-tui help lists topics with more detail, such as tasks, selectors, fields and settings.
"""


def run_local(context: LocalContext) -> int:
    """Write the manual page."""
    write_out(page(), ascii_only=True)
    return 0


def page() -> str:
    """Return the manual page, in ASCII; ``groff -man -ww`` has nothing to say about it."""
    lines = [
        f'.TH ARTIFACT\\-TUI 1 "" "artifact\\-tui {_roff(__version__)}" "User Commands"',
        *(".SH NAME", r"artifact\-tui \- explore, download and delete GitHub Actions artifacts"),
        *(".SH SYNOPSIS", r"\fBartifact\-tui\fR [OWNER/REPO] [options]", ".br"),
        r"\fBartifact\-tui\fR COMMAND [arguments] [options]",
        *(".SH DESCRIPTION", _roff(_ABOUT), ".PP", _roff(_STREAMS)),
        ".SH COMMANDS",
        *(line for command in (*COMMANDS, HELP) for line in _command(command)),
        ".SH OPTIONS",
    ]
    for title, options in GROUPS.items():
        lines += [f'.SS "{_roff(title)}"', *_listed((labeled(option), explained(option)) for option in options)]
    lines += [".SH EXIT STATUS", *_listed((str(code), text) for code, text in EXIT_CODES.items())]
    lines += [".SH ENVIRONMENT", *_listed(row for _, rows in VARIABLES for row in rows)]
    lines += [".SH FILES", *_listed([("~/.config/artifact-tui/config.toml", "settings: artifact-tui help settings")])]
    lines += [".SH SEE ALSO", r".BR gh (1)"]
    return "\n".join(lines).replace("`", "") + "\n"


def _command(command: LineCommand) -> Iterator[str]:
    words = " ".join((command.name, *(metavar for metavar, _ in command.arguments)))
    yield f'.SS "{_roff(words)}"'
    yield _roff(f"{command.summary[0].upper()}{command.summary[1:]}.")
    if command.aliases:
        yield _roff(f"Also called {', '.join(command.aliases)}.")
    if command.note:
        yield from (".PP", _roff(command.note))
    yield from _listed(command.arguments)
    for _, options in command.groups:
        if not shared_group(options):
            yield from _listed((labeled(option), explained(option)) for option in options)
    yield ".PP"
    if shared := ", ".join(filter(None, (shared_group(options) for _, options in command.groups))):
        yield _roff(f"Options of these groups, explained under OPTIONS: {shared}.")
    yield _roff(f"Requests to the API: {command.requests}.")


def shared_group(options: tuple[Option, ...]) -> str:
    """Return the title of the group that all of these options belong to, empty for options of one command."""
    return next((title for title, known in GROUPS.items() if set(options) <= set(known)), "")


def _listed(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for left, right in rows:
        yield from (".TP", rf"\fB{_roff(left)}\fR", _roff(right))


def _roff(text: str) -> str:
    """Escape text; a line never begins with a control character."""
    escaped = text.strip().replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq")
    escaped = "".join(sign if sign.isascii() else f"\\[u{ord(sign):04X}]" for sign in escaped)
    return rf"\&{escaped}" if escaped.startswith(".") else escaped
