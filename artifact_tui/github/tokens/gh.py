"""The token of ``gh``, from the program itself: its files change, and only it knows the active account."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from artifact_tui.github.hosts import Host
from artifact_tui.github.tokens.child_process import Unanswered, ask_child
from artifact_tui.github.tokens.credentials import CLOUD_VARIABLES, ENTERPRISE_VARIABLES, Token, TokenError

SECONDS = 5.0
_QUIET = {"GH_PROMPT_DISABLED": "1", "GH_NO_UPDATE_NOTIFIER": "1", "GH_TELEMETRY": "false", "NO_COLOR": "1"}
_DROPPED = {*CLOUD_VARIABLES, *ENTERPRISE_VARIABLES, "GH_DEBUG", "DEBUG", "GH_HOST"}
"""Variables that ``gh`` must not see: the program reads token variables itself, host by host."""


class NoGhAnswer(Exception):
    """``gh`` failed; the text is a sentence for the user."""


def token_of_gh(host: Host, environ: Mapping[str, str], *, seconds: float = SECONDS) -> Token | None:
    """Return the token that ``gh auth token --hostname HOST`` prints; None without ``gh`` or a token.

    ``--hostname`` is always given, because some versions ignore ``GH_HOST`` here. A named account adds ``--user
    ACCOUNT`` (``gh`` 2.40 or later). Raises :class:`NoGhAnswer`.
    """
    program = environ.get("GH_PATH") or shutil.which("gh", path=environ.get("PATH", ""))
    if not program:
        return None
    quiet = {name: value for name, value in environ.items() if name not in _DROPPED} | _QUIET
    command = [program, "auth", "token", "--hostname", host.name, *(["--user", host.account] if host.account else [])]
    try:
        done = ask_child(command, quiet, seconds=seconds)
        return Token(done.output.decode("ascii", "replace")) if done.code == 0 and done.output.strip() else None
    except Unanswered:
        raise NoGhAnswer(f"gh did not answer within {seconds:g} seconds.") from None
    except OSError:
        raise NoGhAnswer("gh could not be started.") from None
    except TokenError:
        raise NoGhAnswer("gh did not return a valid token.") from None
