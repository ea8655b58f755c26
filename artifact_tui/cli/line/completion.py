"""``artifact-tui completion``: scripts that complete command lines, made from the table.

They complete commands, options, choices, directories, files, the repositories in ``state.json`` and the policies in
``config.toml``. Run IDs and artifact names are not completed, because each Tab would send requests with the token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from artifact_tui.cli.help_topics import TOPICS
from artifact_tui.cli.line.dispatch import SCREEN_SWITCHES, SCREEN_VALUES
from artifact_tui.cli.line.options import GLOBAL, Option
from artifact_tui.cli.line.table import COMMANDS, NAMES, LineCommand
from artifact_tui.cli.standard_streams import write_out
from artifact_tui.domain.run_filter import STATUS_WORDS
from artifact_tui.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from artifact_tui.cli.line.local import LocalContext

SHELLS = ("bash", "zsh", "fish")
_KNOWN = "artifact-tui completion --repositories 2>/dev/null"
_POLICIES = "artifact-tui completion --policies 2>/dev/null"
_BASH = """\
_artifact_tui_words() { COMPREPLY+=($(compgen -W "$*" -- "$current")); }
_artifact_tui_paths() { compopt -o filenames 2>/dev/null; COMPREPLY+=($(compgen "$1" -- "$current")); }
_artifact_tui() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command="" word i
    COMPREPLY=()
    if [[ $current == "=" ]]; then current=""; elif [[ $before == "=" ]]; then before=${COMP_WORDS[COMP_CWORD-2]}; fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
"""
_ZSH = """\
#compdef artifact-tui
_artifact_tui_words() { compadd -- "$@"; }
_artifact_tui_paths() { if [[ $1 == -d ]]; then _files -/; else _files; fi; }
_artifact_tui() {
    local current=$words[CURRENT] before=$words[CURRENT-1] command="" word
    integer i
    for ((i = 2; i < CURRENT; i++)); do
        word=$words[i]
"""
_ENDS = {
    "bash": "complete -F _artifact_tui artifact-tui",
    "zsh": "if [[ $funcstack[1] == _artifact_tui ]]; then _artifact_tui; else compdef _artifact_tui artifact-tui; fi",
}


def run_local(context: LocalContext) -> int:
    """Write the script of a shell, or the names that it completes."""
    options, words = context.options, context.options.words
    if (options.repositories or options.policies) and not words:
        known = [*(_repositories() if options.repositories else ()), *(_policies() if options.policies else ())]
        write_out("".join(f"{name}\n" for name in known))
        return 0
    if len(words) != 1 or words[0] not in SHELLS:
        raise UsageError(f"completion needs a shell: {', '.join(SHELLS)}.")
    write_out(script(words[0]))
    return 0


def _repositories() -> list[str]:
    """Return the recent repositories of this user, with the host unless it is github.com."""
    from artifact_tui.config.paths import MemoryFile, Paths
    from artifact_tui.domain.models import RepositoryName

    paths = Paths.of_user()
    recent = MemoryFile(paths.state).value.recent if paths else {}
    found = []
    for host, names in recent.items():
        prefix = "" if host == "github.com" else f"{host}/"
        is_plain = host.replace(".", "").replace("-", "").isalnum() and host.isascii()
        found += [f"{prefix}{name}" for name in map(RepositoryName.parse, names) if name and is_plain]
    return found  # the shell expands what it completes, so nothing else may be in there


def _policies() -> list[str]:
    """Return the policies of this user whose names a shell does not change."""
    from artifact_tui.config.paths import Paths
    from artifact_tui.config.settings import examine_settings

    paths = Paths.of_user()
    policies = examine_settings(paths.config)[0].policies if paths else {}
    return [name for name in policies if name.replace("-", "").replace("_", "").isalnum() and name.isascii()]


def script(shell: str) -> str:
    """Return the script for bash, zsh or fish."""
    return _fish() if shell == "fish" else "\n".join([*_case_script(shell), ""])


def _case_script(shell: str) -> Iterator[str]:
    """Yield the lines of a function in the syntax that bash and zsh share."""
    yield from (
        f"# {shell} completion of artifact-tui, printed by: artifact-tui completion {shell}",
        (_BASH if shell == "bash" else _ZSH).rstrip(),
        "        case $word in",
        f"            ({'|'.join(_valued())}) ((i += 1)) ;;",
        "            (-*|=) ;;",
        "            (*) command=$word; break ;;",
        "        esac",
        "    done",
        '    case "$command:$before" in',
    )
    yield from (f"        ({pattern}) {action}; return ;;" for pattern, action in _values())
    yield from ("    esac", "    if [[ $current == -* ]]; then", "        case $command in")
    yield from map(_options_of, COMMANDS)
    yield from (
        f"            (*) _artifact_tui_words {' '.join(_screen_options())} ;;",
        "        esac\n        return\n    fi",
        "    case $command in",
        f'        ("") _artifact_tui_words {" ".join(_commands())} $({_KNOWN}) ;;',
        f"        (help) _artifact_tui_words {' '.join((*TOPICS, *_commands()))} ;;",
    )
    arguments = ((command, _argument(command)) for command in COMMANDS)
    yield from (f"        ({'|'.join(_names(command))}) {action} ;;" for command, action in arguments if action)
    yield from ("    esac", "}", _ENDS[shell])


def _options_of(command: LineCommand) -> str:
    options = " ".join(name for option in command.options for name in option.names)
    return f"            ({'|'.join(_names(command))}) _artifact_tui_words {options} ;;"


def _values() -> Iterator[tuple[str, str]]:
    """Yield patterns of ``COMMAND:OPTION`` and what completes the value; options of the screen have no command."""
    yield ":--dir", "_artifact_tui_paths -d"
    for command in COMMANDS:
        for option in command.options:
            if option not in GLOBAL and (action := _value(option)):
                yield "|".join(f"{name}:{flag}" for name in _names(command) for flag in option.names), action
    for option in GLOBAL:
        if action := _value(option):
            yield "|".join(f"*:{flag}" for flag in option.names), action
    yield "|".join(f"*:{flag}" for flag in _valued()), ":"


def _valued() -> list[str]:
    """Return all options that take a value."""
    known = {name for command in COMMANDS for option in command.options if option.value for name in option.names}
    return sorted(known | SCREEN_VALUES)


def _value(option: Option) -> str:
    if not option.value:
        return ""
    if option.choices:
        return f"_artifact_tui_words {' '.join(option.choices)}"
    if "--status" in option.names:
        return f"_artifact_tui_words {' '.join(STATUS_WORDS)}"
    if "--policy" in option.names:
        return f"_artifact_tui_words $({_POLICIES})"
    if option.value in ("DIR", "FILE"):
        return f"_artifact_tui_paths {'-d' if option.value == 'DIR' else '-f'}"
    return f"_artifact_tui_words $({_KNOWN})" if option.value == "REPO" else ""


def _argument(command: LineCommand) -> str:
    kinds = " ".join(metavar for metavar, _ in command.arguments)
    if "|" in kinds:
        return f"_artifact_tui_words {kinds.strip('[]').replace('|', ' ')}"
    if kinds.startswith("DIR"):
        return "_artifact_tui_paths -d"
    return f"_artifact_tui_words $({_KNOWN})" if "REPO" in kinds else ""


def _names(command: LineCommand) -> Iterable[str]:
    return (command.name, *command.aliases)


def _commands() -> Iterable[str]:
    return (*(command.name for command in COMMANDS), "help")


def _screen_options() -> Iterable[str]:
    return sorted(
        {*(SCREEN_VALUES - {"--view"}), *SCREEN_SWITCHES, *(name for option in GLOBAL for name in option.names)}
    )


def _fish() -> str:
    lines = [
        "# fish completion of artifact-tui, printed by: artifact-tui completion fish",
        "complete -c artifact-tui -f",
    ]
    first = "__fish_use_subcommand"
    lines += [
        _fish_line(first, f"-a {name} -d {_quoted(NAMES[name].summary)}") for name in _commands() if name in NAMES
    ]
    lines += [_fish_line(first, "-a help -d 'print a topic'"), _fish_line(first, f"-a {_quoted(f'({_KNOWN})')}")]
    lines += [_fish_line(first, f"-l {name[2:]}") for name in _screen_options() if name.startswith("--")]
    lines.append(_fish_line("__fish_seen_subcommand_from help", f"-a {_quoted(' '.join((*TOPICS, *_commands())))}"))
    for command in COMMANDS:
        seen = f"__fish_seen_subcommand_from {' '.join(_names(command))}"
        if action := _argument(command):
            lines.append(_fish_line(seen, f"-a {_quoted(_fish_values(action))}"))
        lines += [_fish_line(seen, _fish_option(option)) for option in command.options]
    return "\n".join([*lines, ""])


def _fish_option(option: Option) -> str:
    names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
    action = _value(option)
    takes = "" if not option.value else " -r -F" if option.value == "FILE" else " -x"
    values = f" -a {_quoted(_fish_values(action))}" if action and option.value != "FILE" else ""
    return f"{names}{takes}{values} -d {_quoted(option.help)}"


def _fish_values(action: str) -> str:
    kind, _, words = action.partition(" ")
    if kind == "_artifact_tui_paths":
        return "(__fish_complete_directories)"
    return words.removeprefix("$")


def _fish_line(condition: str, rest: str) -> str:
    return f"complete -c artifact-tui -n {_quoted(condition)} {rest}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
