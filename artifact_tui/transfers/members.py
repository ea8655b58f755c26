"""Files of an archive within an archive, or of a zip on this disk, saved from where they are already open.

Nothing is asked of the API for them and the journal knows nothing of them: what is broken off leaves nothing behind.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PurePath

from msgspec import Struct

from artifact_tui.archive.directory import Entry
from artifact_tui.archive.files import Files
from artifact_tui.archive.plan import Plan, plan_entries
from artifact_tui.archive.refusal import ArchiveRefused, Limits
from artifact_tui.archive.unpack import write_tree
from artifact_tui.archive.workplace import workplace
from artifact_tui.model import Artifact
from artifact_tui.provider import Offline
from artifact_tui.transfers.file_name import raw_file_name
from artifact_tui.transfers.place import NotSettled, publish, replace_target, why_not_replaced
from artifact_tui.transfers.transfer import OnExisting
from artifact_tui.transfers.trouble import disk_trouble

_OLD = "old"
_STEP = 1024 * 1024
_LIMITS = Limits()


class NotSaved(Exception):
    """Nothing was written; its text is one sentence for the user."""


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
    limits: Limits = _LIMITS,
) -> Path | None:
    """Write them, and give the path; None when it is there already and to be skipped.

    Blocks; raises :class:`NotSaved`, and :class:`~artifact_tui.provider.ProviderError` as reading the files does.
    """
    target = directory / members.wanted_name
    if on_existing is OnExisting.SKIP and os.path.lexists(target):
        return None
    try:
        directory.mkdir(parents=True, exist_ok=True)
        plan = plan_entries(members.entries, limits)
        return _write(members, plan, target, on_existing, is_wanted)
    except ArchiveRefused as refusal:
        raise NotSaved(f"Not saved: {refusal}.") from None
    except NotSettled:
        return target
    except OSError as error:
        raise NotSaved(f"Not saved: {disk_trouble(error, directory).sentence}") from None


def _write(members: Members, plan: Plan, target: Path, on_existing: OnExisting, is_wanted: Callable[[], bool]) -> Path:
    with workplace(target.parent) as tree:
        write_tree(plan, tree, lambda planned: _pieces(members.files, planned.entry, is_wanted))
        source = tree.joinpath(*(part for part in members.root.split("/") if part not in {"", "."}))
        if on_existing is OnExisting.OVERWRITE:
            reason = why_not_replaced(source, target)
            if reason:
                raise NotSaved(f"Not saved: {reason}.")
            replace_target(source, target, tree.with_name(_OLD))
            return target
        name = PurePath(target.name)
        is_file = source.is_file()
        return publish(source, target.parent, name.stem if is_file else name.name, name.suffix if is_file else "")


def _pieces(files: Files, entry: Entry, is_wanted: Callable[[], bool]) -> Iterator[bytes]:
    stream = files.open_entry(entry)
    while piece := stream.more(_STEP):
        if not is_wanted():
            raise Offline("Nobody waits for this any more.")
        yield piece
