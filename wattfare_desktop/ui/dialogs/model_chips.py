"""The models an app may use, a chip each, to be taken away or added to."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLayout,
    QLayoutItem,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
    QWidgetItem,
)

from wattfare_desktop.ui.presentation.consent import is_model_pattern, pieces

_GAP_PX: Final = 6
_USUAL_WIDTH_PX: Final = 360
_LINE_CHARS: Final = 44
_PATTERN: Final = "pattern"


class FlowLayout(QLayout):
    """Puts widgets beside each other and begins a new row where one does not fit."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:
        """Add at the end."""
        self._items.append(item)

    def insert(self, place: int, widget: QWidget) -> None:
        """Put ``widget`` before the item at ``place``."""
        self.addChildWidget(widget)
        self._items.insert(place, QWidgetItem(widget))
        self.invalidate()

    def count(self) -> int:
        """Return how many there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return the item, None past the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove and return the item, None past the end."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def hasHeightForWidth(self) -> bool:
        """Return True: more rows where it is narrow."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows at ``width``."""
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place all items inside ``rect``."""
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        """Return the size at a usual width."""
        return QSize(_USUAL_WIDTH_PX, self.heightForWidth(_USUAL_WIDTH_PX))

    def minimumSize(self) -> QSize:
        """Return the size of the largest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        x, y, row_height = rect.x(), rect.y(), 0
        for item in self._items:
            hint = item.sizeHint()
            if x > rect.x() and x + hint.width() > rect.right() + 1:
                x, y, row_height = rect.x(), y + row_height + _GAP_PX, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), hint))
            x += hint.width() + _GAP_PX
            row_height = max(row_height, hint.height())
        return y + row_height - rect.y()


class PatternEdit(QLineEdit):
    """Takes Enter for itself: it adds a model and does nothing else in the window."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keep Enter from travelling on."""
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()


class ModelChips(QWidget):
    """Shows patterns as chips. A chip is removed by pressing it; the last field adds one."""

    models_changed = Signal()
    chip_added = Signal(QWidget)

    def __init__(self, models: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._chips: list[QToolButton] = []
        self._any_model = not models
        self._edit = PatternEdit()
        self._edit.setObjectName("add_model")
        self._edit.setProperty("role", "chip")
        self._edit.setPlaceholderText(self.tr("add a model…"))
        self._edit.setAccessibleName(self.tr("Add a model, then press Enter"))
        self._edit.setMaxLength(100)
        self._edit.setFixedWidth(150)
        self._edit.returnPressed.connect(self._on_return_pressed)
        self._flow.addWidget(self._edit)
        if self._any_model:
            self._add_chip(self.tr("any model"), "")
        for pattern in models:
            self._add_chip(pattern, pattern)

    @property
    def any_model(self) -> bool:
        """Whether nothing was limited; taking the last chip away allows nothing, not all."""
        return self._any_model

    @property
    def models(self) -> tuple[str, ...]:
        """The patterns that are left, in their order."""
        patterns = (str(chip.property(_PATTERN)) for chip in self._chips)
        return tuple(pattern for pattern in patterns if pattern)

    def add_model(self, pattern: str) -> bool:
        """Allow ``pattern`` too; return False where it can name no model."""
        if not is_model_pattern(pattern):
            return False
        if self._any_model:
            self._remove(self._chips[0])
        if pattern not in self.models:
            self._add_chip(pattern, pattern)
        self.models_changed.emit()
        return True

    @Slot()
    def _on_return_pressed(self) -> None:
        if self.add_model(self._edit.text().strip()):
            self._edit.clear()
        else:
            self._edit.selectAll()

    @Slot()
    def _on_chip_clicked(self) -> None:
        chip = self.sender()
        if isinstance(chip, QToolButton):
            self._remove(chip)
            self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
            self.models_changed.emit()

    def _add_chip(self, shown: str, pattern: str) -> None:
        chip = QToolButton()
        chip.setProperty("role", "chip")
        chip.setProperty(_PATTERN, pattern)
        words = "\n".join(pieces(shown, _LINE_CHARS))
        chip.setText(f"{words}  ×".replace("&", "&&"))  # noqa: RUF001 - the usual sign to remove
        chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        chip.setAccessibleName(self.tr("Remove %s") % shown)
        chip.setToolTip(self.tr("Remove"))
        chip.clicked.connect(self._on_chip_clicked)
        self._flow.insert(len(self._chips), chip)
        self._chips.append(chip)
        QWidget.setTabOrder(chip, self._edit)
        self.chip_added.emit(chip)

    def _remove(self, chip: QToolButton) -> None:
        self._any_model = self._any_model and chip.property(_PATTERN) != ""
        self._chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()
        chip.deleteLater()
        self.updateGeometry()
