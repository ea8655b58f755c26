"""A list of files that are inside of artifacts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.screens.list_screen import ListScreen

if TYPE_CHECKING:
    from artifact_tui.domain.models import Artifact, RepositoryName
    from artifact_tui.screens.session import Session


class FilesScreen(ListScreen):
    """Threads wait for the bytes; when the screen is left they give up."""

    def __init__(self, session: Session, repository: RepositoryName) -> None:
        super().__init__(session)
        self.repository = repository
        self._left = threading.Event()

    def is_wanted(self) -> bool:
        """Whether somebody still waits; may be asked from any thread."""
        return not self._left.is_set()

    def on_unmount(self) -> None:
        """Nobody waits for the bytes that are still on their way."""
        self._left.set()

    def open_archive(self, artifact: Artifact) -> RemoteZip:
        """Read an artifact's list of files; blocks. Raises :class:`~artifact_tui.domain.provider.ProviderError`."""
        archive = self.session.storage().open(self.repository, artifact)
        return RemoteZip.open(archive, artifact.size_in_bytes, is_wanted=self.is_wanted)

    def action_preview(self) -> None:
        """Show the file under the cursor."""
        if self.table.current is not None:
            self.open_item(self.table.current)
