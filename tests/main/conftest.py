"""What is made of Qt here is gone before other tests begin."""

from tests.support.qt_garbage import no_windows_left

__all__ = ["no_windows_left"]
