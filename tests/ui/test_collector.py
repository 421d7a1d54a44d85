"""Garbage is collected on this thread, and on no other."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.support.qt_garbage import collect
from wattfare_desktop.ui.collector import Collector

HERE = threading.get_ident


class Knot(QObject):
    """Refers to itself, so that only a collection ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.fixture
def collector() -> Iterator[Collector]:
    collect()
    collector = Collector(interval_ms=1)
    yield collector
    collector.stop()


def _ended_on() -> list[int]:
    """Tie a knot and let it go; return where its end will be noted."""
    threads: list[int] = []
    knot = Knot()
    weakref.finalize(knot, lambda: threads.append(HERE()))
    return threads


def _allocate() -> None:
    kept = [[number] for number in range(50_000)]
    assert len(kept) == 50_000


@pytest.mark.usefixtures("collector")
def test_a_busy_thread_collects_nothing(qtbot: QtBot) -> None:
    threads = _ended_on()
    busy = threading.Thread(target=_allocate)
    busy.start()
    busy.join()
    assert threads == []
    kept = [[number] for number in range(50_000)]
    qtbot.waitUntil(lambda: bool(threads), timeout=10_000)
    assert threads == [HERE()]
    assert len(kept) == 50_000


def test_the_test_would_notice() -> None:
    collect()
    threads: list[int] = []
    # No Qt object: this one ends where it must not.
    knot = _Plain()
    weakref.finalize(knot, lambda: threads.append(HERE()))
    del knot
    busy = threading.Thread(target=_allocate)
    busy.start()
    busy.join()
    assert threads
    assert threads != [HERE()]


def test_it_is_given_back(collector: Collector) -> None:
    assert not gc.isenabled()
    collector.stop()
    assert gc.isenabled()


class _Plain:
    """A knot of Python alone."""

    def __init__(self) -> None:
        self.itself = self
