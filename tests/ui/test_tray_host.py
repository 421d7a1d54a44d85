"""A place for the icon that comes late, goes, or never comes."""

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from wattfare_desktop.ui.tray_host import MISSING_AFTER_POLLS, TrayHost


class Watched(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.available = False
        self.told: list[str] = []
        self.host = TrayHost(lambda: self.available, self)
        self.host.appeared.connect(self._on_appeared)
        self.host.missing.connect(self._on_missing)

    def _on_appeared(self) -> None:
        self.told.append("appeared")

    def _on_missing(self) -> None:
        self.told.append("missing")


def test_a_host_that_is_there_is_told_at_once(qtbot: QtBot) -> None:  # noqa: ARG001 - Qt must run
    watched = Watched()
    watched.available = True
    watched.host.start()
    watched.host.poll()
    assert watched.told == ["appeared"]


def test_a_late_host_and_one_that_comes_back_are_told(qtbot: QtBot) -> None:  # noqa: ARG001
    watched = Watched()
    for available in (False, True, False, True):
        watched.available = available
        watched.host.poll()
    assert watched.told == ["appeared", "appeared"]


def test_none_for_ten_seconds_is_told_once(qtbot: QtBot) -> None:  # noqa: ARG001
    watched = Watched()
    for _ in range(MISSING_AFTER_POLLS):
        watched.host.poll()
    assert watched.told == []
    for _ in range(MISSING_AFTER_POLLS):
        watched.host.poll()
    assert watched.told == ["missing"]


def test_each_change_is_told_and_the_first_look(qtbot: QtBot) -> None:  # noqa: ARG001
    watched = Watched()
    told: list[bool] = []
    watched.host.looked.connect(told.append)
    for available in (False, False, True, True, False):
        watched.available = available
        watched.host.poll()
    assert told == [False, True, False]
    assert not watched.host.available
