"""Textual's stylesheet without needless parsing."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class SteadyStylesheet(Stylesheet):
    """A stylesheet that parses its rules again only for a new theme, not for each new screen, where it costs most."""

    def set_variables(self, variables: dict[str, str]) -> None:
        """Drop the parsed rules if the variables differ."""
        if variables != self._variables:
            super().set_variables(variables)
            self._require_parse = True

    def reparse(self) -> None:
        """Parse new rules, or all rules after a change of variables."""
        if self._require_parse:
            self.parse()
