"""The wallet on a thread and a loop of its own, so that no repaint ever delays a call."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.cli.options import WalletOptions
from wattfare_desktop.cli.passphrase import read_passphrase
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.main.assembly import Parts, assembled, controlled, new_loop, published
from wattfare_desktop.main.examination import Examiner, TrayReport
from wattfare_desktop.system.platforms import Platform
from wattfare_desktop.wallet.authorization import ConsentPresenter
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.raising import RaisePresenter
from wattfare_desktop.wallet.wallet import Wallet, WalletState

_LOG: Final = logging.getLogger(__name__)


class AlreadyRunning(Exception):  # noqa: N818 - a state, not a fault
    """Another process holds this home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A wallet that listens: its parts, its loop, and its port."""

    parts: Parts
    loop: asyncio.AbstractEventLoop
    port: int
    state: WalletState
    tray: TrayReport
    examiner: Examiner


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Who is told what: called on the wallet's loop, and must not block."""

    presenter: ConsentPresenter
    changed: Callable[[Changes], None]
    show: Callable[[str], None]
    quit: Callable[[], None]
    raises: RaisePresenter | None = None


class WalletThread:
    """Runs a wallet until it is stopped."""

    def __init__(
        self,
        options: WalletOptions,
        environment: Mapping[str, str],
        platform: Platform,
        listeners: Listeners,
    ) -> None:
        self._options = options
        self._environment = environment
        self._platform = platform
        self._listeners = listeners
        self._stop: Callable[[], None] = lambda: None
        self.live: Future[Live] = Future()
        """Comes once the wallet listens. Raises UserFacingError or AlreadyRunning."""
        self.ended: Future[None] = Future()
        self._thread = threading.Thread(target=self._main, name="wattfare-gateway", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Have the wallet settle and end; ``ended`` tells when it has."""
        self._stop()

    def _main(self) -> None:
        try:
            with asyncio.Runner(loop_factory=new_loop) as runner:
                runner.run(self._run())
        except BaseException as error:  # noqa: BLE001 - told to the thread that waits for it
            if self.live.done():
                _LOG.error("the wallet's thread ended with %s", type(error).__name__)
            else:
                self.live.set_exception(error)
        finally:
            self.ended.set_result(None)

    async def _run(self) -> None:
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        self._stop = lambda: _call_soon(loop, stop.set)
        async with assembled(self._options, self._environment, self._platform) as parts:
            await self._control(parts, loop, stop)

    async def _control(
        self, parts: Parts, loop: asyncio.AbstractEventLoop, stop: asyncio.Event
    ) -> None:
        heard, tray = self._listeners, TrayReport()
        examiner = Examiner(parts, tray)
        async with controlled(
            parts,
            consent="window",
            show=heard.show,
            stop=heard.quit,
            examine=examiner.examine,
        ) as is_first:
            if not is_first:
                raise AlreadyRunning
            parts.wallet.desk.presenter = heard.presenter
            parts.wallet.raising.presenter = heard.raises
            parts.wallet.subscribe(heard.changed)
            await self._prepare(parts.wallet)
            async with published(parts, self._options.port) as port:
                live = Live(
                    parts=parts,
                    loop=loop,
                    port=port,
                    state=parts.wallet.state,
                    tray=tray,
                    examiner=examiner,
                )
                self.live.set_result(live)
                await stop.wait()

    async def _prepare(self, wallet: Wallet) -> None:
        """Open the wallet where nobody need be asked; locked is a normal state."""
        try:
            state = await wallet.look()
        except UserFacingError:
            # Broken, which its window shows, with what helps.
            return
        if self._options.passphrase_file is not None:
            passphrase = read_passphrase(self._options.passphrase_file)
            if state is WalletState.ABSENT:
                await wallet.create(passphrase)
            else:
                await wallet.unlock(passphrase)
        elif state is WalletState.LOCKED:
            with suppress(UserFacingError):
                await wallet.unlock(None)


def _call_soon(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(call)
