"""The topics of ``artifact-tui help``, one Markdown file each; they print without loading screen or network."""

from __future__ import annotations

import os

from artifact_tui.errors import UsageError

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    from collections.abc import Iterable

TOPICS = {
    "tasks": "command lines for common tasks",
    "selectors": "how commands select a repository, runs and artifacts",
    "fields": "the fields of JSON and TSV, by command",
    "servers": "GitHub hosts, accounts, API versions, proxies, certificates",
    "tokens": "where the token comes from, what it needs, signing in and out",
    "settings": "all settings in config.toml",
    "keys": "the ID and the default keys of every command, and presets",
    "filters": "the filters of artifacts and of workflow runs",
    "downloads": "directories, existing names, resuming, receipts, verify",
    "deleting": "review, protection, confirmation, pace, reports",
    "previews": "file types, archives in archives, limits, costs",
    "environment": "every environment variable that the program reads",
    "exit-codes": "what each command returns, and the errors in JSON",
    "slow-lines": "what the program sends over SSH, measured",
    "privacy": "where data goes, and which files are on this machine",
}
"""The topics in list order, with a description."""


def topic_text(topic: str, commands: Iterable[str] = ()) -> str:
    """Return the text of a topic; raise :class:`UsageError` with the nearest topic or command for an unknown one."""
    if topic not in TOPICS:
        raise UsageError(f"{topic!r} is neither a topic nor a command. {_hint(topic.casefold(), commands)}")
    with open(f"{os.path.dirname(__file__)}/{topic}.md", encoding="utf-8") as file:  # noqa: PTH120, PTH123  # pathlib costs time
        return file.read()


def _hint(word: str, commands: Iterable[str]) -> str:
    from artifact_tui.text import closest

    words = {topic: about.replace(",", "").split() for topic, about in TOPICS.items()}
    about = next((topic for topic in TOPICS if len(word) > 3 and word in words[topic]), "")
    if close := about or closest(word, (*TOPICS, *commands)):
        return f'Did you mean "{close}"?'
    return f"Topics: {', '.join(TOPICS)}."


def topic_list() -> str:
    """Return the list of topics, one on a line."""
    lines = (f"  {topic:<13}{about}" for topic, about in TOPICS.items())
    more = "artifact-tui --help lists commands and options."
    return "\n".join(("usage: artifact-tui help TOPIC | COMMAND", "", *lines, "", more, ""))
