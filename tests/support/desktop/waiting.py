"""Wait for something to come true, never for time to pass."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

POLL_S = 0.02


def wait_for(
    probe: Callable[[], T | None],
    *,
    what: Callable[[], str] | str,
    timeout_s: float = 10.0,
) -> T:
    """Return the first value of `probe` that is not None; TimeoutError says what was awaited.

    A `what` that can be called is asked only at the end: it may describe what is there instead.
    """
    deadline_s = time.monotonic() + timeout_s
    while True:
        found = probe()
        if found is not None:
            return found
        if time.monotonic() > deadline_s:
            awaited = what if isinstance(what, str) else what()
            raise TimeoutError(f"Not within {timeout_s:g} s: {awaited}")
        time.sleep(POLL_S)


def wait_until(
    condition: Callable[[], bool], *, what: Callable[[], str] | str, timeout_s: float = 10.0
) -> None:
    """Return once `condition` holds."""
    wait_for(lambda: True if condition() else None, what=what, timeout_s=timeout_s)
