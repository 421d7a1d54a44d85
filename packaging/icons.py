"""Make the program's icon as Windows and macOS want it: one file of pictures in several sizes.

    icons.py FOLDER

writes FOLDER/wattfare.ico and FOLDER/wattfare.icns, painted by Qt from resources/icons, and
FOLDER/wattfare.bmp, which stands at the side of the Windows installer's last page.
"""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "resources" / "icons" / "wattfare.svg"
# Windows asks for these at its usual scales; the largest is for the Explorer's big pictures.
ICO_SIZES_PX = (16, 20, 24, 32, 40, 48, 64, 256)
# By Apple's type codes, each a PNG: the second of two of one size is for displays of twice the
# density.
ICNS_SIZES_PX = {
    b"icp4": 16, b"ic11": 32, b"icp5": 32, b"ic12": 64, b"ic07": 128, b"ic13": 256, b"ic08": 256,
    b"ic14": 512, b"ic09": 512, b"ic10": 1024,
}  # fmt: skip
BANNER_PX = (164, 314)
BANNER_ICON_PX = 112
BANNER_TOP_PX = 48
GROUND = "#23201b"  # the drawing's own
# From here on Windows takes a PNG; smaller ones every program reads only as bitmaps.
_PNG_FROM_PX = 256
_BITS = 32


def ico(images: Sequence[QImage]) -> bytes:
    """Return an .ico of square pictures with transparency, at most 256 pixels wide."""
    blobs = [_png(image) if image.width() >= _PNG_FROM_PX else _bitmap(image) for image in images]
    head = struct.pack("<HHH", 0, 1, len(images))
    at = len(head) + 16 * len(images)
    entries = []
    for image, blob in zip(images, blobs, strict=True):
        side = image.width() % 256  # 256 is written as 0
        entries.append(struct.pack("<BBBBHHII", side, side, 0, 0, 1, _BITS, len(blob), at))
        at += len(blob)
    return b"".join([head, *entries, *blobs])


def icns(images: Mapping[bytes, QImage]) -> bytes:
    """Return an .icns of pictures by their type."""
    blobs = [(kind, _png(image)) for kind, image in images.items()]
    body = b"".join(kind + struct.pack(">I", 8 + len(png)) + png for kind, png in blobs)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def painted(side_px: int) -> QImage:
    """Return the icon, painted at this size from its outlines."""
    from PySide6.QtCore import Qt  # noqa: PLC0415 - Qt is loaded after its platform is chosen
    from PySide6.QtGui import QImage, QPainter  # noqa: PLC0415
    from PySide6.QtSvg import QSvgRenderer  # noqa: PLC0415

    image = QImage(side_px, side_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    return image


def banner() -> QImage:
    """Return the icon on its own ground, in the size that NSIS wants and without transparency."""
    from PySide6.QtGui import QColor, QImage, QPainter  # noqa: PLC0415 - as above

    image = QImage(*BANNER_PX, QImage.Format.Format_RGB888)
    image.fill(QColor(GROUND))
    painter = QPainter(image)
    painter.drawImage((BANNER_PX[0] - BANNER_ICON_PX) // 2, BANNER_TOP_PX, painted(BANNER_ICON_PX))
    painter.end()
    return image


def _bitmap(image: QImage) -> bytes:
    """Return the picture as an icon's bitmap: bottom line first, and under it an empty mask."""
    side = image.width()
    lines = bytes(image.constBits())
    line_bytes = image.bytesPerLine()
    starts = range(len(lines) - line_bytes, -1, -line_bytes)
    pixels = b"".join(lines[start : start + line_bytes] for start in starts)
    # Twice the height: the mask counts. It masks nothing, as the pixels have their transparency.
    head = struct.pack("<IiiHHIIiiII", 40, side, 2 * side, 1, _BITS, 0, len(pixels), 0, 0, 0, 0)
    mask_line_bytes = (side + 31) // 32 * 4
    return head + pixels + bytes(mask_line_bytes * side)


def _png(image: QImage) -> bytes:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice  # noqa: PLC0415 - as above

    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload] # takes a device, and says bytes
    return bytes(kept.data())


def main(arguments: Sequence[str]) -> int:
    """Write the files; return the exit status."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    write_icons(Path(arguments[0]))
    return 0


def write_icons(folder: Path) -> None:
    """Write the files into a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "wattfare.ico").write_bytes(ico([painted(side) for side in ICO_SIZES_PX]))
    pictures = {kind: painted(side) for kind, side in ICNS_SIZES_PX.items()}
    (folder / "wattfare.icns").write_bytes(icns(pictures))
    banner().save(str(folder / "wattfare.bmp"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
