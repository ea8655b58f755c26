"""What keys of the Storage screen do with the settings of the repository, and with its caches."""

from __future__ import annotations

from functools import cached_property

from artifact_tui.domain.provider import Provider
from artifact_tui.screens.storage.actions import GroupActions
from artifact_tui.screens.storage.retention_flow import NO_UNDO, UNDO, RetentionFlow
from artifact_tui.storage.retention import ListedArtifacts

READ_ONLY = "Read-only mode: nothing is changed. Turn it off on the command line, in config.toml or the environment."


class SettingActions(GroupActions):
    """The part of the Storage screen that sets the retention and opens the caches."""

    @cached_property
    def retention_flow(self) -> RetentionFlow:
        """The dialog about the retention, and what follows from it."""
        return RetentionFlow(self.app, self.session, self._retention_set)

    def ask_for_facts(self, provider: Provider) -> object:
        """Load what the server reports besides artifacts."""
        raise NotImplementedError

    def _retention_set(self, provider: Provider, days: int | None) -> None:
        """Show the setting, and let the policy for old artifacts start with its days."""
        self.older_than = f"{days}d" if days else ""
        self.ask_for_facts(provider)
        self.refresh_bindings()
        self.set_timer(UNDO, self.refresh_bindings)  # from then on, the key line no longer offers to restore

    def action_retention(self) -> None:
        """Ask how long new artifacts of the repository are kept, and set it."""
        if not self.is_refused("retention"):
            known = ListedArtifacts(tuple(self.list.newest), self.list.knows_growth, self.extent.is_whole)
            self.run_worker(self.retention_flow.edit({self.repository: known}), group="retention")

    def action_undo(self) -> None:
        """Restore the retention before."""
        if not self.is_refused("undo"):
            self.run_worker(self.retention_flow.undo(), group="retention")

    def action_caches(self) -> None:
        """List the caches of the repository."""
        from artifact_tui.screens.storage.cache_list import CachesScreen

        self.app.push_screen(CachesScreen(self.session, self.repository))

    def why_not(self, action: str) -> str:
        """Return why an action is unavailable, such as setting the retention in read-only mode."""
        if action in {"retention", "undo"} and self.session.settings.read_only:
            return READ_ONLY
        if action == "undo" and not self.retention_flow.can_undo:
            return NO_UNDO
        return super().why_not(action)
