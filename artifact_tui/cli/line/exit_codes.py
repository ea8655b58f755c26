"""The exit codes of line mode, and the kinds of errors in its JSON; it imports nothing."""

from __future__ import annotations

EXIT_CODES = {
    0: "done as requested; also a dry run and an empty list",
    1: "failures for several reasons, or an artifact that is damaged, changed or busy; verify: a file was changed, "
    "added or is missing; doctor: possible problems; auth status: no valid token; full screen: an internal error",
    2: "arguments or settings are wrong; verify: nothing to verify, or a damaged receipt",
    3: "what was named does not exist or has expired, or nothing matched",
    4: "sign-in: the token is missing, invalid or lacks a permission",
    5: "network or server error; a retry may help",
    6: "rate limit, or --max-requests",
    7: "a run that was waited for did not succeed",
    8: "--timeout was exceeded",
    9: "refused for safety",
    10: "this machine: disk full, no permission, or standard output cannot be written",
    70: "a bug in artifact-tui",
}
"""The exit codes of all commands; the program also ends by SIGHUP, SIGINT, SIGTERM and SIGPIPE themselves."""

KINDS = {
    "usage": 2,
    "damaged": 1,
    "unsafe": 9,
    "offline": 5,
    "signed_out": 4,
    "forbidden": 4,
    "token_needed": 4,
    "sso_required": 4,
    "not_found": 3,
    "expired": 3,
    "rate_limited": 6,
    "refused": 5,
    "server_trouble": 5,
    "disk": 10,
    "output": 10,
    "refused_by_plan": 9,
    "changed": 1,
    "run_failed": 7,
    "exists": 9,
    "failed": 1,
    "busy": 1,
    "timeout": 8,
    "bug": 70,
}
"""The kinds of errors in JSON, with their exit codes."""
