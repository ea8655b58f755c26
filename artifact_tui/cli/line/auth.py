"""``artifact-tui auth``: show the token in use, sign in and sign out, without the full screen."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from getpass import getpass
from typing import TYPE_CHECKING, NamedTuple, cast

from msgspec.structs import replace

from artifact_tui.cache.list_cache import forget_lists
from artifact_tui.cli.first_frame import forget_frames
from artifact_tui.cli.line.failures import READ_ONLY_OFF, LineError, LineFailure, joint, rfc3339
from artifact_tui.cli.line.forms import Record, RowWriter, Shape
from artifact_tui.cli.line.table import NAMES
from artifact_tui.cli.standard_streams import write_error, write_out
from artifact_tui.config.paths import NO_HOME, Paths
from artifact_tui.config.settings import Settings, is_read_only, read_settings
from artifact_tui.domain.provider import ProviderError
from artifact_tui.domain.sign_in import Place, SignIn, SignInError, Trial, right_line, rights_of, token_advice
from artifact_tui.errors import UsageError, UserError
from artifact_tui.github.from_settings import record_of, sign_in_of, sources_of
from artifact_tui.github.hosts import Host, choose_host, ignored_api_url, read_host, with_account
from artifact_tui.github.tokens.credentials import find_credential, token_variables
from artifact_tui.github.tokens.sources import KeepingError
from artifact_tui.text import printable, span

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from artifact_tui.cli.line.local import LocalContext
    from artifact_tui.domain.models import Account
    from artifact_tui.github.sign_in import HostSignIn

FAILED = 1
_NOT_OF_TOKENS = (2, 5, 6)
"""Exit codes of errors that say nothing about the token."""
ACTIONS = ("login", "status", "logout")
_RIGHTS = ("list", "download", "delete")


def run_local(context: LocalContext) -> int:
    """Run ``login``, ``status`` or ``logout`` and return the exit code; raise :class:`UserError`."""
    options = context.options
    action = _action(context)
    paths = None if options.demo or options.no_config else Paths.of_user()
    settings = read_settings(paths.config) if paths else Settings()
    read_only = is_read_only(options.read_only, settings, context.environ)
    settings = replace(settings, ca_file=options.ca_file or settings.ca_file, read_only=read_only)
    if action == "status":
        return _status(context, settings)
    if options.demo:
        raise UsageError("--demo needs no sign-in. Use auth status.")
    hosts = _hosts(context, settings)
    for note in _notes(context):
        write_out(f"{note}\n")
    auth = Auth(settings, context.environ, paths.lists if paths else None)
    try:
        return auth.log_out(hosts[0]) if action == "logout" else auth.log_in(hosts[0], options.keep, options.device)
    except EOFError:
        write_error("\n")  # ends the line of the prompt
        return FAILED
    except KeyboardInterrupt:
        write_error("\n")
        raise


def _status(context: LocalContext, settings: Settings) -> int:
    shape = Shape[TokenStatus]("accounts", _record, text=lambda status: _lines(status.headline, *status.more))
    output = RowWriter(shape, NAMES["auth"].fields, context)
    for note in _notes(context):
        output.remark(note)
    codes = set()
    for status in _statuses(context, settings):
        output.rows([status])
        if not status.trial:
            codes.add(status.code)
    output.end(lambda: {"accounts": [], "notes": context.messages.notes})
    return joint(codes)


def _code_of(error: UserError) -> int:
    """Return the exit code: that of settings, network, server or rate limit, or else that of an unusable token."""
    code = LineFailure.of(error).exit_code
    return code if isinstance(error, ProviderError) and code in _NOT_OF_TOKENS else FAILED


def _statuses(context: LocalContext, settings: Settings) -> Iterator[TokenStatus]:
    if context.options.demo:
        account = asyncio.run(_demo_account(settings))
        yield TokenStatus("github.com", "the demo", Trial(account, rights_of(account)))
        return
    for host in _hosts(context, settings):
        sign_in = sign_in_of(record_of(host, settings), settings, context.environ)
        yield _status_of(sign_in, host)


async def _demo_account(settings: Settings) -> Account:
    from artifact_tui.cli.backends import demo_backend
    from artifact_tui.demo.fixed_clock import demo_clock

    provider = demo_backend(settings, demo_clock).provider()
    try:
        return await provider.viewer()
    finally:
        await provider.close()


class TokenStatus(NamedTuple):
    """The token for a host and what the server says about it; ``source`` is empty without a token.

    Without ``trial``, ``problems`` say why the token is not usable and ``code`` is the exit code; with one, they are
    warnings.
    """

    host: str
    source: str
    trial: Trial | None = None
    problems: tuple[str, ...] = ()
    code: int = FAILED

    @property
    def headline(self) -> str:
        """The host, the account if known, and the source of its token."""
        whose = f"{printable(self.trial.account.login, 60)}, " if self.trial else ""
        return f"{self.host}: {whose}token from {self.source}" if self.source else f"{self.host}: no token"

    @property
    def more(self) -> list[str]:
        """Rights and expiry, and each problem."""
        return [*(_said_of(self.trial) if self.trial else ()), *self.problems]


def _status_of(sign_in: HostSignIn, host: Host) -> TokenStatus:
    credential = sign_in.find().credential
    warnings = (sign_in.warning,) if sign_in.warning else ()
    if credential is None:
        return TokenStatus(host.label, "", None, (*dict.fromkeys((*sign_in.notes, *warnings)), _needed(host)))
    try:
        trial = asyncio.run(sign_in.try_token(credential.token.reveal()))
    except (ProviderError, SignInError) as error:
        return TokenStatus(host.label, credential.source, None, (str(error), *warnings), _code_of(error))
    return TokenStatus(host.label, credential.source, trial, warnings)


def _record(status: TokenStatus) -> Record:
    trial = status.trial
    scopes = [scope.strip() for scope in trial.account.scopes.split(",") if scope.strip()] if trial else []
    return {
        "host": status.host,
        "login": trial.account.login if trial else None,
        "source": status.source or None,
        "scopes": scopes if trial and trial.account.classic else None,
        "rights": {right.name: right.may for right in trial.rights} if trial else dict.fromkeys(_RIGHTS),
        "expires_at": rfc3339(trial.expires) if trial else None,
        "problem": " ".join(status.problems) or None,
    }


class Auth:
    """Sign-in and sign-out; prompts and problems go to stderr, ``lists`` is the directory of cached lists."""

    def __init__(self, settings: Settings, environ: Mapping[str, str], lists: Path | None) -> None:
        self._settings = settings
        self._environ = environ
        self._lists = lists

    def log_in(self, host: Host, keep: str | None, device: bool) -> int:
        """Read a token from the terminal or a pipe, or use the device flow; try it, and store it."""
        sign_in = self._sign_in(host)
        try:
            if device:
                trial = self._with_code(sign_in)
            else:
                text = self._pasted(host)  # before the event loop runs, which would intercept Ctrl+C
                trial = asyncio.run(sign_in.try_token(text))
            place = self._kept(sign_in, keep)
        except (ProviderError, SignInError) as error:
            _warn(f"{host.label}: {error}")
            return _code_of(error)
        if not place:
            _warn(f"{host.label}: token not stored")
            return FAILED
        forget_frames(self._environ)
        where = "the keyring" if place == "keyring" else printable(sign_in.file, 200)
        _say(f"{host.label}: {printable(trial.account.login, 60)}, stored in {where}", *_said_of(trial))
        if earlier := find_credential(host, self._environ):
            _say("", f"{earlier.source} is set and wins over it")
        return 0

    def log_out(self, host: Host) -> int:
        """Remove the stored token and the cached lists, and name other sources with a token."""
        sources = sources_of(host, self._environ)
        try:
            gone = sources.forget()
        except KeepingError as error:
            _warn(f"{host.label}: {error}")
            return FAILED
        _say(f"{host.label}: removed from {' and '.join(gone)}" if gone else f"{host.label}: no stored token")
        forget_frames(self._environ)
        is_done = self._forget_lists()
        left = sources.find().credential
        if left is not None:
            _say("", f"{left.source} still has a token, which is used")
        return 0 if is_done else FAILED

    def _forget_lists(self) -> bool:
        if self._lists is None:
            return True
        try:
            had_lists = forget_lists(self._lists)
        except OSError:
            lists = printable(str(self._lists), 200)
            _warn("", f"the cached lists in {lists} could not be removed. Delete them yourself.")
            return False
        if had_lists:
            _say("", "cached lists of all hosts removed")
        return True

    def _with_code(self, sign_in: SignIn) -> Trial:
        if self._settings.read_only:
            raise LineError("refused_by_plan", "Read-only mode: --device sends POST requests.", READ_ONLY_OFF)
        if not sign_in.has_device_flow:
            raise UsageError("No app is configured. Set ARTIFACT_TUI_CLIENT_ID, or client-ids in config.toml.")
        return asyncio.run(self._device_flow(sign_in))

    async def _device_flow(self, sign_in: SignIn) -> Trial:
        code = await sign_in.begin_device_flow()
        _warn(f"Open {code.address} in any browser and enter {code.user_code}")
        return await sign_in.finish_device_flow(code)

    def _pasted(self, host: Host) -> str:
        if not sys.stdin.isatty():
            if not (text := sys.stdin.readline()).strip():
                raise SignInError("No token on standard input. Pipe one to it, or run the command in a terminal.")
            return text
        _warn(*token_advice(host.web_url))
        return getpass(f"Token for {host.label} (hidden): ", stream=sys.stderr)

    def _kept(self, sign_in: SignIn, keep: str | None) -> str:
        """Store the token and return the place; empty if the user declined the file."""
        if keep:
            sign_in.keep(cast("Place", keep))
            return keep
        try:
            sign_in.keep("keyring")
        except SignInError as error:
            if not sys.stdin.isatty():
                raise SignInError(f"{error} --keep file stores it in plain text.") from None
            _warn(str(error))
        else:
            return "keyring"
        _warn(f"{sign_in.file} can store it in plain text, readable by administrators and backups.")
        write_error("Store it there? [y/N] ")
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            return ""
        sign_in.keep("file")
        return "file"

    def _sign_in(self, host: Host) -> HostSignIn:
        return sign_in_of(record_of(host, self._settings), self._settings, self._environ)


def _say(headline: str, *more: str) -> None:
    write_out(_lines(headline, *more))


def _warn(headline: str, *more: str) -> None:
    """Write what is not a result to stderr: problems, advice, and what a person has to do."""
    write_error(_lines(headline, *more))


def _lines(headline: str, *more: str) -> str:
    lines = [headline] if headline else []
    return "".join(f"{line}\n" for line in (*lines, *(f"  {line}" for line in more)))


def _needed(host: Host) -> str:
    variable = "" if host.account else f"set {token_variables(host)[0]} or "
    return (
        f"you can list public repositories; to download and delete, {variable}"
        f"run artifact-tui auth login --host {host.label}"
    )


def _said_of(trial: Trial) -> list[str]:
    lines = [right_line(right) for right in trial.rights]
    if trial.expires is not None:
        left = trial.expires - datetime.now(UTC)
        lines.append(f"expires in {span(left)}" if left > timedelta(0) else "has expired")
    return lines


def _action(context: LocalContext) -> str:
    words, options = context.options.words, context.options
    if len(words) != 1 or words[0] not in ACTIONS:
        wrong = f"{words[0]!r} is not an auth command" if len(words) == 1 else "auth needs a command"
        raise UsageError(f"{wrong}. Use login, status or logout.")
    if words[0] != "status" and (options.json or options.jsonl or options.tsv):
        raise UsageError(f"auth {words[0]} writes no data. Use --json with auth status.")
    return str(words[0])


def _notes(context: LocalContext) -> Iterator[str]:
    options = context.options
    if not options.demo:
        if Paths.of_user() is None:
            yield NO_HOME
        if note := ignored_api_url(context.environ, host=options.host or "", api_url=options.api_url or ""):
            yield note


def _hosts(context: LocalContext, settings: Settings) -> list[Host]:
    """Return the chosen host; for ``status`` without a choice, all configured hosts."""
    options, environ = context.options, context.environ
    wanted = options.host or ("" if environ.get("GH_HOST") or environ.get("GITHUB_API_URL") else settings.host)
    known = [read_host(name) for name in settings.hosts]
    chosen = choose_host(environ, host=wanted, api_url=options.api_url or "")
    if options.host or options.api_url:
        return [chosen]
    is_chosen = bool(wanted or environ.get("GH_HOST") or environ.get("GITHUB_API_URL"))
    first = chosen if is_chosen else with_account(chosen, known)
    return list({host.label: host for host in (first, *known)}.values())
