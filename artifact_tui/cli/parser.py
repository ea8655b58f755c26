"""The parser of the command line, with one-line errors."""

from __future__ import annotations

from artifact_tui.errors import UsageError

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    import argparse
    from typing import NoReturn


def new_parser(help_command: str = "artifact-tui --help") -> argparse.ArgumentParser:
    """Return a parser without arguments that raises :class:`UsageError`, which names ``help_command``."""
    import argparse

    def formatter(prog: str) -> argparse.HelpFormatter:
        return argparse.HelpFormatter(prog, width=80)  # the width of the terminal is not needed and costs an import

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise UsageError(f"{message}. See {help_command}.")

    return Parser(formatter_class=formatter, add_help=False, allow_abbrev=False)
