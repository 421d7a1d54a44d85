"""Having what was written outlast a loss of power."""

import os
from contextlib import suppress
from pathlib import Path


def sync(path: Path) -> None:
    """Flush a file, or the names in a folder. Raises OSError as the disk does."""
    with suppress(PermissionError):
        # Windows flushes no folders.
        opened = os.open(path, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
