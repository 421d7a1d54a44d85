"""Ask the wallet that is running, from another process of the same user.

Standard library only and no asyncio: the operating system starts a whole process to hand over one
``wattfare://`` URI, and that should take milliseconds.
"""

import socket
import sys
from collections.abc import Mapping
from contextlib import closing
from typing import Final

from wattfare_desktop.control import named_pipe, peer
from wattfare_desktop.control.messages import (
    ANSWER_BYTES_MAX,
    JsonValue,
    WalletAbsent,
    read_answer,
    request_line,
)
from wattfare_desktop.core.errors import UserFacingError

_CHUNK_BYTES: Final = 256 * 1024
_CONNECT_TIMEOUT_S: Final = 3.0
ANSWER_TIMEOUT_S: Final = 90.0
"""Adding a provider key waits for that provider."""


def ask(
    address: str,
    command: str,
    arguments: Mapping[str, JsonValue] | None = None,
    *,
    timeout_s: float = ANSWER_TIMEOUT_S,
) -> JsonValue:
    """Return the running wallet's answer to ``command``.

    Raises WalletAbsent where none listens at ``address``, UserFacingError where it refuses, goes
    away, or takes longer than ``timeout_s``.
    """
    line = request_line(command, arguments or {})
    if sys.platform == "win32":
        return read_answer(named_pipe.exchange(address, line))
    return read_answer(_exchange(address, line, timeout_s))


def _exchange(address: str, line: bytes, timeout_s: float) -> bytes:
    try:
        with closing(_connected(address)) as connection:
            connection.settimeout(timeout_s)
            connection.sendall(line)
            return _read_line(connection)
    except TimeoutError:
        raise UserFacingError(
            "The wallet does not answer", "It may still be at it: look with `wattfare status`."
        ) from None
    except ConnectionError:
        return b""


def _connected(address: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(_CONNECT_TIMEOUT_S)
        connection.connect(address)
        peer.require_own_user(connection)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        connection.close()
        raise WalletAbsent from None
    except BaseException:
        connection.close()
        raise
    return connection


def _read_line(connection: socket.socket) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := connection.recv(_CHUNK_BYTES):
        chunks.append(chunk)
        size += len(chunk)
        if chunk.endswith(b"\n") or size > ANSWER_BYTES_MAX:
            break
    return b"".join(chunks)
