"""Which user is at the other end of a Unix socket, as the kernel says."""

import os
import socket
import struct
import sys
from typing import Final, Protocol

from wattfare_desktop.core.errors import UserFacingError

_UCRED: Final = struct.Struct("3i")  # Linux: pid, uid, gid
_XUCRED: Final = struct.Struct("IIh16I")  # macOS: version, uid, groups
_SOL_LOCAL: Final = 0
_LOCAL_PEERCRED: Final = 1


class Connected(Protocol):
    """A connected Unix socket, or an event loop's stand-in for one."""

    def getsockopt(self, level: int, optname: int, buflen: int, /) -> bytes:
        """Return a socket option as bytes."""


def user_of(connection: Connected) -> int:
    """Return the user id of the process at the other end. OSError where the kernel will not say."""
    if sys.platform == "linux":
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
        return int(_UCRED.unpack(told)[1])
    told = connection.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size)
    return int(_XUCRED.unpack(told.ljust(_XUCRED.size, b"\0"))[1])


def is_own_user(connection: Connected) -> bool:
    """Return whether the other end runs as this process's user."""
    return user_of(connection) == os.getuid()


def require_own_user(connection: Connected) -> None:
    """Raise UserFacingError where the other end is somebody else's process."""
    if not is_own_user(connection):
        raise UserFacingError(
            "Another user answers at the wallet's address",
            "Nothing was sent. Ask whoever looks after this machine.",
        )
