"""``--json`` of every command has the fields of the table, with their types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from artifact_tui.cli.line.fields import DOCUMENT, ROWS, field_of
from artifact_tui.cli.line.table import COMMANDS, LineCommand
from tests.cli.line.program import KESTREL, Line
from tests.transfers.received import downloaded

TYPES = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "text": {"type": "string"},
    "yes/no": {"type": "boolean"},
    "date": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"},
    "list": {"type": "array"},
    "object": {"type": "object"},
}
RUN, SMALL = "27674836804", "7708828458"
CASES: dict[str, tuple[str, ...]] = {
    "list": (KESTREL, "--run", RUN, "--with-runs"),
    "runs": (KESTREL,),
    "repos": (),
    "files": (KESTREL, SMALL),
    "get": (KESTREL, SMALL),
    "delete": (KESTREL, SMALL, "--include-protected", "newest-success,tag"),
    "wait": (KESTREL, "--run", RUN),
    "usage": (KESTREL, "--by", "family"),
    "resume": (),
    "verify": ("dist",),
    "doctor": (),
    "auth": ("status",),
}
MAY_BE_EMPTY = {"resume"}


def schema_of(command: LineCommand, *, owner: bool = False) -> dict[str, Any]:
    """The JSON Schema of one row of a command, or of an owner's repository."""
    schema = _object({})
    for field in command.owner_fields if owner else command.fields:
        parent, dot, name = field.partition(".")
        if dot:
            inner = schema["properties"].setdefault(parent, _with_null(_object({}), field_of(command.name, parent)[0]))
            inner["properties"][name] = _of(field_of(command.name, field)[0])
            inner["required"] = list(inner["properties"])
        else:
            schema["properties"][field] = _of(field_of(command.name, field)[0])
    schema["required"] = list(schema["properties"])
    return schema


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _of(kind: str) -> dict[str, Any]:
    return _with_null(dict(TYPES[kind.removesuffix("?")]), kind)


def _with_null(schema: dict[str, Any], kind: str) -> dict[str, Any]:
    return schema | ({"type": [schema["type"], "null"]} if kind.endswith("?") else {})


@pytest.mark.parametrize("command", [command for command in COMMANDS if "json" in command.forms], ids=lambda c: c.name)
def test_json_follows_the_schema(line: Line, tmp_path: Path, command: LineCommand) -> None:
    (tmp_path / "dist").mkdir()
    downloaded(tmp_path / "dist")
    ran = line(command.name, *CASES[command.name], "--json")
    document = ran.document
    assert (document["schema"], next(iter(document))) == (1, "schema")
    assert all(isinstance(note, str) for note in document["notes"])
    assert set(document) <= {ROWS[command.name], *(name for name, _ in DOCUMENT)}
    rows = document[ROWS[command.name]]
    assert rows or command.name in MAY_BE_EMPTY
    for row in rows:
        jsonschema.validate(row, schema_of(command))
