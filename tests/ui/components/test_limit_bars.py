"""Bars are as long as what is gone, and what is held looks otherwise."""

from datetime import UTC

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from tests.support.sample_rows import window
from tests.support.widgets import words
from wattfare_desktop.core.periods import Period
from wattfare_desktop.ui.components.limit_bars import LimitBars, Track
from wattfare_desktop.ui.presentation.apps import limit_bar
from wattfare_desktop.ui.theme import LIGHT

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def colours(spent: str, held: str, qtbot: QtBot) -> list[str]:
    track = Track()
    qtbot.addWidget(track)
    track.resize(200, track.height())
    track.show_bar(limit_bar(window(Period.DAY, "10", spent, held), UTC))
    image = track.grab().toImage()
    return [QColor(image.pixel(x, 4)).name() for x in range(200)]


def test_half_spent_is_half_a_bar(qtbot: QtBot) -> None:
    row = colours("5", "0", qtbot)
    assert row[50] == LIGHT.fill
    assert row[150] == LIGHT.track
    assert row.count(LIGHT.fill) == pytest.approx(100, abs=3)


def test_what_is_held_is_hatched(qtbot: QtBot) -> None:
    row = colours("5", "4", qtbot)
    assert len(set(row[105:175])) > 1
    assert row[195] == LIGHT.track


def test_full_is_red_and_says_so(qtbot: QtBot) -> None:
    assert colours("10", "0", qtbot)[100] == LIGHT.danger


def test_a_bar_a_limit_and_words_for_each(qtbot: QtBot) -> None:
    bars = LimitBars()
    qtbot.addWidget(bars)
    two = [limit_bar(window(period, "5", "1"), UTC) for period in (Period.DAY, Period.MONTH)]
    bars.show_bars(two)
    assert words(bars) == ["$1.00 of $5.00 a day", "$1.00 of $5.00 a month"]
    bars.show_bars(two[1:])
    assert words(bars) == ["$1.00 of $5.00 a month"]
