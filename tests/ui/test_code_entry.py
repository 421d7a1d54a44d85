"""From a typed code to the question, and the dialog in between."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.support.immediate_errands import ImmediateErrands
from tests.support.widgets import unnamed_controls, words
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.code_entry import CodeEntry

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Typing:
    """Knows one code."""

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.entry = CodeEntry(enter=self._enter, errands=ImmediateErrands())
        self.entry.ask()

    async def _enter(self, code: str) -> str:
        self.tried.append(code)
        if code != "BCDF-GHJK":
            raise UserFacingError("No program shows that code", "Type the eight letters.")
        return "Backup"

    def type(self, code: str) -> None:
        dialog = self.entry.dialog
        assert dialog is not None
        field, go = dialog.findChild(QLineEdit, "code"), dialog.findChild(QPushButton, "continue")
        assert isinstance(field, QLineEdit)
        assert isinstance(go, QPushButton)
        field.setText(code)
        go.click()


@pytest.fixture(name="typing")
def _typing(qtbot: QtBot) -> Iterator[Typing]:  # noqa: ARG001 - an application must be there
    typing = Typing()
    yield typing
    typing.entry.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_a_right_code_closes_it(typing: Typing) -> None:
    typing.type(" BCDF-GHJK ")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert typing.tried == ["BCDF-GHJK"]
    assert typing.entry.dialog is None


def test_a_wrong_one_is_told_and_another_may_be_typed(typing: Typing) -> None:
    typing.type("BBBB-BBBB")
    dialog = typing.entry.dialog
    assert dialog is not None
    assert any("No program shows that code" in each for each in words(dialog))
    typing.type("BCDF-GHJK")
    assert typing.tried == ["BBBB-BBBB", "BCDF-GHJK"]


def test_nothing_typed_is_not_tried(typing: Typing) -> None:
    typing.type("  ")
    assert typing.tried == []


def test_there_is_one_dialog_and_all_of_it_has_a_name(typing: Typing) -> None:
    first = typing.entry.dialog
    typing.entry.ask()
    assert typing.entry.dialog is first
    assert first is not None
    assert unnamed_controls(first) == []
