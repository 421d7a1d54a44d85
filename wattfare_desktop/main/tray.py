"""The wallet with its tray and window: Qt on this thread, the wallet on another."""

import asyncio
import signal
import socket
import sys
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

import qasync
from PySide6.QtCore import QObject, QSocketNotifier, Signal, Slot

from wattfare_desktop.cli.options import TrayOptions, WalletOptions
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.main.wallet_thread import AlreadyRunning, WalletThread
from wattfare_desktop.main.windows import Doorbell, Windows, listeners
from wattfare_desktop.system import paths
from wattfare_desktop.system.platforms import Platform, this_platform
from wattfare_desktop.system.program import program_command
from wattfare_desktop.system.settings import SettingsFile
from wattfare_desktop.ui.bridge import Bridge
from wattfare_desktop.ui.collector import Collector
from wattfare_desktop.ui.dialogs.error_notice import ErrorNotice
from wattfare_desktop.ui.icons import own_icon
from wattfare_desktop.ui.qt_messages import log_qt_messages
from wattfare_desktop.ui.theme import Theme
from wattfare_desktop.ui.wallet_application import WalletApplication
from wattfare_desktop.vault.protection import Protection
from wattfare_desktop.wallet.wallet import Wallet

T = TypeVar("T")


class Signals(QObject):
    """SIGINT and SIGTERM as a Qt signal: Qt's own loop would not notice them."""

    received = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._read, self._write = socket.socketpair()
        self._write.setblocking(False)  # noqa: FBT003 - the standard library's own form
        signal.set_wakeup_fd(self._write.fileno())
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _ignore)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_activated)

    @Slot()
    def _on_activated(self) -> None:
        self._read.recv(16)
        self.received.emit()


def _ignore(_number: int, _frame: object) -> None:
    """Let the wake-up descriptor tell instead."""


class TrayProgram(QObject):
    """One run of the tray application."""

    def __init__(
        self, options: WalletOptions, environment: Mapping[str, str], qt: WalletApplication
    ) -> None:
        super().__init__()
        self._options = options
        self._places = paths.paths_of(options.home, environment)
        self._qt = qt
        self._collector = Collector()
        self._bridge = Bridge()
        self._doorbell = Doorbell()
        self._theme = Theme(qt)
        self._settings = SettingsFile(self._places.settings)
        self._platform = _platform(options, environment)
        self._thread = WalletThread(
            options, environment, self._platform, listeners(self._bridge, self._doorbell)
        )
        self._quit = asyncio.get_running_loop().create_future()
        # From the first moment: a second start may ring before there is a window to show.
        self._is_rung = False
        self._doorbell.quit_requested.connect(self._on_quit_requested)
        self._doorbell.show_requested.connect(self._on_show_requested)
        self._signals: Signals | None = None
        self.windows: Windows | None = None

    async def start(self, uri: str) -> Windows:
        """Start the wallet and show its face. Raises UserFacingError or AlreadyRunning."""
        self._theme.choose(self._settings.load().appearance)
        self._thread.start()
        live = await asyncio.wrap_future(self._thread.live)
        protection = await _there(_protection(live.parts.wallet), live.loop)
        trouble = await _there(live.parts.vault.examine_keyring(), live.loop)
        self.windows = Windows(
            qt=self._qt,
            live=live,
            bridge=self._bridge,
            theme=self._theme,
            settings=self._settings,
            protection=protection,
            keyring_trouble=None if trouble is None else trouble.reason,
        )
        self.windows.quit_requested.connect(self._on_quit_requested)
        self.windows.start()
        if self._is_rung:
            self.windows.application.show_window()
        if uri:
            self.windows.submit(uri)
        return self.windows

    async def wait(self) -> None:
        """Wait until somebody quits."""
        await self._quit

    async def stop(self) -> None:
        """Clear the screen, settle, end."""
        if self.windows is not None:
            self.windows.close()
        self._thread.stop()
        await asyncio.wrap_future(self._thread.ended)
        self._collector.stop()

    @Slot()
    def _on_show_requested(self) -> None:
        if self.windows is None:
            self._is_rung = True
        else:
            self.windows.application.show_window()

    @Slot()
    def _on_quit_requested(self) -> None:
        if not self._quit.done():
            self._quit.set_result(None)

    @Slot()
    def _on_signal(self) -> None:
        self._on_quit_requested()

    def listen_to(self, signals: Signals) -> None:
        """Quit when the system asks."""
        # Kept: unheld, it would be gone before the first signal.
        self._signals = signals
        signals.received.connect(self._on_signal)


def make_application() -> WalletApplication:
    """Return Qt's application, named as desktops and scripts know it."""
    log_qt_messages()
    qt = WalletApplication([sys.argv[0]])
    qt.setApplicationName("wattfare")
    qt.setApplicationDisplayName("Wattfare")
    qt.setDesktopFileName("wattfare")
    qt.setWindowIcon(own_icon("wattfare"))
    qt.setQuitOnLastWindowClosed(False)
    return qt


def run_tray(options: TrayOptions, environment: Mapping[str, str], terminal: Terminal) -> int:
    """Run the tray application until it is quit; return the exit code."""
    qt = make_application()
    with qasync.QEventLoop(qt) as loop:
        code: int = loop.run_until_complete(_run(options, environment, terminal, qt))
    return code


async def _run(
    options: TrayOptions,
    environment: Mapping[str, str],
    terminal: Terminal,
    qt: WalletApplication,
) -> int:
    program = TrayProgram(options.wallet, environment, qt)
    program.listen_to(Signals())
    try:
        await program.start(options.uri)
        await program.wait()
    except AlreadyRunning:
        return 0
    except UserFacingError as error:
        terminal.complain(error)
        if not terminal.stderr.isatty():
            # Started from a menu, nobody reads what is printed.
            await _show(error)
        return 1
    finally:
        await program.stop()
    return 0


async def _protection(wallet: Wallet) -> Protection:
    try:
        return await wallet.protection()
    except UserFacingError:
        # Damaged, which the window shows; the keyring, if any, is no way in.
        return Protection.KEYRING


async def _show(error: UserFacingError) -> None:
    """Show ``error`` until its window is closed."""
    closed = asyncio.get_running_loop().create_future()
    notice = ErrorNotice(error.title, error.detail)
    notice.finished.connect(closed.set_result)
    notice.show()
    await closed


def _platform(options: WalletOptions, environment: Mapping[str, str]) -> Platform:
    command = program_command(environment)
    if options.home != paths.wallet_home(None, {**environment, "WATTFARE_HOME": ""}):
        # Links go to the wallet that registered them, wherever it lives.
        command = (*command, "--home", str(options.home))
    return this_platform(command, environment)


async def _there(work: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> T:
    """Run ``work`` on the wallet's loop and return its result here."""
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))
