"""The Unix socket a wallet listens on: one wallet a home, private to its user.

A lock file beside the socket decides who is the wallet: the kernel drops the lock with the process,
so whatever socket file lies there while the lock is free was left by a dead wallet and is replaced.
"""

import contextlib
import fcntl
import os
import socket
from pathlib import Path
from typing import Final, Self

_BACKLOG: Final = 64
_PRIVATE_FILE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700


class UnixListener:
    """The bound, listening socket and the lock that makes it ours."""

    def __init__(self, *, path: Path, lock_fd: int, listening: socket.socket) -> None:
        self._path = path
        self._lock_fd = lock_fd
        self.socket = listening

    @classmethod
    def claim(cls, path: Path) -> Self | None:
        """Return the listener at ``path``; None where a living wallet already holds it."""
        path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        lock_fd = _lock(path.with_name(path.name + ".lock"))
        if lock_fd is None:
            return None
        try:
            return cls(path=path, lock_fd=lock_fd, listening=_listening(path))
        except BaseException:
            os.close(lock_fd)
            raise

    def release(self) -> None:
        """Stop listening, take the file away and let the next wallet have the place."""
        self.socket.close()
        self._path.unlink(missing_ok=True)
        os.close(self._lock_fd)


def _lock(path: Path) -> int | None:
    lock_fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, _PRIVATE_FILE)
    try:
        fcntl.flock(lock_fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock_fd)
        return None
    return lock_fd


def _listening(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Linux gives the file the socket's own mode, so it is never open for a moment; elsewhere
        # the private folder covers that moment.
        with contextlib.suppress(OSError):
            os.fchmod(listening.fileno(), _PRIVATE_FILE)
        listening.bind(os.fspath(path))
        path.chmod(_PRIVATE_FILE)
        listening.listen(_BACKLOG)
        listening.settimeout(0.0)
    except BaseException:
        listening.close()
        raise
    return listening
