"""The files of an archive: tree, filter, order, folds and marks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from artifact_tui.archive.files import links_in_words
from artifact_tui.archive.tree import LONGEST_KIND, Key, Node, Tree, folders_above
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.domain.artifact_filter import Sort
from artifact_tui.text import count, printable, size
from artifact_tui.widgets.row_layout import Cell, Column

OPEN_UP_TO = 100  # the most files for which all folders start unfolded
LONGEST_PATH = 1000


class FileRow(NamedTuple):
    """A file or folder, and whether a folder is unfolded."""

    node: Node
    is_open: bool


def _path(row: FileRow) -> str | Cell:
    node = row.node
    sign = ("▾ " if row.is_open else "▸ ") if node.is_folder else "  "
    name = "  " * node.depth + sign + printable(node.name, LONGEST_PATH)
    if node.is_folder:
        return Cell(f"{name}/", "accent")
    link = node.entry.link if node.entry is not None else ""
    return f"{name} → {printable(link, LONGEST_PATH)}" if link else name


def _kind(row: FileRow) -> str:
    kind = "folder" if row.node.is_folder else row.node.kind
    return printable(kind) if kind else "—"


def _bytes(row: FileRow, number: int) -> str:
    is_bare_link = row.node.entry is not None and row.node.entry.is_bare_link
    return "—" if is_bare_link else size(number)


def _modified(row: FileRow) -> str:
    return f"{row.node.modified:%Y-%m-%d %H:%M}" if row.node.modified else "—"


_BY_PATH = Sort[Node]("path", "File", lambda node: node.folded)
_BY_KIND = Sort[Node]("kind", "Kind", lambda node: (node.kind, node.folded))
_BY_SIZE = Sort[Node]("size", "Size", lambda node: node.size, descending=True)
_BY_PACKED = Sort[Node]("packed", "Packed", lambda node: node.compressed, descending=True)
_BY_MODIFIED = Sort[Node]("modified", "Modified", lambda node: node.stamp, descending=True)
COLUMNS = (
    Column("path", "File", 40, cell=_path, sort=_BY_PATH, flexible=True, keeps_end=True, essential=True),
    Column("kind", "Kind", LONGEST_KIND, cell=_kind, sort=_BY_KIND, tone="muted", priority=2),
    Column[FileRow](
        "size", "Size", 8, cell=lambda row: _bytes(row, row.node.size), sort=_BY_SIZE, justify="right", essential=True
    ),
    Column[FileRow](
        "packed",
        "Packed",
        8,
        cell=lambda row: _bytes(row, row.node.compressed),
        sort=_BY_PACKED,
        justify="right",
        tone="muted",
        priority=1,
    ),
    Column("modified", "Modified", 16, cell=_modified, sort=_BY_MODIFIED, tone="muted", priority=3),
)
_SORTS = {column.id: column.sort for column in COLUMNS if column.sort}


class ContentsList:
    """The model of a list of files, independent of Textual."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self.tree = Tree(entries)
        self.marks: set[int] = set()
        self.sorted_by = ("path", False)
        self.shown: list[Node] = []
        self.shown_files = len(self.tree.files)
        self._opened = self._opened_at_first()
        self._words: list[str] = []
        self._counted = _counted(self.tree.files)

    def __len__(self) -> int:
        return len(self.tree.files)

    def select(self, text: str) -> list[Node]:
        """Filter and sort; matches are shown within their folders, all unfolded."""
        self._words = text.casefold().split()
        order, descending = _SORTS[self.sorted_by[0]].key, self.sorted_by[1]
        if self._words:
            self.shown, self.shown_files = self.tree.matching(self._fits, order, descending=descending)
        else:
            self.shown = list(self.tree.rows(self._opened, order, descending=descending))
            self.shown_files = len(self)
        return self.shown

    def sort_by(self, column: str) -> None:
        """Sort by another column, or reverse the order."""
        same = column == self.sorted_by[0]
        self.sorted_by = (column, not self.sorted_by[1] if same else _SORTS[column].descending)

    def is_open(self, folder: Node) -> bool:
        """Return whether a folder is unfolded."""
        return bool(self._words) or folder.path in self._opened

    def toggle_folder(self, folder: Node) -> None:
        """Fold a folder, or unfold it."""
        self._opened ^= {folder.path}

    def unfold_above(self, node: Node) -> None:
        """Unfold the folders that a node is in, so that it is shown without a filter."""
        self._opened.update(folders_above(node.path))

    def toggle_all(self) -> None:
        """Unfold all folders, or fold them if all are unfolded."""
        every = self.tree.folders.keys() - {""}
        self._opened = set() if self._opened >= every else set(every)

    def toggle_mark(self, node: Node) -> None:
        """Mark a node with everything below it, or unmark it."""
        keys = _keys(node)
        self.marks = self.marks - keys if keys <= self.marks else self.marks | keys

    def mark_shown(self) -> None:
        """Mark every shown file, including those in folded folders."""
        nodes = (node for node in self.shown if not node.is_folder or not self.is_open(node))
        self.marks |= set(chain.from_iterable(map(_keys, nodes)))

    def marked_keys(self) -> frozenset[Key]:
        """Return the keys of marked rows: marked files, and folders whose files are all marked."""
        folders = (node for node in self.shown if node.is_folder and node.files) if self.marks else ()
        return frozenset(self.marks) | {node.key for node in folders if _keys(node) <= self.marks}

    def marked(self) -> list[Node]:
        """Return the marked files in the order of the archive."""
        return [node for node in self.tree.files if node.key in self.marks]

    def summary(self) -> str:
        """Return the summary above the list: marks first, then what is shown."""
        if self.marks:
            marked = self.marked()
            return f"{_counted(marked)} marked · {size(sum(node.size for node in marked))}"
        every = self._counted
        if not self._words:
            return f"{every} · {size(self.tree.root.size)}"
        total = sum(node.size for node in self.shown if not node.is_folder)
        return f"{self.shown_files:,} of {every} · {size(total)}"

    def row(self, node: Node) -> FileRow:
        """Return what the cells of a row need."""
        return FileRow(node, node.is_folder and self.is_open(node))

    def first_hit(self) -> int:
        """Return the row of the first shown file."""
        return next((number for number, node in enumerate(self.shown) if not node.is_folder), 0)

    def _fits(self, node: Node) -> bool:
        folded = node.folded
        return all(
            word[1:] not in folded if len(word) > 1 and word[0] == "!" else word in folded for word in self._words
        )

    def _opened_at_first(self) -> set[str]:
        """Return all folders of a small archive; of a large one, those that are alone in theirs."""
        if len(self.tree.files) <= OPEN_UP_TO:
            return set(self.tree.folders)
        opened, folder = set[str](), self.tree.root
        while len(folder.children) == 1 and folder.children[0].is_folder:
            folder = folder.children[0]
            opened.add(folder.path)
        return opened


def _counted(nodes: Sequence[Node]) -> str:
    links = [node.entry for node in nodes if node.entry is not None and node.entry.is_bare_link]
    return ", ".join(filter(None, (count(len(nodes) - len(links), "file"), links_in_words(links))))


def _keys(node: Node) -> set[int]:
    return {file.key for file in node.all_files() if isinstance(file.key, int)}
