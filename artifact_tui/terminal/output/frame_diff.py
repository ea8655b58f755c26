"""Computes what to send to a terminal that shows one grid so that it shows another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from artifact_tui.terminal.output.cells import BEHIND, BLANK, UNKNOWN, CellRow, Grid
from artifact_tui.terminal.output.encoder import LEAST_ERASED, Encoder, Piece
from artifact_tui.terminal.output.scroll import find_shift, shifted
from artifact_tui.terminal.output.sgr import PLAIN, Sgr

NEAR = 4
"""Unchanged cells between two changes that are written again instead of skipped."""
LEAST_GROUND = 30
"""Cells from which erasing a line first is also tried, so that its blanks can be skipped."""


def write_frame(encoder: Encoder, shown: Grid, wanted: Grid) -> None:
    """Collect the changes from ``shown`` to ``wanted`` in ``encoder``, and update ``shown``.

    Two orders are tried: color by color, starting with the current one, because a cursor move is shorter than a 24-bit
    color; and line by line, which is shorter with 16 colors.
    """
    if shown.rows and shown.rows[0].letters[:1] == [UNKNOWN]:
        _clear(encoder, shown, wanted)
    if encoder.talent.moves_lines and (shift := find_shift(shown, wanted)):
        encoder.shift(*shift)
        shown.rows = shifted(shown.rows, shift)
    direct: list[Piece] = []
    erasing: list[Piece] = []
    for line, (old, new) in enumerate(zip(shown.rows, wanted.rows, strict=True)):
        if old != new:
            plans = _plans(encoder, line, old, new)
            direct += plans[0]
            erasing += _cheapest(encoder, plans)
            shown.rows[line] = new.copy()
    choices = [direct] if direct == erasing else [direct, erasing]
    orders = [*choices, *(_by_look(pieces, encoder.look) for pieces in choices)]
    attempts = [encoder.attempt(order) for order in orders if _is_grounded(order)]
    encoder.adopt(min(attempts, key=lambda attempt: attempt[0])[1])


def _cheapest(encoder: Encoder, plans: Sequence[list[Piece]]) -> list[Piece]:
    """Return the plan of a line that takes the fewest bytes; most lines have only one."""
    if len(plans) == 1:
        return plans[0]
    return min(plans, key=lambda plan: encoder.attempt(_by_look(plan, encoder.look))[0])


def _plans(encoder: Encoder, line: int, old: CellRow, new: CellRow) -> list[list[Piece]]:
    changes = list(_changes(old, new))
    plans = [[piece for change in changes for piece in _pieces(line, new, *change)]]
    ground = _ground(line, new, changes)
    if ground is not None and encoder.can_lay(ground):
        erased = old.copy()
        size = len(ground.letters)
        erased.put(ground.column, [BLANK] * size, [ground.look] * size)
        onto = [piece for change in _changes(erased, new) for piece in _pieces(line, new, *change)]
        plans += [[ground, *onto], [ground, *(_trimmed(piece, ground.look) for piece in onto)]]
    return plans


def _trimmed(piece: Piece, ground: Sgr) -> Piece:
    end = len(piece.letters)
    while end > 1 and piece.letters[end - 1] == BLANK and piece.look.shows_blank_as(ground):
        end -= 1
    return piece._replace(letters=piece.letters[:end])


def _ground(line: int, new: CellRow, changes: Sequence[tuple[int, int]]) -> Piece | None:
    start, end = (changes[0][0], changes[-1][1]) if changes else (0, 0)
    looks = Counter(look for look in new.looks[start:end] if look.is_fill)
    if end - start < LEAST_GROUND or not looks:
        return None
    return Piece(line, start, [BLANK] * (end - start), looks.most_common(1)[0][0], is_ground=True)


def _by_look(pieces: Sequence[Piece], now: Sgr | None) -> list[Piece]:
    """Sort by look, in order of first use and grouped by background, starting with the current look ``now``."""
    backgrounds = {now.background: 0} if now else {}
    looks = {now: 0} if now else {}
    for piece in pieces:
        backgrounds.setdefault(piece.look.background, len(backgrounds))
        looks.setdefault(piece.look, len(looks))
    return sorted(
        pieces, key=lambda piece: (backgrounds[piece.look.background], not piece.is_ground, looks[piece.look])
    )


def _is_grounded(pieces: Sequence[Piece]) -> bool:
    written: set[int] = set()
    for piece in pieces:
        if piece.is_ground and piece.line in written:
            return False
        written.add(piece.line)
    return True


def _clear(encoder: Encoder, shown: Grid, wanted: Grid) -> None:
    fills = Counter(look.background for row in wanted.rows for look in row.looks)
    look = Sgr(frozenset(), "", fills.most_common(1)[0][0])
    filled = encoder.clear(look)
    for row in shown.rows:
        row.put(0, [BLANK] * shown.width, [look if filled else PLAIN] * shown.width)


def _changes(old: CellRow, new: CellRow) -> Iterator[tuple[int, int]]:
    """Yield the spans of cells that look different, extended to whole letters and joined with near ones."""
    start = end = -1
    cells = zip(old.letters, old.looks, new.letters, new.looks, strict=True)
    for column, (letter, look, wanted, wanted_look) in enumerate(cells):
        if letter == wanted and (look == wanted_look or (wanted == BLANK and look.shows_blank_as(wanted_look))):
            continue
        if 0 <= end < column and not _joins(new, end, column):
            yield _whole(old, new, start, end)
            start = -1
        start, end = (column if start < 0 else start), column + 1
    if end >= 0:
        yield _whole(old, new, start, end)


def _joins(row: CellRow, end: int, start: int) -> bool:
    """Whether the few unchanged cells between two changes look the same in the look before them."""
    look = row.looks[end - 1]
    return start - end <= NEAR and all(
        between == look or (letter == BLANK and between.shows_blank_as(look))
        for letter, between in zip(row.letters[end:start], row.looks[end:start], strict=True)
    )


def _whole(old: CellRow, new: CellRow, start: int, end: int) -> tuple[int, int]:
    while start and BEHIND in (old.letters[start], new.letters[start]):
        start -= 1
    while end < len(new.letters) and BEHIND in (old.letters[end], new.letters[end]):
        end += 1
    return start, end


def _pieces(line: int, row: CellRow, column: int, end: int) -> Iterator[Piece]:
    """Split a span into pieces of one look; short blanks join the piece before them, long ones are separate."""
    letters, looks = row.letters[column:end], row.looks[column:end]
    start = 0
    while start < len(letters):
        look = looks[start]
        stop = blanks = _after_blanks(letters, looks, start, look)
        if blanks - start < LEAST_ERASED:
            if blanks < len(letters) and look.shows_blank_as(looks[blanks]):
                look = looks[blanks]
            while stop < len(letters) and (looks[stop] == look or _is_blank_in(letters[stop], looks[stop], look)):
                if letters[stop] != BLANK:
                    stop += 1
                    continue
                ahead = _after_blanks(letters, looks, stop, look)
                if ahead - stop >= LEAST_ERASED or (ahead == len(letters) and ahead - stop > 2):
                    break
                stop = max(ahead, stop + 1)
        stop = max(stop, start + 1)
        yield Piece(line, column + start, letters[start:stop], look)
        start = stop


def _after_blanks(letters: Sequence[str], looks: Sequence[Sgr], start: int, look: Sgr) -> int:
    while start < len(letters) and _is_blank_in(letters[start], looks[start], look):
        start += 1
    return start


def _is_blank_in(letter: str, own: Sgr, look: Sgr) -> bool:
    return letter == BLANK and own.shows_blank_as(look)
