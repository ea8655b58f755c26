"""Makes the manual page and the topics that follow from the table: `python -m tests.tools.topics` writes them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from textwrap import wrap

from artifact_tui.cli.line.arguments import parse
from artifact_tui.cli.line.exit_codes import EXIT_CODES, KINDS
from artifact_tui.cli.line.fields import DOCUMENT, ROWS, field_of
from artifact_tui.cli.line.man import page
from artifact_tui.cli.line.options import ARTIFACTS, RUNS, Option
from artifact_tui.cli.line.table import COMMANDS, NAMES
from artifact_tui.cli.line.variables import VARIABLES
from artifact_tui.errors import UsageError

DIRECTORY = Path(__file__).resolve().parents[2] / "artifact_tui" / "cli" / "help_topics"
WIDTH = 80
RUN = "27674836804"
TASKS = (
    ("list the artifacts of a run", f"artifact-tui list --run {RUN}"),
    ("the same as JSON", f"artifact-tui list --run {RUN} --json"),
    ("list what the newest good run on main made", "artifact-tui list -w ci.yml --latest-good"),
    ("get the wheels of the newest good release", "artifact-tui get -w release.yml --latest-good 'wheel-*' -D dist"),
    ("push, wait, download", "git push && artifact-tui get -c HEAD -w ci.yml --wait -D dist"),
    ("wait for a run, then list what it made", f"artifact-tui wait --run {RUN} && artifact-tui list --run {RUN}"),
    ("see the checksums of what was downloaded", f"artifact-tui get --run {RUN} --print files -0 | xargs -0 sha256sum"),
    ("keep the zip packed", f"artifact-tui get --run {RUN} --zip -D packed"),
    ("get one name from many runs", "artifact-tui get test-results-ubuntu-24.04 -w ci.yml -s ok --runs 3"),
    ("find one name among 260,000 artifacts", "artifact-tui list coverage"),
    ("read one log out of 2 GB", "artifact-tui cat logs-integration-2026-11-20 shard-27/pytest.log"),
    ("see what expires within a week", "artifact-tui list --all --expires-within 7d"),
    ("see what is big and old", "artifact-tui list --all --larger 25M --older 20d --sort size"),
    ("find what uses the storage", "artifact-tui usage --by family --top 10"),
    ("find the repositories of an owner that use the most", "artifact-tui usage fernwood-labs --top 10"),
    ("the same without a request, if it was read within a day", "artifact-tui usage fernwood-labs --max-age 1d --json"),
    ("free space: see the plan, then repeat it with --yes N", "artifact-tui delete --older 30d --keep-newest 3"),
    ("clean up every night", "artifact-tui delete 'logs-macos*' --older 30d --at-most 50 --jsonl"),
    ("count artifacts by name", "artifact-tui list --all --names | sort | uniq -c | sort -rn | head"),
    ("find failed runs of a branch", "artifact-tui runs -b main -s failed --limit 5"),
    ("list the repositories of an owner", "artifact-tui repos fernwood-labs --names"),
    (
        "check that what we ship is what CI built",
        f"artifact-tui get --run {RUN} --require-digest -D dist && artifact-tui verify dist --json",
    ),
    ("check that downloads are unchanged", "artifact-tui verify dist"),
    ("check a machine before scripts run there", "artifact-tui doctor --json | jq '[.checks[] | select(.hurt).name]'"),
)
"""What people want to do, and the commands for it, with names and numbers of the demo."""


def tasks() -> str:
    """The tasks whose commands and options exist."""
    lines = ["# Tasks", "", *_paragraph(
        "One command line per task. `artifact-tui help COMMAND` prints all options of a command. Inside a clone, the "
        "repository is known; elsewhere add `-R OWNER/REPO`. To try a command, add `--demo -R fernwood-labs/kestrel`, "
        "or only `--demo` if it names an owner: the demo has these names and numbers."
    )]  # fmt: skip
    for what, command in TASKS:
        if all(map(_is_valid, _calls(command))):
            lines += ["", f"- {what[0].upper()}{what[1:]}:", "", *(f"      {line}" for line in _folded(command))]
    return _text(lines)


def _calls(line: str) -> list[list[str]]:
    """The words of each program in a line for the shell."""
    parts = groupby(shlex.split(line), lambda word: word in ("|", "&&"))
    return [list(words) for is_between, words in parts if not is_between]


def _is_valid(call: list[str]) -> bool:
    """Whether the program understands its arguments; those of other programs are not checked."""
    if call[0] != "artifact-tui":
        return True
    try:
        parse(NAMES[call[1]], call[2:])
    except (KeyError, UsageError):
        return False
    return True


def _folded(command: str) -> list[str]:
    """The line, cut before ``|`` and ``&&`` if it is too long."""
    if len(command) <= WIDTH - 6:
        return [command]
    parts = command.replace(" | ", " |\n").replace(" && ", " &&\n").split("\n")
    return [parts[0], *(f"  {part}" for part in parts[1:])]


def fields() -> str:
    """The fields of each command."""
    lines = ["# Fields", "", *_paragraph(
        "`--json`, `--jsonl` and `--tsv` have these fields; `--fields A,B.C` picks some, in that order. Fields of "
        "GitHub keep the names and types of its API; the program's own are marked with `+`. With `?`, the value may be "
        "null. Dates are in UTC, as in `2026-11-28T09:30:00Z`. In TSV, null is empty, and lists are JSON. "
        "There, a tab in a text is `\\t`, a newline `\\n`, a carriage return `\\r`, a backslash `\\\\`, and any other "
        "control character `\\x` and its hexadecimal bytes in UTF-8, as in PostgreSQL's COPY."
    ), "", "`--json` writes one document with the rows and these keys, if they apply:", "", *_table(
        ("key", "meaning"), [(f"`{name}`", about) for name, about in DOCUMENT]
    )]  # fmt: skip
    for command in COMMANDS:
        rows = [_field(command.name, name, is_ours=name in command.our_fields) for name in command.fields]
        if rows:
            about = f"In JSON, the rows are the list `{ROWS[command.name]}`."
            lines += ["", f"## {command.name}", "", about, "", *_table(("field", "type", "meaning"), rows)]
        if command.owner_fields:
            rows = [_field(command.name, name, is_ours=name in command.our_fields) for name in command.owner_fields]
            about = "For an owner by repository, the rows are the list `repositories`."
            lines += ["", about, "", *_table(("field", "type", "meaning"), rows)]
    return _text(lines)


def _field(command: str, name: str, *, is_ours: bool) -> tuple[str, str, str]:
    kind, about = field_of(command, name)
    return f"`{name}`{' +' if is_ours else ''}", kind, about


def exit_codes() -> str:
    """The exit codes and the kinds of errors."""
    codes = [(str(code), about) for code, about in EXIT_CODES.items()]
    signals = ("128", "plus the number of the signal that ended the full screen, as in 143 for SIGTERM; 130 after "
               "Ctrl+C twice")  # fmt: skip
    kinds: dict[int, list[str]] = {}
    for kind, code in KINDS.items():
        kinds.setdefault(code, []).append(f"`{kind}`")
    return _text([
        "# Exit codes", "", *_table(("code", "meaning"), [*codes, signals], right=True),
        "", *_paragraph(
            "If all failures have the same reason, the code is that of the reason, even if the rest was done; if "
            "reasons differ, it is 1. In JSON, each row has its own result. New codes may be added: treat an unknown "
            "one as a failure."
        ),
        "", *_paragraph(
            "After Ctrl+C, a command ends itself with SIGINT; if its reader exits, with SIGPIPE. A shell shows these "
            "as 130 and 141, and also stops the loop around the command. `get` and `delete` finish their work without "
            "a reader, and end with its code."
        ),
        "", "## Errors in JSON", "", *_paragraph(
            "With `--json` or `--jsonl`, an error is one line on standard error: `{\"event\":\"error\",\"error\":{…}}` "
            "with `kind`, `message`, `next_step`, `exit_code`, `retry_at` and `item`. These are the kinds:"
        ),
        "", *_table(("code", "kinds"), [(str(code), " ".join(kinds[code])) for code in sorted(kinds)], right=True),
    ])  # fmt: skip


def selectors() -> str:
    """How commands select a repository, runs and artifacts."""
    return _text([
        "# Selecting runs and artifacts", "", "## Repository", "", *_paragraph(
            "The first of these counts: the argument `OWNER/REPO`, `-R`, `GH_REPO`, the remote of the clone, "
            "`GITHUB_REPOSITORY`. A pasted URL of a repository, a run or an artifact selects what it shows."
        ),
        "", "## Workflow runs", "", *_table(("option", "selects"), [_row(option) for option in RUNS]),
        "", *_paragraph(
            "`--run`, `--commit`, `--pr` and `--tag` exclude each other. Without any option for runs, a command works "
            "with the artifacts of the whole repository."
        ),
        "", *_paragraph(
            "Runs whose code comes from another repository never count for `--latest-good`, nor for `--latest` with "
            "`--branch`, because a fork may call its branch `main` too. `--forks` and `--pr` allow them. Runs for pull "
            "requests count for `--latest-good` only with `--event` or `--pr`. The selected run is named on standard "
            "error and in JSON."
        ),
        "", "## Artifacts", "", *_paragraph(
            "A word of digits is an ID; a word with `*`, `?` or `[…]` is a pattern for the whole name; any other word "
            "is an exact name, with its case. Several words select what any of them matches. The options below narrow "
            "that: all of them must match."
        ),
        "", *_table(("option", "selects"), [_row(option) for option in ARTIFACTS]),
        "", *_paragraph(
            "If only IDs are given, no list is loaded. One exact name without a run costs one request: the server "
            "searches for it, and the command stops at its newest artifact."
        ),
        "", *_paragraph(
            "AGE is a number with `min`, `h`, `d`, `w`, `mo` or `y`; SIZE one with `k`, `M`, `G` (decimal) or `Ki`, "
            "`Mi`, `Gi` (binary); DURATION one with `s`, `m`, `h` or `d`. Write a value that begins with `-` as "
            "`--name=-odd`; after `--`, all words are arguments."
        ),
    ])  # fmt: skip


def _row(option: Option) -> tuple[str, str]:
    names = " ".join(f"`{name}`" for name in option.names)
    return f"{names} {option.value}".rstrip(), option.help + (" (repeatable)" if option.is_repeatable else "")


def variables() -> str:
    """The variables of the shell that the program reads."""
    lines = ["# Environment variables", "", "An option wins over its variable, and a variable over `config.toml`."]
    for section, rows in VARIABLES:
        shown = [(", ".join(f"`{name}`" for name in names.replace(",", " ").split()), about) for names, about in rows]
        lines += ["", f"## {section}", "", *_table(("variable", "meaning"), shown)]
    lines += ["", *_paragraph(
        "With `--demo`, the variables of server, repository and tokens are ignored, and so are the clone and "
        "`config.toml`."
    )]  # fmt: skip
    return _text([*lines, "", "`COLUMNS` and `LINES` are ignored. The terminal's own size counts."])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: bool = False) -> list[str]:
    """A table of Markdown; the last column is folded to the width."""
    listed = list(rows)
    widths = [max(len(row[at]) for row in (head, *listed)) for at in range(len(head) - 1)]
    last = WIDTH - sum(width + 3 for width in widths) - 4
    folded = [line for row in listed for line in _folds(row, last)]
    widths.append(max(len(row[-1]) for row in (head, *folded)))
    bars = ["-" * (width + 2) for width in widths]
    if right:
        bars[0] = bars[0][:-1] + ":"
    line = [_cells(row, widths, right=right) for row in (head, *folded)]
    return [line[0], f"|{'|'.join(bars)}|", *line[1:]]


def _folds(row: Sequence[str], width: int) -> Iterator[tuple[str, ...]]:
    for number, part in enumerate(wrap(row[-1], width, break_on_hyphens=False)):
        yield (*(("",) * (len(row) - 1) if number else row[:-1]), part)


def _cells(row: Sequence[str], widths: Sequence[int], *, right: bool) -> str:
    cells = [cell.rjust(width) if right and not at else cell.ljust(width)
             for at, (cell, width) in enumerate(zip(row, widths, strict=True))]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _paragraph(text: str) -> list[str]:
    return wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False)


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"


TOPICS = {
    "tasks": tasks,
    "selectors": selectors,
    "fields": fields,
    "environment": variables,
    "exit-codes": exit_codes,
}

MANUAL = DIRECTORY.parent / "artifact-tui.1"

if __name__ == "__main__":
    MANUAL.write_text(page(), encoding="ascii")
    for topic, make in TOPICS.items():
        (DIRECTORY / f"{topic}.md").write_text(make(), encoding="utf-8")
