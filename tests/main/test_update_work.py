"""Newer versions in the running program: a locked wallet, its windows, its command line."""

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.support.gateway_house import Desk, KeepingOpener
from tests.support.qt_garbage import collected_here
from tests.support.update_channel import Channel, make_channel
from wattfare_desktop.cli.options import WalletOptions
from wattfare_desktop.control import client
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.gateway.update_source import HttpUpdateSource
from wattfare_desktop.main import assembly
from wattfare_desktop.main.wallet_thread import Listeners, Live, WalletThread
from wattfare_desktop.main.windows import Doorbell, Windows, listeners
from wattfare_desktop.system import update_channel as system
from wattfare_desktop.system.platforms import this_platform
from wattfare_desktop.system.program import program_version
from wattfare_desktop.system.settings import SettingsFile
from wattfare_desktop.ui.bridge import Bridge
from wattfare_desktop.ui.theme import Theme
from wattfare_desktop.ui.wallet_application import WalletApplication
from wattfare_desktop.vault.protection import Protection

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
_PATIENCE_S = 20.0
NEWER = "999.0.0"


class Links(QObject):
    """The one thing of the application that windows listen to."""

    uri_opened = Signal(str)


@dataclass(kw_only=True)
class Server:
    """Serves a channel; while ``holds`` is set it takes requests and lets them wait."""

    channel: Channel
    origin: str
    holds: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A channel on loopback, which the program takes for the one that it came with."""
    channel = make_channel(tmp_path / "publisher")
    listening = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    made = Server(channel=channel, origin=f"http://127.0.0.1:{listening.server_address[1]}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if made.holds.is_set():
                made.held.set()
                time.sleep(_PATIENCE_S)
                return
            content = channel.fetch(self.path, 100_000)
            self.send_response(404 if content is None else 200)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Say nothing."""

    listening.RequestHandlerClass = Handler
    listening.daemon_threads = True
    listening.block_on_close = False
    came_with = system.Channel(
        metadata_url=f"{made.origin}/metadata/",
        targets_url=f"{made.origin}/targets/",
        root=channel.root,
    )
    monkeypatch.setattr(assembly, "load_channel", lambda _: came_with)
    source = partial(HttpUpdateSource, schemes=frozenset({"http"}))
    monkeypatch.setattr(assembly, "HttpUpdateSource", source)
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield made
    listening.shutdown()
    listening.server_close()


@dataclass(frozen=True, kw_only=True)
class Running:
    """The program without a wallet, and what its desktop was asked to open."""

    live: Live
    opener: KeepingOpener
    thread: WalletThread

    def ask(self, command: str, **arguments: str) -> object:
        return client.ask(self.live.parts.paths.control, command, arguments)


@contextmanager
def _running(folder: Path, told: Listeners) -> Iterator[Running]:
    environment = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    opener = KeepingOpener()
    thread = WalletThread(
        WalletOptions(home=folder / "home", port=0, passphrase_file=None, verbose=False),
        environment,
        replace(this_platform(("wattfare",), environment), opener=opener),
        told,
    )
    thread.start()
    try:
        yield Running(live=thread.live.result(_PATIENCE_S), opener=opener, thread=thread)
    finally:
        thread.stop()
        thread.ended.result(_PATIENCE_S)


def _nothing(_told: object = None) -> None:
    """Let it pass."""


DEAF = Listeners(presenter=Desk(), changed=_nothing, show=_nothing, quit=_nothing)


def test_the_command_line_asks_and_is_told_without_a_wallet(tmp_path: Path, server: Server) -> None:
    server.channel.publish(NEWER)
    with _running(tmp_path, DEAF) as here:
        assert server.channel.asked == [], "the start itself asks nothing"
        told = here.ask("update look")
        assert isinstance(told, dict)
        assert (told["running"], told["daily"]) == (program_version(), False)
        assert isinstance(told["newer"], dict)
        assert told["newer"]["version"] == NEWER
        home = here.live.parts.paths.home
        assert home.stat().st_mode & 0o077 == 0, "made by the look: there was no wallet"
        here.ask("update daily", daily="on")
    assert SettingsFile(tmp_path / "home" / "settings.json").load().updates_daily


def test_daily_goes_on_after_a_start(tmp_path: Path, server: Server) -> None:
    server.channel.publish(NEWER)
    with _running(tmp_path, DEAF) as here:
        here.ask("update daily", daily="on")
        notes = tmp_path / "home" / "updates" / "looked.json"
        _until(notes.exists)
    looked = server.channel.asked.count("/metadata/timestamp.json")
    with _running(tmp_path, DEAF):
        pass
    assert server.channel.asked.count("/metadata/timestamp.json") == looked, "not twice a day"
    notes.unlink()
    with _running(tmp_path, DEAF):
        _until(lambda: server.channel.asked.count("/metadata/timestamp.json") > looked)


def test_this_copy_has_no_channel(tmp_path: Path) -> None:
    with _running(tmp_path, DEAF) as here, pytest.raises(UserFacingError, match="no updates"):
        here.ask("update look")


def test_quitting_does_not_wait_for_a_look(tmp_path: Path, server: Server) -> None:
    server.holds.set()
    with _running(tmp_path, DEAF) as here:
        look = here.live.parts.releases.look()
        asked = asyncio.run_coroutine_threadsafe(look, here.live.loop)
        assert server.held.wait(_PATIENCE_S)
        began_s = time.monotonic()
        here.thread.stop()
        here.thread.ended.result(_PATIENCE_S)
    assert time.monotonic() - began_s < 5
    assert asked.done()


@pytest.fixture
def desktop(
    tmp_path: Path, server: Server, qtbot: QtBot, qapp: QApplication
) -> Iterator[tuple[Windows, Running]]:
    """Windows around a program that has no wallet yet."""
    server.channel.publish("0.0.1")
    bridge = Bridge(interval_ms=0)
    with collected_here(), _running(tmp_path, listeners(bridge, Doorbell())) as here:
        windows = Windows(
            qt=cast("WalletApplication", Links()),
            live=here.live,
            bridge=bridge,
            theme=Theme(qapp),
            settings=SettingsFile(tmp_path / "home" / "settings.json"),
            protection=Protection.PASSPHRASE,
            keyring_trouble=None,
        )
        windows.start()
        yield windows, here
        windows.close()
        here.thread.stop()
        qtbot.waitUntil(here.thread.ended.done, timeout=20_000)
    gc.collect()


def test_the_tray_leads_to_the_page_of_a_newer_version(
    desktop: tuple[Windows, Running],
    server: Server,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    windows, here = desktop
    notified: list[tuple[str, str]] = []
    monkeypatch.setattr(windows.tray, "notify", lambda *words: notified.append(words))
    asyncio.run_coroutine_threadsafe(here.live.parts.releases.look(), here.live.loop).result(20)
    assert _entry(windows) is None
    server.channel.publish(NEWER)
    for _ in range(2):
        looked = asyncio.run_coroutine_threadsafe(here.live.parts.releases.look(), here.live.loop)
        qtbot.waitUntil(looked.done, timeout=20_000)
    qtbot.waitUntil(lambda: _entry(windows) is not None, timeout=20_000)
    ((title, words),) = notified
    assert title == f"Wattfare {NEWER} is out"
    assert "Receipts can be printed." in words
    entry = _entry(windows)
    assert entry is not None
    entry.trigger()
    qtbot.waitUntil(lambda: bool(here.opener.opened), timeout=20_000)
    assert here.opener.opened == [f"https://wattfare.example/releases/{NEWER}"]


def _entry(windows: Windows) -> QAction | None:
    shown = [each for each in windows.tray.menu.actions() if each.isVisible()]
    return next((each for each in shown if each.text() == f"Get Wattfare {NEWER}..."), None)


def _until(is_so: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline_s, "it never came to be so"
        time.sleep(0.01)
