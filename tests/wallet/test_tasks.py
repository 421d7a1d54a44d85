"""Tests of ``wattfare_desktop.wallet.tasks``."""

import asyncio
import gc

import pytest

from wattfare_desktop.wallet.tasks import Tasks


async def test_work_goes_on_when_nobody_holds_it() -> None:
    tasks, may_go, done = Tasks(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await may_go.wait()
        done.set()

    tasks.start(work(), "work")
    gc.collect()
    may_go.set()
    await asyncio.wait_for(done.wait(), 10)
    assert await tasks.drain(10)


async def test_draining_waits_and_says_whether_it_was_long_enough() -> None:
    tasks, may_go = Tasks(), asyncio.Event()
    assert await tasks.drain(0)
    tasks.start(may_go.wait(), "waiting")
    assert not await tasks.drain(0.01)
    may_go.set()
    assert await tasks.drain(10)


async def test_cancelling_ends_all() -> None:
    tasks = Tasks()
    ends = [tasks.start(asyncio.Event().wait(), "endless") for _ in range(3)]
    await tasks.cancel()
    assert all(end.cancelled() for end in ends)
    assert await tasks.drain(0)
    await tasks.cancel()


async def test_a_failure_is_logged_by_its_kind_alone(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ValueError("the prompt was: canary")

    tasks = Tasks()
    task = tasks.start(fail(), "answering ticket_1")
    await asyncio.wait({task})
    await asyncio.sleep(0)
    assert "answering ticket_1 failed: ValueError" in caplog.text
    assert "canary" not in caplog.text
