"""Files of an archive within an archive, or of a zip on this disk, saved from where they are already open.

Nothing is asked of the API for them and the journal knows nothing of them: what is broken off leaves nothing behind.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path, PurePath

from msgspec import Struct

from artifact_tui.archive.errors import DEFAULT_LIMITS, ArchiveRefused, Limits
from artifact_tui.archive.files import Files
from artifact_tui.archive.scratch_dir import workplace
from artifact_tui.archive.unpack import write_tree
from artifact_tui.archive.unpack_plan import UnpackPlan, plan_entries
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.domain.models import Artifact
from artifact_tui.domain.provider import Offline
from artifact_tui.errors import UserError
from artifact_tui.transfers.disk.atomic_rename import NotSettled, publish, replace_target
from artifact_tui.transfers.disk.safe_names import raw_file_name
from artifact_tui.transfers.errors import disk_trouble
from artifact_tui.transfers.models import OnExisting
from artifact_tui.transfers.receipts.store import remove_receipts
from artifact_tui.transfers.receipts.verify import not_overwritten, why_not_replaced

_OLD = "old"
_STEP = 1024 * 1024


class NotSaved(UserError):
    """Nothing was written."""


class Members(Struct, frozen=True):
    """What to save: ``entries`` of ``files``, with ``root`` as the one file or folder (with a slash) they come from.

    ``name`` is the archive's, for a choice without a root; ``artifact`` is the one it is all in.
    """

    files: Files
    entries: tuple[Entry, ...]
    root: str
    name: str
    artifact: Artifact

    @property
    def wanted_name(self) -> str:
        """What the file or directory will be called."""
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
    """Save files out of an artifact and return the path; None if it exists and is to be skipped.

    ``say`` is told why something was not overwritten. Blocks; raises :class:`NotSaved` and ProviderError.
    """
    target = directory / members.wanted_name
    if on_existing is OnExisting.SKIP and os.path.lexists(target):
        return None
    try:
        directory.mkdir(parents=True, exist_ok=True)
        plan = plan_entries(members.entries, limits)
        return _write(members, plan, target, on_existing, partial(_check, is_wanted), say)
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
    check: Callable[[], None],
    say: Callable[[str], object],
) -> Path:
    with workplace(target.parent) as tree:
        write_tree(plan, tree, lambda planned: _ranges(members.files, planned.entry, check))
        source = tree.joinpath(*(part for part in members.root.split("/") if part not in {"", "."}))
        why = ""
        if on_existing is OnExisting.OVERWRITE and os.path.lexists(target):
            why = why_not_replaced(source, target, check)
            if not why:
                replace_target(source, target, tree.with_name(_OLD))
                remove_receipts(target)
                return target
        name = PurePath(target.name)
        stem, ending = (name.stem, name.suffix) if source.is_file() else (name.name, "")
        place = publish(source, target.parent, stem, ending)
        if why:
            say(not_overwritten(why, place))
        return place


def _check(is_wanted: Callable[[], bool]) -> None:
    if not is_wanted():
        raise Offline("Cancelled.")


def _ranges(files: Files, entry: Entry, check: Callable[[], None]) -> Iterator[bytes]:
    stream = files.open_entry(entry)
    while piece := stream.more(_STEP):
        check()
        yield piece
