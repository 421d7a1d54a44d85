"""From where an app's access may be used: by which programs, web pages and addresses."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from wattfare_desktop.core.reports import AppRow
from wattfare_desktop.ui.components.pieces import button, text
from wattfare_desktop.ui.components.words import set_words
from wattfare_desktop.ui.dialogs.asking import AskingDialog
from wattfare_desktop.ui.dialogs.form import Form
from wattfare_desktop.ui.presentation.bindings import (
    BindingDraft,
    Kind,
    Objections,
    ProgramChoice,
    judged,
    short_path,
)

_WIDTH_PX: Final = 600
_LINES: Final = 2
_GAP_PX: Final = 4


class BindingsDialog(AskingDialog):
    """Shows what is so and what was seen; stays until what its user wants is kept."""

    save_requested = Signal(object)
    """An :class:`Allowed`."""
    program_chosen = Signal(object)
    """The path of a file, which may be a link or no program at all."""

    def __init__(
        self, app: AppRow, choices: Sequence[ProgramChoice], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bindings = app.bindings
        self.setMinimumWidth(_WIDTH_PX)
        self._programs = ProgramList(choices)
        self._programs.choose.clicked.connect(self._on_choose_clicked)
        self._origins = _edit(self.tr("Web pages, one a line"), "https://notes.example")
        self._origins.setPlainText("\n".join(app.bindings.origins))
        self._addresses = _edit(self.tr("Addresses, one a line"), "127.0.0.1/32")
        self._addresses.setPlainText("\n".join(map(str, app.bindings.cidrs)))
        self._must_sign = QCheckBox(self.tr("It must sign each call"))
        self._must_sign.setAccessibleName(self._must_sign.text())
        self._problems = {kind: text(role="problem") for kind in Kind}
        title = self.tr("Where “%s” may be used") % app.name
        self._form = Form(self, title, action=self.tr("Save"))
        self._form.act.clicked.connect(self._on_save_clicked)
        self._lay_out()
        self._programs.focus()
        self._programs.changed.connect(self._on_edited)
        for edit in (self._origins, self._addresses):
            edit.textChanged.connect(self._on_edited)

    def add_program(self, path: str) -> None:
        """Tick the program at ``path``, which was chosen."""
        self._say(Kind.PROGRAMS, "")
        self._programs.add(path)

    def refuse_program(self, words: str) -> None:
        """Say why the chosen file cannot be one."""
        self._say(Kind.PROGRAMS, words)

    def show_trouble(self, words: str) -> None:
        """Say why it was not kept."""
        self._form.act.setEnabled(True)
        self._form.object_to(words)

    @property
    def draft(self) -> BindingDraft:
        """The fields as they are now."""
        return BindingDraft(
            programs=self._programs.ticked,
            origins=self._origins.toPlainText(),
            addresses=self._addresses.toPlainText(),
            must_sign=self._must_sign.isChecked(),
        )

    def _lay_out(self) -> None:
        self._form.add(
            text(
                self.tr(
                    "An access can be copied. Each thing you name here is one more that a copy "
                    "lacks; it widens nothing you approved."
                ),
                "quiet",
            ),
            self._part(
                Kind.PROGRAMS,
                self.tr("Programs"),
                self._programs,
                self.tr("With none ticked, any program may use it."),
            ),
            self._part(
                Kind.ORIGINS,
                self._origins.accessibleName(),
                self._origins,
                self.tr(
                    "With none named, only the app's own page may. Once you name one, its pages "
                    "alone may use it, and no program."
                ),
            ),
            self._part(
                Kind.ADDRESSES,
                self._addresses.accessibleName(),
                self._addresses,
                self.tr(
                    "On this computer an address list alone protects nothing: all programs here "
                    "share the address. The program and the web page are what count."
                ),
            ),
            self._signing(),
        )

    def _part(self, kind: Kind, label: str, edit: QWidget, told: str) -> QWidget:
        heading = text(label, "strong", wrap=False)
        heading.setBuddy(edit)
        edit.setAccessibleDescription(told)
        self._problems[kind].hide()
        return _below_each_other(heading, text(told, "quiet"), edit, self._problems[kind])

    def _signing(self) -> QWidget:
        bound = self._bindings
        self._must_sign.setChecked(bound.proof_required or bound.jkt is not None)
        # It cannot be taken back: an access with a key is of no use without it.
        self._must_sign.setEnabled(not self._must_sign.isChecked())
        told = self.tr(
            "Its access is then of no use without a key that the app alone holds. Most apps "
            "cannot sign; one that cannot has to be approved anew. This cannot be taken back."
        )
        if bound.jkt is not None:
            told = self.tr("It does: its access is of no use without the key that it signs with.")
        self._must_sign.setAccessibleDescription(told)
        return _below_each_other(self._must_sign, text(told, "quiet"))

    def _say(self, kind: Kind, words: str) -> None:
        problem = self._problems[kind]
        set_words(problem, words)
        problem.setVisible(bool(words))

    @Slot()
    def _on_edited(self) -> None:
        for kind in Kind:
            self._say(kind, "")
        self._form.clear()

    @Slot()
    def _on_choose_clicked(self) -> None:
        chooser = QFileDialog(self, self.tr("Choose the program"))
        chooser.setFileMode(QFileDialog.FileMode.ExistingFile)
        chooser.fileSelected.connect(self._on_file_selected)
        chooser.finished.connect(chooser.deleteLater)
        chooser.open()

    @Slot(str)
    def _on_file_selected(self, chosen: str) -> None:
        self.program_chosen.emit(Path(chosen))

    @Slot()
    def _on_save_clicked(self) -> None:
        wish = judged(self.draft)
        if isinstance(wish, Objections):
            for kind in Kind:
                self._say(kind, wish.by_field.get(kind, ""))
            self._focus_first(wish)
            return
        self._form.act.setEnabled(False)
        self.save_requested.emit(wish)

    def _focus_first(self, wrong: Objections) -> None:
        fields = {
            Kind.PROGRAMS: self._programs.choose,
            Kind.ORIGINS: self._origins,
            Kind.ADDRESSES: self._addresses,
        }
        first = next(kind for kind in Kind if kind in wrong.by_field)
        fields[first].setFocus(Qt.FocusReason.OtherFocusReason)


class ProgramList(QWidget):
    """Programs to tick, and a way to any other."""

    changed = Signal()

    def __init__(self, choices: Sequence[ProgramChoice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: dict[str, QCheckBox] = {}
        self.choose = button(self.tr("Choose another program…"), "small")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        for choice in choices:
            box = self._box(choice.path, choice.words)
            box.setChecked(choice.bound)
            # One that it was bound to before can still be let go.
            box.setEnabled(choice.may_bind or choice.bound)
        self._column.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def ticked(self) -> tuple[str, ...]:
        """The whole paths of the ticked ones."""
        return tuple(path for path, box in self._boxes.items() if box.isChecked())

    def focus(self) -> None:
        """Put the focus where choosing begins."""
        boxes = [box for box in self._boxes.values() if box.isEnabled()]
        (boxes[0] if boxes else self.choose).setFocus(Qt.FocusReason.OtherFocusReason)

    def add(self, path: str) -> None:
        """Tick the program at ``path``."""
        if path not in self._boxes:
            self._box(path, short_path(path))
        self._boxes[path].setChecked(True)

    def _box(self, path: str, words: str) -> QCheckBox:
        # A path may hold what Qt takes for the mark of a mnemonic.
        box = QCheckBox(words.replace("&", "&&"))
        box.setAccessibleName(words.replace(short_path(path), path))
        box.toggled.connect(self.changed)
        self._column.insertWidget(len(self._boxes), box)
        # Shown now, not on the loop's next turn: else what was chosen would come late.
        box.show()
        self._boxes[path] = box
        return box


def _edit(name: str, example: str) -> QPlainTextEdit:
    edit = QPlainTextEdit()
    edit.setAccessibleName(name)
    edit.setPlaceholderText(example)
    edit.setTabChangesFocus(True)
    height = edit.fontMetrics().lineSpacing()
    edit.setFixedHeight(height * _LINES + height)
    return edit


def _below_each_other(*parts: QWidget) -> QWidget:
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(_GAP_PX)
    for part in parts:
        column.addWidget(part)
    return whole
