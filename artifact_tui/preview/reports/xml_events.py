"""Streaming XML for reports: no entities, limited depth, and a cut document is read to its end.

An entity can expand to gigabytes or to a local file, so a document that declares one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

_DEEPEST = 200
_LONGEST_TEXT = 200_000
"""Characters directly in one element; a longer text keeps its start and its end."""
_ROOT_WITHIN = 65_536


class XmlRefused(Exception):
    """The document is not valid XML, or is over a limit; the message is a clause without a subject."""


class EntitiesRefused(XmlRefused):
    """The document declares entities."""


class Listener(Protocol):
    """Receives elements by their local names, without namespaces."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Read the start of an element."""

    def end(self, name: str, text: str) -> None:
        """Read the end of an element; ``text`` is directly in it, and lacks its middle if it is very long."""


def parse(data: bytes, listener: Listener, *, is_cut: bool) -> None:
    """Read a document, or the start of one; raises :class:`XmlRefused`."""
    parser = expat.ParserCreate(namespace_separator=" ")
    events = _Events(listener)
    parser.buffer_text = True
    parser.StartElementHandler = events.start
    parser.EndElementHandler = events.end
    parser.CharacterDataHandler = events.text
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(data, not is_cut)
    except expat.ExpatError as error:
        raise XmlRefused(f"is broken in line {error.lineno}: {expat.ErrorString(error.code)}") from None
    except (ValueError, LookupError):
        raise XmlRefused("is in an unknown encoding") from None


def root_of(data: bytes) -> str:
    """Return the local name of the root element; empty if it is not XML. Raises :class:`EntitiesRefused`."""
    if b"<" not in data[:_ROOT_WITHIN]:
        return ""
    finder = _RootFinder()
    try:
        parse(data[:_ROOT_WITHIN], finder, is_cut=True)
    except EntitiesRefused:
        raise
    except (XmlRefused, _Found):
        return finder.root
    return finder.root


class _Found(Exception):
    pass


class _RootFinder:
    def __init__(self) -> None:
        self.root = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.root = name
        raise _Found

    def end(self, name: str, text: str) -> None:
        raise _Found


class _Events:
    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._texts: list[_Text] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._texts) == _DEEPEST:
            raise XmlRefused(f"is nested more than {_DEEPEST} elements deep")
        self._texts.append(_Text())
        local = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        self._listener.start(name.rpartition(" ")[2], local)

    def end(self, name: str) -> None:
        self._listener.end(name.rpartition(" ")[2], self._texts.pop().whole())

    def text(self, data: str) -> None:
        if self._texts:
            self._texts[-1].add(data)


class _Text:
    """The text of an element: all of it, or the start, the end, and the number of characters left out."""

    def __init__(self) -> None:
        self._start: list[str] = []
        self._space = _LONGEST_TEXT // 2
        self._end = ""
        self._left_out = 0

    def add(self, data: str) -> None:
        if self._space:
            self._start.append(data[: self._space])
            data = data[self._space :]
            self._space -= len(self._start[-1])
        if data:
            end = self._end + data
            self._end = end[-_LONGEST_TEXT // 2 :]
            self._left_out += len(end) - len(self._end)

    def whole(self) -> str:
        between = f"\n… {self._left_out:,} characters left out; v shows them …\n" if self._left_out else ""
        return "".join(self._start) + between + self._end


def _refuse_entity(*_: object) -> None:
    raise EntitiesRefused("declares entities, which are not expanded")
