"""The command line: from arguments and environment to a server and an app; the only place that chooses.

Nothing heavy is imported before it is needed: ``--help`` and mistakes answer at once.
"""

from __future__ import annotations

import gc
import os
import sys

from artifact_tui import __version__
from artifact_tui.usage import UsageError, new_parser

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, MutableMapping, Sequence

    from artifact_tui.app import ArtifactApp, Start
    from artifact_tui.backends import Plan
    from artifact_tui.github.hosts import Host
    from artifact_tui.settings import Settings

USAGE_ERROR = 2
LONGEST_MISTAKE = 2000
LEAN = "ARTIFACT_TUI_LEAN_OUTPUT"
RUN_ALONE = "--run needs a repository: artifact-tui OWNER/REPO --run ID."
HELP = """\
usage: artifact-tui [OWNER/REPO] [options]
       artifact-tui verify DIR
       artifact-tui doctor
       artifact-tui auth login | status | logout [--host HOST]

Explore, download and delete GitHub Actions artifacts from the terminal.
Inside a clone the repository is taken from the git remote; otherwise choose one on the screen.

  OWNER/REPO           open the workflow runs of this repository (3 shows all its artifacts)
  verify DIR           hold what was downloaded into DIR against its receipts: exit code 0 if all is intact,
                       1 if anything has changed, 2 if there is nothing to verify or a receipt is damaged
  doctor               say what the program sees of terminal, locale, host, token and paths, and what hurts
  auth ...             status says which token is used, login keeps one (--keep keyring or file; --device
                       for a code instead of a token, where an app is configured), logout forgets it
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
Settings  config.toml in ~/.config/artifact-tui (see the README)

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
    """The arguments; what they mean stands in :data:`HELP`. What is wrong raises :class:`UsageError`, in one line."""
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
        raise ArgumentTypeError(f"{text!r} is no run id; it is the number in the run's address")
    return int(text)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    arguments = sys.argv[1:] if argv is None else argv
    if {"--help", "-h", "--version"} & set(arguments):
        sys.stdout.write(f"artifact-tui {__version__}\n" if "--version" in arguments else HELP)
        return 0
    try:
        if arguments[:1] == ["verify"]:
            return _verify(arguments[1:])
        if arguments[:1] == ["doctor"]:
            return _doctor(arguments[1:])
        if arguments[:1] == ["auth"]:
            return _auth(arguments[1:])
        options = parser().parse_args(arguments)
        check_terminal(os.environ)
        return _run(options, os.environ)
    except UsageError as error:
        from artifact_tui.redaction import redact
        from artifact_tui.text import printable

        sys.stderr.write(f"artifact-tui: {printable(redact(str(error)), LONGEST_MISTAKE)}\n")
        return USAGE_ERROR


def _doctor(arguments: Sequence[str]) -> int:
    """Say what the program sees; needs no terminal and no server."""
    if arguments:
        raise UsageError("doctor takes no arguments.")
    from artifact_tui.doctor import run_doctor

    return run_doctor(os.environ, sys.stdout)


def _verify(arguments: Sequence[str]) -> int:
    """Say of each download in a directory whether it is as it was; needs no terminal."""
    if len(arguments) != 1 or not arguments[0] or arguments[0].startswith("-"):
        raise UsageError("verify takes one directory: artifact-tui verify DIR.")
    from pathlib import Path

    from artifact_tui.verify import NothingToVerify, verify_downloads

    try:
        return verify_downloads(Path(arguments[0]), sys.stdout)
    except NothingToVerify as nothing:
        raise UsageError(str(nothing)) from None


def _auth(arguments: Sequence[str]) -> int:
    """Which token is used where, signing in and out; needs no terminal."""
    from artifact_tui.auth import INTERRUPTED, run_auth

    _keep_secrets(os.environ)
    try:
        return run_auth(arguments, os.environ, lambda text: print(text, end="", flush=True))
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("\n")
        return INTERRUPTED


def _keep_secrets(environ: Mapping[str, str]) -> None:
    """Whatever host is chosen, no token of the environment shall turn up in anything that is written."""
    from artifact_tui.github.credentials import CLOUD_VARIABLES, ENTERPRISE_VARIABLES
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
            "TERM is dumb: this terminal cannot show a full-screen program; set TERM to what it really is."
        )


def _run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    gc.disable()  # until the first frame: nothing made before it is garbage
    _prepare_terminal(os.environ)  # before anything imports Textual
    _keep_secrets(environ)
    settings = _settings(options, environ)
    plan = _demo(options, settings) if options.demo else _server(options, environ, settings)
    if options.log_file:
        from artifact_tui.log_file import log_to

        log_to(options.log_file)
    while True:
        app = _app(options, environ, settings, plan)
        code = app.run_guarded(app.session.stop_transfers)
        if code or not app.next_host:
            return code
        plan = _plan_at(app.next_host, environ, settings)


def _app(options: argparse.Namespace, environ: Mapping[str, str], settings: Settings, plan: Plan) -> ArtifactApp:
    from pathlib import Path

    from artifact_tui.app import ArtifactApp
    from artifact_tui.settings import MemoryFile, Paths, is_remote

    paths = Paths.of_user()
    return ArtifactApp(
        plan.backend,
        plan.start,
        clock=plan.clock,
        settings=settings,
        memory=MemoryFile(None if options.demo else paths.state),
        directory=Path(options.dir) if options.dir else None,
        journal=paths.journal(is_demo=options.demo),
        remote=is_remote(environ),
        lists=None if options.demo else paths.lists,
    )


def _prepare_terminal(environ: MutableMapping[str, str]) -> None:
    """What Textual reads from the environment while it is imported."""
    for frozen in ("COLUMNS", "LINES"):  # Textual would keep these sizes whatever the window does
        environ.pop(frozen, None)
    if environ.get("SSH_CONNECTION"):  # milliseconds for which an escape may be the start of an arrow key
        environ.setdefault("ESCDELAY", "250")


def _settings(options: argparse.Namespace, environ: Mapping[str, str]) -> Settings:
    """``config.toml`` with the command line and the environment on top; the demo always has the defaults."""
    from msgspec.structs import replace

    from artifact_tui.github.hosts import HostError, check_api_version, read_host
    from artifact_tui.settings import Columns, Paths, Settings, SettingsError, check_keys, is_set, read_settings
    from artifact_tui.themes import check_theme
    from artifact_tui.widgets.keys import PRESETS, default_keys

    try:
        settings = Settings() if options.demo else read_settings(Paths.of_user().config)
        settings = replace(settings, keys=PRESETS[settings.preset] | settings.keys)
        check_keys(settings.keys, default_keys())
        if settings.columns != Columns():
            from artifact_tui.screens.columns import check_lists  # the lists are loaded for nobody else

            check_lists(settings.columns)
        check_theme(settings.theme)
        check_api_version(options.api_version or settings.api_version)
        hosts = tuple(read_host(name).label for name in settings.hosts)
    except (SettingsError, HostError) as error:
        raise UsageError(str(error)) from None
    read_only = options.read_only or settings.read_only or is_set(environ, "ARTIFACT_TUI_READ_ONLY")
    lean = is_set(environ, LEAN) if LEAN in environ else settings.lean_output
    return replace(
        settings,
        read_only=read_only,
        lean_output=lean,
        api_version=options.api_version or settings.api_version,
        ca_file=options.ca_file or settings.ca_file,
        hosts=hosts,
    )


def _server(options: argparse.Namespace, environ: Mapping[str, str], settings: Settings) -> Plan:
    """A real server: which one, and the repository to open."""
    from artifact_tui.github.hosts import HostError

    try:
        host, start = _place(options, environ, settings)
    except HostError as error:
        raise UsageError(str(error)) from None
    return _plan(host, start, environ, settings)


def _plan_at(name: str, environ: Mapping[str, str], settings: Settings) -> Plan:
    """The same program at another host or account of the settings, at its repositories."""
    from artifact_tui.app import Start
    from artifact_tui.github.hosts import read_host

    return _plan(read_host(name), Start(), environ, settings)


def _plan(host: Host, start: Start, environ: Mapping[str, str], settings: Settings) -> Plan:
    """Raises :class:`UsageError` when a variable for the host's token holds none; other sources are asked later."""
    from datetime import UTC, datetime
    from functools import partial

    from artifact_tui.backends import Plan, github_backend
    from artifact_tui.github.credentials import TokenError, find_credential

    try:
        find_credential(host, environ)
    except TokenError as error:
        raise UsageError(str(error)) from None
    clock = partial(datetime.now, UTC)
    return Plan(github_backend(host, settings, environ, clock), start, clock)


def _place(options: argparse.Namespace, environ: Mapping[str, str], settings: Settings) -> tuple[Host, Start]:
    """The host and the repository: from the arguments, else ``GH_REPO``, else the clone that we stand in."""
    from pathlib import Path

    from artifact_tui.app import Start
    from artifact_tui.github.hosts import choose_host, read_host, with_account
    from artifact_tui.github.remotes import choose_remote, clone_remotes, parse_repository

    named = options.repository or environ.get("GH_REPO", "")
    remote = parse_repository(named) if named else None
    if named and remote is None:
        raise UsageError(f"{named!r} is no repository; write it as OWNER/REPO.")
    is_chosen = bool(options.host or options.api_url or environ.get("GH_HOST") or environ.get("GITHUB_API_URL"))
    wanted = options.host or ("" if is_chosen else settings.host)
    known = [read_host(name) for name in settings.hosts]
    wish = choose_host(environ, host=wanted, api_url=options.api_url) if is_chosen or wanted else None
    if remote is None:
        remote = choose_remote(clone_remotes(Path.cwd()), wish, [host.name for host in known])
    host = choose_host(environ, host=(remote.host if remote else "") or wanted, api_url=options.api_url)
    host = with_account(host, [wish] if wish and wish.name == host.name else known)
    if options.run is not None and remote is None:
        raise UsageError(RUN_ALONE)
    return host, Start(remote.repository if remote else None, options.run)


def _demo(options: argparse.Namespace, settings: Settings) -> Plan:
    """The demo, in which the time stands still, so that it looks the same every time."""
    from artifact_tui.app import Start
    from artifact_tui.backends import Plan, demo_backend
    from artifact_tui.demo.clock import demo_clock
    from artifact_tui.model import RepositoryName

    if options.host or options.api_url:
        raise UsageError("--demo is a server of its own; leave out --host and --api-url.")
    repository = RepositoryName.parse(options.repository) if options.repository else None
    if options.repository and repository is None:
        raise UsageError(f"{options.repository!r} is no repository; write it as OWNER/REPO.")
    if options.run is not None and repository is None:
        raise UsageError(RUN_ALONE)
    return Plan(demo_backend(settings, demo_clock), Start(repository, options.run), demo_clock)
