"""The command line: its arguments, its help, and which part of the program they ask for.

Nothing heavy is imported before it is needed: ``--help`` and mistakes answer at once.
"""

from __future__ import annotations

import gc
import os
import sys

from artifact_tui import __version__
from artifact_tui.cli.parser import new_parser
from artifact_tui.cli.standard_streams import (
    OUTPUT_ERROR,
    OutputError,
    end_by_signal,
    open_missing_streams,
    write_error,
    write_out,
)
from artifact_tui.errors import UsageError, UserError

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

GIVEN_UP, USAGE_ERROR = 1, 2
LONGEST_MISTAKE = 2000
HELP = """\
usage: artifact-tui [OWNER/REPO] [options]
       artifact-tui verify DIR
       artifact-tui doctor
       artifact-tui auth login | status | logout [--host HOST]
       artifact-tui help [TOPIC]

Explore, download and delete GitHub Actions artifacts from the terminal.
Inside a clone the repository is taken from the git remote; otherwise choose one on the screen.

  OWNER/REPO           open the workflow runs of this repository (3 shows all its artifacts)
  verify DIR           hold what was downloaded into DIR against its receipts: exit code 0 if all is intact,
                       1 if anything has changed, 2 if there is nothing to verify or a receipt is damaged
  doctor               say what the program sees of terminal, locale, host, token and paths, and what hurts
  auth ...             status says which token is used, login keeps one (--keep keyring or file; --device
                       for a code instead of a token, where an app is configured), logout forgets it,
                       and the last lists
  help [TOPIC]         print a topic, or the list of topics
  --run ID             open the artifacts of this workflow run
  --host HOST          github.com, SUB.ghe.com or your own server; ACCOUNT@HOST to choose the account
  --api-url URL        the address of the API, where it is not the usual one
  --api-version DATE   pin the API version, as in 2022-11-28
  --ca-file FILE       trust these certificates too, as of a company's own authority
  --demo               a made-up GitHub in the program: no network, no token
  --dir DIR            download into this directory
  --read-only          no delete at all; nothing but GET is sent
  --log-file FILE      write a log of requests, without secrets
  --version            print the version
  --help, -h           print this

Tokens    GH_TOKEN or GITHUB_TOKEN for github.com and *.ghe.com; GH_ENTERPRISE_TOKEN or
          GITHUB_ENTERPRISE_TOKEN for any other host; else the one of gh, of the keyring, of auth login;
          without one, public repositories can be listed
Also      GH_REPO, GH_HOST, GITHUB_API_URL, ARTIFACT_TUI_READ_ONLY, ARTIFACT_TUI_CLIENT_ID, NO_COLOR,
          HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE
Settings  config.toml in ~/.config/artifact-tui
Topics    artifact-tui help servers, tokens, settings, keys, filters, downloads, deleting, previews,
          environment, exit-codes, slow-lines or privacy

Moving    arrows or j k, g G, ctrl+d ctrl+u; enter or l opens, esc or h goes back; 1 2 3 w change the place
Artifacts / filter  space mark  a mark all  s n t e sort  d download  D delete  K policies  p look inside
          y copy  f find files in them all  = compare two
Inside    d save a file or folder  z fold; in a file / n N search  e next error  z times  m more  v view
Deleting  D reviews: space keep  u unprotect  n dry run  d download first  D ask, then E; z stops  W report
Transfers space pause  x cancel  R retry  K J up, down the queue  c clear ended  enter where the files are
          unfinished downloads are kept when you quit; the next start offers to go on with them
Filter    wheel !debug size>10M age>30d expires<7d branch:main run:ci expired
Help      ? shows every key, : finds everything by its words

examples:
  artifact-tui --demo
  artifact-tui octocat/hello-world
  artifact-tui octocat/hello-world --run 7641180843
  artifact-tui --host github.example.com platform/builds
  artifact-tui verify ~/Downloads/dist
"""


def parser() -> argparse.ArgumentParser:
    """Return the arguments.

    What they mean stands in :data:`HELP`. What is wrong raises :class:`UsageError`, in one line.
    """
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
    """Run the program and return its exit code. Ctrl+C and a closed pipe end the process by their signals."""
    open_missing_streams()
    try:
        return _run_command(sys.argv[1:] if argv is None else argv)
    except OutputError as error:
        write_error(f"artifact-tui: {error}\n")
        return OUTPUT_ERROR
    except UserError as error:
        from artifact_tui.redaction import redact
        from artifact_tui.text import printable

        lines = [printable(redact(str(line)), LONGEST_MISTAKE) for line in error.lines]
        write_error("artifact-tui: " + "\n  ".join(lines) + "\n")
        return USAGE_ERROR
    except KeyboardInterrupt:
        end_by_signal("SIGINT")


def _run_command(arguments: Sequence[str]) -> int:
    if {"--help", "-h", "--version"} & set(arguments):
        write_out(f"artifact-tui {__version__}\n" if "--version" in arguments else HELP)
        return 0
    if arguments[:1] == ["help"]:
        return _help(arguments[1:])
    if arguments[:1] == ["verify"]:
        return _verify(arguments[1:])
    if arguments[:1] == ["doctor"]:
        return _doctor(arguments[1:])
    if arguments[:1] == ["auth"]:
        return _auth(arguments[1:])
    options = parser().parse_args(arguments)
    check_terminal(os.environ)
    return _run(options)


def _help(topics: Sequence[str]) -> int:
    """Print a topic, or the list of topics."""
    if len(topics) > 1:
        raise UsageError("help takes one topic: artifact-tui help TOPIC.")
    from artifact_tui.cli.help_topics import topic_list, topic_text

    write_out(topic_text(topics[0]) if topics else topic_list())
    return 0


def _doctor(arguments: Sequence[str]) -> int:
    """Say what the program sees; needs no terminal and no server."""
    if arguments:
        raise UsageError("doctor takes no arguments.")
    from artifact_tui.cli.doctor import run_doctor

    return run_doctor(os.environ, write_out)


def _verify(arguments: Sequence[str]) -> int:
    """Say of each download in a directory whether it is as it was; needs no terminal."""
    if len(arguments) != 1 or not arguments[0] or arguments[0].startswith("-"):
        raise UsageError("verify takes one directory: artifact-tui verify DIR.")
    from pathlib import Path

    from artifact_tui.cli.line.verify import verify_downloads

    return verify_downloads(Path(arguments[0]), write_out)


def _auth(arguments: Sequence[str]) -> int:
    """Which token is used where, signing in and out; needs no terminal."""
    from artifact_tui.cli.line.auth import run_auth

    _keep_secrets(os.environ)
    try:
        return run_auth(arguments, os.environ, write_out)
    except EOFError:
        write_error("\n")  # behind the question
        return GIVEN_UP
    except KeyboardInterrupt:
        write_error("\n")
        raise


def _keep_secrets(environ: Mapping[str, str]) -> None:
    """Whatever host is chosen, no token of the environment shall turn up in anything that is written."""
    from artifact_tui.github.tokens.credentials import CLOUD_VARIABLES, ENTERPRISE_VARIABLES
    from artifact_tui.redaction import redact
    from artifact_tui.terminal.crash import report_all_crashes

    report_all_crashes()
    for variable in CLOUD_VARIABLES + ENTERPRISE_VARIABLES:
        redact.learn(environ.get(variable, "").strip())


def check_terminal(environ: Mapping[str, str]) -> None:
    """Raise :class:`UsageError` where a full screen cannot be drawn; Textual reads stdin and draws on stderr."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr and sys.stderr.isatty()):
        raise UsageError("this is a full-screen program; run it in a terminal, without redirecting stdin or stderr.")
    if environ.get("TERM") == "dumb":
        raise UsageError(
            "TERM is dumb: this terminal cannot show a full-screen program; set TERM to your terminal's type."
        )


def _run(options: argparse.Namespace) -> int:
    """Return the full screen."""
    gc.disable()  # until the first frame: nothing made before it is garbage
    from artifact_tui.cli.launch import launch, prepare_terminal

    prepare_terminal(os.environ)  # before anything imports Textual
    _keep_secrets(os.environ)
    return launch(options, os.environ)
