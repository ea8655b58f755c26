"""Rendered Markdown: paragraphs wrap to the width; headings, lists, quotes, tables and code lose their markers.

HTML is shown as text, so neither its tags nor content that they would hide is ever left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from time import thread_time
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from artifact_tui.preview import log
from artifact_tui.preview.grid import grid
from artifact_tui.preview.line import ACCENT, HEADING, MUTED, PLAIN, SUCCESS, Rendered, Sample, Style, StyledLine, line
from artifact_tui.text import size

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MOST_BYTES = 256 * 1024
MOST_LINES = 10_000
DEEPEST = 20
"""Nesting depth of blocks and spans; the parser drops anything deeper, so such files are shown as text."""
LONGEST_STYLED = 16_384
"""Characters of a paragraph up to which its text is parsed: each of them may become a token."""
SECONDS = 2.0
"""Processor time after which the text of paragraphs is no longer parsed."""
_NAMES = {".md", ".markdown"}
_BLOCKS = {"paragraph_open", "heading_open", "fence", "code_block", "hr", "table_open"}
_SPANS: dict[str, dict[str, Any]] = {
    "em_open": {"italic": True},
    "strong_open": {"bold": True},
    "s_open": {"strike": True},
    "link_open": {"tone": "accent"},
    "image": {"tone": "accent"},
    "code_inline": {"tone": "success"},
}
_BREAKS = {"softbreak": " ", "hardbreak": "\n"}
_TASK = re.compile(r"\[([ xX])\]\s")


def read(sample: Sample, *, seconds: float = SECONDS) -> Rendered | None:
    """Return a file with a Markdown suffix, since any text is valid Markdown; show it as text beyond a limit."""
    if sample.suffix not in _NAMES or sample.decoded is None:
        return None
    text, encoding = sample.decoded
    if len(sample.data) > MOST_BYTES or text.count("\n") >= MOST_LINES:
        return _as_text(sample, f"it has more than {size(MOST_BYTES)} or {MOST_LINES:,} lines")
    from markdown_it import MarkdownIt  # an import of 40 ms, so it happens in the preview thread

    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST, "html": False}).enable(["table", "strikethrough"])
    parser.core.ruler.enableOnly(["normalize", "block"])  # _Page parses the text of each block
    references: dict[str, object] = {}
    tokens = parser.parse(text, references)
    if any(token.nesting == 1 and token.level >= DEEPEST - 1 and token.type not in _BLOCKS for token in tokens):
        return _as_text(sample, f"it is nested more than {DEEPEST} levels deep")
    page = _Page(parser, references, thread_time() + seconds)
    for token in tokens:
        page.add(token)
    return Rendered("Markdown", tuple(page.lines), encoding)


def _as_text(sample: Sample, why: str) -> Rendered | None:
    page = log.read(sample)
    return page and page.below(f"Not shown as Markdown: {why}.")


class _Page:
    """The lines of the blocks so far; ``_leads`` are the markers of the lists and quotes around the next block."""

    def __init__(self, parser: MarkdownIt, references: dict[str, object], until: float) -> None:
        self.lines: list[StyledLine] = []
        self._parser = parser
        self._references = references
        self._leads: list[tuple[str, Style, str]] = []
        self._style = PLAIN
        self._table: list[list[str]] = []
        self._right: set[int] = set()
        self._end = 0
        self._until = until

    def add(self, token: Token) -> None:
        if token.type in _BLOCKS and token.map:
            if self.lines and token.map[0] > self._end:
                self.lines.append(line())
            self._end = token.map[1]
        match token.type:
            case "blockquote_open":
                self._leads.append(("│ ", MUTED, "│ "))
            case "list_item_open":
                mark = f"{token.info}{token.markup} " if token.info else "• "
                self._leads.append((mark, ACCENT, " " * len(mark)))
            case "list_item_close" | "blockquote_close":
                if self._leads[-1][0].strip("│ "):  # an item without content
                    self._put([line()])
                self._leads.pop()
            case "fence" | "code_block":
                self._put(line("    ", (row, SUCCESS)) for row in token.content.splitlines())
            case "hr":
                self._put([line(("─" * 40, MUTED))])
            case _:
                self._add_text(token)

    def _add_text(self, token: Token) -> None:
        match token.type:
            case "heading_open":
                self._style = HEADING if token.tag in ("h1", "h2") else Style(bold=True)
            case "heading_close":
                self._style = PLAIN
            case "tr_open":
                self._table.append([])
            case "inline" if self._table:
                self._table[-1].append("".join(text for text, _ in self._spans(token.content)))
            case "inline":
                self._put(self._paragraph(token.content))
            case "th_open" if "right" in str(token.attrs.get("style")):
                self._right.add(len(self._table[0]))
            case "table_open":
                self._right.clear()
            case "table_close":
                head, *body = self._table
                self._table = []
                self._put(grid(head, body, right=frozenset(self._right)))

    def _put(self, lines: Iterable[StyledLine]) -> None:
        for one in lines:
            lead = line(*((mark, style) for mark, style, _ in self._leads))
            shift = len(lead.text)
            runs = (*lead.runs, *(run._replace(start=run.start + shift, end=run.end + shift) for run in one.runs))
            indent = "".join(rest for _, _, rest in self._leads) + one.indent
            self.lines.append(StyledLine(lead.text + one.text, runs, indent=indent))
            self._leads = [(rest, style if rest.strip() else PLAIN, rest) for _, style, rest in self._leads]

    def _paragraph(self, content: str) -> Iterator[StyledLine]:
        """Yield one line, which the screen wraps, and another for each hard line break."""
        pieces = []
        if self._leads and self._leads[-1][0].strip("│ ") and (task := _TASK.match(content)):
            content = content[task.end() :]
            pieces.append(("☐ " if task[1] == " " else "☑ ", PLAIN))
        for piece in self._spans(content):
            if piece[0] == "\n":
                yield line(*pieces, indent="")
                pieces = []
            else:
                pieces.append(piece)
        yield line(*pieces, indent="")

    def _spans(self, content: str) -> Iterator[tuple[str, Style]]:
        if len(content) > LONGEST_STYLED or thread_time() > self._until:
            return iter([(" ".join(content.split("\n")), self._style)])
        tokens: list[Token] = []
        self._parser.inline.parse(content, self._parser, self._references, tokens)
        return _styled(tokens, self._style)


def _styled(tokens: list[Token], style: Style) -> Iterator[tuple[str, Style]]:
    """Yield texts with their styles; a link's target follows its text, unless they are equal."""
    styles, link, text = [style], "", ""
    for token in tokens:
        if token.nesting < 0:
            styles.pop()
        piece = (_BREAKS.get(token.type, token.content), replace(styles[-1], **_SPANS.get(token.type, {})))
        if token.nesting > 0:
            styles.append(piece[1])
        if token.type == "link_open":
            link, text = str(token.attrs["href"]), ""
        elif token.type == "link_close":
            piece, link = _target(link, text), ""
        elif token.type == "image":
            source = str(token.attrs["src"])
            piece = (token.content or source, piece[1])
            if not link:  # a badge shows the target of its link instead
                yield piece
                piece = _target(source, piece[0])
        text += piece[0] if link else ""
        yield piece


def _target(target: str, text: str) -> tuple[str, Style]:
    if not text:
        return target, ACCENT
    return "" if target in ("", text, f"mailto:{text}") else f" ({target})", MUTED
