"""What stands in the window while the wallet is locked."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wattfare_desktop.ui.components.notices import EmptyState


class LockedPage(QWidget):
    """Says that it is locked, and offers to open it."""

    unlock_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        name = self.tr("The wallet is locked")
        self.setAccessibleName(name)
        state = EmptyState(
            "lock",
            name,
            self.tr("No app can spend, and nothing can be shown, until you unlock it."),
            self.tr("Unlock…"),
        )
        state.action_requested.connect(self.unlock_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(state)
