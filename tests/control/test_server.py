"""A real socket, a real client: what the server answers, and whom."""

import asyncio
import contextlib
import json
import socket
import stat
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from wattfare_desktop.control import client
from wattfare_desktop.control.messages import REQUEST_BYTES_MAX, JsonValue, WalletAbsent
from wattfare_desktop.control.server import ControlServer
from wattfare_desktop.core.errors import UserFacingError

SECRET = "sk-canary-4f1c"


async def echo(command: str, arguments: Mapping[str, JsonValue], /) -> JsonValue:
    if command == "refuse":
        raise UserFacingError("Not this", "Ask for that.")
    if command == "break":
        raise RuntimeError(f"broke at {arguments['key']}")
    return {"command": command, **arguments}


@pytest.fixture
def address(tmp_path: Path) -> str:
    return str(tmp_path / "private" / "control")


@pytest.fixture
async def server(address: str) -> AsyncIterator[ControlServer]:
    server = ControlServer(address=address, answerer=echo)
    assert await server.start()
    yield server
    await server.close()


async def ask(
    address: str, command: str, arguments: Mapping[str, JsonValue] | None = None
) -> JsonValue:
    return await asyncio.to_thread(client.ask, address, command, arguments, timeout_s=10)


async def send(address: str, sent: bytes) -> list[bytes]:
    """Send raw bytes and return the lines that come back until the server hangs up or is quiet."""
    reader, writer = await asyncio.open_unix_connection(address)
    writer.write(sent)
    writer.write_eof()
    told = b""
    with contextlib.suppress(ConnectionError):
        told = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    return told.splitlines()


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("server")
async def test_an_answer_reaches_the_client(address: str) -> None:
    assert await ask(address, "apps", {"app": "Notes"}) == {"command": "apps", "app": "Notes"}


@pytest.mark.usefixtures("server")
async def test_a_long_answer_arrives_whole(address: str) -> None:
    text = "x" * (REQUEST_BYTES_MAX - 1_000)

    assert await ask(address, "apps", {"app": text}) == {"command": "apps", "app": text}


@pytest.mark.usefixtures("server")
async def test_a_refusal_reaches_the_client_as_one(address: str) -> None:
    with pytest.raises(UserFacingError, match="Ask for that"):
        await ask(address, "refuse")


@pytest.mark.usefixtures("server")
async def test_several_requests_are_answered_on_one_connection(address: str) -> None:
    lines = await send(address, b'{"command": "a"}\nnonsense\n{"command": "b"}\n')

    answers = [json.loads(line) for line in lines]
    assert answers[0] == {"ok": {"command": "a"}}
    assert answers[1]["error"]["title"] == "Not a control request"
    assert answers[2] == {"ok": {"command": "b"}}


@pytest.mark.usefixtures("server")
async def test_a_line_without_end_is_not_kept(address: str) -> None:
    reader, writer = await asyncio.open_unix_connection(address)
    writer.write(b"x" * (REQUEST_BYTES_MAX + 100))

    with contextlib.suppress(ConnectionError):
        told = await asyncio.wait_for(reader.read(), 10)
        assert told == b"" or b"Not a control request" in told
    writer.close()
    assert await ask(address, "still there") == {"command": "still there"}


@pytest.mark.usefixtures("server")
async def test_a_bug_is_told_without_what_was_sent(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(UserFacingError, match="failed at this") as caught:
        await ask(address, "break", {"key": SECRET})

    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in str(caught.value)
    assert await ask(address, "next") == {"command": "next"}


@pytest.mark.usefixtures("server")
async def test_the_socket_is_private(address: str) -> None:
    path = Path(address)

    assert permissions(path) == 0o600
    assert permissions(path.parent) == 0o700


@pytest.mark.usefixtures("server")
async def test_another_user_is_not_answered(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The kernel tells the truth about both ends; being somebody else is what can be played.
    monkeypatch.setattr("os.getuid", lambda: 12_345)

    assert await send(address, b'{"command": "apps"}\n') == []


@pytest.mark.usefixtures("server")
async def test_the_client_tells_another_users_server_nothing(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.getuid", lambda: 12_345)

    with pytest.raises(UserFacingError, match="Another user"):
        await ask(address, "funding add", {"key": SECRET})


async def test_without_a_wallet_the_client_says_so(address: str) -> None:
    with pytest.raises(WalletAbsent):
        await ask(address, "status")


@pytest.mark.usefixtures("server")
async def test_a_second_wallet_gets_no_place(address: str) -> None:
    second = ControlServer(address=address, answerer=echo)

    assert not await second.start()
    await second.close()
    assert await ask(address, "first") == {"command": "first"}


async def test_the_place_is_free_again_once_closed(address: str) -> None:
    first = ControlServer(address=address, answerer=echo)
    assert await first.start()
    await first.close()

    with pytest.raises(WalletAbsent):
        await ask(address, "status")
    second = ControlServer(address=address, answerer=echo)
    assert await second.start()
    await second.close()


async def test_the_file_of_a_dead_wallet_is_replaced(address: str) -> None:
    Path(address).parent.mkdir()
    dead = socket.socket(socket.AF_UNIX)
    dead.bind(address)
    dead.close()
    with pytest.raises(WalletAbsent):
        await ask(address, "status")

    server = ControlServer(address=address, answerer=echo)
    assert await server.start()
    assert await ask(address, "status") == {"command": "status"}
    await server.close()


async def test_a_request_in_work_is_answered_while_closing(address: str) -> None:
    started, may_end = asyncio.Event(), asyncio.Event()

    async def slow(command: str, _arguments: Mapping[str, JsonValue], /) -> JsonValue:
        started.set()
        await may_end.wait()
        return command

    server = ControlServer(address=address, answerer=slow)
    assert await server.start()
    asked = asyncio.create_task(ask(address, "quit"))
    await started.wait()
    closed = asyncio.create_task(server.close())
    await asyncio.sleep(0)
    may_end.set()

    assert await asked == "quit"
    await closed


async def test_an_idle_connection_does_not_hold_up_closing(
    address: str, server: ControlServer
) -> None:
    reader, writer = await asyncio.open_unix_connection(address)
    writer.write(b'{"command": "a"}\n')
    await reader.readline()

    await asyncio.wait_for(server.close(), 5)
    assert await reader.read() == b""
    writer.close()


async def test_a_wallet_that_hangs_up_is_told_apart_from_none(address: str) -> None:
    Path(address).parent.mkdir()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen()
    asked = asyncio.create_task(ask(address, "status"))
    taken, _ = await asyncio.to_thread(listening.accept)
    taken.close()

    with pytest.raises(UserFacingError, match="went away"):
        await asked
    listening.close()


async def test_a_wallet_that_is_silent_is_not_waited_for(address: str) -> None:
    Path(address).parent.mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        with pytest.raises(UserFacingError, match="does not answer"):
            await asyncio.to_thread(client.ask, address, "status", timeout_s=0.05)
