"""A provider key is pasted, checked and kept."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from wattfare_desktop.ui.components.pieces import Card, Choice, StyledDialog, button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.presentation.funding import ProviderChoice, judged_wish

_WIDTH_PX: Final = 480
_KEY_CHARS_MAX: Final = 1_000


class AddFundingDialog(StyledDialog):
    """Asks for a provider, its key and what was paid in there. Stays until that worked."""

    add_requested = Signal(object)
    """A :class:`FundingWish`."""

    def __init__(self, providers: Sequence[ProviderChoice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._providers = {provider.id: provider for provider in providers}
        self.setWindowTitle(self.tr("Add a provider key"))
        self.setAccessibleName("Add a provider key")
        self.setMinimumWidth(_WIDTH_PX)
        self._make_fields(providers)
        self._lay_out()
        self._on_provider_changed()
        self._key.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_trouble(self, words: str) -> None:
        """Say why it was not added; the fields can be changed and tried again."""
        self._set_busy(busy=False)
        self._tell(words)

    def _make_fields(self, providers: Sequence[ProviderChoice]) -> None:
        self._provider = Choice()
        self._provider.setObjectName("provider")
        self._provider.setAccessibleName(self.tr("Provider"))
        for provider in providers:
            self._provider.addItem(provider.name, provider.id)
        self._provider.activated.connect(self._on_provider_changed)
        self._key = self._edit("key", self.tr("Key"), self.tr("Paste the key here"))
        self._key.setEchoMode(QLineEdit.EchoMode.Password)
        self._key.setMaxLength(_KEY_CHARS_MAX)
        self._balance = self._edit("balance", self.tr("Dollars you have paid in there"), "20.00")
        self._base_url = self._edit("base_url", self.tr("Base URL, if it is another"), "")
        self._console = text(role="quiet")
        self._console.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
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
        card.column.setSpacing(6)
        card.column.addWidget(text(self.tr("Add a provider key"), "title", wrap=False))
        card.column.addSpacing(4)
        for label, field, note in (
            (self.tr("&Provider"), self._provider, self._console),
            (
                self.tr("&Key"),
                self._key,
                text(self.tr("Encrypted on this computer; apps never see it."), "quiet"),
            ),
            (
                self.tr("Prepaid &balance in dollars"),
                self._balance,
                text(self.tr("What you have paid in there. Wattfare never spends more."), "quiet"),
            ),
            (self.tr("Base &URL (optional)"), self._base_url, self._problem),
        ):
            name = text(label, "strong", wrap=False)
            # Mnemonics are only taken from text that is not told to be plain; ours is our own.
            name.setTextFormat(Qt.TextFormat.AutoText)
            name.setBuddy(field)
            card.column.addWidget(name)
            card.column.addWidget(field)
            card.column.addWidget(note)
            card.column.addSpacing(4)
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

    def _tell(self, words: str) -> None:
        set_words(self._problem, words)
        self._problem.setVisible(bool(words))

    def _set_busy(self, *, busy: bool) -> None:
        self._add.setText(self.tr("Asking the provider…") if busy else self.tr("Check and add"))
        for part in (self._add, self._provider, self._key, self._balance, self._base_url):
            part.setEnabled(not busy)

    @Slot()
    def _on_provider_changed(self) -> None:
        provider = self._providers.get(str(self._provider.currentData()))
        if provider is None:
            return
        self._base_url.setPlaceholderText(provider.base_url)
        console = self.tr("Make a key at %s") % provider.console_url
        self._console.setText(console if provider.console_url else "")
        self._console.setVisible(bool(provider.console_url))

    @Slot()
    def _on_add_clicked(self) -> None:
        wish = judged_wish(
            str(self._provider.currentData()),
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
