"""Values of options and arguments."""

from __future__ import annotations

import pytest

from artifact_tui.cli.line.arguments import parse
from artifact_tui.cli.line.table import COMMANDS, LineCommand
from artifact_tui.errors import UsageError
from tests.slow_cases import slow_but


@pytest.mark.parametrize("blank", slow_but(1, ["", " "]))
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_blank_value_from_an_unset_variable_is_a_usage_error(command: LineCommand, blank: str) -> None:
    for name in (name for option in command.options if option.value for name in option.names):
        for given in ([name, blank], [f"{name}={blank}"] if name.startswith("--") else [f"{name} "]):
            with pytest.raises(UsageError, match=r"the value is empty\. Give one, or leave the option out"):
                parse(command, given)
    for given in ([blank], ["name", blank], ["--", blank]):
        with pytest.raises(UsageError, match="An argument is empty"):
            parse(command, given)
