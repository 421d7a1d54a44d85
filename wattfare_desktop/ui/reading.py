"""One thing read from the wallet again and again, never twice at a time."""

from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.ui.errands import Errands

T = TypeVar("T")


class Reading(Generic[T]):
    """Reads and shows. Asked for again while it reads, it reads once more and shows the newer."""

    def __init__(
        self,
        errands: Errands,
        read: Callable[[], Coroutine[Any, Any, T]],
        show: Callable[[T], None],
        failed: Callable[[UserFacingError], None],
    ) -> None:
        self._errands = errands
        self._read = read
        self._show = show
        self._failed = failed
        self._is_reading = False
        self._again = False

    def start(self) -> None:
        """Read now."""
        if self._is_reading:
            self._again = True
            return
        self._is_reading = True
        self._errands.run(self._read(), self._on_read, self._on_failed)

    def _on_read(self, result: T) -> None:
        if not self._ended():
            self._show(result)

    def _on_failed(self, error: UserFacingError) -> None:
        if not self._ended():
            self._failed(error)

    def _ended(self) -> bool:
        """Note the end of a reading; return whether another has begun."""
        self._is_reading = False
        if not self._again:
            return False
        self._again = False
        self.start()
        return True
