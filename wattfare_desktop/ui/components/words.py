"""Labels that do more than stand still: figures, shortened names, badges."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.pieces import text
from wattfare_desktop.ui.theme import figures_font

_SHORTEST_CHARS = 8


def set_words(label: QLabel, words: str) -> None:
    """Set a label's text if it is another: what did not change is not painted again."""
    if label.text() != words:
        label.setText(words)


def set_role(widget: QWidget, role: str) -> None:
    """Give ``widget`` another role in the style sheet, now."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def money(words: str = "", role: str = "") -> QLabel:
    """Return a label whose figures keep their places as they change."""
    label = text(words, role, wrap=False)
    label.setFont(figures_font(label.font()))
    return label


class Shortened(QLabel):
    """One line that ends in an ellipsis where it does not fit; all of it is told on hovering.

    ``elide`` has the ellipsis stand elsewhere.
    """

    def __init__(
        self,
        words: str = "",
        role: str = "",
        parent: QWidget | None = None,
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._elide = elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        if role:
            self.setProperty("role", role)
        self.set_words(words)

    def set_words(self, words: str) -> None:
        """Show ``words``."""
        if self.text() != words:
            self.setText(words)
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Be content with a few characters."""
        usual = super().minimumSizeHint()
        few = self.fontMetrics().averageCharWidth() * _SHORTEST_CHARS
        return QSize(min(usual.width(), few), usual.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), self._elide, area.width())
        # A tool tip is read as markup where it looks like some, so names stay out of it.
        painter.drawText(area, int(self.alignment()) | int(Qt.TextFlag.TextSingleLine), shown)
        painter.end()


class Figure(QWidget):
    """A caption, a large amount below it, and a quiet note."""

    def __init__(self, caption: str, role: str = "figure", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self._amount = money(role=role)
        self._note = text(role="quiet")
        self._note.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(text(caption, "quiet", wrap=False))
        column.addWidget(self._amount)
        column.addWidget(self._note)

    def show_amount(self, amount: str, note: str = "") -> None:
        """Show ``amount``."""
        set_words(self._amount, amount)
        set_words(self._note, note)
        self._note.setVisible(bool(note))
        self.setAccessibleName(f"{self._caption}: {amount}")
