"""The options of ``delete``: consent, policies, and rules about which go together."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from typing import NamedTuple

from artifact_tui.cli.line.arguments import parse
from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.run_selection import selects_runs
from artifact_tui.cli.line.table import NAMES
from artifact_tui.cli.line.wanted import read_filter
from artifact_tui.config.settings import DeletePolicy
from artifact_tui.domain.protection import Reason
from artifact_tui.errors import UsageError
from artifact_tui.text import closest, count

WORDS = {
    Reason.RUNNING: "in-progress",
    Reason.NEWEST: "newest-success",
    Reason.TAG: "tag",
    Reason.PINNED: "pinned",
    Reason.UNKNOWN: "unknown-run",
    Reason.DOWNLOADING: "downloading",
}
"""The reasons for protection as words of options and JSON."""
_REASONS = {word: reason for reason, word in WORDS.items() if reason is not Reason.DOWNLOADING}
_SELECTING = (
    "all", "keep_newest", "per", "policy", "name", "pattern", "filter", "larger", "smaller", "older", "newer",
    "expires_within", "expired", "live", "from",
)  # fmt: skip


class Consent(NamedTuple):
    """The consent to delete: ``exactly`` so many artifacts, or ``most`` of them."""

    exactly: int | None = None
    most: int | None = None

    @classmethod
    def of(cls, options: Namespace) -> Consent | None:
        """Return the consent in the options; None means a dry run. Raises UsageError."""
        if options.yes and options.at_most:
            raise UsageError("--yes and --at-most exclude each other. Use one of them.")
        if options.plan and options.at_most:
            raise UsageError("--at-most and --plan exclude each other. Use --yes N.")
        return cls(options.yes, options.at_most) if options.yes or options.at_most else None

    def check(self, planned: int) -> None:
        """Raise LineError if the plan has another number of artifacts."""
        has = count(planned, "artifact")
        if self.exactly is not None and planned != self.exactly:
            step = "Run the command without --yes to see the plan."
            raise LineError("refused_by_plan", f"The plan has {has}, not {self.exactly:,}. Nothing was deleted.", step)
        if self.most is not None and planned > self.most:
            step = "Run the command without --at-most to see the plan."
            sentence = f"The plan has {has}, more than {self.most:,}. Nothing was deleted."
            raise LineError("refused_by_plan", sentence, step)


def read_options(options: Namespace, policies: Mapping[str, DeletePolicy]) -> None:
    """Add the options of the policy, and raise UsageError for options that do not go together."""
    options.all_matches = True
    if options.plan:
        _check_plan(options)
        return
    if options.policy:
        if options.policy not in policies:
            raise _unknown_policy(options, policies)
        _apply(policies[options.policy], options)
    if options.save_plan == "-":
        raise UsageError("--save-plan writes a file, not standard output. Name one.")
    if options.per and not options.keep_newest:
        raise UsageError("--per needs --keep-newest.")
    if options.keep_newest and options.expired:
        raise UsageError("--keep-newest and --expired exclude each other. Use one of them.")
    if not (_selects(options) or selects_runs(options)):
        raise UsageError("Nothing is selected. Name artifacts, use options such as --older 30d, or use --all.")


def _unknown_policy(options: Namespace, policies: Mapping[str, DeletePolicy]) -> UsageError:
    close = closest(options.policy, policies)
    hint = f"Did you mean {close}?" if close else f"Add [policies.{options.policy}] to config.toml."
    if options.demo or options.no_config:
        hint = f"{'--demo' if options.demo else '--no-config'} ignores config.toml."
    return UsageError(f"Unknown policy: {options.policy}. {hint}")


def _check_plan(options: Namespace) -> None:
    given = next((key for key in _SELECTING if options.__dict__[key]), "")
    if not given and options.words:
        given = options.words[0]
    if given or selects_runs(options) or options.save_plan:
        raise UsageError("--plan selects the artifacts of its file. Use it without other selections or --save-plan.")


def _selects(options: Namespace) -> bool:
    """Return whether anything is selected; a policy counts by its options, a filter by its terms."""
    given = (options.__dict__[key] for key in _SELECTING if key not in ("policy", "filter"))
    has_filter = bool(options.filter and read_filter(options.filter).tests)
    return bool(options.words) or has_filter or any(value not in (None, False, [], "") for value in given)


def _apply(policy: DeletePolicy, options: Namespace) -> None:
    """Set the options of a policy; raise UsageError if the command line has one of them, too."""
    values = policy.values
    if options.words and {"name", "pattern"} & values.keys():
        raise UsageError(f"Policy {options.policy} names artifacts itself. Use it without {options.words[0]!r}.")
    given: list[str] = []
    for name, value in values.items():
        if options.__dict__[name.replace("-", "_")] not in (None, False, []):
            raise UsageError(f"--{name} is also in policy {options.policy}. Use one of them.")
        parts = value if isinstance(value, tuple | list) else (value,)
        given += [f"--{name}" if part is True else f"--{name}={part}" for part in parts]
    read = parse(NAMES["delete"], given)
    for name in values:
        key = name.replace("-", "_")
        setattr(options, key, getattr(read, key))


def read_reasons(text: str) -> frozenset[Reason]:
    """Parse ``--include-protected``; raise UsageError."""
    reasons = []
    for word in (part.strip() for part in text.split(",") if part.strip()):
        if word not in _REASONS:
            hint = f"Did you mean {close}?" if (close := closest(word, _REASONS)) else f"Use {', '.join(_REASONS)}."
            raise UsageError(f"{word!r} is not a reason that --include-protected takes. {hint}")
        reasons.append(_REASONS[word])
    return frozenset(reasons)
