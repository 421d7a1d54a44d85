"""Icons from resources, in the colours of the moment.

The line icons are Lucide's (ISC), drawn in ``currentColor``; the rest are our own and keep theirs.
"""

from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QIcon, QImageReader, QPainter, QPixmap

from wattfare_desktop.system.resources import resource_root

_PIXEL_RATIOS: Final = (1, 2, 3)
_OWN_SIZES_PX: Final = (16, 22, 24, 32, 48, 64, 128)


def line_icon(name: str, colour: str, size_px: int = 20, gap_px: int = 0) -> QIcon:
    """Return Lucide's icon ``name`` drawn in ``colour``, sharp on dense screens too.

    ``gap_px`` is left free on its right, where words stand closer than they should.
    """
    path = resource_root() / "icons" / "lucide" / f"{name}.svg"
    svg = path.read_text("utf-8").replace("currentColor", colour)
    icon = QIcon()
    for ratio in _PIXEL_RATIOS:
        pixmap = _widened(_drawn(svg, size_px * ratio), gap_px * ratio)
        pixmap.setDevicePixelRatio(ratio)
        icon.addPixmap(pixmap)
    return icon


def own_icon(name: str) -> QIcon:
    """Return one of Wattfare's own icons, such as ``"wattfare"``."""
    svg = (resource_root() / "icons" / f"{name}.svg").read_text("utf-8")
    icon = QIcon()
    for size_px in _OWN_SIZES_PX:
        icon.addPixmap(_drawn(svg, size_px))
    return icon


def _widened(drawn: QPixmap, gap_px: int) -> QPixmap:
    if not gap_px:
        return drawn
    wide = QPixmap(drawn.width() + gap_px, drawn.height())
    wide.fill(Qt.GlobalColor.transparent)
    painter = QPainter(wide)
    painter.drawPixmap(0, 0, drawn)
    painter.end()
    return wide


def _drawn(svg: str, size_px: int) -> QPixmap:
    buffer = QBuffer()
    buffer.setData(QByteArray(svg.encode()))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    # Through the image plug-in: the module QtSvg itself is not needed.
    reader = QImageReader(buffer, QByteArray(b"svg"))
    reader.setScaledSize(QSize(size_px, size_px))
    return QPixmap.fromImage(reader.read())
