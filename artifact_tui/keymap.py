"""Every key of the program in one list, for bindings, key line, help, palette and ``config.toml``."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from textual.binding import ActiveBinding, Binding, BindingType


class Key(NamedTuple):
    """One binding: its ID ``<screen>.<verb>``, default keys, action and texts.

    ``label`` is for the key line, empty to leave it out; ``help`` is for the help screen and the palette.
    """

    id: str
    keys: str
    action: str
    help: str
    label: str = ""
    priority: bool = False


KEYS = (
    Key("app.help", "question_mark,f1", "app.help", "Show every key", "Help"),
    Key("app.palette", "colon,ctrl+p", "app.palette", "Search the commands of this screen"),
    Key("app.repositories", "1", "app.repositories", "Go to the repositories"),
    Key("app.runs", "2", "app.runs", "Go to the workflow runs of this repository"),
    Key("app.artifacts", "3", "app.artifacts", "Go to all artifacts of this repository", "All artifacts"),
    Key("app.storage", "4", "app.storage", "Show what uses the storage of a repository or owner"),
    Key("app.transfers", "w", "app.transfers", "Show downloads and deletions", "Transfers"),
    Key("app.deletion", "W", "app.deletion", "Show the last deletion and its report", "Deletion"),
    Key("app.history", "L", "app.history", "Show the history of downloads and deletions"),
    Key("app.stop_deletions", "z", "app.stop_deletions", "Stop deleting: send no further requests", "Stop deleting"),
    Key("app.unfinished", "U", "app.unfinished", "Resume or discard unfinished downloads and deletions"),
    Key("app.sign_in", "S", "app.sign_in", "Sign in, or change the token"),
    Key("app.hosts", "H", "app.hosts", "Switch to another host from the settings"),
    Key("app.theme", "T", "app.next_theme", "Switch between dark and light"),
    Key("app.repaint", "ctrl+l", "app.repaint", "Redraw the screen", priority=True),
    Key("app.suspend", "ctrl+z", "app.suspend_process", "Suspend the program; fg resumes it", priority=True),
    Key("app.quit", "q", "app.leave", "Quit; asks only while transfers are active"),
    Key("app.interrupt", "ctrl+c", "app.interrupt", "Quit at once when pressed twice", priority=True),
    Key("table.down", "down,j", "cursor_down", "One row down"),
    Key("table.up", "up,k", "cursor_up", "One row up"),
    Key("table.first", "g,home", "scroll_top", "First row"),
    Key("table.last", "G,end", "scroll_bottom", "Last row"),
    Key("table.page_down", "pagedown", "page_down", "One page down"),
    Key("table.page_up", "pageup", "page_up", "One page up"),
    Key("table.half_page_down", "ctrl+d", "half_page_down", "Half a page down"),
    Key("table.half_page_up", "ctrl+u", "half_page_up", "Half a page up"),
    Key("table.open", "enter,l,right", "select_cursor", "Open the row under the cursor", "Open"),
    Key("text.down", "down,j", "scroll_down", "Scroll one line down"),
    Key("text.up", "up,k", "scroll_up", "Scroll one line up"),
    Key("text.first", "g,home", "scroll_home", "Scroll to the start"),
    Key("text.last", "G,end", "scroll_end", "Scroll to the end"),
    Key("text.page_down", "pagedown", "page_down", "Scroll one page down"),
    Key("text.page_up", "pageup", "page_up", "Scroll one page up"),
    Key("text.half_page_down", "ctrl+d", "half_page_down", "Scroll half a page down"),
    Key("text.half_page_up", "ctrl+u", "half_page_up", "Scroll half a page up"),
    Key("list.back", "escape,h,left,backspace", "back", "Back: filter, marks, then the screen"),
    Key("list.filter", "slash", "filter", "Filter the list", "Filter"),
    Key("list.refresh", "r", "refresh", "Refresh the list"),
    Key("incomplete.why", "exclamation_mark", "why", "Show why the list is incomplete", "Why"),
    Key("list.pane", "tab", "app.focus_next", "Go to the next pane"),
    Key("runs.address", "O", "address", "Show the URL of this workflow run"),
    Key("runs.copy", "y", "copy", "Copy the ID, name or URL of this workflow run"),
    Key("artifacts.mark", "space", "mark", "Mark this artifact and move on", "Mark"),
    Key("artifacts.mark_all", "a", "mark_all", "Mark all shown artifacts"),
    Key("artifacts.invert", "asterisk", "invert", "Invert the marks"),
    Key("artifacts.range", "v", "range", "Start a range; press again to end it"),
    Key("artifacts.next_mark", "m", "next_mark", "Go to the next marked artifact"),
    Key("artifacts.download", "d", "download", "Download this artifact, or the marked ones", "Download"),
    Key("artifacts.delete", "D,delete", "delete", "Delete this artifact, or the marked ones", "Delete"),
    Key("artifacts.policies", "K", "policies", "Mark by a policy: expired, old, big, not the newest", "Policies"),
    Key("artifacts.sort", "o", "sort", "Choose what to sort by", "Sort"),
    Key("artifacts.sort_size", "s", "sort_by('size')", "Sort by size; press again to reverse"),
    Key("artifacts.sort_name", "n", "sort_by('name')", "Sort by name; press again to reverse"),
    Key("artifacts.sort_time", "t", "sort_by('created')", "Sort by age; press again to reverse"),
    Key("artifacts.sort_expiry", "e", "sort_by('expires')", "Sort by expiry; press again to reverse"),
    Key("artifacts.preview", "p", "preview", "Show the files inside without downloading"),
    Key("artifacts.find", "f", "find", "Find files by name in all shown artifacts"),
    Key("artifacts.compare", "equals_sign", "compare", "Compare two marked artifacts, or with an earlier one"),
    Key("artifacts.details", "i", "details", "Show or hide the details"),
    Key("artifacts.copy", "y", "copy", "Copy ID, name, digest, URL or a command line"),
    Key("artifacts.address", "O", "address", "Show the URL of this artifact's page"),
    Key("storage.group", "b", "group", "Choose what to group by", "Group"),
    Key("storage.mark", "space", "mark", "Mark the artifacts of this group and move on", "Mark"),
    Key("storage.mark_all", "a", "mark_all", "Mark all shown groups"),
    Key("storage.invert", "asterisk", "invert", "Invert the marks of the shown groups"),
    Key("storage.range", "v", "range", "Start a range of groups; press again to end it"),
    Key("storage.delete", "D,delete", "delete", "Delete the artifacts of this group, or the marked ones", "Delete"),
    Key("storage.policies", "K", "policies", "Mark artifacts of the shown groups by a policy"),
    Key("storage.sort", "o", "sort", "Choose what to sort the groups by", "Sort"),
    Key("storage.sort_size", "s", "sort_by('size')", "Sort groups by size; press again to reverse"),
    Key("storage.sort_name", "n", "sort_by('name')", "Sort groups by name; press again to reverse"),
    Key("storage.sort_time", "t", "sort_by('newest')", "Sort groups by their newest artifact; again to reverse"),
    Key("storage.retention", "R", "retention", "Set how long new artifacts are kept", "Retention"),
    Key("storage.undo", "u", "undo", "Restore the retention before, within ten seconds", "Restore"),
    Key("storage.caches", "c", "caches", "List the caches of this repository", "Caches"),
    Key("storage.details", "i", "details", "Show or hide where the space goes"),
    Key("storage.copy", "y", "copy", "Copy the rows as text or JSON"),
    Key("caches.sort", "o", "sort", "Choose what to sort the caches by", "Sort"),
    Key("caches.sort_size", "s", "sort_by('size')", "Sort caches by size; press again to reverse"),
    Key("caches.sort_name", "n", "sort_by('key')", "Sort caches by key; press again to reverse"),
    Key("caches.sort_time", "t", "sort_by('used')", "Sort caches by last use; press again to reverse"),
    Key("storage.owner", "A", "owner", "Show the storage of all repositories of the owner", "Owner"),
    Key("owner.mark", "space", "mark", "Mark this repository and move on", "Mark"),
    Key("owner.mark_all", "a", "mark_all", "Mark all shown repositories"),
    Key("owner.delete", "D,delete", "delete", "Delete the artifacts of this repository, or the marked ones", "Delete"),
    Key("owner.sort", "o", "sort", "Choose what to sort the repositories by", "Sort"),
    Key("owner.sort_size", "s", "sort_by('size')", "Sort repositories by size; press again to reverse"),
    Key("owner.sort_name", "n", "sort_by('name')", "Sort repositories by name; press again to reverse"),
    Key("owner.sort_time", "t", "sort_by('newest')", "Sort repositories by their newest artifact; again to reverse"),
    Key("owner.details", "i", "details", "Show or hide the scan, or the bill"),
    Key("owner.copy", "y", "copy", "Copy the repositories as text or JSON"),
    Key("review.delete", "D,delete", "delete", "Delete the plan, except kept rows; asks first", "Delete"),
    Key("review.take_out", "space", "take_out", "Keep this row, or delete it after all", "Keep"),
    Key("review.unprotect", "u", "unprotect", "Unprotect this row, or protect it again", "Unprotect"),
    Key("review.dry_run", "n", "dry_run", "Show the requests without sending any", "Dry run"),
    Key("review.download_first", "d", "download_first", "Download before deleting, or not", "Download first"),
    Key("confirm.delete", "E", "confirm", "Confirm the deletion"),
    Key("retention.set", "S", "confirm", "Set the retention of new artifacts"),
    Key("retention.more", "up,right", "change(1)", "One day more"),
    Key("retention.less", "down,left", "change(-1)", "One day less"),
    Key("deletion.pause", "space", "pause", "Pause or resume", "Pause or resume"),
    Key("deletion.stop", "x", "stop", "Stop after the current request", "Stop"),
    Key("deletion.retry", "R", "retry", "Retry artifacts that failed or were not tried", "Retry…"),
    Key("contents.preview", "p", "preview", "Show the file under the cursor", "Preview"),
    Key("contents.mark", "space", "mark", "Mark this file or folder and move on", "Mark"),
    Key("contents.mark_all", "a", "mark_all", "Mark all shown files"),
    Key("contents.download", "d", "download", "Save this file or folder, or the marked ones", "Save"),
    Key("contents.fold", "z", "fold", "Fold or unfold all folders", "Fold"),
    Key("contents.sort", "o", "sort", "Choose what to sort the files by", "Sort"),
    Key("contents.sort_size", "s", "sort_by('size')", "Sort files by size; press again to reverse"),
    Key("contents.sort_name", "n", "sort_by('path')", "Sort files by name; press again to reverse"),
    Key("contents.sort_time", "t", "sort_by('modified')", "Sort files by date; press again to reverse"),
    Key("find.preview", "p", "preview", "Show the file under the cursor", "Preview"),
    Key("find.download", "d", "download", "Save the file under the cursor", "Save"),
    Key("compare.preview", "p", "preview", "Show the differences in the file under the cursor", "Compare"),
    Key("compare.download", "d", "download", "Save the later version of this file", "Save"),
    Key("preview.search", "slash", "filter", "Search in this file", "Search"),
    Key("preview.find_next", "n", "find_next", "Go to the next match"),
    Key("preview.find_previous", "N", "find_previous", "Go to the previous match"),
    Key("preview.error", "e", "error", "Jump to the first error, then to the next", "Error"),
    Key("preview.stamps", "z", "stamps", "Hide or show the timestamps of a log", "Times"),
    Key("preview.more", "m", "more", "Load more of this file", "More"),
    Key("preview.view", "v", "view", "Switch view: formatted, text, hex", "View"),
    Key("preview.download", "d", "download", "Save this file", "Save"),
    Key("transfers.unpack", "u", "unpack_anyway", "Unpack an archive that is over the size limit", "Unpack anyway"),
    Key("transfers.pause", "space", "pause", "Pause or resume this download", "Pause"),
    Key("transfers.cancel", "x", "cancel", "Cancel this transfer", "Cancel"),
    Key("transfers.cancel_all", "X", "cancel_all", "Cancel all unfinished transfers", "Cancel all"),
    Key("transfers.retry", "R", "retry", "Retry this transfer", "Retry"),
    Key("transfers.clear", "c", "clear", "Remove finished transfers from the list", "Clear finished"),
    Key("transfers.earlier", "K", "move(-1)", "Move this download up the queue"),
    Key("transfers.later", "J", "move(1)", "Move this download down the queue"),
    Key("filter.take", "tab", "take", "Accept the first suggestion in the filter line"),
    Key("list.down", "down", "cursor_down", "One row down while you type a filter"),
    Key("list.up", "up", "cursor_up", "One row up while you type a filter"),
    Key("dialog.down", "down", "cursor_down", "One row down while you type"),
    Key("dialog.up", "up", "cursor_up", "One row up while you type"),
    Key("menu.down", "down,j", "cursor_down", "Next line"),
    Key("menu.up", "up,k", "cursor_up", "Previous line"),
    Key("menu.first", "home,g", "first", "First line"),
    Key("menu.last", "end,G", "last", "Last line"),
    Key("menu.page_down", "pagedown,ctrl+d", "page_down", "One page down"),
    Key("menu.page_up", "pageup,ctrl+u", "page_up", "One page up"),
    Key("menu.select", "enter,l,right", "select", "Choose this line"),
    Key("choice.next", "right,space", "next", "Next choice"),
    Key("choice.previous", "left", "previous", "Previous choice"),
    Key("help.search", "slash", "search", "Search this help", "Search"),
    Key("tick.toggle", "space", "toggle_button", "Turn this on or off"),
    Key("dialog.submit", "enter", "submit", "Press the first button"),
    Key("dialog.close", "escape", "close", "Close without changes"),
)


def bindings(*groups: str) -> list[BindingType]:
    """Return the Textual bindings of these groups (the part of the ID before the dot)."""
    return [
        Binding(key.keys, key.action, key.label or key.help, bool(key.label), None, key.priority, key.help, key.id)
        for key in KEYS
        if key.id.partition(".")[0] in groups
    ]


PRESETS: dict[str, dict[str, str]] = {
    "default": {},
    "ncdu": {
        "artifacts.delete": "d,delete",
        "artifacts.download": "f",
        "artifacts.find": "F",
        "artifacts.sort_time": "M",
        "storage.delete": "d,delete",
        "storage.sort_time": "M",
        "owner.delete": "d,delete",
        "owner.sort_time": "M",
    },
}
"""Key layouts of other programs, by binding ID; ``keys`` in ``config.toml`` overrides them."""


def default_keys() -> dict[str, str]:
    """Return the default keys of every binding by ID, to check the user's keys against."""
    return {key.id: key.keys for key in KEYS}


def key_name(written: str) -> str:
    """Return Textual's name of a key as a user writes it, such as ``?``; empty if there is none."""
    from textual.keys import Keys, _character_to_key

    *modifiers, base = written.split("+") if len(written) > 1 else [written]
    if not set(modifiers) <= {"ctrl", "alt", "shift", "super", "hyper", "meta"}:
        return ""
    if len(base) == 1 and base.isprintable():
        return "+".join([*modifiers, _character_to_key(base)])
    return written if base in _characters() or base in {key.value for key in Keys} else ""


@cache
def _characters() -> dict[str, str]:
    """Return the printable ASCII characters by Textual's name of their key."""
    from textual.keys import _character_to_key

    return {_character_to_key(chr(code)): chr(code) for code in range(0x20, 0x7F)}


def is_offered(active: ActiveBinding) -> bool:
    """Return whether a key is available now; if not, pressing it shows the reason, if there is one."""
    why_not = getattr(active.node, "why_not", None)
    is_available = active.enabled and not _is_typed(active)
    return is_available and not (why_not and why_not(active.binding.action.removeprefix("app.")))


def _is_typed(active: ActiveBinding) -> bool:
    """Return whether the widget with the focus takes the key as text; Textual misses some, such as ``/``."""
    key, focused = active.binding.key, active.node.screen.focused
    return focused is not None and focused.check_consume_key(key, _characters().get(key))
