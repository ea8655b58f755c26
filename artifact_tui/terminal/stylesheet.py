"""Textual's stylesheet without needless parsing."""

from __future__ import annotations

from functools import cache

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

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


@cache
def parsed_with(variables: frozenset[tuple[str, str]]) -> LRUCache[tuple[object, ...], list[RuleSet]]:
    """Return the rules that were parsed with these variables, by their source."""
    return LRUCache(SOURCES)
