"""A field that proposes models."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from wattfare_desktop.ui.components.model_edit import ModelEdit

KNOWN = ("groq/llama-3.3", "ollama/llama3.2", "openai/gpt-5")


def proposals(edit: ModelEdit, typed: str) -> list[str]:
    completer = edit.completer()
    completer.setCompletionPrefix(typed)
    model = completer.completionModel()
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def test_any_part_of_a_name_finds_it(qtbot: QtBot) -> None:
    edit = ModelEdit("Model")
    qtbot.addWidget(edit)
    assert proposals(edit, "llama") == []
    edit.propose(KNOWN)
    assert proposals(edit, "LLAMA") == ["groq/llama-3.3", "ollama/llama3.2"]


def test_where_it_gathers_a_chosen_one_is_given_away(qtbot: QtBot) -> None:
    edit = ModelEdit("Model", gathers=True)
    qtbot.addWidget(edit)
    edit.propose(KNOWN)
    edit.setText("gpt")
    with qtbot.waitSignal(edit.gathered) as gathered:
        edit.completer().activated.emit("openai/gpt-5")
    assert gathered.args == ["openai/gpt-5"]
    assert edit.text() == ""


def test_enter_gives_away_what_is_typed(qtbot: QtBot) -> None:
    edit = ModelEdit("Model", gathers=True)
    qtbot.addWidget(edit)
    QTest.keyClicks(edit, " mine/own ")
    with qtbot.waitSignal(edit.gathered) as gathered:
        QTest.keyClick(edit, Qt.Key.Key_Return)
    assert gathered.args == ["mine/own"]


def test_otherwise_enter_is_the_dialogs(qtbot: QtBot) -> None:
    for edit in (ModelEdit("Model"), ModelEdit("Model", gathers=True)):
        qtbot.addWidget(edit)
        if not edit._gathers:
            edit.setText("mine/own")
        with qtbot.assertNotEmitted(edit.gathered), qtbot.waitSignal(edit.returnPressed):
            QTest.keyClick(edit, Qt.Key.Key_Return)
