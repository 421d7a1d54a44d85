"""Debian's Chromium without a window, and pages for it on loopback ports of their own.

Each port is an origin of its own to a browser, so a second one is as foreign as any site.
"""

import asyncio
import json
import os
import shutil
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from aiohttp import web

import system_packages

REBOUND: Final = "rebound.example"
"""A name of somebody else's that leads the browser to this machine."""

_PATIENCE_S: Final = 60.0
_END_S: Final = 10.0


def chromium() -> str:
    """Return the browser's program; skip the test, or fail it where CI is true, without one."""
    found = shutil.which("chromium")
    if found is not None:
        return found
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(
            f"NO CHROMIUM\n{system_packages.by_hand(system_packages.BROWSER)}", pytrace=False
        )
    pytest.skip("there is no Chromium here")


class Site:
    """One page on an origin of its own, the settings it asks for, and what it reports."""

    def __init__(self, origin: str, settings: dict[str, str]) -> None:
        self.origin = origin
        self.settings = settings
        self._report: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def report(self) -> Any:
        """Wait for what the page has to tell."""
        return await asyncio.wait_for(self._report, _PATIENCE_S)

    def take(self, told: Any) -> None:
        """Take what the page tells."""
        if not self._report.done():
            self._report.set_result(told)


@asynccontextmanager
async def site(page: str) -> AsyncIterator[Site]:
    """Serve ``page`` at every path of a free loopback port, until the block ends."""

    async def show(_: web.Request) -> web.Response:
        return web.Response(text=page, content_type="text/html")

    async def settings(_: web.Request) -> web.Response:
        return web.json_response(served.settings)

    async def report(request: web.Request) -> web.Response:
        served.take(json.loads(await request.text()))
        return web.Response()

    app = web.Application()
    app.router.add_get("/settings", settings)
    app.router.add_post("/report", report)
    app.router.add_get("/{rest:.*}", show)
    runner = web.AppRunner(app)
    await runner.setup()
    listening = web.TCPSite(runner, "127.0.0.1", 0)
    await listening.start()
    served = Site(f"http://127.0.0.1:{runner.addresses[0][1]}", {})
    try:
        yield served
    finally:
        await runner.cleanup()


@asynccontextmanager
async def browsing(folder: Path, address: str) -> AsyncIterator[None]:
    """Have a browser with nothing in its memory open ``address``, until the block ends."""
    browser = await _browser(folder, address)
    try:
        yield
    finally:
        await _end(browser)


async def page_text(folder: Path, address: str) -> str:
    """Return the document that a browser with nothing in its memory shows of ``address``."""
    browser = await _browser(folder, "--dump-dom", address, output=asyncio.subprocess.PIPE)
    try:
        shown, _ = await asyncio.wait_for(browser.communicate(), _PATIENCE_S)
    finally:
        await _end(browser)
    return shown.decode()


async def _browser(
    folder: Path, *arguments: str, output: int = asyncio.subprocess.DEVNULL
) -> Process:
    return await asyncio.create_subprocess_exec(
        chromium(),
        *("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        # Its sandbox wants rights that root and containers do not have; its rules for pages stay.
        "--no-sandbox",
        f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1",
        f"--user-data-dir={folder}",
        *arguments,
        stdout=output,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )


async def _end(browser: Process) -> None:
    if browser.returncode is not None:
        return
    os.killpg(browser.pid, signal.SIGTERM)
    try:
        await asyncio.wait_for(browser.wait(), _END_S)
    except TimeoutError:
        os.killpg(browser.pid, signal.SIGKILL)
        await browser.wait()
