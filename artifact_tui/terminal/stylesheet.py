"""Textual's stylesheet without needless parsing."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class SteadyStylesheet(Stylesheet):
    """A stylesheet that keeps its parsed rules while the variables of the theme stay the same.

    Textual parses all rules at the start and at the first visit to each screen, which is most of the cost of a new
    screen.
    """

    def set_variables(self, variables: dict[str, str]) -> None:
        """Drop the parsed rules if the variables differ."""
        if variables != self._variables:
            super().set_variables(variables)
            self._require_parse = True

    def reparse(self) -> None:
        """Parse new rules, or all rules after a change of variables."""
        if self._require_parse:
            self.parse()
