"""Lines read by a thread: heard only while somebody listens."""

import asyncio
import os
from collections.abc import Iterator
from typing import BinaryIO

import pytest

from wattfare_desktop.cli.threaded_lines import ThreadedLines


@pytest.fixture
def pipe() -> Iterator[tuple[BinaryIO, BinaryIO]]:
    read_fd, write_fd = os.pipe()
    with os.fdopen(read_fd, "rb") as screen, os.fdopen(write_fd, "wb", buffering=0) as keyboard:
        yield screen, keyboard


async def test_lines_are_heard_while_listening_and_their_end_each_time(
    pipe: tuple[BinaryIO, BinaryIO],
) -> None:
    screen, keyboard = pipe
    heard: asyncio.Queue[str | None] = asyncio.Queue()
    lines = ThreadedLines(screen)

    lines.listen(heard.put_nowait)
    keyboard.write(b"approve 2.00 day\r\n")
    assert await asyncio.wait_for(heard.get(), 10) == "approve 2.00 day"
    keyboard.close()
    assert await asyncio.wait_for(heard.get(), 10) is None

    lines.shut()
    lines.listen(heard.put_nowait)
    assert await asyncio.wait_for(heard.get(), 10) is None
