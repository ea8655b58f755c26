"""Totals that a test report or a suite declares, compared with the tests that it lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from artifact_tui.preview.reports.remarks import Remark, amount, whole_number

_NAMES = {
    "tests": ("tests", "total"),
    "failures": ("failures", "failed"),
    "errors": ("errors",),
    "skipped": ("skipped", "skips", "skip", "ignored"),
    "disabled": ("disabled",),
}
_CATCH2_HOST = "tbd"
"""The host name that Catch2 writes; its ``tests`` counts assertions."""


class Declared(Struct, frozen=True):
    """The totals of an element; None where it states none. ``invalid`` are those that are not numbers."""

    tests: int | None = None
    failures: int | None = None
    errors: int | None = None
    skipped: int | None = None
    disabled: int | None = None
    invalid: tuple[str, ...] = ()

    @property
    def bad(self) -> int | None:
        """The sum of failures and errors; tools divide them differently, so only the sum is compared."""
        return None if self.failures is None and self.errors is None else (self.failures or 0) + (self.errors or 0)

    def words(self) -> str:
        """Return the totals as words, empty where nothing is declared."""
        tests = "" if self.tests is None else amount(self.tests, "test")
        skipped = amount(self.skipped, "skipped test") if self.skipped else ""
        return ", ".join(word for word in (tests, self.bad_words(), skipped) if word)

    def bad_words(self) -> str:
        """Return ``1 failure, 2 errors``; ``no failure`` where both are zero; empty where neither is declared."""
        if not self.bad:
            return "" if self.bad is None else "no failure"
        counted = ((self.failures, "failure"), (self.errors, "error"))
        return ", ".join(amount(number, noun) for number, noun in counted if number)


def declared_in(attributes: Mapping[str, str]) -> Declared:
    """Return the totals in the attributes of a ``testsuites`` or ``testsuite`` element."""
    totals: dict[str, int | None] = {}
    invalid: list[str] = []
    for field, names in _NAMES.items():
        name = next((name for name in names if attributes.get(name, "").strip()), "")
        totals[field] = whole_number(attributes[name]) if name else None
        if name and totals[field] is None:
            invalid.append(f"{name}='{attributes[name][:40]}'")
    if attributes.get("hostname") == _CATCH2_HOST:
        totals["tests"] = None
    return Declared(invalid=tuple(invalid), **totals)


class Scope:
    """A suite, or the whole report, while it is read: what it declares beside what it lists."""

    def __init__(self, suite: str, declared: Declared, *, is_root: bool) -> None:
        self.suite = suite
        self.name = "The report" if is_root else suite or "A suite"
        self.declared = declared
        self.tests = self.bad = self.bad_elements = self.skipped = self.distinct = 0
        self.seen: set[tuple[str, str]] = set()
        self.unlisted_tests = self.unlisted_bad = 0
        self.inner = Declared()
        """The sum of what the suites directly within it declare."""
        self.output: list[tuple[str, str]] = []
        self.last_bad = -1
        """The index of the last bad result within it."""

    def add_inner(self, declared: Declared) -> None:
        """Count a suite that begins within it."""
        self.inner = Declared(
            _sum(self.inner.tests, declared.tests),
            _sum(self.inner.failures, declared.failures),
            _sum(self.inner.errors, declared.errors),
        )

    def absorb(self, inner: Scope) -> None:
        """Count what a suite that ended within it lists."""
        for name in ("tests", "bad", "bad_elements", "skipped", "distinct", "unlisted_tests", "unlisted_bad"):
            setattr(self, name, getattr(self, name) + getattr(inner, name))
        self.last_bad = max(self.last_bad, inner.last_bad)

    def differences(self) -> Iterator[Remark]:
        """Yield at most one remark for totals that differ, and one for those that are not numbers.

        What an inner suite lacks is said there; the outer totals may count it or not.
        """
        declared = self.declared
        self.distinct += len(self.seen)
        words = [*self._tests_differ(), *self._bad_differ()]
        is_error = any(is_worse for _, _, is_worse in words)
        if not self._skipped_agree():
            kind = "skipped" if declared.skipped or not declared.disabled else "disabled"
            number = declared.skipped or declared.disabled or 0
            words.append((amount(number, f"{kind} test"), amount(self.skipped, "skipped test"), False))
        if words:
            yield Remark(
                self._sentence([stated for stated, _, _ in words], [listed for _, listed, _ in words]), is_error
            )
        if declared.invalid:
            yield Remark(f"{self.name} declares totals that are not numbers: {', '.join(declared.invalid)}.", False)

    def _tests_differ(self) -> Iterator[tuple[str, str, bool]]:
        """Tools count every test, or only those that were not skipped, or one that is listed twice once."""
        declared = self.declared.tests
        if declared is None or {declared, declared - self.unlisted_tests} & {
            self.tests,
            self.tests - self.skipped,
            self.distinct,
        }:
            return
        self.unlisted_tests = max(self.unlisted_tests, declared - self.tests)
        yield amount(declared, "test"), amount(self.tests, "test"), declared > self.tests

    def _bad_differ(self) -> Iterator[tuple[str, str, bool]]:
        """Tools count failed tests, or all that failed in them."""
        declared = self.declared.bad
        if declared is None or {declared, declared - self.unlisted_bad} & {self.bad, self.bad_elements}:
            return
        self.unlisted_bad = max(self.unlisted_bad, declared - self.bad)
        yield self.declared.bad_words(), amount(self.bad, "failed test"), declared > self.bad

    def _skipped_agree(self) -> bool:
        """Disabled tests are a part of the skipped ones, or beside them, depending on the tool."""
        skipped, disabled = self.declared.skipped, self.declared.disabled or 0
        if skipped is None:
            return self.skipped >= disabled
        return self.skipped in {max(skipped, disabled), skipped + disabled}

    def _sentence(self, stated: list[str], listed: list[str]) -> str:
        sentence = f"{self.name} declares {', '.join(stated)}, but lists {', '.join(listed)}."
        return sentence if self.tests else f"{sentence} It may not have run."


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)
