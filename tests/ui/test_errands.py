"""Errands run on the wallet's thread and report on Qt's."""

import asyncio
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.errands import LoopErrands


@pytest.fixture(name="loop")
def _loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(timeout=10)
    loop.close()


async def _where() -> int:
    return threading.get_ident()


async def _refuse() -> None:
    raise UserFacingError("No", "Not today.")


def test_work_runs_there_and_is_reported_here(
    loop: asyncio.AbstractEventLoop, qtbot: QtBot
) -> None:
    reports: list[tuple[int, int]] = []

    def done(worked_on: int) -> None:
        reports.append((worked_on, threading.get_ident()))

    errands = LoopErrands(loop, lambda _error: None)
    errands.run(_where(), done)
    qtbot.waitUntil(lambda: bool(reports), timeout=5_000)
    worked_on, reported_on = reports[0]
    assert reported_on == threading.get_ident()
    assert worked_on != reported_on


def test_a_refusal_nobody_waits_for_is_still_told(
    loop: asyncio.AbstractEventLoop, qtbot: QtBot
) -> None:
    told: list[UserFacingError] = []
    errands = LoopErrands(loop, told.append)
    errands.run(_refuse())
    qtbot.waitUntil(lambda: bool(told), timeout=5_000)
    assert told[0].title == "No"


def test_nothing_is_asked_of_a_loop_that_is_about_to_end(qtbot: QtBot) -> None:
    ended = asyncio.new_event_loop()
    ended.close()
    told: list[object] = []
    errands = LoopErrands(ended, told.append)
    errands.stop()
    work = _where()
    errands.run(work, told.append)
    # Closed, not forgotten: Python would complain of it at some later time.
    with pytest.raises(RuntimeError, match=r"already awaited|reuse"):
        work.send(None)
    qtbot.wait(0)
    assert told == []
