"""The command line: arguments, help, and the command to run.

Slow modules are imported only when needed, so ``--help`` and errors answer at once.
"""

from __future__ import annotations

import gc
import os
import sys

from artifact_tui import __version__
from artifact_tui.cli import standard_streams as streams
from artifact_tui.cli.line.dispatch import find_command
from artifact_tui.cli.line.table import HELP as HELP_COMMAND
from artifact_tui.cli.line.table import NAMES
from artifact_tui.cli.parser import new_parser
from artifact_tui.errors import UsageError, UserError

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from artifact_tui.cli.first_frame import FirstFrame

USAGE_ERROR = 2
LONGEST_MISTAKE = 2000
HELP = """\
usage: artifact-tui [OWNER/REPO] [options]
       artifact-tui COMMAND [arguments] [options]

Explore, download and delete GitHub Actions artifacts from the terminal.
Inside a clone, the repository comes from the git remote. Elsewhere, choose one
on the screen.

  OWNER/REPO           open the workflow runs of this repository
                       (3 shows all its artifacts)

Commands, without a screen (artifact-tui help COMMAND):
{commands}
Options of the screen:
  --run ID             open the artifacts of this workflow run
  --host HOST          github.com, SUB.ghe.com or your own server;
                       ACCOUNT@HOST for one of several accounts
  --api-url URL        the URL of the API, if it is not the default
  --api-version DATE   pin the API version, such as 2022-11-28
  --ca-file FILE       additional CA certificates, such as those of a company
  --demo               a simulated GitHub inside the program: no network,
                       no token
  --dir DIR            download into this directory
  --read-only          no delete; it sends only GET requests
  --log-file FILE      write a log of requests, without secrets
  --version            print the version
  --help, -h           print this help

Tokens    GH_TOKEN or GITHUB_TOKEN for github.com and *.ghe.com;
          GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN for any other host;
          otherwise the token of gh, the keyring or auth login. Without a
          token, you can list public repositories.
Also      GH_REPO, GH_HOST, GITHUB_API_URL, ARTIFACT_TUI_READ_ONLY,
          ARTIFACT_TUI_CLIENT_ID, NO_COLOR, HTTPS_PROXY, ALL_PROXY, NO_PROXY,
          SSL_CERT_FILE
Settings  config.toml in ~/.config/artifact-tui
Topics    artifact-tui help tasks, selectors, fields, servers, tokens, settings,
          keys, filters, downloads, deleting, previews, environment, exit-codes,
          slow-lines or privacy

Keys      arrows or j k move, Enter opens, Esc goes back, 1 2 3 w go to a place,
          / filters, Space marks, s n t e sort, p shows the files, d downloads,
          D reviews a deletion, y copies
Filter    wheel !debug size>10M age>30d expires<7d branch:main run:ci expired
Help      ? shows the keys of a screen, : finds commands by words

examples:
  artifact-tui --demo
  artifact-tui octocat/hello-world
  artifact-tui octocat/hello-world --run 7641180843
  artifact-tui --host github.example.com platform/builds
  artifact-tui verify ~/Downloads/dist
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments in :data:`HELP`."""
    arguments = new_parser()
    arguments.add_argument("repository", nargs="?", metavar="OWNER/REPO")
    arguments.add_argument("--run", type=_run_id)
    for option in ("--host", "--api-url", "--api-version", "--ca-file", "--dir", "--log-file"):
        arguments.add_argument(option, default="")
    for switch in ("--demo", "--read-only", "--version", "--help", "-h"):
        arguments.add_argument(switch, action="store_true")
    return arguments


def _run_id(text: str) -> int:
    from argparse import ArgumentTypeError

    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 20):
        raise ArgumentTypeError(f"{text!r} is not a valid run ID. Use the number in the run's URL")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code; Ctrl+C and a closed pipe end the process by signal."""
    streams.open_missing_streams()
    try:
        return _run_command(sys.argv[1:] if argv is None else argv)
    except streams.OutputError as error:
        streams.write_error(f"artifact-tui: {error}\n")
        return streams.OUTPUT_ERROR
    except UserError as error:
        from artifact_tui.redaction import redact
        from artifact_tui.text import printable

        lines = [printable(redact(str(line)), LONGEST_MISTAKE) for line in error.lines]
        streams.write_error("artifact-tui: " + "\n  ".join(lines) + "\n")
        return USAGE_ERROR
    except KeyboardInterrupt:
        streams.end_by_signal("SIGINT")


def _run_command(arguments: Sequence[str]) -> int:
    name, rest = find_command(arguments)
    if informs(arguments, name):
        return 0
    if name == "help":
        return _help(rest)
    if name:
        from artifact_tui.cli.line.command import run_command

        code = run_command(name, rest, os.environ, end_process=os._exit)
        return code if NAMES[name].is_local else streams.end_at_once(code)
    from artifact_tui.cli.first_frame import FirstFrame

    frame = FirstFrame(arguments, os.environ)
    try:
        frame.show()
        code = _run_screen(arguments, frame)
    finally:
        frame.give_back()  # before any error is printed
    return streams.end_at_once(code)


def informs(arguments: Sequence[str], command: str) -> bool:
    """Print help, version or specification if the arguments ask for one, and return whether they do."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    given = set(arguments[:cut])
    if "--version" in given:
        streams.write_out(f"artifact-tui {__version__}\n")
    elif {"--help", "-h"} & given:
        from artifact_tui.cli.line.help_text import command_help, command_list

        shown = command_help(NAMES[command]) if command in NAMES else HELP.replace("{commands}", command_list())
        streams.write_out(shown)
    elif "--spec" in given:
        import json

        from artifact_tui.cli.line.help_text import spec

        streams.write_out(json.dumps(spec()) + "\n")
    else:
        return False
    return True


def _run_screen(arguments: Sequence[str], frame: FirstFrame) -> int:
    options = parser().parse_args(arguments)
    check_terminal(os.environ)
    gc.disable()  # until the first frame: nothing made before it is garbage
    from artifact_tui.cli.launch import launch, prepare_terminal

    prepare_terminal(os.environ)  # before anything imports Textual
    _keep_secrets(os.environ)
    return launch(options, os.environ, frame)


def _help(topics: Sequence[str]) -> int:
    if len(topics) > 1:
        raise UsageError("help takes one topic: artifact-tui help TOPIC.")
    commands = {**NAMES, HELP_COMMAND.name: HELP_COMMAND}
    if topics and topics[0] in commands:
        from artifact_tui.cli.line.help_text import command_help

        streams.write_out(command_help(commands[topics[0]]))
        return 0
    from artifact_tui.cli.help_topics import topic_list, topic_text

    streams.write_out(topic_text(topics[0], commands) if topics else topic_list())
    return 0


def _keep_secrets(environ: Mapping[str, str]) -> None:
    from artifact_tui.github.tokens.credentials import CLOUD_VARIABLES, ENTERPRISE_VARIABLES
    from artifact_tui.redaction import redact
    from artifact_tui.terminal.crash import report_all_crashes

    report_all_crashes()
    for variable in CLOUD_VARIABLES + ENTERPRISE_VARIABLES:
        redact.learn(environ.get(variable, "").strip())


def check_terminal(environ: Mapping[str, str]) -> None:
    """Raise :class:`UsageError` if no full screen is possible; Textual reads stdin and draws on stderr."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty()):
        raise UsageError("stdin and stderr must be a terminal. For commands without a screen: artifact-tui help.")
    if environ.get("TERM") == "dumb":
        raise UsageError(
            "TERM is dumb, which cannot show a full screen. Set TERM to your terminal's type, or see artifact-tui help."
        )
