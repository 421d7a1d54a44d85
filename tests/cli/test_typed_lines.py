"""Real pipes and a real terminal: only what is typed after the question counts."""

import asyncio
import contextlib
import os
import pty
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from wattfare_desktop.cli.typed_lines import LINE_BYTES_MAX, TypedLines


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipe:
    read_fd: int
    write_fd: int

    def type(self, text: str) -> None:
        os.write(self.write_fd, text.encode())


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe(**dict(zip(("read_fd", "write_fd"), os.pipe(), strict=True)))
    yield pipe
    os.close(pipe.read_fd)
    os.close(pipe.write_fd)


class Heard:
    """The lines that came, in order; ``await next()`` waits for one."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()

    def __call__(self, line: str | None) -> None:
        self._queue.put_nowait(line)

    async def next(self) -> str | None:
        return await asyncio.wait_for(self._queue.get(), 10)

    @property
    def is_empty(self) -> bool:
        return self._queue.empty()


async def test_what_was_typed_before_is_discarded(pipe: Pipe) -> None:
    lines, heard = TypedLines(pipe.read_fd), Heard()
    pipe.type("approve\napprove 900.00 year\nappr")

    lines.discard()
    lines.listen(heard)
    pipe.type("ove\ndeny\n")

    assert await heard.next() == "ove"
    assert await heard.next() == "deny"
    assert heard.is_empty
    lines.shut()


async def test_nothing_is_kept_from_one_question_to_the_next(pipe: Pipe) -> None:
    lines, first, second = TypedLines(pipe.read_fd), Heard(), Heard()
    lines.listen(first)
    pipe.type("deny\n")
    await first.next()
    lines.shut()

    pipe.type("approve\n")
    lines.discard()
    lines.listen(second)
    pipe.type("deny\n")

    assert await second.next() == "deny"
    lines.shut()


async def test_an_answer_that_shuts_leaves_the_rest_unread(pipe: Pipe) -> None:
    lines = TypedLines(pipe.read_fd)
    heard: list[str | None] = []
    done = asyncio.Event()

    def once(line: str | None) -> None:
        heard.append(line)
        lines.shut()
        done.set()

    lines.listen(once)
    pipe.type("deny\napprove\n")
    await asyncio.wait_for(done.wait(), 10)
    await asyncio.sleep(0)

    assert heard == ["deny"]


async def test_a_writer_who_never_stops_is_not_waited_for(pipe: Pipe) -> None:
    os.set_blocking(pipe.write_fd, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(pipe.write_fd, b"approve\n" * 512):
            pass

    TypedLines(pipe.read_fd).discard()

    assert os.write(pipe.write_fd, b"room again\n")


async def test_a_long_line_is_cut_and_never_kept_whole(pipe: Pipe) -> None:
    lines, heard = TypedLines(pipe.read_fd), Heard()
    lines.listen(heard)
    pipe.type("x" * 3_000)
    pipe.type("x" * 3_000 + "\n")
    line = await heard.next()

    assert line is not None
    assert set(line) == {"x"}
    assert len(line) <= LINE_BYTES_MAX
    lines.shut()


async def test_the_end_is_told_once() -> None:
    read_fd, write_fd = os.pipe()
    lines, heard = TypedLines(read_fd), Heard()
    lines.listen(heard)
    os.close(write_fd)

    assert await heard.next() is None
    assert heard.is_empty
    os.close(read_fd)


async def test_a_file_ends_at_once_whatever_it_holds() -> None:
    with tempfile.TemporaryFile() as file:
        file.write(b"approve\n")
        file.seek(0)
        lines, heard = TypedLines(file.fileno()), Heard()
        lines.discard()
        lines.listen(heard)

        assert await heard.next() is None


async def test_no_standard_input_ends_at_once() -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    lines, heard = TypedLines(null), Heard()
    lines.discard()
    lines.listen(heard)

    assert await heard.next() is None
    os.close(null)


async def test_on_a_terminal_what_was_typed_before_is_discarded() -> None:
    keyboard, screen = pty.openpty()
    lines, heard = TypedLines(screen), Heard()
    os.write(keyboard, b"approve\nappro")

    lines.discard()
    lines.listen(heard)
    os.write(keyboard, b"deny\n")

    assert await heard.next() == "deny"
    lines.shut()
    os.close(keyboard)
    os.close(screen)
