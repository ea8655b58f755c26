"""The parts of SARIF 2.1.0 (OASIS) that are shown, with section numbers; results and rules are decoded one by one."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Raw, Struct, field

Kind = TypeVar("Kind")


class Base(Struct, rename="camel"):
    """An object whose fields are in camel case in the file."""


class Message(Base):
    """A text or the id of one, with arguments for ``{0}`` (3.11)."""

    text: str | None = None
    markdown: str | None = None
    id: str | None = None
    arguments: list[str] | None = None


class Configuration(Base):
    """A reportingConfiguration (3.50)."""

    level: str | None = None


class Descriptor(Base):
    """A reportingDescriptor: a rule, or a type of notification (3.49)."""

    id: str = ""
    guid: str | None = None
    name: str | None = None
    short_description: Message | None = None
    full_description: Message | None = None
    message_strings: dict[str, Message] | None = None
    default_configuration: Configuration | None = None


class Reference(Base):
    """A reportingDescriptorReference (3.52) or a toolComponentReference (3.54)."""

    id: str | None = None
    index: int | None = None
    name: str | None = None
    guid: str | None = None
    tool_component: Reference | None = None


class Component(Base):
    """A toolComponent: the driver or an extension (3.19)."""

    name: str = ""
    guid: str | None = None
    version: str | None = None
    semantic_version: str | None = None
    rules: list[Raw] | None = None
    notifications: list[Raw] | None = None
    global_message_strings: dict[str, Message] | None = None


class Tool(Base):
    """A tool (3.18)."""

    driver: Component = field(default_factory=Component)
    extensions: list[Component] | None = None


class Address(Base):
    """An artifactLocation; ``index`` refers to the run's artifacts (3.4)."""

    uri: str | None = None
    index: int | None = None


class Region(Base):
    """A region (3.30)."""

    start_line: int | None = None
    start_column: int | None = None


class PhysicalLocation(Base):
    """A physicalLocation (3.29)."""

    artifact_location: Address | None = None
    region: Region | None = None


class LogicalLocation(Base):
    """A logicalLocation (3.33)."""

    name: str | None = None
    fully_qualified_name: str | None = None
    index: int | None = None


class Location(Base):
    """A location (3.28)."""

    physical_location: PhysicalLocation | None = None
    logical_locations: list[LogicalLocation] | None = None


class Suppression(Base):
    """A suppression (3.35)."""

    status: str | None = None


class Provenance(Base):
    """A resultProvenance (3.48)."""

    invocation_index: int | None = None


class ResultObject(Base):
    """A result (3.27)."""

    rule_id: str | None = None
    rule_index: int | None = None
    rule: Reference | None = None
    kind: str | None = None
    level: str | None = None
    message: Message | None = None
    locations: list[Location] | None = None
    analysis_target: Address | None = None
    suppressions: list[Suppression] | None = None
    baseline_state: str | None = None
    provenance: Provenance | None = None


class Override(Base):
    """A configurationOverride (3.51)."""

    descriptor: Reference | None = None
    configuration: Configuration | None = None


class ThrownException(Base):
    """An exception (3.59)."""

    kind: str | None = None
    message: str | None = None


class Notification(Base):
    """A notification (3.58)."""

    level: str | None = None
    message: Message | None = None
    descriptor: Reference | None = None
    locations: list[Location] | None = None
    exception: ThrownException | None = None


class Invocation(Base):
    """An invocation (3.20)."""

    execution_successful: bool | None = None
    exit_code: int | None = None
    exit_code_description: str | None = None
    exit_signal_name: str | None = None
    process_start_failure_message: str | None = None
    rule_configuration_overrides: list[Override] | None = None
    tool_execution_notifications: list[Notification] | None = None
    tool_configuration_notifications: list[Notification] | None = None


class SarifArtifact(Base):
    """An artifact (3.24)."""

    location: Address | None = None


class ExternalFiles(Base):
    """externalPropertyFileReferences (3.15.2)."""

    results: list[Raw] | None = None


class RunObject(Base):
    """A run; results are absent if they are in other files, and null if the tool could not produce any (3.14)."""

    tool: Tool = field(default_factory=Tool)
    results: list[Raw] | None = None
    artifacts: list[Raw] | None = None
    logical_locations: list[Raw] | None = None
    invocations: list[Raw] | None = None
    external_property_file_references: ExternalFiles | None = None


class Report(Base):
    """A sarifLog (3.13)."""

    version: str | None = None
    runs: list[RunObject] | None = None


def decoded(raw: Raw, kind: type[Kind]) -> Kind | None:
    """Return the decoded object; None if it is not of that type."""
    try:
        return msgspec.json.decode(raw, type=kind, strict=False)
    except (msgspec.DecodeError, RecursionError):
        return None


def at(items: list[Raw] | None, index: int | None, kind: type[Kind]) -> Kind | None:
    """Return the item at an index; None if there is none, which the format writes as -1."""
    if items is None or index is None or not 0 <= index < len(items):
        return None
    return decoded(items[index], kind)
