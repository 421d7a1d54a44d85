"""Where half-made files lie: beside their place, under a name that says whose they are.

A process that was killed cannot clean up. The next one that works at the same place does, and knows
by the number in the name whether somebody is still at it.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

from wattfare_desktop.system.private_file import PRIVATE_FOLDER

_ENDING: Final = ".part"


def part_of(place: Path) -> Path:
    """Return where this process makes what will be at ``place``."""
    return place.with_name(f".{place.name}.{os.getpid()}{_ENDING}")


@contextmanager
def workshop(place: Path) -> Iterator[Path]:
    """Make a private folder for what will be at ``place``; nothing of it stays. Raises OSError."""
    sweep(place)
    folder = part_of(place)
    folder.mkdir(mode=PRIVATE_FOLDER)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(place: Path) -> None:
    """Take away what dead processes left half-made for ``place``, and what this one did."""
    for left in place.parent.iterdir():
        if not left.name.startswith(f".{place.name}.") or left.suffix != _ENDING:
            continue
        number = left.stem.rpartition(".")[2]
        if not number.isdecimal() or _is_anothers(int(number)):
            continue
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _is_anothers(process: int) -> bool:
    return process != os.getpid() and psutil.pid_exists(process)
