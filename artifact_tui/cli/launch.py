"""The full-screen program: builds the app from arguments, environment and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifact_tui.cli.standard_streams import end_at_once
from artifact_tui.terminal.colors import colors_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, MutableMapping

    from artifact_tui.app import ArtifactApp
    from artifact_tui.cli.backends import LaunchPlan
    from artifact_tui.cli.first_frame import FirstFrame
    from artifact_tui.config.paths import MemoryFile
    from artifact_tui.config.settings import Settings

LEAN = "ARTIFACT_TUI_LEAN_OUTPUT"


def prepare_terminal(environ: MutableMapping[str, str]) -> None:
    """Set the environment that Textual reads while it is imported."""
    for frozen in ("COLUMNS", "LINES"):  # with them, Textual ignores resizing
        environ.pop(frozen, None)
    if environ.get("SSH_CONNECTION"):  # ms to wait after Esc for the rest of a key
        environ.setdefault("ESCDELAY", "250")
    environ.setdefault("TEXTUAL_COLOR_SYSTEM", colors_of(environ))


def launch(options: argparse.Namespace, environ: Mapping[str, str], frame: FirstFrame) -> int:
    """Run the full screen, on one host after another; end the process, or return the exit code after an error.

    Raises :class:`UsageError`. The first app takes the screen over from ``frame``.
    """
    settings, memory = _settings(options, environ), _memory(options)
    plan = _demo(options, environ, settings) if options.demo else _target(options, environ, settings, memory)
    if options.log_file:
        from artifact_tui.log_file import log_to

        log_to(options.log_file, _report_at_exit)
    app = _app(options, environ, settings, plan, memory)
    if not options.demo:  # the demo has no stored frames
        app.begin_with_frame(frame)
    while not (code := app.run_guarded(app.session.stop_transfers, end_at_once)) and app.next_host:
        app = _app_at(app, options, environ, settings)
    return code


def _report_at_exit(sentence: str) -> None:
    """Write a note to stderr when the screen has gone."""
    import atexit

    from artifact_tui.cli.line.stderr import clean
    from artifact_tui.cli.standard_streams import write_error

    atexit.register(write_error, f"artifact-tui: note: {clean(sentence)}\n")


def _app_at(
    before: ArtifactApp, options: argparse.Namespace, environ: Mapping[str, str], settings: Settings
) -> ArtifactApp:
    from artifact_tui.cli.backends import plan_for
    from artifact_tui.domain.backend import Start
    from artifact_tui.github.hosts import read_host

    try:
        memory = before.session.memory
        plan = plan_for(read_host(before.next_host), Start(), environ, settings, memory.value)
        app = _app(options, environ, settings, plan, memory)
    except BaseException:
        before.give_back()
        raise
    app.take_over(before)
    return app


def _memory(options: argparse.Namespace) -> MemoryFile:
    from artifact_tui.config.paths import MemoryFile, Paths

    paths = None if options.demo else Paths.of_user()
    return MemoryFile(paths.state if paths else None)


def _app(
    options: argparse.Namespace, environ: Mapping[str, str], settings: Settings, plan: LaunchPlan, memory: MemoryFile
) -> ArtifactApp:
    from pathlib import Path

    from artifact_tui.app import ArtifactApp
    from artifact_tui.config.paths import NO_HOME, Paths
    from artifact_tui.config.settings import is_remote

    paths = Paths.of_user()
    return ArtifactApp(
        plan.backend,
        plan.start,
        clock=plan.clock,
        settings=settings,
        memory=memory,
        directory=Path(options.dir) if options.dir else None,
        journal=paths.journal(is_demo=options.demo) if paths else None,
        remote=is_remote(environ),
        lists=None if options.demo or paths is None else paths.lists,
        notes=(*plan.notes, *(() if paths or options.demo else (NO_HOME,))),
    )


def _settings(options: argparse.Namespace, environ: Mapping[str, str]) -> Settings:
    from msgspec.structs import replace

    from artifact_tui.config.paths import Paths
    from artifact_tui.config.settings import Settings, is_read_only, is_set
    from artifact_tui.github.hosts import check_api_version

    settings, paths = Settings(), None if options.demo else Paths.of_user()
    if paths:
        from artifact_tui.cli.check_settings import read_configuration

        settings = read_configuration(paths.config)
    check_api_version(options.api_version)
    read_only = is_read_only(options.read_only, settings, environ)
    lean = is_set(environ, LEAN) if LEAN in environ else settings.lean_output
    return replace(
        settings,
        read_only=read_only,
        lean_output=lean,
        api_version=options.api_version or settings.api_version,
        ca_file=options.ca_file or settings.ca_file,
    )


def _target(
    options: argparse.Namespace, environ: Mapping[str, str], settings: Settings, memory: MemoryFile
) -> LaunchPlan:
    from artifact_tui.cli.backends import plan_for
    from artifact_tui.cli.target import choose_target

    target = choose_target(options, environ, settings)
    return plan_for(target.host, target.start, environ, settings, memory.value)._replace(notes=target.notes)


def _demo(options: argparse.Namespace, environ: Mapping[str, str], settings: Settings) -> LaunchPlan:
    from artifact_tui.cli.backends import plan_demo
    from artifact_tui.cli.target import demo_start

    return plan_demo(demo_start(options), settings, environ)
