"""The parser of the command line, with one-line errors."""

from __future__ import annotations

from artifact_tui.errors import UsageError

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    import argparse
    from typing import NoReturn


def new_parser() -> argparse.ArgumentParser:
    """Return a parser without arguments that raises :class:`UsageError`."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise UsageError(f"{message}. See artifact-tui --help.")

    return Parser(add_help=False, allow_abbrev=False)
