"""What every case came to, added up for the table at the end of the run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from tests.faults.stage import finals, is_right
from tests.faults.stored import Data

Verdict = Literal["right", "refused in words", "silently wrong", "nothing is right"]


@dataclass
class Ledger:
    """One for the whole run: verdicts by case, what the storage was shown, and what could not be staged and why."""

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    leaks: dict[str, list[str]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)

    def judge(self, name: str, directory: Path, wanted: list[Data], *, said: bool, leaks: list[str]) -> Verdict:
        """Write down what a case came to.

        Right is one file for each of ``wanted`` with its very bytes, and nothing else; without that something must
        have been ``said``. Anything else under a final name is silently wrong whatever was said.
        """
        found = finals(directory)
        left = list(wanted)
        for path in found:
            match = next((data for data in left if is_right(path, data)), None)
            if match is None:
                return self._note(name, "silently wrong", leaks)
            left.remove(match)
        if left:
            return self._note(name, "refused in words" if said else "silently wrong", leaks)
        return self._note(name, "right", leaks)

    def _note(self, name: str, verdict: Verdict, leaks: list[str]) -> Verdict:
        self.verdicts[name] = verdict
        if leaks:
            self.leaks[name] = list(leaks)
        return verdict

    def add(self, other: Ledger) -> None:
        """What another process has seen."""
        self.verdicts |= other.verdicts
        self.leaks |= other.leaks
        self.skipped |= other.skipped

    def lines(self) -> list[str]:
        """The table."""
        counts = Counter(self.verdicts.values())
        rows = [
            ("cases", len(self.verdicts)),
            ("right", counts["right"]),
            ("refused in words, nothing under a final name", counts["refused in words"]),
            ("silently wrong (must be 0)", counts["silently wrong"]),
            ("token, cookie or API header seen at the blob host (must be 0)", len(self.leaks)),
            ("not staged here", len(self.skipped)),
        ]
        wrong = [f"  silently wrong: {name}" for name, verdict in self.verdicts.items() if verdict == "silently wrong"]
        leaked = [f"  {', '.join(found)} at the blob host: {name}" for name, found in self.leaks.items()]
        missing = [f"  {name}: {why}" for name, why in self.skipped.items()]
        return [*(f"{label:<64}{number:>6}" for label, number in rows), *wrong, *leaked, *missing]


LEDGER = pytest.StashKey[Ledger]()
"""Where the one of this process is."""
