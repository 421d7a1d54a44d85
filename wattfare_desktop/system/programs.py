"""The program at the other end of a loopback connection, or behind a port that listens.

On Linux the kernel's tables name a socket's user and number, and a process that holds it is found
by its open files; elsewhere psutil looks through this user's own processes. Both take tens of
milliseconds: never on an event loop.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

import psutil

from wattfare_desktop.system.peers import Address, kernel_address

_PROC: Final = Path("/proc")
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


def is_foreign(ours: End, theirs: End, proc: Path = _PROC) -> bool:
    """Return whether the program at ``theirs`` is known to run as another user than this one.

    Only Linux tells of others; False where it cannot be told, as of a connection that has ended.
    """
    if sys.platform != "linux":
        return False
    uids = {uid for uid, _ in _connections(ours, theirs, proc)}
    return bool(uids) and os.getuid() not in uids


def connected_program(ours: End, theirs: End, proc: Path = _PROC) -> Program | None:
    """Return the program at ``theirs``, None where it is not known for sure."""
    if sys.platform == "linux":
        inodes = {inode for _, inode in _connections(ours, theirs, proc)}
        return _only(_holders(inodes, proc))

    def is_it(found: Any) -> bool:
        return bool(found.raddr) and _is(found.laddr, theirs) and _is(found.raddr, ours)

    return _only(_own_processes(is_it))


def listening_program(host: str, port: int, proc: Path = _PROC) -> Program | None:
    """Return the program that would answer at the loopback address ``host`` and ``port``."""
    there = end_of((host.strip("[]"), port))
    if sys.platform == "linux":
        return _only(_holders(set(_listeners(there, proc)), proc))

    def is_it(found: Any) -> bool:
        return found.status == psutil.CONN_LISTEN and found.laddr.port == port

    return _only(_own_processes(is_it))


def _connections(ours: End, theirs: End, proc: Path) -> Iterator[tuple[int, int]]:
    """Return user and number of the socket at ``theirs`` that is connected to ``ours``."""
    for fields in _table(proc):
        if (
            fields[_STATE] == _ESTABLISHED
            and _end(fields[_LOCAL]) == theirs
            and _end(fields[_REMOTE]) == ours
        ):
            yield int(fields[_UID]), int(fields[_INODE])


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


def _holders(inodes: set[int], proc: Path) -> Iterator[Program]:
    """Return the programs of this user that hold one of these sockets."""
    if not inodes:
        return
    for process in proc.iterdir():
        if process.name.isdigit() and _holds(process, inodes):
            found = _program(int(process.name))
            if found is not None:
                yield found


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


def _only(found: Iterator[Program]) -> Program | None:
    """Return the one program there is; a socket that several share is nobody's for sure."""
    by_path = {program.path: program for program in found}
    return next(iter(by_path.values())) if len(by_path) == 1 else None
