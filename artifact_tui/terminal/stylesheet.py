"""Textual's stylesheet, parsed again only where that can change something."""

from __future__ import annotations

from textual.css.stylesheet import Stylesheet


class SteadyStylesheet(Stylesheet):
    """Rules stay parsed as long as the variables of the theme are the same.

    Textual parses all of them anew at the start and with the first visit of each screen, which takes longer than
    everything else that a new screen costs.
    """

    def set_variables(self, variables: dict[str, str]) -> None:
        """Forget what was parsed, unless these are the variables it was parsed with."""
        if variables != self._variables:
            super().set_variables(variables)
            self._require_parse = True

    def reparse(self) -> None:
        """Parse what is new; all of it after a change of variables."""
        if self._require_parse:
            self.parse()
