"""Tests of ``wattfare_desktop.system.programs``, on real sockets and processes."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from wattfare_desktop.system.programs import (
    End,
    Programs,
    _connection,
    end_of,
    listening_program,
)

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
ME = os.path.realpath(sys.executable)

CONNECT = """
import encodings.idna, os, socket, sys  # what is imported later another user may not read
if len(sys.argv) > 2:
    os.setuid(int(sys.argv[2]))
client = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
print("connected", flush=True)
sys.stdin.read()
"""


@contextmanager
def connected(*more: str) -> Iterator[tuple[End, End]]:
    """Have another process connect to this one; yield both names of the connection."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        client = subprocess.Popen(
            [sys.executable, "-c", CONNECT, str(port), *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        with client:
            assert client.stdout is not None
            assert client.stdout.readline() == b"connected\n"
            accepted, theirs = server.accept()
            with closing(accepted):
                yield end_of(accepted.getsockname()), end_of(theirs)
            assert client.stdin is not None
            client.stdin.close()


def test_the_program_at_the_other_end_is_found_with_what_started_it() -> None:
    with connected() as ends:
        found = Programs().connected(*ends)
        assert found is not None
        assert os.path.realpath(found.path) == ME
        assert found.parent is not None
        assert os.path.realpath(found.parent) == ME
        assert not Programs().is_foreign(*ends)


def test_a_connection_that_is_not_there_is_nobodys() -> None:
    with connected() as (ours, theirs):
        nowhere = End(address=theirs.address, port=1)
        assert Programs().connected(ours, nowhere) is None
        assert not Programs().is_foreign(ours, nowhere)
    assert Programs().connected(ours, theirs) is None


@linux
@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="only root becomes another user")
def test_another_users_program_is_known_as_such() -> None:
    with connected("65534") as ends:
        assert Programs().is_foreign(*ends)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - what some apps do
def test_the_program_that_listens_is_found(host: str) -> None:
    with closing(socket.create_server((host, 0))) as server:
        port = server.getsockname()[1]
        found = listening_program("127.0.0.1", port)
        assert found is not None
        assert os.path.realpath(found.path) == ME
    assert listening_program("127.0.0.1", port) is None


def test_an_address_is_plain_whatever_the_socket_calls_it() -> None:
    assert end_of(("::ffff:127.0.0.1", 1)) == end_of(("127.0.0.1", 1))
    assert end_of(("::1%lo", 1)) == end_of(("::1", 1))


@linux
def test_a_kernel_that_tells_nothing_is_no_trouble(tmp_path: Path) -> None:
    with connected() as ends:
        assert Programs(tmp_path).connected(*ends) is None
        assert not Programs(tmp_path).is_foreign(*ends)


@linux
def test_the_kernels_table_tells_the_same_where_it_may_not_be_asked(tmp_path: Path) -> None:
    (tmp_path / "net").symlink_to("/proc/net")
    with connected() as ends:
        assert not Programs(tmp_path).is_foreign(*ends)
        assert _connection(*ends, tmp_path) == _connection(*ends, Path("/proc"))


@linux
def test_a_program_that_was_found_is_looked_at_first() -> None:
    programs = Programs()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        for _ in range(2):
            with closing(socket.create_connection(server.getsockname())) as client:
                accepted, theirs = server.accept()
                with closing(accepted):
                    assert theirs == client.getsockname()
                    found = programs.connected(end_of(accepted.getsockname()), end_of(theirs))
                    assert found is not None
                    assert os.path.realpath(found.path) == ME
    assert list(programs._recent) == [os.getpid()]
