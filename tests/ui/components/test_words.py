"""Labels that change little and shorten what is long."""

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.support.widgets import unnamed_controls, words
from wattfare_desktop.ui.components.icon_button import IconButton
from wattfare_desktop.ui.components.notices import EmptyState, Notice
from wattfare_desktop.ui.components.pieces import text
from wattfare_desktop.ui.components.words import Figure, Shortened, set_role, set_words

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


class Paints(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.count += event.type() == QEvent.Type.Paint
        return super().eventFilter(watched, event)


def test_what_did_not_change_is_not_painted_again(qtbot: QtBot) -> None:
    label = text("$1.00")
    qtbot.addWidget(label)
    paints = Paints()
    label.installEventFilter(paints)
    label.show()
    qtbot.waitUntil(lambda: paints.count > 0)
    before = paints.count
    set_words(label, "$1.00")
    set_words(label, "$2.00")
    qtbot.waitUntil(lambda: paints.count > before)
    assert paints.count == before + 1


def test_a_long_name_is_shortened_and_never_markup(qtbot: QtBot) -> None:
    label = Shortened("<b>A name</b> that goes on and on and on")
    qtbot.addWidget(label)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.minimumSizeHint().width() < label.sizeHint().width() / 2
    label.resize(80, 20)
    short = label.grab().toImage()
    label.set_words("<b>A name</b> but another one")
    assert label.grab().toImage() == short


def test_a_role_is_worn_at_once(qtbot: QtBot) -> None:
    label = text("Paused")
    qtbot.addWidget(label)
    label.setStyleSheet('QLabel[role="red"] { color: #ff0000; }')
    set_role(label, "red")
    assert label.palette().color(label.foregroundRole()) == QColor("#ff0000")


def test_a_figure_is_heard_with_its_caption(qtbot: QtBot) -> None:
    figure = Figure("Today")
    qtbot.addWidget(figure)
    figure.show_amount("$0.42", "$0.10 held")
    assert figure.accessibleName() == "Today: $0.42"
    assert words(figure) == ["Today", "$0.42", "$0.10 held"]


def test_an_icon_button_has_a_name_even_without_words(qtbot: QtBot) -> None:
    button = IconButton("trash-2", "&Remove…", icon_only=True)
    qtbot.addWidget(button)
    assert (button.text(), button.accessibleName(), button.toolTip()) == ("", "Remove…", "Remove…")
    before = button.icon().pixmap(18, 18).toImage()
    button.set_icon("play")
    assert button.icon().pixmap(18, 18).toImage() != before


def test_a_notice_is_there_while_it_has_words(qtbot: QtBot) -> None:
    notice = Notice(action="Resume")
    qtbot.addWidget(notice)
    assert notice.isHidden()
    notice.say("All spending is paused.")
    assert notice.words == "All spending is paused."
    assert unnamed_controls(notice) == []
    with qtbot.waitSignal(notice.action_requested):
        next(b for b in notice.findChildren(IconButton) if b.accessibleName() == "Dismiss").click()
        notice.say("Again")
        notice.action_requested.emit()
    notice.say("")
    assert notice.isHidden()


def test_an_empty_page_shows_all_its_words(qtbot: QtBot) -> None:
    state = EmptyState("zap", "Nothing yet", "word " * 60, "Next step")
    qtbot.addWidget(state)
    state.resize(700, 500)
    state.show()
    label = next(each for each in state.findChildren(type(text())) if "word" in each.text())
    assert label.height() >= label.heightForWidth(label.width())
