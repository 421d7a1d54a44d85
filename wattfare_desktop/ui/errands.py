"""Work for the wallet's loop, started from Qt's thread; its outcome comes back to that thread."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from functools import partial
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from wattfare_desktop.core.errors import UserFacingError

T = TypeVar("T")


class Errands(Protocol):
    """Runs a coroutine where the wallet lives and reports on Qt's thread."""

    def run(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserFacingError], None] | None = None,
    ) -> None:
        """Start ``work``; then call ``done`` with its result or ``failed`` with its refusal."""


class LoopErrands(QObject):
    """Errands on another thread's asyncio loop. ``refused`` is for failures nobody waits for."""

    _ended = Signal(object)

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        refused: Callable[[UserFacingError], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._loop = loop
        self._refused = refused
        self._is_stopped = False
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        work: Coroutine[Any, Any, T],
        done: Callable[[T], None] | None = None,
        failed: Callable[[UserFacingError], None] | None = None,
    ) -> None:
        """Start ``work`` on the loop; once stopped, let it be."""
        if self._is_stopped:
            work.close()
            return
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        future.add_done_callback(partial(self._report, done, failed or self._refused))

    def stop(self) -> None:
        """Start nothing more and tell nothing more: the loop is about to end."""
        self._is_stopped = True

    def _report(
        self,
        done: Callable[[T], None] | None,
        failed: Callable[[UserFacingError], None],
        future: Future[T],
    ) -> None:
        # Still on the wallet's thread: the queued signal carries it over.
        self._ended.emit(partial(_tell, future, done, failed))

    @Slot(object)
    def _on_ended(self, tell: Callable[[], None]) -> None:
        if not self._is_stopped:
            tell()


def _tell(
    future: Future[T],
    done: Callable[[T], None] | None,
    failed: Callable[[UserFacingError], None],
) -> None:
    if future.cancelled():
        return
    error = future.exception()
    if isinstance(error, UserFacingError):
        failed(error)
    elif error is not None:
        raise error
    elif done is not None:
        done(future.result())
