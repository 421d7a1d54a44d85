"""The way to a newer version from the tray's menu, as long as there is one."""

from PySide6.QtCore import QObject, Slot

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.updates import Release
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.presentation.updates import release_entry
from wattfare_desktop.ui.tray_menu import TrayMenu
from wattfare_desktop.ui.update_acts import UpdateActs
from wattfare_desktop.wallet.updates import UpdateState


class UpdateEntry(QObject):
    """Shows it, and opens its page."""

    def __init__(
        self, *, acts: UpdateActs, errands: Errands, menu: TrayMenu, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._acts = acts
        self._errands = errands
        self._menu = menu
        self._release: Release | None = None
        menu.newer_requested.connect(self._on_newer_requested)

    def read(self) -> None:
        """Show what is known now."""
        self._errands.run(self._acts.state(), self._show, self._not_read)

    def _show(self, state: UpdateState) -> None:
        self._release = state.newer
        self._menu.show_newer(release_entry(state.newer))

    def _not_read(self, _error: UserFacingError) -> None:
        """Say nothing: the page of settings tells why."""

    @Slot()
    def _on_newer_requested(self) -> None:
        if self._release is not None:
            self._errands.run(self._acts.open_page(self._release))
