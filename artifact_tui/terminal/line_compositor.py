"""A compositor for Textual that asks widgets only for the lines that are painted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import cast

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class LineCompositor(Compositor):
    """A compositor that renders only changed lines.

    Textual's own asks every widget for all its lines if the first and the last line of the screen change.
    """

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        """Return the strips of each painted line by the column of their cut, as Textual does."""
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(cuts[:-1]) for cuts in self.cuts]
        for lines in adjacent(filter(is_rendered_line, crop.line_range)):
            area = Region(0, lines.start, self.size.width, len(lines))
            for widget, (region, clip) in self.visible_widgets.items():  # from front to back
                shown = region.intersection(clip).intersection(area)
                if shown:
                    strips = widget.render_lines(shown.translate(-region.offset))
                    self._place(shown, strips, chops)
        return cast("Sequence[Mapping[int, Strip]]", chops)

    def _place(self, shown: Region, strips: Sequence[Strip], chops: Sequence[dict[int, Strip | None]]) -> None:
        first, last = shown.column_span
        for y, strip in zip(shown.line_range, strips, strict=False):
            own = [cut for cut in self.cuts[y] if first <= cut <= last]
            for cut, part in zip(own, strip.divide([cut - shown.x for cut in own[1:]]), strict=False):
                if chops[y].get(cut) is None:
                    chops[y][cut] = part


def adjacent(lines: Iterable[int]) -> Iterator[range]:
    """Yield ranges of adjacent lines."""
    found = range(0)
    for line in lines:
        if found and line == found.stop:
            found = range(found.start, line + 1)
        else:
            if found:
                yield found
            found = range(line, line + 1)
    if found:
        yield found
