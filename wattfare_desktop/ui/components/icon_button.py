"""Buttons with a line icon in the colour of their text."""

from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QPushButton, QWidget

from wattfare_desktop.ui.icons import line_icon
from wattfare_desktop.ui.theme import present_look

_SIZE_PX: Final = 18
_GAP_PX: Final = 4
_RECOLOUR: Final = frozenset(
    {QEvent.Type.PaletteChange, QEvent.Type.StyleChange, QEvent.Type.EnabledChange}
)


class IconButton(QPushButton):
    """A button with an icon; without words these are told to those who listen, and on hovering.

    ``colour`` names a colour of the look.
    """

    def __init__(
        self,
        icon: str,
        words: str,
        *,
        role: str = "",
        colour: str = "ink",
        icon_only: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("" if icon_only else words, parent)
        self._icon_name = icon
        self._colour_name = colour
        self._worn = ""
        plain = words.replace("&", "")
        self.setAccessibleName(plain)
        if icon_only:
            self.setToolTip(plain)
        if role or icon_only:
            self.setProperty("role", role or "icon")
        self.setAutoDefault(False)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._gap_px = 0 if icon_only else _GAP_PX
        self.setIconSize(QSize(_SIZE_PX + self._gap_px, _SIZE_PX))
        self._recolour()

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        if icon != self._icon_name:
            self._icon_name = icon
            self._worn = ""
            self._recolour()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text's colour."""
        super().changeEvent(event)
        if event.type() in _RECOLOUR:
            self._recolour()

    def _recolour(self) -> None:
        look = present_look()
        colour: str = getattr(look, self._colour_name) if self.isEnabled() else look.quiet
        if colour != self._worn:
            self._worn = colour
            self.setIcon(line_icon(self._icon_name, colour, _SIZE_PX, self._gap_px))
