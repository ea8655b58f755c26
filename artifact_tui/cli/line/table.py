"""The commands of line mode as data: arguments, options, fields, exit codes and the promised number of requests.

Parsers, ``--help``, ``--spec``, completions, the man page and the help topics are made from these values. The module
imports only the options, because it is loaded at every start.
"""

from __future__ import annotations

from artifact_tui.cli.line.options import (
    ALL_RUNS,
    APPEAR,
    ARTIFACTS,
    DATA,
    FORMS,
    FORMS_WITHOUT_IDS,
    GLOBAL,
    INTERVAL,
    OF_ONE_ARTIFACT,
    ONE_ARTIFACT,
    ONLY_RUNS,
    OWNER_OR_REPOSITORY,
    REPOSITORY,
    RUNS,
    WITHOUT_MATCHES,
    WORDS,
    Option,
)


class LineCommand:
    """A command; ``arguments`` are its positional words as ``(metavar, help)``.

    ``fields`` are the fields of its JSON rows, ``our_fields`` the ones that GitHub does not have, and ``owner_fields``
    the fields of a repository if the command is about an owner. ``requests`` is the promised number of API requests,
    and ``writes`` says where it writes: ``files``, ``server`` or nowhere. A command that ``is_local`` needs no server.
    ``module`` has the function to call. ``note`` is shown in the help.
    """

    __slots__ = (
        "aliases", "arguments", "codes", "fields", "forms", "groups", "is_local", "module", "name", "note",
        "our_fields", "owner_fields", "requests", "summary", "writes",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        summary: str,
        *,
        aliases: tuple[str, ...] = (),
        arguments: tuple[tuple[str, str], ...] = (),
        groups: tuple[tuple[str, tuple[Option, ...]], ...] = (),
        forms: tuple[str, ...] = (),
        fields: str = "",
        our_fields: str = "",
        owner_fields: str = "",
        codes: tuple[int, ...] = (),
        requests: str = "0",
        writes: str = "",
        is_local: bool = False,
        module: str = "",
        note: str = "",
    ) -> None:
        self.name = name
        self.aliases = aliases
        self.summary = summary
        self.arguments = arguments
        self.groups = groups
        self.forms = forms
        self.fields = tuple(fields.split())
        self.our_fields = tuple(our_fields.split())
        self.owner_fields = tuple(owner_fields.split())
        self.codes = codes
        self.requests = requests
        self.writes = writes
        self.is_local = is_local
        self.module = module or f"artifact_tui.cli.line.{name}"
        self.note = note

    @property
    def options(self) -> tuple[Option, ...]:
        """All options, the global ones last."""
        return tuple(option for _, options in self.groups for option in options)


_READ = (0, 2, 3, 4, 5, 6, 8, 9, 10)

COMMANDS = (
    LineCommand(
        "list",
        "list the artifacts of a repository or of workflow runs",
        aliases=("ls",),
        arguments=(REPOSITORY, WORDS),
        groups=(
            (
                "List",
                (
                    Option("--limit", "N", "read at most the N newest artifacts", kind="number", default="1000"),
                    Option("--all", "", "read all artifacts"),
                    Option(
                        "--sort",
                        "KEY",
                        "sort by",
                        choices=("created", "name", "size", "expires", "branch", "run"),
                        default="created",
                    ),
                    Option("--reverse", "", "reverse the order"),
                    Option("--long", "", "exact sizes, dates and digests in the table"),
                    Option("--with-runs", "", "add the attempt of each run: one more request per run"),
                ),
            ),
            ("Artifacts", ARTIFACTS),
            ("Workflow runs", RUNS),
            ("Output", FORMS),
            ("General", GLOBAL),
        ),
        forms=("table", "json", "jsonl", "tsv", "ids", "names"),
        fields="id name size_in_bytes digest expired created_at updated_at expires_at url archive_download_url "
        "workflow_run.id workflow_run.head_branch workflow_run.head_sha workflow_run.repository_id "
        "workflow_run.head_repository_id from_fork attempt.kind attempt.number",
        our_fields="from_fork attempt.kind attempt.number",
        codes=_READ,
        requests="one per 100 artifacts, 10 by default; with run options 1, and 1 per run",
    ),
    LineCommand(
        "runs",
        "list workflow runs",
        arguments=(REPOSITORY,),
        groups=(
            ("List", (Option("--limit", "N", "at most the N newest runs", kind="number", default="20"),)),
            ("Workflow runs", ONLY_RUNS),
            ("Output", FORMS),
            ("General", GLOBAL),
        ),
        forms=("table", "json", "jsonl", "tsv", "ids", "names"),
        fields="id name display_title run_number run_attempt event status conclusion head_branch head_sha path "
        "workflow_id html_url actor.login created_at updated_at run_started_at from_fork",
        our_fields="from_fork",
        codes=_READ,
        requests="one per 100 runs",
    ),
    LineCommand(
        "repos",
        "list the repositories that you can access, or those of an owner",
        arguments=(("[OWNER]", "an account or an organization"),),
        groups=(
            ("List", (Option("--limit", "N", "at most N repositories", kind="number", default="100"),)),
            ("Output", FORMS),
            ("General", GLOBAL),
        ),
        forms=("table", "json", "jsonl", "tsv", "ids", "names"),
        fields="id full_name private archived fork description default_branch pushed_at html_url",
        codes=_READ,
        requests="one per 100 repositories",
    ),
    LineCommand(
        "files",
        "list the files inside an artifact, without downloading it",
        arguments=(
            REPOSITORY,
            ONE_ARTIFACT,
            ("[GLOB ...]", "paths; * ? [ ] stay within a folder, ** crosses folders, a.zip!/** is inside a.zip"),
        ),
        groups=(
            (
                "List",
                (
                    Option("--long", "", "add sizes in bytes, CRC-32 and date"),
                    Option("--sort", "KEY", "sort by, instead of the order in the archive", choices=("path", "size")),
                ),
            ),
            ("Artifacts", OF_ONE_ARTIFACT),
            ("Workflow runs", RUNS),
            ("Output", FORMS_WITHOUT_IDS),
            ("General", GLOBAL),
        ),
        forms=("table", "json", "jsonl", "tsv", "names"),
        fields="path size compressed_size crc32 modified executable type path_bytes",
        our_fields="path size compressed_size crc32 modified executable type path_bytes",
        codes=(0, 1, 2, 3, 4, 5, 6, 8, 9, 10),
        requests="what the selection needs, plus 1; 1 or 2 to the download host, and more for archives inside",
    ),
    LineCommand(
        "cat",
        "write files inside an artifact to standard output, without downloading it",
        arguments=(
            REPOSITORY,
            ONE_ARTIFACT,
            ("PATH ...", "a path as files lists it, such as a.zip!/b.txt; not needed for an artifact without a zip"),
        ),
        groups=(
            (
                "Write",
                (
                    Option("--head", "N", "only the first N bytes of each file", kind="number"),
                    Option("--tail", "N", "only the last N bytes of each file", kind="number"),
                    Option("--glob", "", "paths are globs, as in files"),
                    Option("--raw", "", "write exact bytes to a terminal, too"),
                ),
            ),
            ("Artifacts", OF_ONE_ARTIFACT),
            ("Workflow runs", RUNS),
            ("General", GLOBAL),
        ),
        codes=(0, 1, 2, 3, 4, 5, 6, 8, 9, 10),
        requests="what the selection needs, plus 1; 1 or 2 to the download host, and 1 per file",
        note="The CRC-32 of a file is checked at its end: if it is wrong, the exit code is 1, but the bytes are "
        "already written. To verify first, use get --file.",
    ),
    LineCommand(
        "get",
        "download artifacts, verify and unpack them",
        aliases=("download",),
        arguments=(REPOSITORY, WORDS),
        groups=(
            (
                "Download",
                (
                    Option("-D --dir", "DIR", "download into this directory (default: the current one)"),
                    Option("-o --output", "FILE", "one artifact, packed, as this file; - is standard output"),
                    Option("--zip", "", "keep zips packed"),
                    Option(
                        "--file",
                        "GLOB",
                        "only these files, by byte ranges, with ** across folders",
                        is_repeatable=True,
                    ),
                    Option(
                        "--layout",
                        "LAYOUT",
                        "DIR/NAME, DIR/RUN/NAME, or all contents in DIR; default: run for several runs, else name",
                        choices=("name", "run", "merge"),
                    ),
                    Option(
                        "--exists",
                        "WHAT",
                        "what to do if the name exists",
                        choices=("fail", "skip", "overwrite", "keep-both"),
                        default="fail",
                    ),
                    Option("--require-digest", "", "fail for artifacts without a digest"),
                    Option(
                        "--unpack-limit",
                        "SIZE",
                        "keep zips packed that unpack to more than SIZE; none: no limit",
                        kind="limit",
                    ),
                    Option("--jobs", "N", "downloads at once, 1 to 16", kind="number"),
                    Option("--wait", "", "first wait until the selected runs have ended"),
                    Option("--any-outcome", "", "with --wait: download from runs that did not succeed, too"),
                    APPEAR,
                    Option("--print", "WHAT", "what to write", choices=("paths", "files", "none"), default="paths"),
                    Option("-0 --print0", "", "end paths with NUL, and write them exactly"),
                    Option("--json", "", "one JSON document instead of paths"),
                    Option("--jsonl", "", "one JSON object per artifact, as soon as it is downloaded"),
                    Option("--tsv", "", "a header line and tab-separated rows"),
                    Option("--fields", "A,B.C", "the fields of JSON and TSV, in this order"),
                    Option("--no-header", "", "no header line in TSV"),
                ),
            ),
            ("Artifacts", WITHOUT_MATCHES),
            ("Workflow runs", RUNS),
            ("General", GLOBAL),
        ),
        forms=("paths", "json", "jsonl", "tsv"),
        fields="id name run_id result path receipt verified digest bytes_received resumed_from files problem next_step",
        our_fields="run_id result path receipt verified bytes_received resumed_from files problem next_step",
        codes=(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        requests="as many as list, plus 1 per downloaded artifact, 2 with --file or --layout merge; with --wait "
        "those of wait",
        writes="files",
    ),
    LineCommand(
        "delete",
        "show what would be deleted, and delete it with --yes or --at-most",
        aliases=("rm",),
        arguments=(REPOSITORY, WORDS),
        groups=(
            (
                "Delete",
                (
                    Option("--yes", "N", "delete, if the plan has exactly N artifacts", kind="number"),
                    Option("--at-most", "N", "delete, if the plan has N artifacts or fewer", kind="number"),
                    Option("--all", "", "select all artifacts of the repository"),
                    Option(
                        "--keep-newest", "N", "keep the N newest live artifacts of each name selected", kind="number"
                    ),
                    Option("--per", "WHAT", "with --keep-newest: count by", choices=("name", "name+branch")),
                    Option("--policy", "NAME", "use the selection [policies.NAME] of config.toml"),
                    Option(
                        "--include-protected",
                        "REASON,...",
                        "include artifacts protected only for these reasons: in-progress, newest-success, tag, "
                        "pinned, unknown-run",
                    ),
                    Option("--save-plan", "FILE", "write the plan to FILE"),
                    Option("--plan", "FILE", "use a plan that --save-plan wrote"),
                    Option("--backup", "DIR", "download first, and delete only what was verified by its digest"),
                    Option(
                        "--grace",
                        "SECONDS",
                        "wait before the deletion starts, when Ctrl+C cancels it (default: delete-grace on a terminal, "
                        "else 0)",
                        kind="seconds",
                    ),
                ),
            ),
            ("Artifacts", WITHOUT_MATCHES),
            ("Workflow runs", ALL_RUNS),
            ("Output", FORMS),
            ("General", GLOBAL),
        ),
        forms=("table", "json", "jsonl", "tsv", "ids", "names"),
        fields="id name size_in_bytes result problem digest expired created_at updated_at expires_at url "
        "archive_download_url workflow_run.id workflow_run.head_branch workflow_run.head_sha "
        "workflow_run.repository_id workflow_run.head_repository_id from_fork",
        our_fields="result problem from_fork",
        codes=(0, 1, 2, 3, 4, 5, 6, 8, 9, 10),
        requests="one per 100 artifacts, one per 100 runs with run options, at least 7 for protection; 2 per artifact "
        "deleted",
        writes="server",
    ),
    LineCommand(
        "usage",
        "add up the storage that artifacts of a repository, or of all repositories of an owner, use",
        aliases=("du",),
        arguments=(OWNER_OR_REPOSITORY, WORDS),
        groups=(
            (
                "Usage",
                (
                    Option(
                        "--by",
                        "KEY",
                        "what to group by; family is the name without dates, numbers and hashes (default: name, for an "
                        "owner repository)",
                        choices=("repository", "family", "name", "branch", "run", "workflow"),
                    ),
                    Option("--top", "N", "the N biggest groups, and in the table the rest in one line", kind="number"),
                    Option("--caches", "", "add caches, which are counted apart"),
                    Option("--bill", "", "add what this month's bill of the owner says, if you can read it"),
                    Option(
                        "--max-age",
                        "DURATION",
                        "for an owner: use what was read at most this long ago, without a request",
                        kind="duration",
                    ),
                ),
            ),
            ("Artifacts", WITHOUT_MATCHES),
            ("Workflow runs", ALL_RUNS),
            ("Output", FORMS),
            ("General", GLOBAL),
        ),
        forms=("table", "json", "jsonl", "tsv", "ids", "names"),
        fields="key live_bytes live_count expired_bytes expired_count newest oldest share",
        our_fields="key live_bytes live_count expired_bytes expired_count newest oldest share artifacts bytes "
        "bytes_within_7d bytes_expired inflow_per_day levels_off_at retention_days caches cache_bytes billed_gb_hours "
        "billed_net problem",
        owner_fields="name visibility artifacts bytes bytes_within_7d bytes_expired inflow_per_day levels_off_at "
        "retention_days caches cache_bytes billed_gb_hours billed_net problem",
        codes=(0, 1, 2, 3, 4, 5, 6, 8, 9, 10),
        requests="one per 100 artifacts; --by workflow and run options: also one per 100 runs; for an owner one per "
        "100 repositories, and per repository at least 1, which is not charged if nothing changed; --caches: one per "
        "100 repositories, or for a user 1 each; --bill: at most 3, once an hour",
    ),
    LineCommand(
        "wait",
        "wait until workflow runs have ended; the exit code says whether they succeeded",
        aliases=("watch",),
        arguments=(REPOSITORY,),
        groups=(
            ("Wait", (INTERVAL, APPEAR)),
            ("Workflow runs", ONLY_RUNS),
            ("Output", FORMS),
            ("General", GLOBAL),
        ),
        forms=("table", "json", "jsonl", "tsv", "ids", "names"),
        fields="id name display_title run_number run_attempt event status conclusion head_branch head_sha path "
        "workflow_id html_url actor.login created_at updated_at run_started_at from_fork outcome waited_seconds",
        our_fields="from_fork outcome waited_seconds",
        codes=(0, 2, 3, 4, 5, 6, 7, 8, 9, 10),
        requests="at most 130 an hour; only those that find changes count against the rate limit",
    ),
    LineCommand(
        "resume",
        "list unfinished downloads and deletions, resume or discard them",
        arguments=(("[NUMBER ...]", "what to resume or discard, by the numbers of the list"),),
        groups=(
            (
                "Resume",
                (
                    Option("--downloads", "", "resume all unfinished downloads"),
                    Option("--yes", "N", "resume one deletion, if N artifacts of it are left to delete", kind="number"),
                    Option("--discard", "", "discard these entries: remove part files, end deletions"),
                    Option(
                        "--grace",
                        "SECONDS",
                        "wait before the deletion starts, when Ctrl+C cancels it (default: delete-grace on a terminal, "
                        "else 0)",
                        kind="seconds",
                    ),
                ),
            ),
            ("Output", DATA),
            ("General", GLOBAL),
        ),
        forms=("table", "json", "jsonl", "tsv"),
        fields="number kind repository name received total artifacts_left directory id result path problem "
        "repositories",
        our_fields="number kind repository name received total artifacts_left directory id result path problem "
        "repositories",
        codes=(0, 1, 2, 3, 4, 5, 6, 8, 9, 10),
        requests="0 for the list; to resume, 1 per download and 2 per artifact to delete",
        writes="files, server",
    ),
    LineCommand(
        "verify",
        "check downloads against their receipts, without network",
        arguments=(("DIR ...", "directories with downloads, or unpacked downloads themselves"),),
        groups=(("Output", DATA), ("General", GLOBAL)),
        forms=("table", "json", "jsonl", "tsv"),
        fields="directory target result files bytes verified changes",
        our_fields="directory target result files bytes verified changes",
        codes=(0, 1, 2, 8, 10),
        is_local=True,
    ),
    LineCommand(
        "doctor",
        "check terminal, locale, host, token and paths, and list possible problems",
        groups=(("Output", DATA), ("General", GLOBAL)),
        forms=("table", "json", "jsonl", "tsv"),
        fields="name value hurt",
        our_fields="name value hurt",
        codes=(0, 1, 2, 8, 10),
        is_local=True,
        module="artifact_tui.cli.doctor",
    ),
    LineCommand(
        "auth",
        "show the token in use, sign in or sign out",
        arguments=(
            (
                "login|status|logout",
                "status shows the token in use on each configured host; login reads a token from the terminal or "
                "standard input, tries it, and stores it; logout removes it and the cached lists",
            ),
        ),
        groups=(
            (
                "Sign-in",
                (
                    Option("--keep", "PLACE", "store the token there without asking", choices=("keyring", "file")),
                    Option("--device", "", "sign in with a code instead of a token; needs a configured OAuth app"),
                ),
            ),
            ("Output of auth status", DATA),
            ("General", GLOBAL),
        ),
        forms=("table", "json", "jsonl", "tsv"),
        fields="host login source scopes rights.list rights.download rights.delete expires_at problem",
        our_fields="host login source scopes rights.list rights.download rights.delete expires_at problem",
        codes=(0, 1, 2, 5, 6, 8, 9, 10),
        requests="1 per host",
        writes="files",
        is_local=True,
    ),
    LineCommand(
        "completion",
        "print a script that completes command lines in bash, zsh or fish",
        arguments=(
            ("[bash|zsh|fish]", "the shell; bash and zsh read it with: source <(artifact-tui completion bash)"),
        ),
        groups=(
            (
                "Completion",
                (
                    Option("--repositories", "", "print the repositories that the script completes"),
                    Option("--policies", "", "print the policies that the script completes"),
                ),
            ),
            ("General", GLOBAL),
        ),
        codes=(0, 2, 8, 10),
        is_local=True,
    ),
    LineCommand(
        "man",
        "print the manual page as roff, as in: artifact-tui man | man -l -",
        groups=(("General", GLOBAL),),
        codes=(0, 2, 8, 10),
        is_local=True,
    ),
)
HELP = LineCommand(
    "help",
    "print a topic, the list of topics, or the help of a command",
    arguments=(("[TOPIC | COMMAND]", "a topic, such as tasks, fields or settings, or a command"),),
    codes=(0, 2, 10),
    is_local=True,
)

ELSEWHERE = (HELP.name,)
"""The command that has its own parser."""
NAMES = {name: command for command in COMMANDS for name in (command.name, *command.aliases)}
"""Commands by name and alias."""
