"""One call in full."""

from datetime import tzinfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wattfare_desktop.core import receipts
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.reports import CallRow, CallStatus
from wattfare_desktop.ui.components.bill import Bill
from wattfare_desktop.ui.components.facts import Facts
from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.words import Shortened, money, set_role, set_words
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, line, scrolling
from wattfare_desktop.ui.presentation.calls import (
    cost_text,
    is_problem,
    model_text,
    receipt,
    receipt_text,
    status_text,
)
from wattfare_desktop.ui.presentation.receipts import bill, receipt_as_text, receipt_facts

_WIDTH_CHARS = 46


class Receipt(Card):
    """Shows one call beside the list: its head at once, its bill when that has been read."""

    closed = Signal()
    save_requested = Signal(object)
    """The :class:`CallRow` whose signed receipt is to become a file."""
    dispute_requested = Signal(object)
    """The :class:`CallRow` whose charge is said to be wrong."""

    settle_requested = Signal(object)
    """The :class:`CallRow` that a crash left, whose user knows what was billed."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        self.setAccessibleName(self.tr("Receipt"))
        self.setFixedWidth(self.fontMetrics().averageCharWidth() * _WIDTH_CHARS)
        self._copied = ""
        self._call: CallRow | None = None
        self._details_of: CallId | None = None
        self._cost = money(role="figure")
        self._app = Shortened(role="strong")
        self._model = Shortened(role="quiet")
        self._status = text(role="badge", wrap=False)
        self._bill = Bill()
        self._below_bill = line()
        self._facts = Facts()
        # Names of machines are one long word each: in a column of facts they would burst it.
        self._name = Shortened()
        # Of a path its end tells most, and its beginning something.
        self._program = Shortened(elide=Qt.TextElideMode.ElideMiddle)
        self._program_head = text(self.tr("Program"), "quiet", wrap=False)
        self._at_provider = Shortened()
        self._at_provider_head = text(self.tr("At the provider"), "quiet", wrap=False)
        self._make_acts()
        self._lay_out()
        self.hide()

    def show_call(self, call: CallRow, zone: tzinfo) -> None:
        """Show ``call``; what was known of its bill stays until it is read anew."""
        self._call = call
        has_ended = call.status is not CallStatus.RUNNING
        self._save.setVisible(has_ended)
        # What is not settled yet has no charge that could be wrong.
        is_unsettled = call.status is CallStatus.UNSETTLED
        self._settle.setVisible(is_unsettled)
        self._dispute.setVisible(has_ended and call.cost > 0 and not is_unsettled)
        self._saved.hide()
        set_words(self._cost, cost_text(call))
        self._app.set_words(call.app_name)
        self._model.set_words(model_text(call))
        set_words(self._status, status_text(call))
        set_role(self._status, "badge-caution" if is_problem(call) else "badge")
        self._name.set_words(call.call)
        self._copied = receipt_text(call, zone)
        if not has_ended:
            self.show_facts(call, zone)
        elif self._details_of != call.call:
            self._show_bill(None)
            self._facts.show_facts(())
        self.show()

    def show_receipt(self, found: receipts.Receipt, zone: tzinfo) -> None:
        """Show the bill and all that belongs to it."""
        self._details_of = found.call.call
        self._show_bill(found)
        facts = receipt_facts(found, zone)
        self._facts.show_facts(tuple((part.label, part.text) for part in facts))
        self._copied = receipt_as_text(found, zone)

    def show_facts(self, call: CallRow, zone: tzinfo) -> None:
        """Show what is known of ``call`` without its bill."""
        self._details_of = None
        self._show_bill(None)
        self._facts.show_facts(tuple((part.label, part.text) for part in receipt(call, zone)))

    def tell_saved(self) -> None:
        """Say that the receipt has become a file."""
        self._saved.show()

    def _show_bill(self, found: receipts.Receipt | None) -> None:
        self._bill.show_lines(() if found is None else bill(found))
        self._bill.setVisible(found is not None)
        self._below_bill.setVisible(found is not None)
        for words, head, shown in (
            (found and found.program, self._program_head, self._program),
            (found and found.provider_request, self._at_provider_head, self._at_provider),
        ):
            shown.set_words(words or "")
            head.setVisible(bool(words))
            shown.setVisible(bool(words))

    def _make_acts(self) -> None:
        self._copy = button(self.tr("Copy"), "small")
        self._copy.setAccessibleName(self.tr("Copy the receipt"))
        self._copy.clicked.connect(self._on_copy_clicked)
        self._dispute = button(self.tr("Dispute…"), "small")
        self._dispute.setAccessibleName(self.tr("Dispute this charge"))
        self._dispute.clicked.connect(self._on_dispute_clicked)
        self._settle = button(self.tr("Settle…"), "small")
        self._settle.setAccessibleName(self.tr("Settle this call"))
        self._settle.clicked.connect(self._on_settle_clicked)
        self._save = button(self.tr("Save signed receipt…"), "small")
        self._save.clicked.connect(self._on_save_clicked)
        self._saved = text(self.tr("Saved. Anyone can check its signature."), "quiet")
        self._saved.hide()

    def _lay_out(self) -> None:
        close = IconButton("x", self.tr("Close the receipt"), icon_only=True)
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.addWidget(text(self.tr("Receipt"), "heading", wrap=False))
        head.addStretch(1)
        head.addWidget(close)
        acts = QHBoxLayout()
        acts.addWidget(self._copy)
        acts.addWidget(self._dispute)
        acts.addWidget(self._settle)
        acts.addStretch(1)
        self.column.setSpacing(8)
        self.column.addLayout(head)
        for part in (self._cost, self._app, self._model):
            self.column.addWidget(part)
        self.column.addWidget(self._status, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(line())
        self.column.addWidget(scrolling(self._inside(), self.tr("Receipt")), 1)
        self.column.addWidget(self._saved)
        self.column.addWidget(self._save)
        self.column.addLayout(acts)

    def _inside(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(8)
        column.addWidget(self._bill)
        column.addWidget(self._below_bill)
        column.addWidget(self._facts)
        column.addWidget(line())
        for named in (
            (text(self.tr("Call"), "quiet", wrap=False), self._name),
            (self._program_head, self._program),
            (self._at_provider_head, self._at_provider),
        ):
            together = QVBoxLayout()
            together.setSpacing(0)
            for part in named:
                together.addWidget(part)
            column.addLayout(together)
        column.addStretch(1)
        return inside

    @Slot()
    def _on_save_clicked(self) -> None:
        self.save_requested.emit(self._call)

    @Slot()
    def _on_dispute_clicked(self) -> None:
        self.dispute_requested.emit(self._call)

    @Slot()
    def _on_settle_clicked(self) -> None:
        self.settle_requested.emit(self._call)

    @Slot()
    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)
