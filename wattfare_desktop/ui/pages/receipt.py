"""One call in full."""

from datetime import tzinfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wattfare_desktop.core.reports import CallRow, CallStatus
from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.words import Shortened, money, set_role, set_words
from wattfare_desktop.ui.pages.app_detail import Facts
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, line, scrolling
from wattfare_desktop.ui.presentation.calls import (
    cost_text,
    is_problem,
    model_text,
    receipt,
    receipt_text,
    status_text,
)

_WIDTH_CHARS = 38


class Receipt(Card):
    """Shows one call beside the list."""

    closed = Signal()
    dispute_requested = Signal(object)
    """The :class:`CallRow` whose charge is said to be wrong."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        self.setAccessibleName(self.tr("Receipt"))
        self.setFixedWidth(self.fontMetrics().averageCharWidth() * _WIDTH_CHARS)
        self._copied = ""
        self._call: CallRow | None = None
        close = IconButton("x", self.tr("Close the receipt"), icon_only=True)
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(text(self.tr("Receipt"), "heading", wrap=False))
        head.addStretch(1)
        head.addWidget(close)
        self._cost = money(role="figure")
        self._app = Shortened(role="strong")
        self._model = Shortened(role="quiet")
        self._status = text(role="badge", wrap=False)
        self._facts = Facts()
        copy = button(self.tr("Copy"), "small")
        copy.setAccessibleName(self.tr("Copy the receipt"))
        copy.clicked.connect(self._on_copy_clicked)
        self._dispute = button(self.tr("Dispute…"), "small")
        self._dispute.setAccessibleName(self.tr("Dispute this charge"))
        self._dispute.clicked.connect(self._on_dispute_clicked)
        acts = QHBoxLayout()
        acts.addWidget(copy)
        acts.addWidget(self._dispute)
        acts.addStretch(1)
        self.column.setSpacing(8)
        self.column.addLayout(head)
        self.column.addWidget(self._cost)
        self.column.addWidget(self._app)
        self.column.addWidget(self._model)
        self.column.addWidget(self._status, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(line())
        self.column.addWidget(scrolling(self._inside(), self.tr("Receipt")), 1)
        self.column.addLayout(acts)
        self.hide()

    def show_call(self, call: CallRow, zone: tzinfo) -> None:
        """Show ``call``."""
        self._call = call
        self._dispute.setVisible(call.status is not CallStatus.RUNNING and call.cost > 0)
        set_words(self._cost, cost_text(call))
        self._app.set_words(call.app_name)
        self._model.set_words(model_text(call))
        set_words(self._status, status_text(call))
        set_role(self._status, "badge-caution" if is_problem(call) else "badge")
        self._facts.show_facts(tuple((part.label, part.text) for part in receipt(call, zone)))
        self._copied = receipt_text(call, zone)
        self.show()

    def _inside(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self._facts)
        column.addStretch(1)
        return inside

    @Slot()
    def _on_dispute_clicked(self) -> None:
        self.dispute_requested.emit(self._call)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)
