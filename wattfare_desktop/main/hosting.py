"""A wallet opened for one command while none runs: no window, no public port.

It has the home's control socket, so that no second wallet can start meanwhile, and the command asks
it as it would ask a running one: there is one way to do a thing, whether a wallet runs or not.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager

from wattfare_desktop.cli.options import WalletOptions
from wattfare_desktop.cli.passphrase import read_passphrase
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.cli.terminal_consent import RefusingConsent
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.main.assembly import assembled, controlled, new_loop
from wattfare_desktop.main.examination import Examiner, TrayReport
from wattfare_desktop.main.serve import DeskAnswers, TypedPresenter
from wattfare_desktop.system.paths import paths_of
from wattfare_desktop.system.platforms import this_platform
from wattfare_desktop.system.program import program_command
from wattfare_desktop.vault.keychain import open_keychain
from wattfare_desktop.vault.protection import Protection
from wattfare_desktop.vault.vault import Vault
from wattfare_desktop.wallet.restore import vault_home


@contextmanager
def hosted(
    options: WalletOptions, environment: Mapping[str, str], terminal: Terminal
) -> Iterator[None]:
    """Hold the wallet open, asking for its passphrase where it has one. Raises UserFacingError."""
    passphrase = _passphrase(options, environment, terminal)
    host = _Host(options, environment, terminal, passphrase)
    host.start()
    try:
        host.ready.result()
        yield
    finally:
        host.stop()


def _passphrase(
    options: WalletOptions, environment: Mapping[str, str], terminal: Terminal
) -> str | None:
    home = paths_of(options.home, environment).home
    protection = Vault(vault_home(home), open_keychain(home)).status()
    if protection is Protection.ABSENT:
        raise UserFacingError("There is no wallet here", f"{home} holds none; name it with --home.")
    if options.passphrase_file is not None:
        return read_passphrase(options.passphrase_file)
    if protection is Protection.KEYRING:
        return None
    if not terminal.stdin.isatty():
        raise UserFacingError("The wallet is locked", "Open it with --passphrase-file FILE.")
    return terminal.ask_secretly("Passphrase of the wallet: ")


class _Host:
    """A thread with a loop of its own, since the command itself waits for answers."""

    def __init__(
        self,
        options: WalletOptions,
        environment: Mapping[str, str],
        terminal: Terminal,
        passphrase: str | None,
    ) -> None:
        self._options = options
        self._environment = environment
        self._terminal = terminal
        self._passphrase = passphrase
        self._stop: Callable[[], None] = lambda: None
        self._is_wanted = True
        self.ready: Future[None] = Future()
        self._thread = threading.Thread(target=self._main, name="wattfare-host")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._is_wanted = False
        self._stop()
        self._thread.join()

    def _main(self) -> None:
        try:
            with asyncio.Runner(loop_factory=new_loop) as runner:
                runner.run(self._run())
        except BaseException as error:  # noqa: BLE001 - told to the command, which waits for it
            if not self.ready.done():
                self.ready.set_exception(error)

    async def _run(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        # Cancelled, not told: it may be waiting at a keyring's prompt.
        self._stop = lambda: _call_soon(loop, task.cancel)
        if not self._is_wanted:
            return
        platform = this_platform(program_command(self._environment), self._environment)
        async with (
            assembled(self._options, self._environment, platform) as parts,
            controlled(
                parts,
                consent="deny",
                show=None,
                stop=self._stop,
                examine=Examiner(parts, TrayReport()).examine,
            ) as is_first,
        ):
            if not is_first:
                raise UserFacingError("This wallet was just started", "Try again.")
            answers = DeskAnswers(parts)
            parts.wallet.desk.presenter = TypedPresenter(
                answers,
                RefusingConsent(answers=answers, terminal=self._terminal, tasks=parts.tasks),
            )
            await parts.wallet.look()
            await parts.wallet.unlock(self._passphrase)
            self.ready.set_result(None)
            await asyncio.Event().wait()


def _call_soon(loop: asyncio.AbstractEventLoop, what: Callable[[], object]) -> None:
    try:
        loop.call_soon_threadsafe(what)
    except RuntimeError:
        # It has ended by itself already.
        return
