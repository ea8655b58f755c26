"""The parser of the command line: wrong arguments give one line, and where to read more."""

from __future__ import annotations

from artifact_tui.errors import UsageError

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    import argparse
    from typing import NoReturn


def new_parser() -> argparse.ArgumentParser:
    """Return a parser without arguments yet, that raises :class:`UsageError` for wrong ones."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise UsageError(f"{message}; artifact-tui --help explains the arguments.")

    return Parser(add_help=False, allow_abbrev=False)
