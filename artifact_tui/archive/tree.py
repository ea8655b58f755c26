"""The entries of an archive as folders and files, by their names."""

from __future__ import annotations

import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from pathlib import PurePosixPath

from artifact_tui.archive.zip_directory import Entry

DEEPEST = 64  # the deepest level of folders; deeper entries keep the rest of their path as their name
LONGEST_KIND = 8
MOST_FOLDERS = 100_000  # names may consist of slashes; later entries keep their whole path as their name

Key = int | str  # a file's position among the entries, or a folder's path with a slash at its end


class Node:
    """A file, or a folder with the sums of its files."""

    __slots__ = ("children", "compressed", "depth", "entry", "files", "folded", "key", "name", "path", "size", "stamp")

    def __init__(self, name: str, path: str, depth: int, key: Key, entry: Entry | None = None) -> None:
        self.name = name
        self.path = path
        self.depth = depth
        self.key = key
        self.entry = entry
        self.children: list[Node] = []
        self.size = entry.size if entry else 0
        self.compressed = entry.compressed if entry else 0
        self.files = int(entry is not None)
        self.stamp = entry.stamp if entry else 0
        self.folded = path.casefold()

    @property
    def is_folder(self) -> bool:
        """Whether this is a folder."""
        return self.entry is None

    @property
    def modified(self) -> datetime | None:
        """The modification time; for a folder that of its newest file."""
        return Entry.moment(self.stamp)

    @property
    def kind(self) -> str:
        """The kind by the suffix of the name."""
        if self.entry is None:
            return "folder"
        if stat.S_ISLNK(self.entry.mode) or self.entry.link:
            return "link"
        suffix = PurePosixPath(self.name).suffix[1:].lower()
        return suffix if 0 < len(suffix) <= LONGEST_KIND else ""

    def all_files(self) -> Iterator[Node]:
        """Yield the file itself, or every file below the folder."""
        if self.entry is not None:
            yield self
        for child in self.children:
            yield from child.all_files()


class Tree:
    """All nodes, with folders that only the names of their files imply."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.root = Node("", "", -1, "")
        self.folders: dict[str, Node] = {"": self.root}
        self.files: list[Node] = []
        for place, entry in enumerate(entries):
            self._add(place, entry)
        self._add_up(self.root)

    def rows(
        self, opened: Collection[str], order: Callable[[Node], object], *, descending: bool = False
    ) -> Iterator[Node]:
        """Yield the visible rows: folders before files, with the contents of ``opened`` folders."""
        yield from self._rows(self.root, lambda node: node.path in opened, order, descending, None)

    def matching(
        self, fits: Callable[[Node], bool], order: Callable[[Node], object], *, descending: bool = False
    ) -> tuple[list[Node], int]:
        """Return the matching files within their folders, and the number of files."""
        found = [node for node in self.files if fits(node)]
        shown: set[Key] = {node.key for node in found}
        for node in found:
            shown.update(takewhile(lambda path: path not in shown, folders_above(node.path)))
        rows = list(self._rows(self.root, lambda node: True, order, descending, shown))
        return rows, len(found)

    def _rows(
        self,
        above: Node,
        is_open: Callable[[Node], bool],
        order: Callable[[Node], object],
        descending: bool,
        shown: Collection[Key] | None,
    ) -> Iterator[Node]:
        nodes = [node for node in above.children if shown is None or node.key in shown]
        nodes.sort(key=order, reverse=descending)  # type: ignore[arg-type]  # all values of one order compare
        for node in sorted(nodes, key=lambda node: not node.is_folder):
            yield node
            if node.is_folder and is_open(node):
                yield from self._rows(node, is_open, order, descending, shown)

    def _add(self, place: int, entry: Entry) -> None:
        parts = entry.name.split("/", DEEPEST) if len(self.folders) < MOST_FOLDERS else [entry.name]
        path = entry.name
        if "./" in path:  # unpacking drops these parts too
            parts = [part for part in parts[:-1] if part != "."] + parts[-1:]
            path = "/".join(parts)
        if entry.name and parts[-1] == "":
            self._folder(parts[:-1])
            return
        above = self._folder(parts[:-1])
        node = Node(parts[-1], path, above.depth + 1, place, entry)
        above.children.append(node)
        self.files.append(node)

    def _folder(self, parts: list[str]) -> Node:
        above, path = self.root, ""
        for part in parts:
            path += f"{part}/"
            node = self.folders.get(path)
            if node is None:
                node = self.folders[path] = Node(part, path, above.depth + 1, path)
                above.children.append(node)
            above = node
        return above

    def _add_up(self, folder: Node) -> None:
        for child in folder.children:
            if child.is_folder:
                self._add_up(child)
            folder.size += child.size
            folder.compressed += child.compressed
            folder.files += child.files
            folder.stamp = max(folder.stamp, child.stamp)


def folders_above(path: str) -> Iterator[str]:
    """Yield the paths of the folders that a file or folder is in, from the innermost on."""
    while path := _above(path):
        yield path


def _above(path: str) -> str:
    """Return the folder of a path; names at the deepest level contain slashes."""
    parts = path.removesuffix("/").split("/", DEEPEST)
    return "".join(f"{part}/" for part in parts[:-1])
