"""Paths of the files of an artifact, also within archives that it holds: ``a.zip!/b.txt``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from artifact_tui.archive.files import Files, PlainFile
from artifact_tui.archive.nested import is_archive
from artifact_tui.archive.path_pattern import path_glob
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.tar import TarFiles
from artifact_tui.archive.tree import Node, Tree
from artifact_tui.archive.zip_directory import Entry

WITHIN = "!/"
"""What separates the path of an archive from a path within it."""
Fits = Callable[[str, bytes], bool]
"""A test for a path within one container, given as text and in bytes."""


class FoundFile(NamedTuple):
    """A file: its whole path, as text and in bytes, the container to read it from, and its place in the artifact."""

    path: str
    exact: bytes
    node: Node
    entry: Entry
    files: Files
    place: tuple[int, ...]

    @property
    def has_crc(self) -> bool:
        """Whether the archive holds a CRC-32 of the file, as zips do."""
        return is_zip(self.files)


class _Container(NamedTuple):
    files: Files
    tree: Tree
    path: str = ""
    exact: bytes = b""
    place: tuple[int, ...] = ()


class InnerPaths:
    """Finds files of an artifact by path; archives within it are opened when a path leads into them, each once.

    ``open_inner`` opens an archive that is an entry of a container; it may raise ProviderError.
    """

    def __init__(self, files: Files, open_inner: Callable[[Files, Entry], Files]) -> None:
        self._open_inner = open_inner
        self._root = _Container(files, Tree(files.entries))
        self._opened: dict[tuple[int, ...], _Container] = {}

    @property
    def all_files(self) -> list[FoundFile]:
        """All files of the artifact itself, in the order of the archive."""
        return list(_files_in(self._root))

    def is_folder(self, path: str) -> bool:
        """Return whether the path is a folder of the artifact itself."""
        return bool(path) and f"{path.rstrip('/')}/" in self._root.tree.folders

    def exactly(self, path: str) -> list[FoundFile]:
        """Return the files with this path, as text or in bytes: one, several if a name is repeated, or none."""

        def is_path(text: str) -> Fits:
            raw = text.encode(errors="surrogateescape")
            return lambda path, exact: path == text or exact == raw

        return self._find(self._root, path, is_path)

    def matching(self, glob: str) -> list[FoundFile]:
        """Return the files whose paths match; after ``!/`` begins a glob for the files of the archives before it."""

        def is_like(text: str) -> Fits:
            fits = path_glob(text or "**")
            return lambda path, exact: fits(path)

        return self._find(self._root, glob, is_like)

    def _find(self, container: _Container, text: str, test: Callable[[str], Fits]) -> list[FoundFile]:
        inside = list(_files_in(container))
        found = self._fitting(container, inside, test(text))
        at = text.find(WITHIN)
        while at > 0:
            for file in self._fitting(container, inside, test(text[:at])):
                if is_archive(file.node.name):
                    found += self._find(self._within(file), text[at + len(WITHIN) :], test)
            at = text.find(WITHIN, at + 1)
        return found

    @staticmethod
    def _fitting(container: _Container, files: list[FoundFile], fits: Fits) -> list[FoundFile]:
        start, first = len(container.path), len(container.exact)
        return [file for file in files if fits(file.path[start:], file.exact[first:])]

    def _within(self, file: FoundFile) -> _Container:
        if file.place not in self._opened:
            files = self._open_inner(file.files, file.entry)
            within = WITHIN.encode()
            self._opened[file.place] = _Container(
                files, Tree(files.entries), file.path + WITHIN, file.exact + within, file.place
            )
        return self._opened[file.place]


def _files_in(container: _Container) -> Iterator[FoundFile]:
    """Yield all files of a container; only zips have names in other encodings than UTF-8."""
    zipped = is_zip(container.files)
    for node in container.tree.files:
        entry = node.entry
        if entry is not None and isinstance(node.key, int):
            name = entry.raw_name if zipped else entry.name.encode(errors="surrogateescape")
            path, exact = container.path + node.path, container.exact + name
            yield FoundFile(path, exact, node, entry, container.files, (*container.place, node.key))


def is_zip(files: Files) -> bool:
    """Return whether a container is a zip, rather than a tar or a plain file."""
    is_raw = isinstance(files, RemoteZip) and files.start is None
    return not (is_raw or isinstance(files, TarFiles | PlainFile))
