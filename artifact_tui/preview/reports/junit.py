"""JUnit XML as written by pytest, Maven, Gradle, Jest, GoogleTest, CTest, Bazel and others; they share no schema."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.preview.reports.junit_case import BAD, OUTCOMES, OUTPUTS, OpenCase, OpenElement
from artifact_tui.preview.reports.remarks import Remark, amount, cut, report
from artifact_tui.preview.reports.results import Result, Said, result_lines
from artifact_tui.preview.reports.totals import Scope, declared_in
from artifact_tui.preview.reports.xml_events import parse

ROOTS = {"testsuites", "testsuite"}


def read(sample: Sample) -> Rendered:
    """Return the results; raises :class:`~.xml_events.XmlRefused`."""
    reader = _Reader()
    parse(sample.data, reader, is_cut=sample.is_cut)
    remarks = cut(sample) + reader.finish(is_cut=sample.is_cut)
    return report("JUnit", sample, result_lines(reader.results, remarks))


class _Reader:
    def __init__(self) -> None:
        self.results: list[Result] = []
        self._remarks: list[Remark] = []
        self._scopes: list[Scope] = []
        self._cases: list[OpenCase] = []
        self._open: OpenElement | None = None

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._open is not None:
            self._open.depth += 1
        elif name in ROOTS:
            self._start_suite(attributes, attributes.get("name", "").strip() if name == "testsuite" else "")
        elif name == "testcase":
            suite = self._scopes[-1].suite if self._scopes else ""
            self._cases.append(OpenCase(attributes, attributes.get("classname") or suite))
        elif name in OUTCOMES or name in OUTPUTS:
            self._open = OpenElement(name, attributes)

    def end(self, name: str, text: str) -> None:
        if self._open is not None:
            if self._open.end(name, text):
                self._add(self._open)
                self._open = None
        elif name == "testcase" and self._cases:
            self._end_case(self._cases.pop())
        elif name in ROOTS and self._scopes:
            self._end_suite()

    def finish(self, *, is_cut: bool) -> list[Remark]:
        if not is_cut:
            return self._remarks
        if self._open is not None and self._open.name in BAD and self._cases:
            self._add(self._open)
        for case in self._cases:
            if case.is_bad:
                self._end_case(case)
        while len(self._scopes) > 1:
            inner = self._scopes.pop()
            self._scopes[-1].absorb(inner)
        return [*(self._read_so_far(scope) for scope in self._scopes), *self._remarks]

    @staticmethod
    def _read_so_far(scope: Scope) -> Remark:
        declared, least = scope.declared, ""
        if not declared.words():
            declared, least = scope.inner, "at least "
        read = f"{amount(scope.tests, 'test')}, {amount(scope.bad, 'failed test')}"
        if not declared.words():
            return Remark(f"The report declares no totals. Read so far: {read}.", False)
        is_worse = (declared.bad or 0) > scope.bad
        return Remark(f"The report declares {least}{declared.words()}. Read so far: {read}.", is_worse)

    def _start_suite(self, attributes: Mapping[str, str], name: str) -> None:
        declared = declared_in(attributes)
        if self._scopes:
            self._scopes[-1].add_inner(declared)
        self._scopes.append(Scope(name, declared, is_root=not self._scopes))

    def _end_suite(self) -> None:
        scope = self._scopes.pop()
        remarks = list(scope.differences())
        if scope.output and scope.last_bad >= 0:
            result = self.results[scope.last_bad]
            self.results[scope.last_bad] = replace(result, output=result.output + tuple(_of_suite(scope)))
        elif scope.output and any(remark.is_error for remark in remarks):
            text = "\n".join(f"{said.label}\n{said.details}" for said in _of_suite(scope))
            remarks[0] = replace(remarks[0], details=text)
        self._remarks += remarks
        if self._scopes:
            self._scopes[-1].absorb(scope)

    def _add(self, element: OpenElement) -> None:
        if self._cases:
            self._cases[-1].add(element)
        elif self._scopes and element.name in OUTPUTS:
            self._scopes[-1].output.append((element.name, "".join(element.texts)))
        elif self._scopes and element.name in BAD:
            scope = self._scopes[-1]
            scope.bad += 1
            scope.bad_elements += 1
            said = element.said()
            text = f"{scope.name} has {'an error' if element.name == 'error' else 'a failure'} outside of its tests"
            message = f"{text}: {said.message}" if said.message else f"{text}."
            self._remarks.append(Remark(message, details="" if said.details == said.message else said.details))

    def _end_case(self, case: OpenCase) -> None:
        result = case.result()
        self.results.append(result)
        if not self._scopes:
            return
        scope = self._scopes[-1]
        scope.tests += 1
        scope.seen.add((result.suite, result.name))
        scope.skipped += result.outcome == "skipped"
        if result.is_bad:
            scope.bad += 1
            scope.bad_elements += max(1, case.bad_elements)
            scope.last_bad = len(self.results) - 1


def _of_suite(scope: Scope) -> list[Said]:
    return [Said("", text, f"{name} of the suite") for name, text in scope.output if text.strip()]
