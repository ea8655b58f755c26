"""Compares the totals that a test report or a suite declares with the tests that it lists."""

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
"""The host name that Catch2 writes; its ``tests`` attribute counts assertions."""


class Declared(Struct, frozen=True):
    """The totals of an element; None if not declared. ``invalid`` lists those that are not numbers."""

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
        """Return the totals as words; empty if none is declared."""
        tests = "" if self.tests is None else amount(self.tests, "test")
        skipped = amount(self.skipped, "skipped test") if self.skipped else ""
        return ", ".join(word for word in (tests, self.bad_words(), skipped) if word)

    def bad_words(self) -> str:
        """Return ``1 failure, 2 errors``; ``no failure`` if both are zero; empty if neither is declared."""
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
    """A suite, or the whole report, being read: its declared totals and its listed tests."""

    def __init__(self, suite: str, declared: Declared, *, is_root: bool) -> None:
        self.suite = suite
        self.name = "The report" if is_root else suite or "A suite"
        self.declared = declared
        self.tests = self.bad = self.bad_elements = self.skipped = self.distinct = 0
        self.seen: set[tuple[str, str]] = set()
        self.unlisted_tests = self.unlisted_bad = 0
        self.inner = Declared()
        """The sum of the totals that the direct inner suites declare."""
        self.output: list[tuple[str, str]] = []
        self.last_bad = -1  # an index of the results

    def add_inner(self, declared: Declared) -> None:
        """Add the declared totals of an inner suite."""
        self.inner = Declared(
            _sum(self.inner.tests, declared.tests),
            _sum(self.inner.failures, declared.failures),
            _sum(self.inner.errors, declared.errors),
        )

    def absorb(self, inner: Scope) -> None:
        """Add the listed tests of an inner suite."""
        for name in ("tests", "bad", "bad_elements", "skipped", "distinct", "unlisted_tests", "unlisted_bad"):
            setattr(self, name, getattr(self, name) + getattr(inner, name))
        self.last_bad = max(self.last_bad, inner.last_bad)

    def differences(self) -> Iterator[Remark]:
        """Yield at most one remark for totals that differ, and one for totals that are not numbers.

        Tests missing from an inner suite are reported there only; the outer totals may include them or not.
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
            stated, listed = ", ".join(word[0] for word in words), ", ".join(word[1] for word in words)
            hint = "" if self.tests else " It may not have run."
            yield Remark(f"{self.name} declares {stated}, but lists {listed}.{hint}", is_error)
        if declared.invalid:
            yield Remark(f"{self.name} declares totals that are not numbers: {', '.join(declared.invalid)}.", False)

    def _tests_differ(self) -> Iterator[tuple[str, str, bool]]:
        """Compare the tests: tools count all of them, only those not skipped, or those with the same name once."""
        declared = self.declared.tests
        listed = {self.tests, self.tests - self.skipped, self.distinct}
        if declared is None or {declared, declared - self.unlisted_tests} & listed:
            return
        self.unlisted_tests = max(self.unlisted_tests, declared - self.tests)
        yield amount(declared, "test"), amount(self.tests, "test"), declared > self.tests

    def _bad_differ(self) -> Iterator[tuple[str, str, bool]]:
        declared = self.declared.bad
        if declared is None or {declared, declared - self.unlisted_bad} & {self.bad, self.bad_elements}:
            return
        self.unlisted_bad = max(self.unlisted_bad, declared - self.bad)
        yield self.declared.bad_words(), amount(self.bad, "failed test"), declared > self.bad

    def _skipped_agree(self) -> bool:
        """Compare the skipped tests, which may or may not include the disabled ones."""
        skipped, disabled = self.declared.skipped, self.declared.disabled or 0
        if skipped is None:
            return self.skipped >= disabled
        return self.skipped in {max(skipped, disabled), skipped + disabled}


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one + (other or 0)
