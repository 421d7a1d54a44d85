"""A provider is chosen, its key pasted, checked and kept."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.pieces import Card, StyledDialog, button, text
from wattfare_desktop.ui.components.provider_picker import ProviderPicker
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.presentation.funding import (
    ProviderChoice,
    judged_wish,
    near_choices,
    near_words,
    origin_text,
)
from wattfare_desktop.wallet.lookout import Neighbour

_WIDTH_PX: Final = 720
_KEY_CHARS_MAX: Final = 1_000


class AddFundingDialog(StyledDialog):
    """Asks for a provider, its key and what was paid in there. Stays until that worked."""

    add_requested = Signal(object)
    """A :class:`FundingWish`."""
    look_requested = Signal()
    """The user wants to know which model servers answer on this computer."""

    def __init__(self, providers: Sequence[ProviderChoice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = tuple(providers)
        self._providers = {provider.id: provider for provider in providers}
        self.setWindowTitle(self.tr("Add a provider key"))
        self.setAccessibleName("Add a provider key")
        self.setMinimumWidth(_WIDTH_PX)
        self.picker = ProviderPicker(providers)
        self.picker.chosen.connect(self._on_provider_chosen)
        self._make_fields()
        self._lay_out()
        if self.picker.current is not None:
            self._on_provider_chosen(self.picker.current)
        self.picker.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trouble(self, words: str) -> None:
        """Say why it was not added; the fields can be changed and tried again."""
        self._set_busy(busy=False)
        self._tell(words)

    def show_near(self, near: Sequence[Neighbour]) -> None:
        """Say which model servers answer on this computer, and put them first."""
        self._look.setEnabled(True)
        set_words(self._near, near_words(near))
        self._near.show()
        if near:
            self.picker.search.clear()
            self.picker.show_providers(near_choices(self._choices, near))
            self.picker.choose(near[0].provider)

    def _make_fields(self) -> None:
        self._look = button(self.tr("&Look on this computer"), "small")
        self._look.setToolTip(self.tr("Asks the usual ports of this computer for model servers."))
        self._look.clicked.connect(self._on_look_clicked)
        self._near = text(role="quiet")
        self._near.hide()
        self._name = text(role="heading")
        self._console = text(role="quiet")
        self._console.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._key = self._edit("key", self.tr("Key"), self.tr("Paste the key here"))
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._key.setMaxLength(_KEY_CHARS_MAX)
        self._balance = self._edit("balance", self.tr("Dollars you have paid in there"), "20.00")
        self._base_url = self._edit("base_url", self.tr("Base URL, if it is another"), "")
        self._problem = text(role="problem")
        self._problem.hide()

    def _edit(self, name: str, label: str, placeholder: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setObjectName(name)
        edit.setAccessibleName(label)
        edit.setPlaceholderText(placeholder)
        edit.returnPressed.connect(self._on_add_clicked)
        return edit

    def _lay_out(self) -> None:
        card = Card()
        card.column.setSpacing(12)
        card.column.addWidget(text(self.tr("Add a provider key"), "title", wrap=False))
        sides = QHBoxLayout()
        sides.setSpacing(20)
        sides.addLayout(self._left_side(), 5)
        sides.addLayout(self._right_side(), 6)
        card.column.addLayout(sides, 1)
        self._add = button(self.tr("Check and add"), "primary")
        self._add.setObjectName("add")
        self._add.clicked.connect(self._on_add_clicked)
        cancel = button(self.tr("Cancel"))
        cancel.clicked.connect(self.close)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self._add)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(card, 1)
        column.addLayout(buttons)

    def _left_side(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.picker, 1)
        column.addWidget(self._look, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._near)
        return column

    def _right_side(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(self._name)
        column.addWidget(self._console)
        column.addSpacing(8)
        kept = text(self.tr("Encrypted on this computer; apps never see it."), "quiet")
        self._key_part = _part(self.tr("&Key"), self._key, kept)
        paid = text(self.tr("What you have paid in there. Wattfare never spends more."), "quiet")
        self._balance_part = _part(self.tr("Prepaid &balance in dollars"), self._balance, paid)
        self._base_part = _part(self.tr("Base &URL"), self._base_url, self._problem)
        for part in (self._key_part, self._balance_part, self._base_part):
            column.addWidget(part)
        column.addStretch(1)
        return column

    def _tell(self, words: str) -> None:
        set_words(self._problem, words)
        self._problem.setVisible(bool(words))

    def _set_busy(self, *, busy: bool) -> None:
        self._add.setText(self.tr("Asking the provider…") if busy else self.tr("Check and add"))
        for part in (self._add, self.picker, self._key, self._balance, self._base_url):
            part.setEnabled(not busy)

    @Slot(str)
    def _on_provider_chosen(self, chosen: str) -> None:
        provider = self._providers[chosen]
        set_words(self._name, provider.name)
        self._base_url.setPlaceholderText(provider.base_url or provider.base_example)
        self._key.setPlaceholderText(
            self.tr("Paste the key here") if provider.needs_key else self.tr("Only if it wants one")
        )
        set_words(self._console, origin_text(provider))
        self._console.setVisible(bool(origin_text(provider)))
        self._key_part.setVisible(provider.takes_key)
        # What runs here bills nothing, so there is nothing to have paid in.
        self._balance_part.setVisible(not provider.local)
        self._tell("")

    @Slot()
    def _on_look_clicked(self) -> None:
        self._look.setEnabled(False)
        self.look_requested.emit()

    @Slot()
    def _on_add_clicked(self) -> None:
        provider = self._providers.get(self.picker.current or "")
        if provider is None:
            self._tell(self.tr("Choose a provider in the list."))
            return
        wish = judged_wish(
            provider,
            key=self._key.text(),
            base_url=self._base_url.text(),
            balance=self._balance.text(),
        )
        if isinstance(wish, str):
            self._tell(wish)
            return
        self._tell("")
        self._set_busy(busy=True)
        self.add_requested.emit(wish)


def _part(label: str, field: QLineEdit, note: QWidget) -> QWidget:
    part = QWidget()
    name = text(label, "strong", wrap=False)
    # Mnemonics are only taken from text that is not told to be plain; ours is our own.
    name.setTextFormat(Qt.TextFormat.AutoText)
    name.setBuddy(field)
    column = QVBoxLayout(part)
    column.setContentsMargins(0, 0, 0, 8)
    column.setSpacing(6)
    for each in (name, field, note):
        column.addWidget(each)
    return part
