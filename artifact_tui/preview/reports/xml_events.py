"""XML as it comes, element by element, for reports: no entities, no endless depth, and what is cut is read until there.

An entity can stand for gigabytes, or for a file of this machine, so a document that declares one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat

_DEEPEST = 200
_LONGEST_TEXT = 200_000
"""Characters directly in one element: of more, the start and the end are kept."""
_ROOT_WITHIN = 65_536


class XmlRefused(Exception):
    """It is no XML that can be read; the message is a clause."""


class EntitiesRefused(XmlRefused):
    """It declares entities."""


class Listener(Protocol):
    """Told of elements by their local names, without namespaces."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin an element."""

    def end(self, name: str, text: str) -> None:
        """Note an element that ends; ``text`` is directly in it, a very long one without its middle."""


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
    except (ValueError, LookupError):  # an encoding that expat does not know
        raise XmlRefused("is in an encoding that cannot be read") from None


def root_of(data: bytes) -> str:
    """Return the local name of the outermost element; empty where the start is no XML.

    Raises :class:`EntitiesRefused`.
    """
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
    """Enough has been read."""


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
    """The text of an element; of a long one the start, the end, and how much is between them."""

    def __init__(self) -> None:
        self._start: list[str] = []
        self._room = _LONGEST_TEXT // 2
        self._end = ""
        self._left_out = 0

    def add(self, data: str) -> None:
        if self._room:
            self._start.append(data[: self._room])
            data = data[self._room :]
            self._room -= len(self._start[-1])
        if data:
            end = self._end + data
            self._end = end[-_LONGEST_TEXT // 2 :]
            self._left_out += len(end) - len(self._end)

    def whole(self) -> str:
        between = f"\n… {self._left_out:,} characters are left out here; v shows them …\n" if self._left_out else ""
        return "".join(self._start) + between + self._end


def _refuse_entity(*_: object) -> None:
    raise EntitiesRefused("declares entities, which are not expanded")
