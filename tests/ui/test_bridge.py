"""What other threads tell arrives on Qt's, gathered."""

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId, TicketId
from wattfare_desktop.ui.bridge import INTERVAL_MS, Bridge
from wattfare_desktop.wallet.changes import Changes

HERE = threading.get_ident


class Heard:
    """No QObject: it is called wherever the signal is emitted."""

    def __init__(self) -> None:
        self.changes: list[Changes] = []
        self.words: list[object] = []
        self.threads: set[int] = set()

    def take(self, changes: Changes) -> None:
        self.changes.append(changes)
        self.threads.add(HERE())

    def hear(self, *words: object) -> None:
        self.words.append(words)
        self.threads.add(HERE())


@pytest.fixture(name="heard")
def _heard() -> Heard:
    return Heard()


def _elsewhere(act: Callable[[], None]) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join(timeout=10)


def test_a_thousand_writes_are_two_repaints(qtbot: QtBot, heard: Heard) -> None:
    bridge = Bridge(interval_ms=50)
    bridge.changed.connect(heard.take)
    bridge.attend()

    def write_first() -> None:
        bridge.take(Changes(calls=True))

    def write_more() -> None:
        for number in range(1_000):
            bridge.take(Changes(grants=frozenset({GrantId(f"grant_{number}")})))

    _elsewhere(write_first)
    qtbot.waitUntil(lambda: len(heard.changes) == 1, timeout=5_000)
    _elsewhere(write_more)
    qtbot.waitUntil(lambda: len(heard.changes) == 2, timeout=5_000)
    assert heard.changes[0] == Changes(calls=True)
    assert len(heard.changes[1].grants) == 1_000
    assert heard.threads == {HERE()}


def test_eyes_get_at_most_four_a_second() -> None:
    assert INTERVAL_MS >= 250


def test_no_change_is_not_told(qtbot: QtBot, heard: Heard) -> None:
    bridge = Bridge(interval_ms=0)
    bridge.changed.connect(heard.take)
    bridge.attend()
    bridge.take(Changes())
    bridge.take(Changes(wallet=True))
    qtbot.waitUntil(lambda: bool(heard.changes), timeout=5_000)
    assert heard.changes == [Changes(wallet=True)]


def test_the_desk_is_heard_on_this_thread(qtbot: QtBot, heard: Heard) -> None:
    bridge = Bridge()
    for signal in (
        bridge.consent_requested,
        bridge.consent_withdrawn,
        bridge.error_shown,
        bridge.unlock_requested,
    ):
        signal.connect(heard.hear)
    bridge.attend()
    ticket = object()

    def present() -> None:
        bridge.present(ticket)
        bridge.withdraw(TicketId("ticket_1"))
        bridge.show_error(UserFacingError("No", "Not like this."))
        bridge.ask_to_unlock()

    _elsewhere(present)
    qtbot.waitUntil(lambda: len(heard.words) == 4, timeout=5_000)
    assert heard.words == [(ticket,), ("ticket_1",), ("No", "Not like this."), ()]
    assert heard.threads == {HERE()}


def test_what_is_said_before_anybody_attends_is_told_in_its_order(
    qtbot: QtBot, heard: Heard
) -> None:
    bridge = Bridge()
    early, late = object(), object()

    def present_early() -> None:
        bridge.present(early)
        bridge.withdraw(TicketId("ticket_1"))

    bridge.take(Changes(unsettled=3))
    _elsewhere(present_early)
    # Whatever was queued is through: nobody was there to hear it.
    QCoreApplication.sendPostedEvents()
    bridge.changed.connect(heard.take)
    for signal in (bridge.consent_requested, bridge.consent_withdrawn):
        signal.connect(heard.hear)
    bridge.attend()
    assert heard.words == [(early,), ("ticket_1",)]
    assert heard.changes == [Changes(unsettled=3)]

    def present_late() -> None:
        bridge.present(late)

    _elsewhere(present_late)
    qtbot.waitUntil(lambda: len(heard.words) == 3, timeout=5_000)
    assert heard.words[2] == (late,)
    assert heard.threads == {HERE()}
