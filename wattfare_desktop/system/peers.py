"""Whose program listens on a port of this machine.

An authorization code goes out to a loopback port; it must reach a program of the same user, since
on a machine with several users any of them may open any port.
"""

import getpass
import os
import sys
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final

import psutil

_PROC: Final = Path("/proc/net")
_LISTENING: Final = "0A"
_ADDRESS, _STATE, _UID = 1, 3, 7

Address = IPv4Address | IPv6Address


def listener_is_own(host: str, port: int) -> bool:
    """Return whether all that may answer at the loopback address ``host`` are the same user's.

    False where nothing listens, and where it cannot be told.
    """
    address = ip_address(host.strip("[]"))
    if sys.platform == "linux":
        owners = listener_owners(address, port)
        return bool(owners) and owners == {os.getuid()}
    return _own_program_listens(address, port)


def listener_owners(address: Address, port: int, proc: Path = _PROC) -> set[int]:
    """Return the ids of the users whose sockets may answer at ``address`` and ``port`` (Linux).

    A socket on all addresses counts along with one on the very address: the kernel takes the
    nearer, and which that is should not matter to safety.
    """
    owners: set[int] = set()
    for table in ("tcp", "tcp6"):
        try:
            lines = (proc / table).read_text("ascii").splitlines()[1:]
        except OSError:
            continue  # a kernel without IPv6
        for line in lines:
            fields = line.split()
            if fields[_STATE] == _LISTENING and _answers(fields[_ADDRESS], address, port):
                owners.add(int(fields[_UID]))
    return owners


def _answers(entry: str, address: Address, port: int) -> bool:
    text, _, port_text = entry.partition(":")
    if int(port_text, 16) != port:
        return False
    return _covers(kernel_address(text), address)


def kernel_address(text: str) -> Address:
    """Return the address of /proc/net/tcp: 32-bit words in the machine's own byte order."""
    words = [int(text[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(text), 8)]
    return ip_address(b"".join(words))


def _covers(listening: Address, address: Address) -> bool:
    if isinstance(listening, IPv6Address):
        if listening.is_unspecified:
            return True  # and IPv4 too, unless the socket says otherwise
        listening = listening.ipv4_mapped or listening
    if listening.is_unspecified:
        return isinstance(address, IPv4Address)
    return listening == address


def _own_program_listens(address: Address, port: int) -> bool:
    """Best effort where the kernel does not tell: look through this user's own processes."""
    user = getpass.getuser()
    for process in psutil.process_iter(["username"]):
        name = str(process.info["username"] or "")
        if name.rpartition("\\")[2] != user:  # Windows puts the domain in front
            continue
        try:
            connections = process.net_connections(kind="tcp")
        except psutil.Error:
            continue
        for connection in connections:
            if connection.status != psutil.CONN_LISTEN or connection.laddr.port != port:
                continue
            if _covers(ip_address(connection.laddr.ip.partition("%")[0]), address):
                return True
    return False
