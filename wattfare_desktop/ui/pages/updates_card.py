"""Newer versions of this program: looked for where its user wants it, never taken by itself."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.updates import Release
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.components.side_by_side import SideBySide
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.errands import Errands
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, add_heading
from wattfare_desktop.ui.presentation.updates import update_text
from wattfare_desktop.ui.surroundings import Surroundings
from wattfare_desktop.wallet.updates import UpdateState


class UpdatesCard(Card):
    """What is known, and the two ways to know more: once a day, or now."""

    def __init__(self, *, errands: Errands, surroundings: Surroundings) -> None:
        super().__init__(CARD_MARGIN_PX)
        self._errands = errands
        self._surroundings = surroundings
        self._release: Release | None = None
        add_heading(self, self.tr("Updates"))
        self._found = text()
        self._trouble = text(role="problem")
        self._looked = text(role="quiet")
        self.daily = QCheckBox(self.tr("Look for a newer Wattfare once a day"))
        self.daily.setAccessibleName(self.daily.text())
        self.look = button(self.tr("Look now"))
        self.open = button(self.tr("Open its page"))
        self._buttons = SideBySide((self.look, 0), (self.open, 0), (QWidget(), 1))
        self._promise = text(
            self.tr(
                "You are told which version is out, if its publisher's signature fits; you get it "
                "yourself, from its page. Nothing is downloaded or replaced by itself, and nothing "
                "about you is sent: a server sees no more than that somebody looks."
            ),
            "quiet",
        )
        for part in (self._found, self._trouble, self._looked, self.daily, self._buttons):
            self.column.addWidget(part)
            part.hide()
        self.column.addWidget(self._promise)
        self.daily.clicked.connect(self._on_daily_clicked)
        self.look.clicked.connect(self._on_look_clicked)
        self.open.clicked.connect(self._on_open_clicked)

    def read(self) -> None:
        """Show what is known now."""
        self._errands.run(self._surroundings.updates.state(), self._show, self._show_trouble)

    def _show(self, state: UpdateState) -> None:
        here = self._surroundings
        words = update_text(state, here.now(), here.zone())
        self._release = state.newer
        self._set_busy(busy=False)
        self.daily.setChecked(state.daily)
        self._found.show()
        set_words(self._found, words.found)
        self._say_trouble(words.trouble)
        set_words(self._looked, words.looked)
        self._looked.setVisible(bool(words.looked))
        for part in (self.daily, self._buttons, self._promise):
            part.setVisible(state.has_channel)
        self.open.setVisible(state.newer is not None)

    def _say_trouble(self, words: str) -> None:
        set_words(self._trouble, words)
        self._trouble.setVisible(bool(words))

    def _show_trouble(self, error: UserFacingError) -> None:
        self._set_busy(busy=False)
        self._say_trouble(f"{error.title}. {error.detail}")

    def _looked_in_vain(self, error: UserFacingError) -> None:
        self._show_trouble(error)
        self.read()

    def _not_kept(self, error: UserFacingError) -> None:
        # The box must not say what is not so.
        self.daily.setChecked(not self.daily.isChecked())
        self._show_trouble(error)

    def _set_busy(self, *, busy: bool) -> None:
        self.look.setEnabled(not busy)
        self.look.setText(self.tr("Looking…") if busy else self.tr("Look now"))

    @Slot()
    def _on_look_clicked(self) -> None:
        self._set_busy(busy=True)
        self._errands.run(self._surroundings.updates.look(), self._show, self._looked_in_vain)

    @Slot(bool)
    def _on_daily_clicked(self, on: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        work = self._surroundings.updates.set_daily(daily=on)
        self._errands.run(work, self._show, self._not_kept)

    @Slot()
    def _on_open_clicked(self) -> None:
        if self._release is not None:
            work = self._surroundings.updates.open_page(self._release)
            self._errands.run(work, None, self._show_trouble)
