"""The artifacts that ``get`` downloads, and the directory of each."""

from __future__ import annotations

import os
from argparse import Namespace
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

from artifact_tui.cli.line.artifact_selection import ArtifactSelection, SelectedArtifact
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineError, LineFailure
from artifact_tui.cli.line.run_selection import selects_one_run, selects_runs
from artifact_tui.domain.artifact_filter import is_expired
from artifact_tui.domain.models import Artifact
from artifact_tui.errors import UsageError
from artifact_tui.text import count
from artifact_tui.transfers.downloads.download import expected_target
from artifact_tui.transfers.models import DownloadOrder, OnExisting

_MIXED = "Patterns, filters and several names could mix the artifacts of several runs. Use --latest-good or --run ID."
_LIVE = 'Run "artifact-tui list --live" to see what you can still download.'
_EXISTING = {
    "fail": OnExisting.FAIL,
    "skip": OnExisting.SKIP,
    "overwrite": OnExisting.OVERWRITE,
    "keep-both": OnExisting.KEEP_BOTH,
}


async def select_whole(selection: ArtifactSelection) -> list[SelectedArtifact]:
    """Return all selected artifacts, or nothing: raise UserError if the list is incomplete or nothing matches."""
    _check_no_mix(selection)
    found: list[SelectedArtifact] = []
    async with aclosing(selection.batches()) as batches:
        async for batch in batches:
            found += batch
    selection.raise_if_incomplete()
    wanted = selection.wanted
    missing = sorted(wanted.ids.keys() - {each.artifact.id for each in found})
    if missing and not wanted.is_narrowed:
        raise LineError("not_found", f"Artifact {missing[0]} is not in the selected runs.", "Check the ID and the run.")
    if not found:
        raise LineError("not_found", "No artifact matches.", 'Run "artifact-tui list" to see what there is.')
    return found[:1] if wanted.one_name and not selection.by_runs else found


def _check_no_mix(selection: ArtifactSelection) -> None:
    """Raise UsageError for artifacts that could be from several runs, unless options select runs."""
    wanted = selection.wanted
    if selection.by_runs or wanted.only_ids:
        return
    if not wanted.has_words and not wanted.is_narrowed:
        raise UsageError("get needs an ID, a name, or options for runs such as --latest-good or --run ID.")
    if not wanted.one_name or wanted.is_narrowed:
        raise UsageError(_MIXED)


def expired_failures(selection: ArtifactSelection, expired: Sequence[Artifact], *, is_all: bool) -> list[LineFailure]:
    """Return the failures for expired artifacts that were named, or for all if nothing else is left."""
    wanted = selection.wanted
    return [
        LineFailure(
            kind="expired",
            message=f"artifact {artifact.id} has expired.",
            next_step=_LIVE,
            item=(artifact.id, artifact.name),
        )
        for artifact in expired
        if is_all or artifact.id in wanted.ids or artifact.name in wanted.names
    ]


def has_expired(found: SelectedArtifact, context: LineContext) -> bool:
    """Return whether the bytes of an artifact are no longer on the server."""
    return is_expired(found.artifact, context.now)


def layout_of(options: Namespace) -> str:
    """Return the layout; without ``--layout`` it depends on the options alone, never on what they find."""
    if options.layout:
        return str(options.layout)
    return "name" if selects_one_run(options) or not selects_runs(options) else "run"


def orders_of(context: LineContext, found: Sequence[SelectedArtifact]) -> list[DownloadOrder]:
    """Return the orders; raise LineError if two have the same target, unless their contents are merged."""
    layout = layout_of(context.options)
    orders = [_order(context, each, layout) for each in found]
    if layout == "merge":
        return orders
    counts = Counter(map(expected_target, orders))
    target, number = counts.most_common(1)[0] if counts else (Path(), 0)
    if number > 1:
        sentence = f"{count(number, 'artifact')} would be saved as {target}."
        raise LineError("refused_by_plan", sentence, _step(context, found, layout))
    return orders


def _step(context: LineContext, found: Sequence[SelectedArtifact], layout: str) -> str:
    """Return what separates artifacts with the same target."""
    by_run = {expected_target(_order(context, each, "run")) for each in found}
    if layout == "name" and len(by_run) == len(found):
        return "Use --layout run."
    if selects_runs(context.options):
        return "Use --attempt N, or name one by its ID."
    return "Get each by its ID into a separate directory, with --dir."


def _order(context: LineContext, found: SelectedArtifact, layout: str) -> DownloadOrder:
    options, artifact = context.options, found.artifact
    certainty, attempt = artifact.attempt(found.run) if found.run else ("", None)
    directory = Path(os.path.abspath(options.dir or "."))  # noqa: PTH100  # links are not resolved
    return DownloadOrder(
        repository=context.repository,
        artifact=artifact,
        directory=directory / str(artifact.run_id or "unknown-run") if layout == "run" else directory,
        unpack=not options.zip,
        on_existing=_EXISTING[options.exists],
        attempt=attempt if certainty == "exactly" else None,
    )
