"""The side of the window: its rooms by name, and the brake."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QVBoxLayout

from wattfare_desktop.core.reports import Overview
from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.pieces import text
from wattfare_desktop.ui.icons import own_icon
from wattfare_desktop.ui.pages.page import MARGIN_PX

PAGES: Final = ("overview", "apps", "activity", "alerts", "funding", "models", "settings")
_ICONS: Final = ("gauge", "layout-grid", "receipt-text", "bell", "wallet", "boxes", "settings")
_ALERTS: Final = PAGES.index("alerts")
_SIDEBAR_ROOM_PX: Final = 104
_MARK_PX: Final = 28


class Sidebar(QFrame):
    """The rooms, and the brake."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.setObjectName("sidebar")
        widest = self.fontMetrics().horizontalAdvance(self.tr("Pause all spending"))
        self.setFixedWidth(widest + _SIDEBAR_ROOM_PX)
        self.pages = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, MARGIN_PX, 16, 16)
        column.setSpacing(4)
        column.addLayout(self._brand())
        column.addSpacing(16)
        names = (
            self.tr("&Overview"),
            self.tr("&Apps"),
            self.tr("A&ctivity"),
            self.tr("A&lerts"),
            self.tr("&Funding"),
            self.tr("&Models"),
            self.tr("&Settings"),
        )
        for place, (name, icon) in enumerate(zip(names, _ICONS, strict=True)):
            nav = IconButton(icon, name, role="nav")
            nav.setCheckable(True)
            nav.setToolTip(f"Ctrl+{place + 1}")
            self.pages.addButton(nav, place)
            column.addWidget(nav)
        column.addStretch(1)
        self.pause = IconButton("pause", self.tr("Pause all spending"))
        column.addWidget(self.pause)
        self.quit = IconButton("power", self.tr("Quit Wattfare"))
        self.quit.hide()
        column.addWidget(self.quit)
        column.addSpacing(4)
        column.addWidget(text(self.tr("Listening on 127.0.0.1:%d") % port, "quiet"))
        self.pause.hide()

    def show_overview(self, overview: Overview | None) -> None:
        """Offer to pause, or to go on."""
        self.pause.setVisible(overview is not None)
        alerts = 0 if overview is None else len(overview.alerts)
        words = self.tr("A&lerts")
        self.pages.button(_ALERTS).setText(f"{words} ({alerts})" if alerts else words)
        if overview is not None:
            words = self.tr("Resume spending") if overview.paused else self.tr("Pause all spending")
            self.pause.setText(words)
            self.pause.setAccessibleName(words)
            self.pause.set_icon("play" if overview.paused else "pause")

    def _brand(self) -> QHBoxLayout:
        mark = QLabel()
        mark.setPixmap(own_icon("wattfare").pixmap(_MARK_PX, _MARK_PX))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(mark)
        row.addWidget(text("Wattfare", "heading", wrap=False), 1, Qt.AlignmentFlag.AlignVCenter)
        return row
