"""Waiting for another process to end."""

import time
from typing import Final

import psutil

_PAUSE_S: Final = 0.02


class OtherProcess:
    """A process known by its number and when it began: a number is given again, both are not."""

    def __init__(self, number: int) -> None:
        try:
            self._process: psutil.Process | None = psutil.Process(number)
        except psutil.NoSuchProcess:
            self._process = None

    def ends_within(self, timeout_s: float) -> bool:
        """Wait for it, and return whether it has ended."""
        until_s = time.monotonic() + timeout_s
        while self._is_there():
            if time.monotonic() > until_s:
                return False
            time.sleep(_PAUSE_S)
        return True

    def _is_there(self) -> bool:
        try:
            # One that has ended and that its parent has not looked after holds no file any more.
            return (
                self._process is not None
                and self._process.is_running()
                and self._process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return False
