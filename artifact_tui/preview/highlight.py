"""Syntax highlighting with Pygments; only the file's name selects the lexer, its content never does.

Crafted text can make the patterns of a lexer slow, so file size, line length and processor time are limited.
"""

from __future__ import annotations

from time import thread_time
from typing import Any

from artifact_tui.preview.line import BOLD, LONGEST_STYLED, PLAIN, TAB, Piece, Rendered, Sample, Style, Tone, line
from artifact_tui.preview.log import rows_of

MOST_BYTES = 64 * 1024
SECONDS = 2.0
"""Processor time after which the file is shown without colors: some lexers are quadratic in the line length."""
LEXERS = {
    "bash": ".sh .bash",
    "c": ".c .h",
    "cmake": ".cmake cmakelists.txt",
    "cpp": ".cpp .cc .cxx .hpp .hh",
    "csharp": ".cs",
    "css": ".css",
    "diff": ".diff .patch",
    "docker": "dockerfile",
    "go": ".go",
    "groovy": ".gradle .groovy",
    "html": ".html .htm .xhtml",
    "ini": ".ini .cfg",
    "java": ".java",
    "javascript": ".js .mjs .cjs",
    "kotlin": ".kt .kts",
    "lua": ".lua",
    "make": ".mk makefile",
    "php": ".php",
    "powershell": ".ps1 .psm1",
    "properties": ".properties",
    "python": ".py .pyi",
    "ruby": ".rb gemfile",
    "rust": ".rs",
    "sql": ".sql",
    "swift": ".swift",
    "toml": ".toml .lock",
    "typescript": ".ts .tsx",
    "xml": ".xml .svg .csproj .props .pom .plist .trx .xsd .nuspec",
    "yaml": ".yaml .yml",
}
"""Pygments' lexer names, with the suffixes or whole file names that select them."""
_TONES: dict[Tone, str] = {
    "muted": "Comment",
    "accent": "Keyword Name.Attribute Name.Tag Generic.Subheading",
    "success": "Literal Generic.Inserted",
    "warning": "Keyword.Constant Literal.Number",
    "error": "Generic.Deleted",
}
_STYLES = {f"Token.{name}": Style(tone=tone) for tone, names in _TONES.items() for name in names.split()}
_STYLES |= dict.fromkeys(("Token.Name.Class", "Token.Name.Function", "Token.Generic.Heading"), BOLD)
_LEXER_OF = {end: lexer for lexer, ends in LEXERS.items() for end in ends.split()}


def read(sample: Sample, *, seconds: float = SECONDS) -> Rendered | None:
    """Return the highlighted file; None if its name has no lexer, or if a limit is exceeded."""
    alias = _LEXER_OF.get(sample.suffix) or _LEXER_OF.get(sample.name.rpartition("/")[2].lower())
    if alias is None or len(sample.data) > MOST_BYTES or sample.decoded is None:
        return None
    text, encoding = sample.decoded
    rows, _ = rows_of(text)
    if any(len(row) > LONGEST_STYLED for row in rows):
        return None
    from pygments.lexers import get_lexer_by_name  # a slow import, so it happens in the preview thread

    lexer = get_lexer_by_name(alias, stripnl=False)
    lines: list[list[Piece]] = [[]]
    end = thread_time() + seconds
    for token, value in lexer.get_tokens("\n".join(row.expandtabs(TAB) for row in rows)):
        if thread_time() > end or sample.stop.is_set:
            return None
        first, *more = value.split("\n")
        style = _style(token)
        lines[-1].append((first, style))
        lines += [[(part, style)] for part in more]
    return Rendered(lexer.name, tuple(line(*pieces) for pieces in lines[: len(rows)]), encoding)


def _style(token: Any) -> Style:
    while str(token) not in _STYLES and token.parent:
        token = token.parent
    return _STYLES.get(str(token), PLAIN)
