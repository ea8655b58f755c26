"""The variables of the shell that the program reads, with their meanings, as data."""

from __future__ import annotations

VARIABLES = (
    (
        "Server and repository",
        (
            ("GH_HOST", "the host, as with `--host`"),
            ("GH_REPO", "the repository: `OWNER/REPO` or `HOST/OWNER/REPO`"),
            ("GITHUB_API_URL", "the URL of the API, as with `--api-url`"),
            ("GITHUB_REPOSITORY", "the repository of commands, if nothing else names one"),
            ("GITHUB_RUN_ID", "the run that `--run current` means, inside a job"),
            ("GIT_DIR", "the clone to use, as in git"),
            ("HTTPS_PROXY", "the proxy for HTTPS; the lowercase name wins"),
            ("HTTP_PROXY", "the proxy for plain HTTP, which is local only (ignored where `REQUEST_METHOD` is set)"),
            ("ALL_PROXY", "the proxy if the variable for the scheme is not set"),
            ("NO_PROXY", "hosts and networks without a proxy"),
            ("SSL_CERT_FILE", "CA certificates, on Linux instead of the system's"),
            ("SSL_CERT_DIR", "a directory of CA certificates"),
        ),
    ),
    (
        "Tokens",
        (
            ("GH_TOKEN", "the token for github.com and `*.ghe.com`"),
            ("GITHUB_TOKEN", "the same, if `GH_TOKEN` is not set"),
            ("GH_ENTERPRISE_TOKEN", "the token for any other host"),
            ("GITHUB_ENTERPRISE_TOKEN", "the same, if the one before is not set"),
            ("ARTIFACT_TUI_CLIENT_ID", "the OAuth app for sign-in with a code"),
            ("GH_PATH", "the `gh` program to ask for its token"),
            ("GH_CONFIG_DIR", "the configuration directory of `gh`"),
            ("PYTHON_KEYRING_BACKEND", "the keyring to use"),
            ("DBUS_SESSION_BUS_ADDRESS", "the bus on which a keyring can be reached"),
        ),
    ),
    (
        "Program",
        (
            ("ARTIFACT_TUI_READ_ONLY", "`1`: only GET requests are sent"),
            ("ARTIFACT_TUI_DEMO", "`large`: with `--demo`, `fernwood-labs` has 120 more repositories"),
            ("ARTIFACT_TUI_LEAN_OUTPUT", "`0`: let Textual draw"),
            ("HOME", "your home directory"),
            ("PATH", "where `git`, `gh` and `tmux` are found"),
            ("XDG_CONFIG_HOME", "where `artifact-tui/config.toml` is"),
            ("XDG_STATE_HOME", "where journals, tokens and history are"),
            ("XDG_CACHE_HOME", "where the cached lists are"),
        ),
    ),
    (
        "Terminal",
        (
            ("TERM", "the type of the terminal, which decides colors"),
            ("COLORTERM", "`truecolor` or `24bit`: 16 million colors"),
            ("TEXTUAL_COLOR_SYSTEM", "overrides the number of colors"),
            ("NO_COLOR", "if set, grayscale; states are words as well"),
            ("LC_ALL, LC_CTYPE", "without UTF-8, borders and names are ASCII"),
            ("LANG", "the same, if neither of them is set"),
            ("TERM_PROGRAM", "recognizes Apple's Terminal"),
            ("TMUX", "inside tmux, copied text goes to its buffer too"),
            ("SSH_CONNECTION", "over SSH: no browser or file manager is opened"),
            ("SSH_TTY", "the same"),
            ("ESCDELAY", "ms to wait after Esc for the rest of a key; default 250 over SSH"),
            ("DISPLAY", "a desktop that can show a browser"),
            ("WAYLAND_DISPLAY", "the same"),
        ),
    ),
)
"""Sections of variables; several names share a meaning."""
