"""Errors with a sentence for the user.

The whole tree, and where each class is defined. Everything that a screen or the command line shows is a UserError::

  UserError
    UsageError        here: the command line is wrong
    SettingsError     config.settings: config.toml is invalid
    HostError         github.hosts: an invalid host, URL or API version
    TokenError        github.tokens.credentials: text that is not a token
    TokenFileError    github.tokens.token_file: the token file cannot be used
    KeepingError      github.tokens.sources: a token could not be stored or removed
    SignInError       domain.sign_in: signing in failed
    LineError         cli.line.failures: an error of a command, with its kind
    NothingToVerify   cli.line.verify: no receipt to verify
    OutputError       cli.standard_streams: stdout cannot be written
    ProviderError     domain.provider, with subclasses there: GitHub, or the connection to it
      ArchiveUnreadable  archive.ranges: a stored archive cannot be opened (Unopenable, WholeOnly)
    ArchiveRefused    archive.errors: the archive breaks a rule; its sentence is a clause
      ArchiveDamaged, ArchiveOverLimit
    TransferError     transfers.errors: a transfer cannot be finished
      CorruptTwice    transfers.downloads.fetch
    JournalError      transfers.errors: the journal or a log cannot be used
    NotSaved          transfers.downloads.extract: nothing was written
    ReadOnly          transfers.deletions.models: deleting is disabled
    BadReceipt        transfers.receipts.store: an invalid receipt; its sentence is a clause

Exceptions for control flow do not derive from it. transfers.errors lists those of transfers.
"""

from __future__ import annotations


class UserError(Exception):
    """An error for the user: what happened in one sentence, and the next step, which may be empty."""

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines to print; the first one follows the program's name."""
        return (str(self),)

    def __str__(self) -> str:
        return f"{self.sentence} {self.next_step}".rstrip()


class UsageError(UserError):
    """The command line is wrong."""
