"""What is wrong on this machine, and how to mend it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from wattfare_desktop.system.health import Finding
from wattfare_desktop.ui.components.notices import LineIcon
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX


class HealthCard(Card):
    """What was looked at, and how to mend what is wrong."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        self.look = button(self.tr("Look again"), "small")
        head = QHBoxLayout()
        head.addWidget(text(self.tr("Diagnostics"), "heading", wrap=False))
        head.addStretch(1)
        head.addWidget(self.look)
        self.column.addLayout(head)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self.column.addLayout(self._rows)
        self._shown: tuple[Finding, ...] = ()

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """List ``findings``."""
        self.look.setEnabled(True)
        if tuple(findings) == self._shown:
            return
        self._shown = tuple(findings)
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for finding in findings:
            self._rows.addWidget(_finding_row(finding))


def _finding_row(finding: Finding) -> QWidget:
    row = QWidget()
    mark = LineIcon(
        "info" if finding.ok else "triangle-alert", "quiet" if finding.ok else "caution"
    )
    words = QVBoxLayout()
    words.setSpacing(0)
    words.addWidget(text(f"{finding.name}: {finding.detail}"))
    if finding.remedy:
        words.addWidget(text(finding.remedy, "caution"))
    words.addStretch(1)
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(12)
    line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    line.addLayout(words, 1)
    return row
