"""All that is loaded when the first table is drawn, module by module: whatever else slips in is named here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.pty_program import Terminal, environment

PROBE = """
import os, sys
from textual.app import App
def drawn(app):
    with open(sys.argv.pop(), "w") as file:
        file.write(" ".join(sys.modules))
    os._exit(0)
App.post_display_hook = drawn
from artifact_tui.cli import main
main(sys.argv[1:-1])
"""
"""Ends the program at its first frame, which has the table's header."""

LIBRARIES = {"msgspec", "platformdirs", "rich", "textual", "typing_extensions"}
SYSTEM = {"_distutils_hack", "sitecustomize", "usercustomize"}
"""What an installation may load on its own at every start of Python."""
NEVER = {"sqlite3", "zipfile", "tarfile", "http", "email", "json", "xml", "html", "multiprocessing", "webbrowser"}
"""Of the standard library, what only later steps need."""
OWN = {
    "": "app backends cli extent last_lists launch log_lines model provider redaction regular_file settings "
    "sign_in standard_streams text themes usage",
    "github": "credentials hosts moments server setup",
    "screens": "account_app daemon_thread ending_work following_app following_screen list_came list_screen listing "
    "server_list session",
    "terminal": "cells clipboard colors crash driver endings frame guard key_report key_stream lean_app looks memory "
    "output pace pen plain_letters restoring sequence_parser shift steady_stylesheet terminal_app type_ahead writer",
    "transfers": "transfer",
    "transfers.deleting": "deletes",
    "widgets": "column_shares distinct_texts filter_bar keys lazy_table row_layout row_lines row_table status_bar "
    "title_bar",
}
"""Modules by package; of transfers these two are plain values, which the status bar is told about."""
STARTS = {
    "the demo's repositories": (["--demo"], {"demo", "demo.clock", "screens.repositories"}),
    "runs of a server's repository": (
        ["--api-url", "http://127.0.0.1:9", "fernwood-labs/kestrel"],
        {
            *(
                "addresses",
                "configuration",
                "query",
                *(f"run_{name}" for name in ["filter", "guess", "names", "offers"]),
                "screens.run_line",
                "screens.run_rows",
                "screens.runs",
                "github.remotes",
                "github.sign_in",
                "github.tokens",
            ),
            *(
                f"github.tokens.{name}"
                for name in ["child_process", "gh_program", "sources", "system_keyring", "token_file"]
            ),
        },
    ),
}


def modules_of(home: Path, arguments: list[str]) -> set[str]:
    """Of a start in a terminal, with a token in the environment."""
    found = home / "modules"
    command = (sys.executable, "-c", PROBE, *arguments, str(found))
    with Terminal(command, environment(home, GH_ENTERPRISE_TOKEN="a-token-of-nobody"), home) as terminal:
        assert terminal.exit_code() == 0
        assert found.exists(), terminal.text
    return set(found.read_text().split())


@pytest.mark.parametrize("start", STARTS)
def test_nothing_is_loaded_that_the_first_table_does_not_need(start: str, tmp_path: Path) -> None:
    """No transfer engine, archive, preview, dialog, http, keyring or database."""
    arguments, more = STARTS[start]
    loaded = modules_of(tmp_path, arguments)
    top = {name.partition(".")[0] for name in loaded} - {"__main__", "artifact_tui"}
    assert top - sys.stdlib_module_names - SYSTEM <= LIBRARIES
    assert not top & NEVER
    own = {name.removeprefix("artifact_tui.") for name in loaded if name.startswith("artifact_tui.")}
    allowed = {f"{package}.{name}".strip(".") for package, names in OWN.items() for name in names.split()}
    assert own - (allowed | set(OWN) | more) == set()
