"""Answers the control socket's lines on the wallet's own loop."""

import asyncio
import contextlib
import logging
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Protocol

from wattfare_desktop.control import peer
from wattfare_desktop.control.messages import (
    REQUEST_BYTES_MAX,
    JsonValue,
    answer_line,
    error_line,
    read_request,
)
from wattfare_desktop.core.errors import UserFacingError

if sys.platform == "win32":
    from wattfare_desktop.control.pipe_listener import PipeListener
else:
    from wattfare_desktop.control.unix_listener import UnixListener

_logger = logging.getLogger(__name__)

_SILENCE_TIMEOUT_S: Final = 30.0
_WRITE_TIMEOUT_S: Final = 30.0
_FAREWELL_TIMEOUT_S: Final = 1.0
_CONNECTIONS_MAX: Final = 64


class Answerer(Protocol):
    """What stands behind the socket."""

    async def __call__(self, command: str, arguments: Mapping[str, JsonValue], /) -> JsonValue:
        """Return the answer; UserFacingError where it is refused."""


class _Listener(Protocol):
    """A claimed address."""

    def release(self) -> None:
        """Let the next wallet have it."""


class ControlServer:
    """The listening end: reads a request a line, hands it to ``answerer``, writes the answer.

    ``address`` is a path, or a pipe's name on Windows. Make and use it on one loop.
    """

    def __init__(self, *, address: str, answerer: Answerer) -> None:
        self._address = address
        self._answerer = answerer
        self._idle: set[asyncio.Task[None]] = set()
        self._busy: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._listener: _Listener | None = None

    async def start(self) -> bool:
        """Begin to answer; False where a living wallet of this home already does."""
        if sys.platform == "win32":
            self._listener = await PipeListener.claim(self._address, self._pipe_protocol)
            return self._listener is not None
        listener = UnixListener.claim(Path(self._address))
        if listener is None:
            return False
        self._listener = listener
        self._server = await asyncio.start_unix_server(
            self._on_connection, sock=listener.socket, limit=REQUEST_BYTES_MAX
        )
        return True

    async def close(self) -> None:
        """Take no more requests; those being answered get a moment to end."""
        if self._server is not None:
            self._server.close()
        for task in self._idle:
            task.cancel()
        if self._busy:
            await asyncio.wait(self._busy, timeout=_FAREWELL_TIMEOUT_S)
        left = self._busy | self._idle
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if self._listener is not None:
            self._listener.release()
            self._listener = None

    def _pipe_protocol(self) -> asyncio.StreamReaderProtocol:
        reader = asyncio.StreamReader(limit=REQUEST_BYTES_MAX)
        return asyncio.StreamReaderProtocol(reader, self._on_connection)

    async def _on_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._idle.add(task)
        try:
            if self._is_welcome(writer):
                await self._converse(task, reader, writer)
        except (TimeoutError, ConnectionError, asyncio.CancelledError):
            # The other end is silent, gone, or the wallet closes: nobody is left to be told. A
            # cancelled connection ends here as a finished one, which is all its server asks of it.
            pass
        finally:
            self._idle.discard(task)
            self._busy.discard(task)
            writer.close()

    def _is_welcome(self, writer: asyncio.StreamWriter) -> bool:
        if len(self._idle) + len(self._busy) > _CONNECTIONS_MAX:
            return False
        if sys.platform == "win32":
            return True
        try:
            return peer.is_own_user(writer.get_extra_info("socket"))
        except OSError:
            return False

    async def _converse(
        self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while line := await _next_line(reader):
            self._idle.discard(task)
            self._busy.add(task)
            writer.write(await self._answer(line))
            await asyncio.wait_for(writer.drain(), _WRITE_TIMEOUT_S)
            self._busy.discard(task)
            self._idle.add(task)
            if not line.endswith(b"\n"):
                return

    async def _answer(self, line: bytes) -> bytes:
        command = ""
        try:
            command, arguments = read_request(line)
            return answer_line(await self._answerer(command, arguments))
        except UserFacingError as error:
            return error_line(error)
        except Exception as error:  # noqa: BLE001 - a bug in one command must not end the wallet
            # Where it happened, and never its text: that may quote what the user sent.
            _logger.error(  # noqa: TRY400 - see above
                "a control command failed inside: %s\n%s",
                type(error).__name__,
                "".join(traceback.format_tb(error.__traceback__)),
            )
            return error_line(
                UserFacingError(
                    "The wallet failed at this", "Its log says where; please report it."
                )
            )


async def _next_line(reader: asyncio.StreamReader) -> bytes:
    """Return the next line, or what cannot be one: cut short at the bound. Empty at the end."""
    try:
        return await asyncio.wait_for(reader.readuntil(b"\n"), _SILENCE_TIMEOUT_S)
    except asyncio.IncompleteReadError:
        return b""
    except asyncio.LimitOverrunError as overrun:
        with contextlib.suppress(asyncio.IncompleteReadError):
            return await reader.readexactly(overrun.consumed)
        return b""
