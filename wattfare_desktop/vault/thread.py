"""The vault on a thread of its own: a keyring's prompt may stay open for minutes."""

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from wattfare_desktop.vault.keychain import KeyringUnusable
from wattfare_desktop.vault.protection import Outcome, Protection
from wattfare_desktop.vault.vault import Vault

Result = TypeVar("Result")


class VaultThread:
    """The calls of ``Vault`` for an event loop, one after another.

    Cancelling an await gives up the answer: a call that has not begun never will, one that waits at
    a prompt runs to its end unheard. The thread is a daemon, not an executor's, since Python joins
    those at exit: a forgotten prompt must not keep a wallet from quitting.
    """

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._waiting: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="vault", daemon=True)
        self._thread.start()

    async def status(self) -> Protection:
        """Return how the wallet is protected."""
        return await self._run(self._vault.status)

    async def examine_keyring(self) -> KeyringUnusable | None:
        """Return why the keyring cannot be used; None where it can."""
        return await self._run(self._vault.examine_keyring)

    async def find_keyring(self) -> str | KeyringUnusable:
        """Return the keyring's own name, or why it cannot be used."""
        return await self._run(self._vault.find_keyring)

    async def create_with_keyring(self) -> Outcome:
        """Make the wallet's key and keep it in the keyring."""
        return await self._run(self._vault.create_with_keyring)

    async def create_with_passphrase(self, passphrase: str) -> Outcome:
        """Make the wallet's key and wrap it under ``passphrase``."""
        return await self._run(lambda: self._vault.create_with_passphrase(passphrase))

    async def unlock(self, passphrase: str | None = None) -> Outcome:
        """Return the master key, or why not."""
        return await self._run(lambda: self._vault.unlock(passphrase))

    async def read_anchor(self) -> str | None:
        """Return the anchor that was kept last, or None. Raises UserFacingError."""
        return await self._run(self._vault.read_anchor)

    async def write_anchor(self, text: str) -> None:
        """Keep the anchor. Raises UserFacingError."""
        await self._run(lambda: self._vault.write_anchor(text))

    async def change_passphrase(self, old: str, new: str) -> Outcome:
        """Wrap the same master key under ``new``."""
        return await self._run(lambda: self._vault.change_passphrase(old, new))

    def close(self) -> None:
        """Let the thread end after what is under way; returns at once."""
        self._closed = True
        self._waiting.put(None)

    async def _run(self, call: Callable[[], Result]) -> Result:
        if self._closed:
            raise RuntimeError("the vault's thread is closed")
        future: Future[Result] = Future()
        self._waiting.put(lambda: _fulfil(future, call))
        return await asyncio.wrap_future(future)

    def _work(self) -> None:
        while (work := self._waiting.get()) is not None:
            work()


def _fulfil(future: Future[Result], call: Callable[[], Result]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - it belongs to the caller, whatever it is
        future.set_exception(error)
    else:
        future.set_result(result)
