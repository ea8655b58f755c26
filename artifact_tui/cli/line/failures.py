"""Errors of line mode: the kind of each exception, its exit code, and its form in words and in JSON."""

from __future__ import annotations

from artifact_tui.cli.line.exit_codes import KINDS
from artifact_tui.cli.standard_streams import OutputError
from artifact_tui.errors import UsageError, UserError

TYPE_CHECKING = False  # importing it from typing would cost an error of the command line a tenth of its time
if TYPE_CHECKING:
    from collections.abc import Iterable, Set
    from datetime import datetime
    from typing import Any

PART_FAILED = 1
READ_ONLY_OFF = "Leave out --read-only, and turn it off in config.toml and ARTIFACT_TUI_READ_ONLY."
"""The step to take in read-only mode, which each of these may set."""


class LineError(UserError):
    """An error of a command; ``kind`` is one of :data:`~.cli.line.exit_codes.KINDS`."""

    def __init__(self, kind: str, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence, next_step)
        self.kind = kind


class LineFailure:
    """An error as a value; ``item`` is the ID and name of the artifact that it is about."""

    __slots__ = ("item", "kind", "message", "next_step", "retry_at")

    def __init__(
        self,
        *,
        kind: str,
        message: str,
        next_step: str = "",
        retry_at: datetime | None = None,
        item: tuple[int, str] | None = None,
    ) -> None:
        self.kind = kind
        self.message = message
        self.next_step = next_step
        self.retry_at = retry_at
        self.item = item

    @classmethod
    def of(cls, error: UserError, item: tuple[int, str] | None = None) -> LineFailure:
        """Return the failure of an exception; errors of this machine's settings are of the kind ``usage``."""
        message = error.sentence if error.next_step else " ".join(error.lines)
        until = getattr(error, "until", None)
        return cls(kind=_kind(error), message=message, next_step=error.next_step, retry_at=until, item=item)

    @property
    def exit_code(self) -> int:
        """The exit code if this is the only kind of failure."""
        return KINDS[self.kind]

    def record(self) -> dict[str, Any]:
        """Return the value of ``error`` in JSON."""
        return {
            "kind": self.kind,
            "message": self.message,
            "next_step": self.next_step or None,
            "exit_code": self.exit_code,
            "retry_at": rfc3339(self.retry_at),
            "item": None if self.item is None else {"id": self.item[0], "name": self.item[1]},
        }


def _kind(error: UserError) -> str:
    if isinstance(error, LineError):
        return error.kind
    if isinstance(error, UsageError):
        return "usage"
    if isinstance(error, OutputError):
        return "output"
    from artifact_tui.domain import provider

    kinds: tuple[tuple[type[UserError], str], ...] = (
        (provider.InvalidCertificateFile, "usage"),
        (provider.Offline, "offline"),
        (provider.SignedOut, "signed_out"),
        (provider.SsoRequired, "sso_required"),
        (provider.TokenNeeded, "token_needed"),
        (provider.Forbidden, "forbidden"),
        (provider.NotFound, "not_found"),
        (provider.ArtifactExpired, "expired"),
        (provider.RateLimited, "rate_limited"),
        (provider.BudgetSpent, "rate_limited"),
        (provider.Refused, "refused"),
        (provider.ServerTrouble, "server_trouble"),
        (provider.ProviderError, "server_trouble"),
    )
    return next((kind for known, kind in kinds if isinstance(error, known)), "usage")


def log_bug(error: Exception) -> None:
    """Write a traceback to the log of ``--log-file``; without one, nowhere."""
    import logging

    logger = logging.getLogger("artifact_tui")
    logger.addHandler(logging.NullHandler())  # else logging writes to standard error
    logger.error("bug", exc_info=error)


def joint_code(failures: Iterable[LineFailure]) -> int:
    """Return the exit code of all failures: their own if it is the same for all, 1 if not, 0 without any."""
    return joint({failure.exit_code for failure in failures})


def joint(codes: Set[int]) -> int:
    """Return the only code, 1 for several, 0 for none."""
    return next(iter(codes)) if len(codes) == 1 else PART_FAILED if codes else 0


def rfc3339(moment: datetime | None) -> str | None:
    """Return a time in UTC with ``Z``, in seconds as GitHub writes it; None if unknown."""
    if moment is None:
        return None
    from datetime import UTC

    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
