"""Checks requests and answers against GitHub's own OpenAPI descriptions.

The descriptions lie in the folder that `ARTIFACT_TUI_OPENAPI` names; without it what needs them is skipped.

    description = Description.load("ghes-3.10")
    description.check_request("GET", "/repos/o/r/actions/artifacts", {"per_page": "100"})
    description.check_response("GET", "/repos/o/r/actions/artifacts", 200, body)
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

Json = dict[str, Any]
VARIABLE = "ARTIFACT_TUI_OPENAPI"
ERRORS = (400, 401, 403, 404, 410, 415, 422, 429)
"""Errors, which the descriptions hardly ever list for artifacts: their bodies are basic-errors."""

_RANGES = ("created",)
"""Typed date-time in the descriptions, but a range in the search syntax (`>=2026-11-01`, `a..b`) in the
documentation and in real use: no type can be checked."""

_METHODS = ("get", "delete", "post", "put", "patch")


class ContractError(AssertionError):
    """What was sent or answered is not what the description says."""


def description_path(name: str) -> Path:
    """Where the description of that name lies; skips the test if there are no descriptions here."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        pytest.skip(f"{VARIABLE} does not name a folder of OpenAPI descriptions")
    return Path(folder) / f"{name}.json"


@dataclass
class Operation:
    """One operation of a description, with the values that the path had for its parameters."""

    template: str
    details: Json
    path_values: dict[str, str] = field(default_factory=dict)


@dataclass
class Description:
    """An OpenAPI 3.0 document."""

    name: str
    document: Json

    @classmethod
    def load(cls, name: str) -> "Description":
        """The description of that name; skips the test if there are no descriptions here."""
        return cls(name, _modern(json.loads(description_path(name).read_text())))

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation for a path below the base address; None if the description has none."""
        parts = path.split("/")
        best: Operation | None = None
        for template, methods in self.document["paths"].items():
            names = template.split("/")
            details = methods.get(method.lower())
            if details is None or len(names) != len(parts):
                continue
            pairs = list(zip(names, parts, strict=True))
            if all(name == part or (name.startswith("{") and part) for name, part in pairs):
                values = {name[1:-1]: part for name, part in pairs if name.startswith("{")}
                found = Operation(template, details, values)
                if best is None or len(values) < len(best.path_values):
                    best = found
        return best

    def check_request(self, method: str, path: str, query: Mapping[str, str]) -> None:
        """Every parameter is known, of the type and among the values described; required ones are there."""
        operation = self._known(method, path)
        parameters = {item["name"]: item for item in map(self._resolve, operation.details.get("parameters", []))}
        given = {**operation.path_values, **query}
        for name in sorted(given.keys() - parameters.keys()):
            raise ContractError(f"{self.name}: {method} {operation.template} has no parameter {name!r}")
        for name, parameter in parameters.items():
            if name in given and name not in _RANGES:
                self._check(_typed(given[name], parameter["schema"]), parameter["schema"], f"parameter {name}")
            elif parameter.get("required") and name not in given:
                raise ContractError(f"{self.name}: {method} {operation.template} needs {name!r}")

    def check_response(self, method: str, path: str, status: int, body: object) -> None:
        """The status is described and the body is of its schema; errors have to be basic-errors at least."""
        operation = self._known(method, path)
        responses = operation.details["responses"]
        if str(status) not in responses:
            if status not in ERRORS:
                raise ContractError(f"{self.name}: {method} {operation.template} never answers {status}")
            self._check(body, self.document["components"]["schemas"]["basic-error"], f"{status} body")
            return
        content = self._resolve(responses[str(status)]).get("content", {})
        schema = next((entry["schema"] for kind, entry in content.items() if "json" in kind), None)
        if schema is not None:
            self._check(body, schema, f"{method} {operation.template} {status} body")
        elif body not in (None, "", b""):
            raise ContractError(f"{self.name}: {method} {operation.template} {status} has no body")

    def _known(self, method: str, path: str) -> Operation:
        operation = self.operation(method, path)
        if operation is None:
            raise ContractError(f"{self.name}: there is no {method} {path}")
        return operation

    def _resolve(self, item: Json) -> Json:
        while "$ref" in item:
            target: Json = self.document
            for part in item["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            item = target
        return item

    def _check(self, value: object, schema: Json, what: str) -> None:
        whole = {"components": self.document["components"], **schema}
        validator = Draft202012Validator(whole, format_checker=FormatChecker())
        errors = list(_innermost(validator.iter_errors(value)))
        if errors:
            lines = "\n".join(f"  at {error.json_path}: {error.message[:300]}" for error in errors[:5])
            raise ContractError(f"{self.name}: {what} is not as described\n{lines}")


def _innermost(errors: Iterator[ValidationError]) -> Iterator[ValidationError]:
    """The errors that say most: inside anyOf and oneOf those of the branches."""
    for error in errors:
        yield error
        yield from _innermost(iter(error.context or ()))


def _typed(text: str, schema: Json) -> object:
    """A parameter as its schema wants it: in an address everything is text."""
    kind = schema.get("type")
    if kind == "integer" and text.lstrip("-").isdecimal():
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def _modern(node: Any) -> Any:
    """The document with OpenAPI 3.0's `nullable` said as JSON Schema says it."""
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: _modern(value) for key, value in node.items() if key not in ("example", "examples")}
    if found.pop("nullable", False) is True:
        return {"anyOf": [found, {"type": "null"}]}
    return found
