"""What is known of something: labels and texts in two columns."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from wattfare_desktop.ui.components.pieces import text


class Facts(QWidget):
    """Labels and texts, beside each other."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, str], ...] = ()
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def show_facts(self, shown: tuple[tuple[str, str], ...]) -> None:
        """Show ``shown``, a label and a text each; without a text it is a heading."""
        if shown == self._shown:
            return
        self._shown = shown
        while self._form.rowCount():
            self._form.removeRow(0)
        for label, words in shown:
            row = [text(label, "quiet" if words else "strong", wrap=False)]
            if words:
                row.append(_selectable(words))
            self._form.addRow(*row)
            for part in row:
                # Shown now, not on the loop's next turn: else each change would flicker.
                part.show()


def _selectable(words: str) -> QLabel:
    label = text(words)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
