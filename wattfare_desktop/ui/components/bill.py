"""A bill: what each thing cost, to the last digit, and what that comes to."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QWidget

from wattfare_desktop.ui.components.pieces import text
from wattfare_desktop.ui.components.words import money
from wattfare_desktop.ui.presentation.receipts import BillLine, BillRole

_GAP_PX: Final = 6
_ROLES: Final = {
    BillRole.ITEM: ("", ""),
    BillRole.SUM: ("quiet", "quiet"),
    BillRole.TOTAL: ("strong", "strong"),
    BillRole.CREDIT: ("money-in", "money-in"),
}


class Bill(QWidget):
    """Lines of a label and an amount each; the amounts stand below each other."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[BillLine, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)

    def show_lines(self, lines: Sequence[BillLine]) -> None:
        """Show ``lines``; none leaves nothing."""
        if tuple(lines) == self._shown:
            return
        self._shown = tuple(lines)
        self._clear()
        row = 0
        for line in lines:
            row = self._add(line, row)

    def _clear(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row in range(self._grid.rowCount()):
            self._grid.setRowMinimumHeight(row, 0)

    def _add(self, line: BillLine, row: int) -> int:
        """Add one line below; return the next free row."""
        label_role, amount_role = _ROLES[line.role]
        if line.role is BillRole.TOTAL:
            rule = _rule()
            self._grid.addWidget(rule, row, 0, 1, 2)
            rule.show()
            self._grid.setRowMinimumHeight(row + 1, _GAP_PX)
            row += 2
        amount = money(line.amount, amount_role)
        amount.setAccessibleName(f"{line.label}: {line.amount}")
        amount.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._put(text(line.label, label_role), row, 0)
        self._put(amount, row, 1)
        row += 1
        if line.note:
            note = money(line.note, "quiet")
            self._grid.addWidget(note, row, 0, 1, 2)
            note.show()
            row += 1
        self._grid.setRowMinimumHeight(row, _GAP_PX)
        return row + 1

    def _put(self, label: QLabel, row: int, column: int) -> None:
        side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag(0)
        self._grid.addWidget(label, row, column, side)
        # Shown now, not on the loop's next turn: else each change would flicker.
        label.show()


def _rule() -> QFrame:
    rule = QFrame()
    rule.setProperty("role", "line")
    return rule
