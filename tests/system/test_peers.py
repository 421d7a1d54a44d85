"""Tests of ``wattfare_desktop.system.peers``, on real sockets."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path

import pytest

from wattfare_desktop.system import peers
from wattfare_desktop.system.peers import listener_is_own, listener_owners

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")

AS_ANOTHER = """
import os, socket, sys
os.setuid(65534)
listening = socket.create_server(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
sys.stdin.read()
"""


def listening(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, 0), family=family)


@pytest.mark.parametrize(
    ("bound", "asked"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - what some apps do
        ("::1", "::1"),
        ("::1", "[::1]"),
        ("::", "::1"),
    ],
)
def test_our_own_listener_is_ours(bound: str, asked: str) -> None:
    if ":" in bound and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    with closing(listening(bound)) as server:
        assert listener_is_own(asked, server.getsockname()[1])


def test_what_does_not_listen_there_is_not_ours() -> None:
    with closing(listening("127.0.0.1")) as server:
        port = server.getsockname()[1]
        with closing(socket.create_connection(("127.0.0.1", port))) as client:
            assert not listener_is_own("127.0.0.1", client.getsockname()[1])
        assert not listener_is_own("127.0.0.2", port)
        assert not listener_is_own("::1", port)
    assert not listener_is_own("127.0.0.1", port)


@pytest.fixture
def port_of_another() -> Iterator[int]:
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("only root can be another user")
    with subprocess.Popen(
        [sys.executable, "-c", AS_ANOTHER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        yield int(child.stdout.readline())
        child.communicate("", timeout=30)


def test_another_users_listener_is_not_ours(port_of_another: int) -> None:
    assert listener_owners(ip_address("127.0.0.1"), port_of_another) == {65_534}
    assert not listener_is_own("127.0.0.1", port_of_another)


@linux
def test_one_foreign_socket_among_ours_spoils_it(tmp_path: Path) -> None:
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
    row = (
        "   0: {address} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000  {uid} 0 1\n"
    )

    def entry(host: str, port: int, uid: int, state: str = "0A") -> str:
        packed = ip_address(host).packed
        words = [packed[at : at + 4] for at in range(0, len(packed), 4)]
        text = "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
        return row.format(address=f"{text}:{port:04X}", state=state, uid=uid)

    (tmp_path / "tcp").write_text(
        head
        + entry("127.0.0.1", 5_000, 1_000)
        + entry("0.0.0.0", 5_000, 1_001)  # noqa: S104
        + entry("127.0.0.1", 5_000, 1_002, state="01")
        + entry("127.0.0.1", 5_001, 1_003)
        + entry("192.168.0.7", 5_000, 1_004)
    )
    (tmp_path / "tcp6").write_text(
        head
        + entry("::", 5_000, 1_005)
        + entry("::1", 5_000, 1_006)
        + entry("::ffff:127.0.0.1", 5_000, 1_007)
        + entry("::ffff:0.0.0.0", 5_000, 1_008)
    )
    v4, v6 = ip_address("127.0.0.1"), ip_address("::1")
    assert listener_owners(v4, 5_000, tmp_path) == {1_000, 1_001, 1_005, 1_007, 1_008}
    assert listener_owners(v6, 5_000, tmp_path) == {1_005, 1_006}
    (tmp_path / "tcp6").unlink()
    assert listener_owners(v4, 5_001, tmp_path) == {1_003}


def test_the_way_of_the_other_platforms_finds_our_listener_too() -> None:
    with closing(listening("127.0.0.1")) as server:
        port = server.getsockname()[1]
        assert peers._own_program_listens(ip_address("127.0.0.1"), port)
        assert not peers._own_program_listens(ip_address("::1"), port)
    assert not peers._own_program_listens(ip_address("127.0.0.1"), port)
