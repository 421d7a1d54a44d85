"""What a Linux desktop wants to know of the program, as the files of a share/ folder.

The package and the AppImage have the same: the launcher that also takes `wattfare:` links, the icon
in every size, what software centres show, the manual, and what shells complete.
"""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QImageReader

from completions import PLACES, completions
from manual_page import manual_page

if TYPE_CHECKING:
    from datetime import datetime

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "packaging" / "linux"
ICON = ROOT / "resources" / "icons" / "wattfare.svg"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
DESKTOP_FILE = "applications/wattfare.desktop"
METAINFO_ID = "io.github.wattfare.Desktop"


def write_share(share: Path, *, version: str, made_at: datetime) -> None:
    """Write everything below `share`; the same bytes for the same version and moment."""
    _copy(TEMPLATES / "wattfare.desktop", share / DESKTOP_FILE)
    _write_icons(share / "icons" / "hicolor")
    told = (TEMPLATES / "wattfare.metainfo.xml").read_text(encoding="utf-8")
    told = told.replace("@VERSION@", version).replace("@DATE@", f"{made_at:%Y-%m-%d}")
    _write(share / "metainfo" / f"{METAINFO_ID}.metainfo.xml", told.encode())
    _write(share / "man/man1/wattfare.1.gz", compressed(manual_page(version, made_at)))
    for shell, place in PLACES.items():
        _write(share / place, completions(shell, version).encode())


def compressed(text: str) -> bytes:
    """Return text as gzip -9n does: without the moment of compression in it."""
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def _write_icons(theme: Path) -> None:
    _copy(ICON, theme / "scalable" / "apps" / "wattfare.svg")
    for size in ICON_SIZES:
        target = theme / f"{size}x{size}" / "apps" / "wattfare.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        if not _drawn(size).save(str(target)):
            raise OSError(f"{target} cannot be written")


def _drawn(size: int) -> QImage:
    # Shapes without text: no application of Qt has to be there for them.
    reader = QImageReader(str(ICON))
    reader.setScaledSize(QSize(size, size))
    image = reader.read().convertToFormat(QImage.Format.Format_RGBA8888)
    if image.isNull():
        raise OSError(f"{ICON} cannot be drawn: {reader.errorString()}")
    return image


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
