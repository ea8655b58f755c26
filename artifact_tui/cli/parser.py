"""How the command line says what is wrong with it: one line, and where to read more."""

from __future__ import annotations

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    import argparse
    from typing import NoReturn


class UsageError(Exception):
    """A usage error; its arguments are lines for stderr, the first one after the program's name."""


def new_parser() -> argparse.ArgumentParser:
    """A parser without arguments yet, that raises :class:`UsageError` for wrong ones."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            raise UsageError(f"{message}; artifact-tui --help explains the arguments.")

    return Parser(add_help=False, allow_abbrev=False)
