"""Saving of files from an inner archive or a local zip that is already open; needs no requests and no journal."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath

from msgspec import Struct

from artifact_tui.archive.errors import DEFAULT_LIMITS, ArchiveRefused, Limits
from artifact_tui.archive.files import Files, pieces_of, raise_if_unwanted
from artifact_tui.archive.scratch_dir import workplace
from artifact_tui.archive.unpack import write_tree
from artifact_tui.archive.unpack_plan import UnpackPlan, plan_entries
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.domain.models import Artifact
from artifact_tui.errors import UserError
from artifact_tui.transfers.disk.atomic_rename import NotSettled, publish, replace_target
from artifact_tui.transfers.disk.safe_names import raw_file_name, split_name
from artifact_tui.transfers.errors import disk_trouble, make_directory
from artifact_tui.transfers.models import OnExisting
from artifact_tui.transfers.receipts.store import remove_receipts
from artifact_tui.transfers.receipts.verify import not_overwritten, why_not_replaced

_OLD = "old"


class NotSaved(UserError):
    """Nothing was written."""


class Members(Struct, frozen=True):
    """Files to save: ``entries`` of ``files``, from the one file or folder ``root`` or from the archive ``name``."""

    files: Files
    entries: tuple[Entry, ...]
    root: str
    name: str
    artifact: Artifact

    @property
    def wanted_name(self) -> str:
        """The name of the new file or directory."""
        label = self.root.removesuffix("/").rpartition("/")[2]
        return raw_file_name(label or PurePath(self.name).stem, self.artifact)


def save_members(
    members: Members,
    directory: Path,
    on_existing: OnExisting,
    is_wanted: Callable[[], bool] = lambda: True,
    limits: Limits = DEFAULT_LIMITS,
    say: Callable[[str], object] = lambda sentence: None,
) -> Path | None:
    """Save files; return the path, or None if skipped. ``say`` gets the reason for another name. Raises NotSaved."""
    target = directory / members.wanted_name
    if on_existing is OnExisting.SKIP and os.path.lexists(target):
        return None
    try:
        make_directory(directory)
        plan = plan_entries(members.entries, limits)
        return _write(members, plan, target, on_existing, is_wanted, say)
    except NotSettled:
        return target
    except (ArchiveRefused, OSError) as error:
        why = disk_trouble(error, directory).sentence if isinstance(error, OSError) else f"{error}."
        raise NotSaved(f"Not saved: {why}") from None


def _write(
    members: Members,
    plan: UnpackPlan,
    target: Path,
    on_existing: OnExisting,
    is_wanted: Callable[[], bool],
    say: Callable[[str], object],
) -> Path:
    with workplace(target.parent) as tree:
        write_tree(plan, tree, lambda planned: pieces_of(members.files, planned.entry, is_wanted))
        source = tree.joinpath(*(part for part in members.root.split("/") if part not in {"", "."}))
        why = ""
        if on_existing is OnExisting.OVERWRITE and os.path.lexists(target):
            why = why_not_replaced(source, target, partial(raise_if_unwanted, is_wanted))
            if not why:
                replace_target(source, target, tree.with_name(_OLD))
                remove_receipts(target)
                return target
        place = publish(source, target.parent, *split_name(source, target.name))
        if why:
            say(not_overwritten(why, place))
        return place
