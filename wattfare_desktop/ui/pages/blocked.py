"""The apps that may not ask, and letting each ask again."""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.reports import BlockedRow
from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.notices import EmptyState
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.words import Shortened, set_words
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, GAP_PX
from wattfare_desktop.ui.presentation.blocked import kind_text, since_text


class BlockedApps(QWidget):
    """Latest first. Letting one ask again approves nothing, so nobody is asked about it."""

    back_requested = Signal()
    unblock_requested = Signal(str)
    """The client."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(self.tr("Blocked apps"))
        self._rows: dict[str, BlockedApp] = {}
        self._back = IconButton("chevron-left", self.tr("Back to all apps"), icon_only=True)
        self._back.clicked.connect(self.back_requested)
        self._nothing = EmptyState(
            "ban",
            self.tr("No app is blocked"),
            self.tr(
                "“Block this app” in the approval window puts one here. You are not asked about "
                "it any more until you let it ask again."
            ),
        )
        self._told = text(
            self.tr(
                "You are never asked about these. What you approved before stays as it is: to "
                "end that, revoke the app."
            ),
            "quiet",
        )
        self._card = Card(CARD_MARGIN_PX)
        self._lay_out()

    def focus(self) -> None:
        """Put the focus where reading begins."""
        self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_blocked(self, blocked: Sequence[BlockedRow], now: Instant, zone: tzinfo) -> None:
        """Show ``blocked``, which are given latest last."""
        clients = [row.client for row in blocked]
        for gone in set(self._rows) - set(clients):
            self._take_away(gone)
        for row in blocked:
            if row.client not in self._rows:
                self._add(row)
            self._rows[row.client].show_since(since_text(row, now, zone))
        self._card.setVisible(bool(blocked))
        self._told.setVisible(bool(blocked))
        self._nothing.setVisible(not blocked)

    def _add(self, blocked: BlockedRow) -> None:
        row = BlockedApp(blocked)
        row.unblock_requested.connect(self.unblock_requested)
        self._rows[blocked.client] = row
        self._card.column.insertWidget(0, row)
        # Shown now, not on the loop's next turn: else each change would flicker.
        row.show()

    def _take_away(self, client: str) -> None:
        row = self._rows.pop(client)
        if row.unblock.hasFocus():
            # It would wander off to whatever stands next to what is gone.
            self.focus()
        self._card.column.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._back)
        head.addWidget(text(self.tr("Blocked apps"), "title", wrap=False))
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP_PX)
        column.addLayout(head)
        column.addWidget(self._told)
        column.addWidget(self._card)
        column.addWidget(self._nothing, 1)
        column.addStretch()


class BlockedApp(QWidget):
    """One of them."""

    unblock_requested = Signal(str)

    def __init__(self, blocked: BlockedRow) -> None:
        super().__init__()
        self._client = blocked.client
        self._since = text(role="quiet", wrap=False)
        self._kind = kind_text(blocked)
        self.unblock = button(self.tr("Let it ask again"), "small")
        self.unblock.setAccessibleName(self.tr("Let “%s” ask again") % blocked.client)
        self.unblock.clicked.connect(self._on_unblock_clicked)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Shortened(blocked.client, "strong"))
        words.addWidget(self._since)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addLayout(words, 1)
        row.addWidget(self.unblock)

    def show_since(self, since: str) -> None:
        """Say since when."""
        set_words(self._since, f"{self._kind} · {since}")

    @Slot()
    def _on_unblock_clicked(self) -> None:
        self.unblock_requested.emit(self._client)
