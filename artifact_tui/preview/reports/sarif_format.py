"""SARIF 2.1.0 (OASIS): the parts of a report that are shown; every result and rule is decoded by itself."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Raw, Struct, field

Kind = TypeVar("Kind")


class Base(Struct, rename="camel"):
    """Fields are called in camel case in the file."""


class Message(Base):
    """3.11: a text, or the id of one, with arguments for ``{0}``."""

    text: str | None = None
    markdown: str | None = None
    id: str | None = None
    arguments: list[str] | None = None


class Configuration(Base):
    """3.50."""

    level: str | None = None


class Descriptor(Base):
    """3.49: a rule, or a kind of notification."""

    id: str = ""
    guid: str | None = None
    name: str | None = None
    short_description: Message | None = None
    full_description: Message | None = None
    message_strings: dict[str, Message] | None = None
    default_configuration: Configuration | None = None


class ComponentReference(Base):
    """3.54."""

    index: int | None = None
    name: str | None = None
    guid: str | None = None


class DescriptorReference(Base):
    """3.52."""

    id: str | None = None
    index: int | None = None
    guid: str | None = None
    tool_component: ComponentReference | None = None


class Component(Base):
    """3.19: the driver or an extension."""

    name: str = ""
    guid: str | None = None
    version: str | None = None
    semantic_version: str | None = None
    rules: list[Raw] | None = None
    notifications: list[Raw] | None = None
    global_message_strings: dict[str, Message] | None = None


class Tool(Base):
    """3.18."""

    driver: Component = field(default_factory=Component)
    extensions: list[Component] | None = None


class Address(Base):
    """3.4: where a file is; the index is one into the run's artifacts."""

    uri: str | None = None
    uri_base_id: str | None = None
    index: int | None = None


class Region(Base):
    """3.30."""

    start_line: int | None = None
    start_column: int | None = None


class PhysicalLocation(Base):
    """3.29."""

    artifact_location: Address | None = None
    region: Region | None = None


class LogicalLocation(Base):
    """3.33."""

    name: str | None = None
    fully_qualified_name: str | None = None
    index: int | None = None


class Location(Base):
    """3.28."""

    physical_location: PhysicalLocation | None = None
    logical_locations: list[LogicalLocation] | None = None


class Suppression(Base):
    """3.35."""

    status: str | None = None


class Provenance(Base):
    """3.48."""

    invocation_index: int | None = None


class ResultObject(Base):
    """3.27."""

    rule_id: str | None = None
    rule_index: int | None = None
    rule: DescriptorReference | None = None
    kind: str | None = None
    level: str | None = None
    message: Message | None = None
    locations: list[Location] | None = None
    analysis_target: Address | None = None
    suppressions: list[Suppression] | None = None
    baseline_state: str | None = None
    provenance: Provenance | None = None


class Override(Base):
    """3.51."""

    descriptor: DescriptorReference | None = None
    configuration: Configuration | None = None


class ThrownException(Base):
    """3.59."""

    kind: str | None = None
    message: str | None = None


class Notification(Base):
    """3.58."""

    level: str | None = None
    message: Message | None = None
    descriptor: DescriptorReference | None = None
    locations: list[Location] | None = None
    exception: ThrownException | None = None


class Invocation(Base):
    """3.20."""

    execution_successful: bool | None = None
    exit_code: int | None = None
    exit_code_description: str | None = None
    exit_signal_name: str | None = None
    process_start_failure_message: str | None = None
    rule_configuration_overrides: list[Override] | None = None
    tool_execution_notifications: list[Notification] | None = None
    tool_configuration_notifications: list[Notification] | None = None


class SarifArtifact(Base):
    """3.24."""

    location: Address | None = None


class ExternalFiles(Base):
    """3.15.2; only whether there are files with results matters."""

    results: list[Raw] | None = None


class RunObject(Base):
    """3.14; results are absent where they are elsewhere, and null where there are none to be had."""

    tool: Tool = field(default_factory=Tool)
    results: list[Raw] | None = None
    artifacts: list[Raw] | None = None
    logical_locations: list[Raw] | None = None
    invocations: list[Raw] | None = None
    external_property_file_references: ExternalFiles | None = None


class Report(Base):
    """3.13."""

    version: str | None = None
    runs: list[RunObject] | None = None


def decoded(raw: Raw, kind: type[Kind]) -> Kind | None:
    """Return the decoded part of the file; None if it is not of that type."""
    try:
        return msgspec.json.decode(raw, type=kind, strict=False)
    except (msgspec.DecodeError, RecursionError):
        return None


def at(items: list[Raw] | None, index: int | None, kind: type[Kind]) -> Kind | None:
    """Return the item at an index; None where there is none (the format itself uses -1 for that)."""
    if items is None or index is None or not 0 <= index < len(items):
        return None
    return decoded(items[index], kind)
