"""Module names: those in strings of tests exist, and one name means one thing."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from artifact_tui.keymap import default_keys
from tests.test_first_screen import ALLOWED

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "artifact_tui"
PARTS = "context dialog errors flow from_settings job journal list_model models provider queue rate_limit screen "
PARTS += "sign_in verify details files resume rows runs"
MAY_REPEAT = set(PARTS.split())
"""Modules of packages that play the same part; every other name is used once."""
ROOMS = "|".join(sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py")))
MODULE = re.compile(rf"(?:artifact_tui\.)?(?:{ROOMS})(?:\.[a-z_]+)+")
FILE_ENDS = ("com", "example", "json", "jsonl", "log", "md", "sqlite", "tcss", "toml", "py")


def modules() -> Iterator[Path]:
    return (path for path in PACKAGE.rglob("*.py") if path.stem not in {"__init__", "__main__"})


def strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def is_module(name: str) -> bool:
    """Whether a name is a module of ours."""
    try:
        return find_spec(f"artifact_tui.{name.removeprefix('artifact_tui.')}") is not None
    except ModuleNotFoundError:
        return False


def test_modules_that_tests_name_in_strings_exist() -> None:
    named = {
        (path.relative_to(ROOT), word)
        for path in (ROOT / "tests").rglob("*.py")
        for text in strings(path)
        for word in text.split()
        if MODULE.fullmatch(word) and word not in default_keys() and word.rpartition(".")[2] not in FILE_ENDS
    }
    assert len(named) > 20
    assert sorted(one for one in named if not is_module(one[1])) == []


def test_modules_of_the_first_screen_exist() -> None:
    assert sorted(name for name in ALLOWED if not is_module(name)) == []


def test_a_module_name_occurs_once() -> None:
    counts = Counter(path.stem for path in modules())
    assert sorted(name for name, number in counts.items() if number > 1 and name not in MAY_REPEAT) == []


def test_a_public_class_name_occurs_once() -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")]
    classes = [node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)]
    assert [name for name, number in Counter(classes).items() if number > 1 and not name.startswith("_")] == []
