"""Windows that tests leave behind, taken apart on Qt's thread: any other would crash on them.

Each is destroyed by Qt, whole, before Python collects. Collected as garbage its parts would go one
by one, and Qt would ask those that are half gone how large they would like to be.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from wattfare_desktop.ui.collector import Collector


@pytest.fixture(scope="module", autouse=True)
def no_windows_left() -> Iterator[None]:
    """After each module: later ones have threads on which Python would collect."""
    yield
    collect()


@contextmanager
def collected_here() -> Iterator[None]:
    """Let nothing be collected on the threads of a wallet that runs meanwhile."""
    collect()
    collector = Collector()
    try:
        yield
    finally:
        collector.stop()


def collect() -> None:
    """Destroy every window there is, then collect what Python still holds of them."""
    if QApplication.instance() is not None:
        for window in filter(_stands_alone, QApplication.topLevelWidgets()):
            shiboken6.delete(window)
    gc.collect()


def _stands_alone(window: QWidget) -> bool:
    """Whether nothing of Qt's own owns it: lists that drop down and tips belong to somebody."""
    if not shiboken6.isValid(window):
        return False  # gone along with one before it
    kinds = {Qt.WindowType.Window, Qt.WindowType.Dialog, Qt.WindowType.Widget}
    return window.parentWidget() is None and window.windowType() in kinds
