"""``artifact-tui auth``: show the token in use, sign in and sign out, without the full screen."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from getpass import getpass
from typing import TYPE_CHECKING, cast

from msgspec.structs import replace

from artifact_tui.cache.list_cache import forget_lists
from artifact_tui.cli.first_frame import forget_frames
from artifact_tui.cli.parser import new_parser
from artifact_tui.cli.standard_streams import write_error
from artifact_tui.config.paths import NO_HOME, Paths
from artifact_tui.config.settings import Settings, read_settings
from artifact_tui.domain.provider import ProviderError
from artifact_tui.domain.sign_in import Place, SignIn, SignInError, Trial, right_line
from artifact_tui.errors import UsageError
from artifact_tui.github.from_settings import record_of, sign_in_of, sources_of
from artifact_tui.github.hosts import Host, choose_host, ignored_api_url, read_host, with_account
from artifact_tui.github.tokens.credentials import find_credential, token_variables
from artifact_tui.github.tokens.sources import KeepingError
from artifact_tui.text import printable, span

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from artifact_tui.github.sign_in import HostSignIn

FAILED = 1
ACTIONS = ("login", "status", "logout")


def run_auth(arguments: Sequence[str], environ: Mapping[str, str], write: Callable[[str], object]) -> int:
    """Run ``login``, ``status`` or ``logout`` and return the exit code; raise :class:`UserError`."""
    options = _options(arguments)
    paths = Paths.of_user()
    settings = read_settings(paths.config) if paths else Settings()
    if paths is None:
        write(f"{NO_HOME}\n")
    settings = replace(settings, ca_file=options.ca_file or settings.ca_file)
    hosts = _hosts(options, environ, settings)
    if note := ignored_api_url(environ, host=options.host, api_url=options.api_url):
        write(f"{note}\n")
    auth = Auth(settings, environ, write, paths.lists if paths else None)
    if options.action == "status":
        return max([auth.show(host) for host in hosts])
    if options.action == "logout":
        return auth.log_out(hosts[0])
    return auth.log_in(hosts[0], keep=options.keep, device=options.device)


class Auth:
    """The three actions; ``write`` takes lines, prompts go to stderr, ``lists`` is the directory of cached lists."""

    def __init__(
        self, settings: Settings, environ: Mapping[str, str], write: Callable[[str], object], lists: Path | None
    ) -> None:
        self._settings = settings
        self._environ = environ
        self._write = write
        self._lists = lists

    def show(self, host: Host) -> int:
        """Show the token's source, account and rights, never the token."""
        sign_in = self._sign_in(host)
        credential = sign_in.find().credential
        warnings = [sign_in.warning] if sign_in.warning else []
        if credential is None:
            self._say(f"{host.label}: no token", *dict.fromkeys((*sign_in.notes, *warnings)), self._needed(host))
            return FAILED
        try:
            trial = asyncio.run(sign_in.try_token(credential.token.reveal()))
        except (ProviderError, SignInError) as error:
            self._say(f"{host.label}: token from {credential.source}", str(error), *warnings)
            return FAILED
        whose = printable(trial.account.login, 60)
        self._say(f"{host.label}: {whose}, token from {credential.source}", *_said_of(trial), *warnings)
        return 0

    def log_in(self, host: Host, *, keep: str, device: bool) -> int:
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
            self._say(f"{host.label}: {error}")
            return FAILED
        if not place:
            self._say(f"{host.label}: token not stored")
            return FAILED
        forget_frames(self._environ)
        where = "the keyring" if place == "keyring" else printable(sign_in.file, 200)
        self._say(f"{host.label}: {printable(trial.account.login, 60)}, stored in {where}", *_said_of(trial))
        if earlier := find_credential(host, self._environ):
            self._say("", f"{earlier.source} is set and wins over it")
        return 0

    def log_out(self, host: Host) -> int:
        """Remove the stored token and the cached lists, and name other sources with a token."""
        sources = sources_of(host, self._environ)
        try:
            gone = sources.forget()
        except KeepingError as error:
            self._say(f"{host.label}: {error}")
            return FAILED
        self._say(f"{host.label}: removed from {' and '.join(gone)}" if gone else f"{host.label}: no stored token")
        forget_frames(self._environ)
        is_done = self._forget_lists()
        left = sources.find().credential
        if left is not None:
            self._say("", f"{left.source} still has a token, which is used")
        return 0 if is_done else FAILED

    def _forget_lists(self) -> bool:
        if self._lists is None:
            return True
        try:
            had_lists = forget_lists(self._lists)
        except OSError:
            lists = printable(str(self._lists), 200)
            self._say("", f"the cached lists in {lists} could not be removed. Delete them yourself.")
            return False
        if had_lists:
            self._say("", "cached lists of all hosts removed")
        return True

    def _with_code(self, sign_in: SignIn) -> Trial:
        if not sign_in.has_device_flow:
            raise UsageError("No app is configured. Set ARTIFACT_TUI_CLIENT_ID, or client-ids in config.toml.")
        return asyncio.run(self._device_flow(sign_in))

    async def _device_flow(self, sign_in: SignIn) -> Trial:
        code = await sign_in.begin_device_flow()
        self._say(f"Open {code.address} in any browser and enter {code.user_code}")
        return await sign_in.finish_device_flow(code)

    def _pasted(self, host: Host) -> str:
        if not sys.stdin.isatty():
            return sys.stdin.readline()
        self._say(f"Create a token at {host.web_url}/settings/tokens with Actions: read (write to delete).")
        return getpass(f"Token for {host.label} (hidden): ", stream=sys.stderr)

    def _kept(self, sign_in: SignIn, keep: str) -> str:
        """Store the token and return the place; empty if the user declined the file."""
        if keep:
            sign_in.keep(cast("Place", keep))
            return keep
        try:
            sign_in.keep("keyring")
        except SignInError as error:
            if not sys.stdin.isatty():
                raise SignInError(f"{error} --keep file stores it in plain text.") from None
            self._say(str(error))
        else:
            return "keyring"
        self._say(f"{sign_in.file} can store it in plain text, readable by administrators and backups.")
        write_error("Store it there? [y/N] ")
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            return ""
        sign_in.keep("file")
        return "file"

    def _needed(self, host: Host) -> str:
        variable = "" if host.account else f"set {token_variables(host)[0]} or "
        return (
            f"you can list public repositories; to download and delete, {variable}"
            f"run artifact-tui auth login --host {host.label}"
        )

    def _sign_in(self, host: Host) -> HostSignIn:
        return sign_in_of(record_of(host, self._settings), self._settings, self._environ)

    def _say(self, headline: str, *more: str) -> None:
        lines = [headline] if headline else []
        self._write("".join(f"{line}\n" for line in (*lines, *(f"  {line}" for line in more))))


def _said_of(trial: Trial) -> list[str]:
    lines = [right_line(right) for right in trial.rights]
    if trial.expires is not None:
        left = trial.expires - datetime.now(UTC)
        lines.append(f"expires in {span(left)}" if left > timedelta(0) else "has expired")
    return lines


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = new_parser()
    parser.add_argument("action", nargs="?", default="")
    for option in ("--host", "--api-url", "--ca-file"):
        parser.add_argument(option, default="")
    parser.add_argument("--keep", choices=("keyring", "file"), default="")
    parser.add_argument("--device", action="store_true")
    options = parser.parse_args(arguments)
    if options.action not in ACTIONS:
        wrong = f"{options.action!r} is not an auth command" if options.action else "auth needs a command"
        raise UsageError(f"{wrong}. Use login, status or logout.")
    return options


def _hosts(options: argparse.Namespace, environ: Mapping[str, str], settings: Settings) -> list[Host]:
    """Return the chosen host; for ``status`` without a choice, all configured hosts."""
    wanted = options.host or ("" if environ.get("GH_HOST") or environ.get("GITHUB_API_URL") else settings.host)
    known = [read_host(name) for name in settings.hosts]
    chosen = choose_host(environ, host=wanted, api_url=options.api_url)
    if options.host or options.api_url:
        return [chosen]
    is_chosen = bool(wanted or environ.get("GH_HOST") or environ.get("GITHUB_API_URL"))
    first = chosen if is_chosen else with_account(chosen, known)
    return list({host.label: host for host in (first, *known)}.values())
