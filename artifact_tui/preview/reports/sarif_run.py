"""One run of a SARIF report, with references resolved: rules, levels, messages and locations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import unquote

from msgspec import Raw, Struct

from artifact_tui.preview.reports import sarif_format as sarif
from artifact_tui.preview.reports.sarif_format import at, decoded

_OPEN = {"open", "review"}
"""Kinds of results that need a decision; their level is shown if they have one, although the format has none."""
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(\d{1,4})\}")
_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\[\\])*)\]\(([^)\s]*)\)")
_ESCAPE = re.compile(r"\\([\[\]\\])")
_MOST_LINKED = 20_000
_DEEPEST_ID = 32


class Finding(Struct, frozen=True):
    """One result as shown; ``level`` is the word before it."""

    level: str
    path: str
    line: int
    column: int
    rule: str
    text: str
    is_quiet: bool = False
    """Whether it is suppressed, or absent since the baseline."""


class SarifRun:
    """A run and the tables that its results refer to."""

    def __init__(self, run: sarif.RunObject) -> None:
        self._run = run
        self.driver = run.tool.driver
        self._components = [run.tool.driver, *(run.tool.extensions or [])]
        self._rules: dict[tuple[int, int], sarif.Descriptor | None] = {}

    @cached_property
    def invocations(self) -> list[sarif.Invocation]:
        """The invocations of the tool."""
        return [decoded(raw, sarif.Invocation) or sarif.Invocation() for raw in self._run.invocations or []]

    @cached_property
    def _by_id(self) -> dict[str, tuple[int, int]]:
        places: dict[str, tuple[int, int]] = {}
        for number, component in enumerate(self._components):
            for index in range(len(component.rules or [])):
                rule = self._rule_at(number, index)
                for name in (rule.id, rule.guid) if rule else ():
                    if name:
                        places.setdefault(name, (number, index))
        return places

    def finding(self, result: sarif.ResultObject) -> Finding:
        """Resolve a result."""
        number, rule = self._rule_of(result)
        rule_id = result.rule_id or (result.rule.id if result.rule else None) or (rule.id if rule else "")
        path, region = self._place(result.locations)
        path = path or self._path(result.analysis_target)
        level, is_quiet = self._level(result, rule, rule_id)
        text = self._text(result.message, rule, self._components[number])
        return Finding(
            level, path, region.start_line or 0, region.start_column or 0, rule_id, text or _described(rule), is_quiet
        )

    def notification(self, note: sarif.Notification) -> tuple[str, str]:
        """Return the level and the text of a notification."""
        reference = note.descriptor or sarif.Reference()
        descriptor = at(self.driver.notifications, reference.index, sarif.Descriptor)
        level = note.level or _default_level(descriptor) or "warning"
        text = self._text(note.message, descriptor, self.driver) or _described(descriptor)
        thrown = note.exception
        reason = ": ".join(word for word in (thrown.kind, thrown.message) if word) if thrown else ""
        path, region = self._place(note.locations)
        where = f"{path}:{region.start_line}: " if path and region.start_line else f"{path}: " if path else ""
        return level, where + "\n".join(word for word in (text, reason) if word)

    def _rule_at(self, number: int, index: int) -> sarif.Descriptor | None:
        key = (number, index)
        if key not in self._rules:
            self._rules[key] = at(self._components[number].rules, index, sarif.Descriptor)
        return self._rules[key]

    def _rule_of(self, result: sarif.ResultObject) -> tuple[int, sarif.Descriptor | None]:
        """Return the rule at the index if its id is that of the result or a parent of it, else the rule by id."""
        reference = result.rule or sarif.Reference()
        rule_id = result.rule_id or reference.id or ""
        index = reference.index if reference.index is not None and reference.index >= 0 else result.rule_index
        number = self._component_of(reference.tool_component)
        rule = self._rule_at(number, index) if index is not None and number >= 0 else None
        if rule is not None and (not rule_id or not rule.id or f"{rule_id}/".startswith(f"{rule.id}/")):
            return number, rule
        names = (*_hierarchy(rule_id), reference.guid)
        place = next((self._by_id[name] for name in names if name in self._by_id), None)
        return (place[0], self._rule_at(*place)) if place else (0, None)

    def _component_of(self, reference: sarif.Reference | None) -> int:
        """Return the index of a tool component: 0 for the driver, then the extensions; -1 if not found."""
        if reference is None:
            return 0
        if reference.index is not None and reference.index >= 0:
            return reference.index + 1 if reference.index + 1 < len(self._components) else -1
        for number, component in enumerate(self._components):
            if (reference.guid and component.guid == reference.guid) or (
                reference.name and component.name == reference.name
            ):
                return number
        return 0

    def _level(self, result: sarif.ResultObject, rule: sarif.Descriptor | None, rule_id: str) -> tuple[str, bool]:
        """Return the level of the result, an override, the rule, or a warning (3.27.10), else the kind."""
        if result.baseline_state == "absent":
            return "absent", True
        statuses = {one.status for one in result.suppressions or []}
        if statuses and not {"rejected", "underReview"} & statuses:
            return "suppressed", True
        is_graded = result.kind in _OPEN and result.level in ("error", "warning")
        if result.kind and result.kind != "fail" and not is_graded:
            return result.kind, False
        level = result.level or self._override(result, rule_id) or _default_level(rule)
        return (level or "warning").lower(), False

    def _override(self, result: sarif.ResultObject, rule_id: str) -> str | None:
        number = result.provenance.invocation_index if result.provenance else None
        if number is None or not 0 <= number < len(self.invocations):
            return None
        for override in self.invocations[number].rule_configuration_overrides or []:
            named, level = override.descriptor, override.configuration
            is_meant = named is not None and (
                named.id == rule_id if named.id else named.index is not None and named.index == result.rule_index
            )
            if is_meant and level is not None and level.level:
                return level.level
        return None

    def _text(self, message: sarif.Message | None, rule: sarif.Descriptor | None, component: sarif.Component) -> str:
        """Return the text, or the one with that id in the rule, its component or the driver (3.11.7)."""
        if message is None:
            return ""
        found: sarif.Message | None = message
        if message.text is None and message.markdown is None and message.id:
            found = (rule.message_strings or {}).get(message.id) if rule else None
            found = found or (component.global_message_strings or {}).get(message.id)
            found = found or (self.driver.global_message_strings or {}).get(message.id)
        text = (found.text or found.markdown or "") if found else f"Message '{message.id}' is not in the report."
        if message.arguments or found is not message:
            text = _filled(text, message.arguments or [])
        return _without_links(text)

    def _place(self, locations: list[sarif.Location] | None) -> tuple[str, sarif.Region]:
        location = locations[0] if locations else sarif.Location()
        physical = location.physical_location or sarif.PhysicalLocation()
        path = self._path(physical.artifact_location)
        if not path and location.logical_locations:
            path = self._logical(location.logical_locations[0])
        return path, physical.region or sarif.Region()

    def _path(self, address: sarif.Address | None) -> str:
        if address is None:
            return ""
        if not address.uri:
            artifact = at(self._run.artifacts, address.index, sarif.SarifArtifact)
            address = artifact.location if artifact and artifact.location else address
        return unquote(address.uri or "")

    def _logical(self, location: sarif.LogicalLocation) -> str:
        named = at(self._run.logical_locations, location.index, sarif.LogicalLocation)
        found = [one for one in (location, named) if one is not None]
        return next((name for one in found if (name := one.fully_qualified_name or one.name)), "")


def _hierarchy(rule_id: str) -> Iterator[str]:
    """Yield the id and the ids of its parent rules (3.5.4)."""
    for _ in range(_DEEPEST_ID):
        if rule_id:
            yield rule_id
        rule_id = rule_id.rpartition("/")[0]


def results_of(raw: list[Raw]) -> tuple[list[sarif.ResultObject], int]:
    """Return the valid results, and the number of invalid ones."""
    results = [result for one in raw if (result := decoded(one, sarif.ResultObject)) is not None]
    return results, len(raw) - len(results)


def _default_level(rule: sarif.Descriptor | None) -> str | None:
    default = rule.default_configuration if rule else None
    return default.level if default else None


def _described(rule: sarif.Descriptor | None) -> str:
    texts = (rule.short_description, rule.full_description) if rule else ()
    return next((text.text for text in texts if text and text.text), "") or (rule.name if rule else "") or ""


def _filled(text: str, arguments: list[str]) -> str:
    """Replace ``{0}`` with the first argument, and doubled braces with single ones (3.11.5)."""

    def replaced(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        return arguments[int(match[1])] if int(match[1]) < len(arguments) else match[0]

    return _PLACEHOLDER.sub(replaced, text)


def _without_links(text: str) -> str:
    """Replace ``[text](2)``, a reference to a location, and ``[text](URL)`` with their text and URL (3.11.6)."""
    if len(text) > _MOST_LINKED or ("[" not in text and "\\" not in text):
        return text

    def replaced(match: re.Match[str]) -> str:
        return match[1] if match[2].isdecimal() or not match[2] else f"{match[1]} ({match[2]})"

    return _ESCAPE.sub(r"\1", _LINK.sub(replaced, text))
