"""What has been read of a file, and the view that shows it."""

from __future__ import annotations

import threading

from artifact_tui.archive.files import EntryStream, Files, PackedStream
from artifact_tui.archive.in_memory import Held
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.domain.provider import Offline, ProviderError
from artifact_tui.preview import kinds
from artifact_tui.preview.line import Rendered, Sample, Stop
from artifact_tui.text import size

FIRST = 256 * 1024  # bytes of a file that are read and shown at first
FIRST_IF_NEARLY = 2 * FIRST  # files up to this size are read whole at first: the end of a log matters most
FIRST_IF_WHOLE = 4 * 1024 * 1024  # the same for types that need the whole file
MOST = 16 * 1024 * 1024  # the most bytes that can be loaded: larger files are for other programs
_GROWTH = 4
_STEP = 1024 * 1024
_VIEWS = (kinds.show, kinds.show_as_text, kinds.show_as_bytes)


class AnyReading:
    """What a preview shows; by default all of it, in one view, read too fast to stop."""

    wanted: int
    has_one_view = True
    """Whether the file is known to have only one view."""

    @property
    def rest(self) -> int:
        """Bytes that are not read."""
        return 0

    @property
    def may_grow(self) -> bool:
        """Whether more may be loaded."""
        return False

    @property
    def amount(self) -> str:
        """How much is read, in words."""
        raise NotImplementedError

    @property
    def where(self) -> str:
        """The part that is searched, if it is not all; begins with a space."""
        return f" in the {self.amount}" if self.rest else ""

    def grow(self) -> bool:
        """Want more; return False if there is no more, or no more may be loaded."""
        return False

    def next_view(self) -> None:
        """Switch to the next view that looks different."""

    def stop(self) -> None:
        """Stop reading; no one waits for the result."""

    def read(self) -> Rendered:
        """Return the wanted part as lines; blocks, and raises :class:`ProviderError`."""
        raise NotImplementedError


class Reading(AnyReading):
    """One file in a preview; bytes are fetched only once."""

    def __init__(self, files: Files, entry: Entry) -> None:
        self._files = files
        self._entry = entry
        self._stream: EntryStream | None = None
        self._data = bytearray()
        self._view = 0
        self._turns = self._turns_wanted = 0
        self.has_one_view = False
        self._held: Held | None = None
        self._stop = Stop()
        self._lock = threading.Lock()
        whole_up_to = FIRST_IF_WHOLE if entry.name.lower().endswith(kinds.WHOLE_FIRST) else FIRST_IF_NEARLY
        self.wanted = entry.size if entry.size <= whole_up_to else FIRST

    @property
    def rest(self) -> int:
        """Bytes of the file that are not read."""
        return self._entry.size - len(self._data)

    @property
    def may_grow(self) -> bool:
        """Whether more may be loaded."""
        return self.wanted < min(self._entry.size, MOST)

    @property
    def amount(self) -> str:
        """How much is read, in words."""
        here = size(len(self._data))
        return f"first {here} of {size(self._entry.size)}" if self.rest else here

    @property
    def held(self) -> Held | None:
        """The whole file in memory, for saving; None if it is not whole. Always the same object."""
        if self._held is None and not self.rest:
            self._held = Held.of(self._entry, self._stream, bytes(self._data))
        return self._held

    def grow(self) -> bool:
        """Want more; return False if there is no more, or no more may be loaded."""
        if not self.may_grow:
            return False
        self.wanted = min(self.wanted * _GROWTH, self._entry.size, MOST)
        return True

    def next_view(self) -> None:
        """Switch to the next view that looks different."""
        self._turns_wanted += 1

    def stop(self) -> None:
        """Stop reading; no one waits for the result."""
        self._stop.set()

    def read(self) -> Rendered:
        """Return the wanted part as lines; blocks, and raises :class:`ProviderError`."""
        with self._lock:
            try:
                self._read_on()
            except ProviderError:
                self._stream = None
                raise
            sample = Sample(self._entry.name, bytes(self._data), self._entry.size, self._stop)
            page = _VIEWS[self._view](sample)
            while self._turns < self._turns_wanted:
                self._turns += 1
                page = self._turn(page, sample)
            return page

    def _turn(self, page: Rendered, sample: Sample) -> Rendered:
        for _ in _VIEWS:
            self._view = (self._view + 1) % len(_VIEWS)
            other = _VIEWS[self._view](sample)
            if other.kind != page.kind:
                self.has_one_view = False
                return other
        self.has_one_view = True
        return page

    def _read_on(self) -> None:
        if self._stream is None:
            self._data.clear()
            self._stream = self._files.open_entry(self._entry)
            if isinstance(self._stream, PackedStream):
                self._stream.keep()
        while len(self._data) < self.wanted:
            if self._stop.is_set:
                raise Offline("Cancelled.")
            piece = self._stream.more(min(_STEP, self.wanted - len(self._data)))
            if not piece:
                return
            self._data += piece
