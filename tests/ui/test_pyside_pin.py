"""The PySide6 that loses references on Python 3.11 must neither be installed nor come back."""

from __future__ import annotations

import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent
    from pytestqt.qtbot import QtBot

ROUNDS = 300
# What the interpreter itself borrows and gives back meanwhile; the fault loses one a call.
TOLERATED = ROUNDS // 10


class Painted(QWidget):
    """A window that repaints itself on a timer until it has done its rounds."""

    done = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__()
        self.timed = 0
        self.painted = 0
        self._timer = QTimer(parent or self)
        self._timer.timeout.connect(self._on_timeout)
        self._timer.start(0)

    @Slot()
    def _on_timeout(self) -> None:
        self.timed += 1
        self.repaint()
        if self.timed == ROUNDS:
            self._timer.stop()
            self.done.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's own name
        self.painted += 1


def references() -> tuple[int, ...]:
    return tuple(sys.getrefcount(value) for value in (None, True))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True cannot be lost since 3.12")
def test_timers_signals_and_repaints_lose_no_reference(qtbot: QtBot) -> None:
    window = Painted()
    qtbot.addWidget(window)
    before = references()

    with qtbot.waitSignal(window.done, timeout=20_000):
        window.show()

    after = references()
    assert (window.timed, window.painted >= ROUNDS) == (ROUNDS, True)
    assert after[0] > before[0] - TOLERATED
    assert after[1] > before[1] - TOLERATED


@pytest.mark.parametrize(
    ("python", "pyside", "allowed"),
    [
        ("3.11", "6.11.3", True),
        ("3.11", "6.12.0", False),
        ("3.11", "6.12.1", False),
        ("3.12", "6.12.0", True),
        ("3.13", "6.12.0", True),
    ],
)
def test_the_project_asks_for_a_sound_one(python: str, pyside: str, allowed: bool) -> None:  # noqa: FBT001 - a column of the table above
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
    requirements = [Requirement(line) for line in project["dependencies"]]

    applying = [
        requirement.specifier
        for requirement in requirements
        if requirement.name == "PySide6-Essentials"
        and (requirement.marker is None or requirement.marker.evaluate({"python_version": python}))
    ]

    assert applying
    assert all(pyside in specifier for specifier in applying) == allowed


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="only Python 3.11 is concerned")
def test_the_installed_one_is_sound() -> None:
    installed = tuple(int(part) for part in version("PySide6-Essentials").split(".")[:2])

    assert (6, 8) <= installed < (6, 12)
