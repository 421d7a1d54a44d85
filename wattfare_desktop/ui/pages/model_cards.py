"""Names for models, and what answers where a cap is used up."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QWidget

from wattfare_desktop.ui.components.entry_list import Entry, EntryList
from wattfare_desktop.ui.components.model_edit import ModelEdit
from wattfare_desktop.ui.components.pieces import Card, button, text
from wattfare_desktop.ui.pages.page import CARD_MARGIN_PX, add_heading
from wattfare_desktop.ui.presentation.naming import EXAMPLE_FREE, stands_for
from wattfare_desktop.wallet.aliases import NAME_CHARS_MAX, Aliases

_REFUSE, _LET = range(2)


class NamesCard(Card):
    """Each name and the models it stands for."""

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        add_heading(
            self,
            self.tr("Names for models"),
            self.tr(
                "An app asks for a name and gets the model behind it, so you change the model "
                "here and no app. Where a provider cannot answer, the next one is asked."
            ),
        )
        self.entries = EntryList(
            self.tr("No names yet. An app then gets the model it names itself.")
        )
        self.add = button(self.tr("Add a name…"), "small")
        self.column.addWidget(self.entries)
        self.column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def show_aliases(self, aliases: Aliases) -> None:
        """Show the names."""
        self.entries.show_entries(
            [
                Entry(name=name, note=stands_for(models))
                for name, models in sorted(aliases.by_name.items())
            ]
        )


class AtCapCard(Card):
    """Refuse, or let a model that costs nothing answer. An edit stays until it is saved."""

    save_requested = Signal(object)
    """The model, or None for a refusal."""
    proposals_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(CARD_MARGIN_PX)
        self._kept: str | None = None
        self._is_edited = False
        add_heading(
            self,
            self.tr("When a limit is used up"),
            self.tr("What an app gets for a call that a limit has no room for."),
        )
        self._make_choice()
        self._model = ModelEdit(self.tr("Model that answers then"))
        self._model.setPlaceholderText(EXAMPLE_FREE)
        self._model.setMaxLength(NAME_CHARS_MAX)
        self._model.textEdited.connect(self._on_edited)
        self._save = button(self.tr("Save"), "primary")
        self._save.setAccessibleName(self.tr("Save: When a limit is used up"))
        self._save.clicked.connect(self._on_save_clicked)
        self._note = text(
            self.tr(
                "It answers any app, whatever models that app was approved for, and only if it "
                "costs nothing: one that runs on this computer, as a rule. The app is told in "
                "the headers x-wattfare-model and x-wattfare-stand-in; Activity shows the model "
                "that answered."
            ),
            "quiet",
        )
        self._row = self._made_row()
        self.column.addWidget(self._row)
        self.column.addWidget(self._note)
        self._judge()

    def show_aliases(self, aliases: Aliases) -> None:
        """Show what is so, unless the user is at changing it."""
        self._kept = aliases.at_cap
        if not self._is_edited:
            self._choices.button(_REFUSE if self._kept is None else _LET).setChecked(True)
            if self._model.text() != (self._kept or ""):
                self._model.setText(self._kept or "")
            self._judge()

    def saved(self) -> None:
        """Take the edit for what is so now."""
        self._is_edited = False
        self._judge()

    def propose(self, models: Sequence[str]) -> None:
        """Propose models that cost nothing."""
        self._model.propose(models)

    def _make_choice(self) -> None:
        self._choices = QButtonGroup(self)
        words = (
            self.tr("Refuse it"),
            self.tr("Let a model that costs nothing answer instead"),
        )
        for place, each in enumerate(words):
            choice = QRadioButton(each)
            choice.setAccessibleName(each)
            self._choices.addButton(choice, place)
            self.column.addWidget(choice)
        self._choices.button(_REFUSE).setChecked(True)
        self._choices.idClicked.connect(self._on_chosen)

    def _made_row(self) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._model, 1)
        row.addWidget(self._save)
        return whole

    def _wish(self) -> str | None:
        is_let = self._choices.checkedId() == _LET
        return self._model.text().strip() if is_let else None

    def _judge(self) -> None:
        wish = self._wish()
        is_saved = not (self._is_edited and wish != self._kept)
        for part in (self._model, self._note):
            part.setVisible(wish is not None)
        self._save.setVisible(not is_saved)
        # Empty it would still take room.
        self._row.setVisible(wish is not None or not is_saved)
        self._save.setEnabled(wish != "")

    @Slot(int)
    def _on_chosen(self, place: int) -> None:
        self._is_edited = True
        self._judge()
        if place == _LET:
            self.proposals_wanted.emit()
            self._model.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _on_edited(self) -> None:
        if not self._is_edited:
            self.proposals_wanted.emit()
        self._is_edited = True
        self._judge()

    @Slot()
    def _on_save_clicked(self) -> None:
        self.save_requested.emit(self._wish())
