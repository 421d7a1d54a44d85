"""The program at the other end of a loopback connection, or behind a port that listens.

On Linux the kernel names a socket's user and inode, and a process that holds it is found by its
open files; elsewhere psutil looks through this user's own processes. Both may take tens of
milliseconds: never on an event loop.
"""

import os
import re
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import psutil

from wattfare_desktop.system.peers import Address, kernel_address
from wattfare_desktop.system.sock_diag import owner_of_socket

_PROC: Final = Path("/proc")
_RECENT_MAX: Final = 8
_LOCAL, _REMOTE, _STATE, _UID, _INODE = 1, 2, 3, 7, 9
_ESTABLISHED: Final = "01"
_LISTENING: Final = "0A"
_SOCKET: Final = re.compile(r"socket:\[(\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """One end of a connection, as ``getpeername`` gives it."""

    address: Address
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A running program by the path of its file, and what started it, where that is known."""

    path: str
    parent: str | None = None


def end_of(name: tuple[str, int]) -> End:
    """Return an end from a socket's name; IPv4 within IPv6 is IPv4."""
    return End(address=_unmapped(ip_address(name[0].partition("%")[0])), port=name[1])


class Programs:
    """Finds who is at the other end of connections.

    What was found is looked at first the next time: an app opens many connections, and to look
    through every process takes long. Not for two threads at once.
    """

    def __init__(self, proc: Path = _PROC) -> None:
        self._proc = proc
        self._recent: deque[int] = deque(maxlen=_RECENT_MAX)

    def is_foreign(self, ours: End, theirs: End) -> bool:
        """Return whether the program at ``theirs`` is known to run as another user than this one.

        Only Linux tells of others; False where it cannot be told, as of a connection that is over.
        """
        if sys.platform != "linux":
            return False
        found = _connection(ours, theirs, self._proc)
        return found is not None and found[0] != os.getuid()

    def connected(self, ours: End, theirs: End) -> Program | None:
        """Return the program at ``theirs``, None where it is not known for sure."""
        if sys.platform == "linux":
            found = _connection(ours, theirs, self._proc)
            return None if found is None else self._holder(found[1])

        def is_it(found: Any) -> bool:
            return bool(found.raddr) and _is(found.laddr, theirs) and _is(found.raddr, ours)

        return _only(_own_processes(is_it))

    def _holder(self, inode: int) -> Program | None:
        for pid in self._recent:
            if _holds(self._proc / str(pid), {inode}):
                return _program(pid)
        pids = list(_holding({inode}, self._proc))
        self._recent.extendleft(pids)
        return _only(filter(None, map(_program, pids)))


def listening_program(host: str, port: int, proc: Path = _PROC) -> Program | None:
    """Return the program that would answer at the loopback address ``host`` and ``port``."""
    there = end_of((host.strip("[]"), port))
    if sys.platform == "linux":
        pids = _holding(set(_listeners(there, proc)), proc)
        return _only(filter(None, map(_program, pids)))

    def is_it(found: Any) -> bool:
        return found.status == psutil.CONN_LISTEN and found.laddr.port == port

    return _only(_own_processes(is_it))


def _connection(ours: End, theirs: End, proc: Path) -> tuple[int, int] | None:
    """Return user and inode of the socket at ``theirs`` that is connected to ``ours``."""
    if proc == _PROC:
        with suppress(OSError):
            local, remote = (theirs.address, theirs.port), (ours.address, ours.port)
            return owner_of_socket(local, remote)
    for fields in _table(proc):
        if (
            fields[_STATE] == _ESTABLISHED
            and _end(fields[_LOCAL]) == theirs
            and _end(fields[_REMOTE]) == ours
        ):
            return int(fields[_UID]), int(fields[_INODE])
    return None


def _listeners(there: End, proc: Path) -> Iterator[int]:
    for fields in _table(proc):
        if fields[_STATE] == _LISTENING and int(fields[_LOCAL].partition(":")[2], 16) == there.port:
            address = _end(fields[_LOCAL]).address
            if address == there.address or address.is_unspecified:
                yield int(fields[_INODE])


def _table(proc: Path) -> Iterator[list[str]]:
    for name in ("tcp", "tcp6"):
        try:
            lines = (proc / "net" / name).read_text("ascii").splitlines()[1:]
        except OSError:
            continue  # a kernel without IPv6
        yield from (line.split() for line in lines)


def _end(entry: str) -> End:
    address, _, port = entry.partition(":")
    return End(address=_unmapped(kernel_address(address)), port=int(port, 16))


def _unmapped(address: Address) -> Address:
    return getattr(address, "ipv4_mapped", None) or address


def _holding(inodes: set[int], proc: Path) -> Iterator[int]:
    """Return the processes of this user that hold one of these sockets."""
    if inodes:
        for process in proc.iterdir():
            if process.name.isdigit() and _holds(process, inodes):
                yield int(process.name)


def _holds(process: Path, inodes: set[int]) -> bool:
    try:
        with os.scandir(process / "fd") as files:
            for file in files:
                # Not a Path for each of the thousands of files that are open here.
                match = _SOCKET.fullmatch(os.readlink(file.path))  # noqa: PTH115
                if match is not None and int(match[1]) in inodes:
                    return True
    except OSError:
        return False  # another user's, or it has ended
    return False


def _own_processes(is_it: Callable[[Any], bool]) -> Iterator[Program]:
    for process in psutil.process_iter():
        try:
            connections = process.net_connections(kind="tcp")
        except psutil.Error:
            continue
        if any(map(is_it, connections)):
            found = _program(process.pid)
            if found is not None:
                yield found


def _is(name: Any, end: End) -> bool:
    return end_of((name.ip, name.port)) == end


def _program(pid: int) -> Program | None:
    try:
        process = psutil.Process(pid)
        path, parent = process.exe(), process.parent()
    except psutil.Error:
        return None
    if not path:
        return None
    try:
        return Program(path=path, parent=(parent.exe() or None) if parent else None)
    except psutil.Error:
        return Program(path=path)


def _only(found: Iterable[Program]) -> Program | None:
    """Return the one program there is; a socket that several share is nobody's for sure."""
    by_path = {program.path: program for program in found}
    return next(iter(by_path.values())) if len(by_path) == 1 else None
