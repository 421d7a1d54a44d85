"""The tray's icon, painted: a bolt, and beside it what the wallet is doing."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from wattfare_desktop.ui.presentation.tray import TrayMood

_SIZES_PX: Final = (16, 22, 32, 64)
_GRID: Final = 64.0
_TILE: Final = "#23201b"
_BOLT: Final = "#f5b13d"
_BRIGHT: Final = "#ffe1a6"
_DULL: Final = "#8d877c"
_BADGE: Final = "#d93a2f"
_WHITE: Final = "#ffffff"
_SHAPE: Final = ((36, 8), (14, 36), (29, 36), (25, 56), (50, 26), (34, 26))


def tray_icon(mood: TrayMood, *, bright: bool = False) -> QIcon:
    """Return the icon for ``mood``; ``bright`` is the other half of the pulse while spending."""
    icon = QIcon()
    for size_px in _SIZES_PX:
        icon.addPixmap(_pixmap(mood, size_px, bright=bright))
    return icon


def _pixmap(mood: TrayMood, size_px: int, *, bright: bool) -> QPixmap:
    pixmap = QPixmap(size_px, size_px)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(size_px / _GRID, size_px / _GRID)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_TILE))
    painter.drawRoundedRect(QRectF(2, 2, 60, 60), 14, 14)
    painter.setBrush(_bolt_colour(mood, bright=bright))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in _SHAPE]))
    # Told by a shape, not by colour alone.
    if mood is TrayMood.NEEDS_YOU:
        _paint_badge(painter)
    elif mood is TrayMood.PAUSED:
        _paint_bars(painter)
    elif mood is TrayMood.LOCKED:
        _paint_padlock(painter)
    elif mood is TrayMood.SPENDING:
        painter.setBrush(QColor(_BRIGHT if bright else _BOLT))
        painter.drawEllipse(QPointF(51, 51), 8, 8)
    painter.end()
    return pixmap


def _bolt_colour(mood: TrayMood, *, bright: bool) -> QColor:
    if mood in (TrayMood.LOCKED, TrayMood.PAUSED):
        return QColor(_DULL)
    return QColor(_BRIGHT if bright else _BOLT)


def _paint_badge(painter: QPainter) -> None:
    painter.setBrush(QColor(_BADGE))
    painter.drawEllipse(QPointF(48, 16), 15, 15)
    painter.setBrush(QColor(_WHITE))
    painter.drawRoundedRect(QRectF(45.5, 7, 5, 11), 2, 2)
    painter.drawEllipse(QPointF(48, 23), 3, 3)


def _paint_bars(painter: QPainter) -> None:
    painter.setBrush(QColor(_WHITE))
    painter.drawRoundedRect(QRectF(38, 36, 8, 24), 2, 2)
    painter.drawRoundedRect(QRectF(51, 36, 8, 24), 2, 2)


def _paint_padlock(painter: QPainter) -> None:
    painter.setBrush(QColor(_WHITE))
    painter.drawRoundedRect(QRectF(35, 43, 25, 18), 4, 4)
    shackle = QPainterPath(QPointF(40, 44))
    shackle.arcTo(QRectF(40, 31, 15, 20), 180, -180)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(_WHITE), 5))
    painter.drawPath(shackle)
