"""``artifact-tui resume``: unfinished downloads and deletions of programs that have ended."""

from __future__ import annotations

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import READ_ONLY_OFF, LineError
from artifact_tui.cli.line.forms import RowWriter
from artifact_tui.cli.line.table import NAMES
from artifact_tui.cli.line.unfinished import Entries, entry_shape, read_unfinished, unfinished_document
from artifact_tui.errors import UsageError
from artifact_tui.text import count


async def run(context: LineContext) -> int:
    """List unfinished work, or resume or discard the chosen part of it."""
    options = context.options
    numbers = _read_numbers(context)
    entries = read_unfinished(context)
    if options.downloads:
        return await _resume(context, tuple(entry for entry in entries if entry.download))
    if not numbers:
        return _list(context, entries)
    by_number = {entry.number: entry for entry in entries}
    if missing := [number for number in numbers if number not in by_number]:
        raise LineError("not_found", f"No unfinished work has the number {missing[0]}.", "Run artifact-tui resume.")
    chosen = tuple(by_number[number] for number in numbers)
    if options.discard:
        from artifact_tui.cli.line.resume_work import discard

        return await discard(context, chosen)
    return await _resume(context, chosen)


def _read_numbers(context: LineContext) -> list[int]:
    """Return the numbers of the arguments, each once; raise UsageError."""
    options = context.options
    wrong = [word for word in options.words if not (word.isascii() and word.isdecimal() and len(word) < 19)]
    if wrong:
        raise UsageError(f"{wrong[0]!r} is not a number of the list. Run artifact-tui resume to see it.")
    if options.downloads and (options.words or options.yes or options.discard):
        raise UsageError("--downloads resumes all downloads. Use it without numbers, --yes or --discard.")
    if options.discard and options.yes:
        raise UsageError("--discard and --yes exclude each other. Use one of them.")
    if (options.discard or options.yes) and not options.words:
        raise UsageError(f"--{'discard' if options.discard else 'yes'} needs the number of an entry.")
    return list(dict.fromkeys(map(int, options.words)))


def _list(context: LineContext, entries: Entries) -> int:
    writer = RowWriter(entry_shape(), NAMES["resume"].fields, context)
    writer.rows(entries)
    writer.end(lambda: unfinished_document(context))
    if not entries:
        context.messages.note("No unfinished downloads or deletions.")
    return 0


async def _resume(context: LineContext, chosen: Entries) -> int:
    """Resume downloads, or one deletion with the consent to exactly what is left of it."""
    from artifact_tui.cli.line.resume_work import resume_deletion, resume_downloads

    deletions = [entry for entry in chosen if entry.deletion]
    if not deletions:
        if context.options.yes:
            raise UsageError("--yes is for deletions. Resume downloads without it.")
        return await resume_downloads(context, chosen)
    if len(chosen) > 1:
        raise UsageError("Resume a deletion alone: artifact-tui resume NUMBER --yes N.")
    entry, given = chosen[0], context.options.yes
    left = entry.artifacts_left
    if context.settings.read_only:
        raise LineError("refused_by_plan", "Read-only mode: nothing is deleted.", READ_ONLY_OFF)
    if given != left:
        has = f"Deletion {entry.number} has {count(left, 'artifact')} left"
        sentence = f"{has}, not {given:,}." if given else f"{has} to delete."
        step = f"To resume it: artifact-tui resume {entry.number} --yes {left}"
        raise LineError("refused_by_plan", sentence, step)
    return await resume_deletion(context, entry)
