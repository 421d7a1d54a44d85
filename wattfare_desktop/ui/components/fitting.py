"""A part that scrolls only where the screen has no room for it."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

_AROUND_PX: Final = 200
"""Left of the screen's height for a title bar, a panel, and what stands below."""

_LEAST_PX: Final = 200


class Fitting(QScrollArea):
    """As high as what is inside, as long as that leaves room on the screen for what is below."""

    def __init__(self, inside: QWidget, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The style takes its ground from what an area scrolls, and cards have one.
        around = _Around()
        column = QVBoxLayout(around)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(inside)
        self._around = around
        self.setWidget(around)
        around.installEventFilter(self)
        policy = self.sizePolicy()
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        """Return True: lines wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of what is inside, or what the screen has room for."""
        wanted = self._around.heightForWidth(width)
        if wanted < 0:
            wanted = self._around.sizeHint().height()
        return min(wanted, self._room())

    def sizeHint(self) -> QSize:
        """Return the size of what is inside, as far as there is room."""
        hint = self._around.sizeHint()
        return QSize(hint.width(), min(hint.height(), self._room()))

    def minimumSizeHint(self) -> QSize:
        """Return the width of what is inside: it is never cut off at its side."""
        return QSize(self._around.minimumSizeHint().width(), _LEAST_PX)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Tell the window when what is inside wants another size."""
        if event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def _room(self) -> int:
        return max(_LEAST_PX, self.screen().availableGeometry().height() - _AROUND_PX)


class _Around(QWidget):
    """Leaves its height to its width.

    A layout asks wrapping lines how high they are at their least width; the area would scroll to
    room that nothing needs.
    """

    def minimumSizeHint(self) -> QSize:
        """Return the least width alone."""
        return QSize(super().minimumSizeHint().width(), 0)
