"""Tests of ``wattfare_desktop.system.logs``, on real files and a real server."""

import asyncio
import logging
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from aiohttp import web

from wattfare_desktop.system.logs import LogOutput, redacted, start_logging

CANARY = "Canary0Canary1Canary2"

Start = Callable[..., LogOutput]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "wattfare.log"


@pytest.fixture
def start(path: Path) -> Iterator[Start]:
    opened: list[LogOutput] = []

    def begin(*, verbose: bool = False) -> LogOutput:
        opened.append(start_logging(path, verbose=verbose))
        return opened[-1]

    yield begin
    for output in opened:
        output.close()


@pytest.mark.parametrize(
    "text",
    [
        f"wf_at_{CANARY}",
        f"key wf_code_{CANARY}.",
        f"sk-{CANARY}",
        f"sk-proj-{CANARY}_x-y",
        f"sk-ant-api03-{CANARY}",
        f"gsk_{CANARY}",
        f"xai-{CANARY}",
        f"AIza{CANARY}",
        f"Bearer {CANARY}",
        f"bearer   {CANARY}",
        f"Authorization: Bearer {CANARY}",
        f"{{'Authorization': 'Bearer {CANARY}'}}",
        f"Authorization: Basic {CANARY}",
        f"authorization={CANARY}",
        f"x-api-key: {CANARY}",
        f'"api_key": "{CANARY}"',
        f"x-goog-api-key={CANARY}",
        f"http://127.0.0.1:5000/cb?code={CANARY}&iss=x",
        f"http://127.0.0.1:5000/cb?iss=x&code={CANARY}#f",
        f"https://x/v1beta/models?key={CANARY}",
        f"client_secret={CANARY}",
        f"code_verifier={CANARY}&x=y",
    ],
)
def test_what_looks_like_a_key_is_taken_out(text: str) -> None:
    assert CANARY not in redacted(text)
    assert "[hidden]" in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "the ledger holds 12 calls",
        "task-12345678 ended; disk-space low; risk-assessment done",
        "grant_0k3v1234567890 paused",
        "port 8402 taken, took 8403",
        "status code=200",
    ],
)
def test_all_else_stays(text: str) -> None:
    assert redacted(text) == text


def test_nothing_secret_reaches_the_file(start: Start, path: Path) -> None:
    start()
    log = logging.getLogger("wattfare_desktop.test")
    log.info("asked with %s", f"wf_at_{CANARY}")
    log.info("headers %s", {"Authorization": f"Bearer {CANARY}"})
    try:
        int(f"sk-{CANARY}")
    except ValueError:
        log.exception("failed")
    text = path.read_text()
    assert CANARY not in text
    assert text.count("[hidden]") == 3
    assert "ValueError" in text


def test_verbose_tells_more_and_on_standard_error(
    start: Start, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = logging.getLogger("wattfare_desktop.test")
    quiet = start()
    log.debug("first")
    log.info("second")
    quiet.close()
    start(verbose=True)
    log.debug("third wf_at_%s", CANARY)
    assert "first" not in path.read_text()
    assert "second" in path.read_text()
    assert "third" in path.read_text()
    told = capsys.readouterr().err
    assert "third" in told
    assert "second" not in told
    assert CANARY not in told


def test_closing_gives_the_root_logger_back(start: Start, path: Path) -> None:
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    start().close()
    assert (root.level, list(root.handlers)) == before
    root.warning("after")
    assert "after" not in path.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, not modes")
def test_the_log_and_its_older_parts_are_private(start: Start, path: Path) -> None:
    path.write_text("")
    path.chmod(0o644)
    start()
    for _ in range(30):
        logging.getLogger("wattfare_desktop.test").info("x" * 100_000)
    files = list(path.parent.glob("wattfare.log*"))
    assert len(files) == 4
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_a_malformed_request_is_logged_without_its_text(start: Start, path: Path) -> None:
    start(verbose=True)
    await exchange_nonsense()
    text = path.read_text()  # noqa: ASYNC240 - the loop has nothing else to do
    assert "aiohttp.server" in text
    assert "RuntimeError" in text
    assert CANARY not in text


async def exchange_nonsense() -> None:
    """Send a real server requests that fail, and that are none."""

    async def fail(request: web.Request) -> web.Response:
        raise RuntimeError(f"about {request.path} {CANARY}")

    application = web.Application()
    application.router.add_get("/{tail:.*}", fail)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    for request in (
        f"GET /{CANARY} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"{CANARY} \x01 nonsense {CANARY}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: x\r\nBad Header {CANARY}\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request.encode())
        await asyncio.wait_for(reader.read(100), 10)
        writer.close()
        await writer.wait_closed()
    await runner.cleanup()
