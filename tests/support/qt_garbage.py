"""Windows that tests leave behind, collected on Qt's thread: any other would crash on them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from wattfare_desktop.ui.collector import Collector


@pytest.fixture(scope="module", autouse=True)
def no_windows_left() -> Iterator[None]:
    """After each module: later ones have threads on which Python would collect."""
    yield
    gc.collect()


@contextmanager
def collected_here() -> Iterator[None]:
    """Let nothing be collected on the threads of a wallet that runs meanwhile."""
    gc.collect()
    collector = Collector()
    try:
        yield
    finally:
        collector.stop()
