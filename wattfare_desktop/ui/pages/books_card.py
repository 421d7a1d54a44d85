"""The books as a whole, and the fee that is taken into them."""

from PySide6.QtWidgets import QGridLayout

from wattfare_desktop.ui.components.fee_editor import FeeEditor
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, GAP_PX, add_heading


class BooksCard(Card):
    """Back up, restore, check, export: a line each."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        add_heading(self, self.tr("Your books"))
        self.back_up = button(self.tr("Back up…"))
        self.restore = button(self.tr("Restore…"))
        self.check = button(self.tr("Check the books"))
        self.export = button(self.tr("Export…"))
        lines = (
            (
                self.back_up,
                self.tr("Everything in one encrypted file, for the day this computer is lost."),
            ),
            (
                self.restore,
                self.tr("Bring a backup back. The present wallet is put aside."),
            ),
            (
                self.check,
                self.tr("Add up every entry from the first one on, and compare."),
            ),
            (self.export, self.tr("For a spreadsheet, a program, or your accounting.")),
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(GAP_PX)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1)
        for row, (act, words) in enumerate(lines):
            act.setAccessibleDescription(words)
            grid.addWidget(text(words), row, 0)
            grid.addWidget(act, row, 1)
        self.column.addLayout(grid)


class FeeCard(Card):
    """What comes on top of each call and stays in the wallet."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        add_heading(
            self,
            self.tr("Service fee"),
            self.tr(
                "Comes on top of what the provider bills and is set aside in this wallet. Limits "
                "include it, and you see it whenever an app asks. Most people want none."
            ),
        )
        self.editor = FeeEditor()
        self.column.addWidget(self.editor)
