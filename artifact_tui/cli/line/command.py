"""Runs one command of line mode: parses its arguments, calls its module, and turns errors into exit codes."""

from __future__ import annotations

import os
from itertools import pairwise

from artifact_tui.cli.line.arguments import parse
from artifact_tui.cli.line.options import OWNER_OR_REPOSITORY, REPOSITORY
from artifact_tui.cli.line.table import NAMES
from artifact_tui.errors import UsageError, UserError

TYPE_CHECKING = False  # importing it from typing would cost an error of the command line a tenth of its time
if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from datetime import datetime

    from artifact_tui.cli.line.context import LineContext, Timer
    from artifact_tui.cli.line.failures import LineFailure
    from artifact_tui.cli.line.interruption import HardLimit
    from artifact_tui.cli.line.local import LocalContext
    from artifact_tui.cli.line.stderr import Messages
    from artifact_tui.cli.line.table import LineCommand

GRACE = 5.0
"""Seconds after ``--timeout`` for the ordinary end, which takes at most 2.5 s unless the machine is busy."""
REPORT = "Report it at the project's page, with the traceback from --log-file."


def run_command(
    name: str,
    arguments: Sequence[str],
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], datetime] | None = None,
    timer: Timer | None = None,
    end_process: Callable[[int], object] | None = None,
) -> int:
    """Run a command and return its exit code; let KeyboardInterrupt pass. Clock and timer are real by default.

    ``end_process`` gets an exit code if the main thread is still blocked some seconds after ``--timeout``.
    """
    clock = clock or _now
    from artifact_tui.cli.line.stderr import Messages

    in_json = bool({"--json", "--jsonl"} & set(arguments))
    all_json = "--progress=json" in arguments or ("--progress", "json") in pairwise(arguments)
    messages = Messages(quiet=False, in_json=in_json, all_json=all_json, clock=clock)
    try:
        options = parse(NAMES[name], arguments)
    except Exception as error:
        return _failed(messages, error)
    options.given = tuple(arguments)
    messages = Messages(quiet=options.quiet, in_json=in_json, all_json=options.progress == "json", clock=clock)
    from artifact_tui.cli.line.local import LocalContext  # a mistake in the arguments does without it

    return _run_limited(NAMES[name], LocalContext(options, environ, messages, clock), timer, end_process)


def _run_limited(
    command: LineCommand, local: LocalContext, timer: Timer | None, end_process: Callable[[int], object] | None
) -> int:
    limit = _hard_limit(local, end_process) if end_process and local.options.timeout else None
    try:
        return _run(command, local, timer)
    except Exception as error:
        return _failed(local.messages, error)
    finally:
        if limit is not None:
            limit.cancel()


def _hard_limit(local: LocalContext, end_process: Callable[[int], object]) -> HardLimit:
    from artifact_tui.cli.line.failures import LineFailure
    from artifact_tui.cli.line.interruption import HardLimit
    from artifact_tui.cli.line.local import timed_out

    given = local.options.timeout
    failure = LineFailure.of(timed_out(given))
    return HardLimit(
        given.total_seconds() + GRACE,
        lambda: local.messages.error(failure),
        lambda: end_process(failure.exit_code),
    )


def _failed(messages: Messages, error: Exception) -> int:
    """Write an error and return its exit code."""
    from artifact_tui.cli.line.failures import LineFailure

    failure = LineFailure.of(error) if isinstance(error, UserError) else _bug(error)
    messages.error(failure)
    return failure.exit_code


def _now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _run(command: LineCommand, local: LocalContext, timer: Timer | None) -> int:
    from importlib import import_module

    from artifact_tui.cli.line.local import time_limit

    options = local.options
    if options.log_file:
        from artifact_tui.log_file import log_to

        log_to(options.log_file, local.messages.note)
    _learn_secrets(local.environ)
    if not command.is_local:
        return _run_with_server(command, local, timer)
    with time_limit(options.timeout):
        return int(import_module(command.module).run_local(local))


def _run_with_server(command: LineCommand, local: LocalContext, timer: Timer | None) -> int:
    import asyncio
    from importlib import import_module

    from artifact_tui.cli.line.context import open_context
    from artifact_tui.cli.line.owner_word import take_owner
    from artifact_tui.cli.line.run_selection import take_repository

    options = local.options
    is_owner = OWNER_OR_REPOSITORY in command.arguments and take_owner(options)
    if hasattr(options, "run") and not is_owner:
        take_repository(options)
    if command.arguments == (REPOSITORY,) and options.words:
        word = options.words[0]
        raise UsageError(f"{word!r} is not a repository. See artifact-tui {command.name} --help for options.")
    context = open_context(options, local.environ, local.messages, local.clock, timer)
    return asyncio.run(_finished(import_module(command.module).run(context), context))


async def _finished(command: Coroutine[object, object, int], context: LineContext) -> int:
    """Run a command within ``--timeout``, and close its connections."""
    import asyncio

    from artifact_tui.cli.line.local import interruptible, timed_out

    given = context.options.timeout
    try:
        with interruptible():
            async with asyncio.timeout(given.total_seconds() if given else None) as limit:
                context.is_late = limit.expired
                return int(await command)
    except TimeoutError:
        raise timed_out(given) from None
    finally:
        await context.close()


def _learn_secrets(environ: Mapping[str, str]) -> None:
    from artifact_tui.github.tokens.credentials import CLOUD_VARIABLES, ENTERPRISE_VARIABLES
    from artifact_tui.redaction import redact

    for variable in CLOUD_VARIABLES + ENTERPRISE_VARIABLES:
        redact.learn(environ.get(variable, "").strip())


def _bug(error: Exception) -> LineFailure:
    """Return one sentence for the user; the traceback goes to the log."""
    from artifact_tui.cli.line.failures import LineFailure, log_bug

    log_bug(error)
    kind = type(error).__name__
    return LineFailure(kind="bug", message=f"A bug in artifact-tui ({kind}).", next_step=REPORT)
