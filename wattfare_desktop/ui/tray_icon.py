"""The tray's icon: the wallet's own, and what it is doing told by a shape beside the bolt."""

from PySide6.QtGui import QIcon

from wattfare_desktop.ui.icons import own_icon
from wattfare_desktop.ui.presentation.tray import TrayMood


def tray_icon(mood: TrayMood, *, bright: bool = False) -> QIcon:
    """Return the icon for ``mood``; ``bright`` is the other half of the pulse while spending."""
    is_flash = bright and mood is TrayMood.SPENDING
    return own_icon(f"tray-{mood}-bright" if is_flash else f"tray-{mood}")
