"""Errors that end in a sentence for the user.

The whole tree, with where each is defined; what a screen or the command line may show derives from UserError::

    UserError
      UsageError        here: the command line is wrong
      SettingsError     config.settings: config.toml is wrong
      HostError         github.hosts: a host, address or API version that cannot be used
      TokenError        github.tokens.credentials: a token that cannot be one
      TokenFileError    github.tokens.token_file: the file of tokens cannot be used
      KeepingError      github.tokens.sources: a token could not be stored or removed
      SignInError       domain.sign_in: signing in failed
      NothingToVerify   cli.line.verify: no receipt to verify
      OutputError       cli.standard_streams: stdout cannot be written
      ProviderError     domain.provider, which has its tree: GitHub, or the way there
        ArchiveUnreadable  archive.ranges: what is stored cannot be opened (Unopenable, WholeOnly)
      ArchiveRefused    archive.errors: the archive breaks a rule; its sentence is a clause
        ArchiveDamaged, ArchiveOverLimit
      TransferError     transfers.errors: a transfer cannot be finished
        CorruptTwice    transfers.downloads.fetch
      JournalError      transfers.errors: the journal or a log cannot be used
      NotSaved          transfers.downloads.extract: nothing was written
      ReadOnly          transfers.deletions.models: the program deletes nothing
      BadReceipt        transfers.receipts.store: a receipt that cannot be used; its sentence is a clause

Exceptions for control flow do not derive from it; transfers.errors lists those of transfers.
"""

from __future__ import annotations


class UserError(Exception):
    """What went wrong in one sentence for the user, and what to do next, which may be empty."""

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines to print, the first one after the program's name."""
        return (str(self),)

    def __str__(self) -> str:
        return f"{self.sentence} {self.next_step}".rstrip()


class UsageError(UserError):
    """The command line is wrong."""
