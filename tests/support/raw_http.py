"""HTTP by hand, for what no client would send."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import pytest

_PATIENCE_S: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One response, its header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def error(self) -> dict[str, Any]:
        """The error of OpenAI's shape; fails where the body is anything else."""
        assert self.headers["content-type"].startswith("application/json"), self.headers
        parsed = json.loads(self.body)
        assert list(parsed) == ["error"], parsed
        error: dict[str, Any] = parsed["error"]
        assert {"message", "type", "param", "code"} <= error.keys(), error
        assert error["message"], error
        return error


class RawConnection:
    """A connection on which a test says every byte itself."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def say(self, text: bytes) -> None:
        """Send ``text``."""
        self._writer.write(text)

    async def answer(self) -> Answer:
        """Read one whole response that states its length."""
        async with asyncio.timeout(_PATIENCE_S):
            status, headers = await self.head()
            body = await self._reader.readexactly(int(headers["content-length"]))
        return Answer(status=status, headers=headers, body=body)

    async def head(self) -> tuple[int, dict[str, str]]:
        """Read the head of a response."""
        async with asyncio.timeout(_PATIENCE_S):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        pairs = (line.split(": ", 1) for line in lines)
        return int(first.split()[1]), {name.lower(): value for name, value in pairs}

    async def heard(self, words: bytes) -> None:
        """Read on until ``words`` have come."""
        async with asyncio.timeout(_PATIENCE_S):
            await self._reader.readuntil(words)

    async def some(self, count: int) -> bytes:
        """Read so many bytes on."""
        async with asyncio.timeout(_PATIENCE_S):
            return await self._reader.readexactly(count)

    async def closed(self) -> bytes:
        """Wait until the other side hangs up; return what it said before."""
        async with asyncio.timeout(_PATIENCE_S):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""

    def hang_up(self) -> None:
        """Go away in the middle of it."""
        self._writer.transport.abort()


@asynccontextmanager
async def raw_connection(
    port: int, host: str = "127.0.0.1", *, read_bytes_max: int | None = None
) -> AsyncIterator[RawConnection]:
    """Connect to ``port``; hang up at the end.

    ``read_bytes_max`` is what is taken in, here and by the system, before it is asked for.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)  # noqa: FBT003 - the system's own name for it
        if read_bytes_max is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, read_bytes_max)
        await asyncio.get_running_loop().sock_connect(sock, (host, port))
        reader, writer = await asyncio.open_connection(sock=sock, limit=read_bytes_max or 2**16)
    except BaseException:
        sock.close()
        raise
    try:
        yield RawConnection(reader, writer)
    finally:
        writer.transport.abort()


async def ask(port: int, request: bytes, host: str = "127.0.0.1") -> Answer:
    """Send ``request`` on a connection of its own and return the answer."""
    async with raw_connection(port, host) as connection:
        connection.say(request)
        return await connection.answer()


def require_ipv6() -> None:
    """Skip the test where this machine has no ::1."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no ::1")


def post(port: int, body: bytes, access: str, *, path: str = "/v1/chat/completions") -> bytes:
    """Return a good POST of ``body``."""
    return head(port, access, len(body), path=path) + body


def head(
    port: int,
    access: str,
    body_bytes: int | None,
    *headers: str,
    path: str = "/v1/chat/completions",
    method: str = "POST",
) -> bytes:
    """Return the head of a good request with further ``headers``."""
    length = () if body_bytes is None else (f"Content-Length: {body_bytes}",)
    lines = (
        f"{method} {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Authorization: Bearer {access}",
        "Content-Type: application/json",
        *length,
        *headers,
    )
    return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"
