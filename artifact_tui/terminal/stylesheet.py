"""Textual's stylesheet without needless parsing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

if TYPE_CHECKING:
    from textual.css.styles import RulesMap
    from textual.dom import DOMNode

SOURCES = 256
"""More than the classes of widgets with rules of their own, which are a source each."""


class SteadyStylesheet(Stylesheet):
    """A stylesheet that keeps parsed rules as long as the variables of the theme are the same.

    Textual parses all rules again at the start and with the first visit of each screen, which is the largest part of
    what a new screen costs. Parsed rules also serve the next app, and the next change to the same theme.
    """

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = parsed_with(frozenset(variables.items()))
        self._by_selector: dict[str, list[RuleSet]] | None = None
        self._every_rule: list[RuleSet] = []
        self._rules_of: dict[frozenset[str], list[RuleSet]] = {}

    def set_variables(self, variables: dict[str, str]) -> None:
        """Drop the parsed rules if the variables differ."""
        if variables != self._variables:
            self._parse_cache = LRUCache(1)  # Textual clears it
            super().set_variables(variables)
            self._parse_cache = parsed_with(frozenset(variables.items()))
            self._require_parse = True

    def reparse(self) -> None:
        """Parse new rules, or all rules after a change of variables."""
        if self._require_parse:
            self.parse()

    def apply(
        self, node: DOMNode, *, animate: bool = False, cache: dict[tuple[object, ...], RulesMap] | None = None
    ) -> None:
        """Apply rules to a node; Textual would look through those of all widgets, and so for each part of each."""
        by_selector = self.rules_map
        if by_selector is not self._by_selector:
            self._by_selector, self._every_rule, self._rules_of = by_selector, self._rules, {}
        names = frozenset(by_selector.keys() & node._selector_names)
        if names not in self._rules_of:
            named = {id(rule) for name in names for rule in by_selector[name]}
            self._rules_of[names] = [rule for rule in self._every_rule if id(rule) in named]
        outer, self._rules = self._rules, self._rules_of[names]
        try:
            super().apply(node, animate=animate, cache=cache)
        finally:
            self._rules = outer


@cache
def parsed_with(variables: frozenset[tuple[str, str]]) -> LRUCache[tuple[object, ...], list[RuleSet]]:
    """Return the rules that were parsed with these variables, by their source."""
    return LRUCache(SOURCES)
