"""Colours, and how the application wears them in light and dark.

Fusion with a palette of our own: a switch of scheme alone does nothing on plain X11. Whatever has
a style sheet or paints itself takes its colours from :func:`present_look`, and takes them again
when it hears that the palette changed.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QFont, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from wattfare_desktop.system.resources import resource_root
from wattfare_desktop.system.settings import Appearance
from wattfare_desktop.ui.style_sheet import STYLE

_DARK_BELOW: Final = 128
_SIZES: Final = {
    # Against the desktop's own text size, so that all of it grows with that.
    "size_small": 0.92,
    "size_quote": 1.08,
    "size_heading": 1.15,
    "size_period": 1.25,
    "size_title": 1.55,
    "size_amount": 2.3,
    "size_display": 2.9,
    # A field's least height: one of fixed pixels would cut large text off.
    "height_field": 1.5,
}
_SMALLEST_PX: Final = 11
_RADII: Final = {
    # Against the text size too: Qt draws no rounding at all that is more than half the height.
    "radius_badge": 0.55,
    "radius_chip": 0.75,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The colours of one appearance; each text on its ground keeps WCAG's AA contrast.

    ``fill`` and ``series`` are for shapes that are seen against ``card``; ``series`` holds one
    colour an app in charts and ends with that of all the others.
    """

    ground: str
    sidebar: str
    card: str
    field: str
    hover: str
    chosen: str
    ink: str
    quiet: str
    line: str
    edge: str
    accent: str
    on_accent: str
    focus: str
    caution: str
    caution_ground: str
    danger: str
    danger_ground: str
    money_in: str
    track: str
    fill: str
    series: tuple[str, ...]


LIGHT: Final = Look(
    ground="#f6f5f2",
    sidebar="#eeebe4",
    card="#ffffff",
    field="#ffffff",
    hover="#f3f0e9",
    chosen="#fbe6bd",
    ink="#1d1b18",
    quiet="#605b53",
    line="#e3e0d9",
    edge="#8b8579",
    accent="#f2a516",
    on_accent="#1d1400",
    focus="#9a6200",
    caution="#855400",
    caution_ground="#fdf1d8",
    danger="#b3261e",
    danger_ground="#fdebe9",
    money_in="#1d6b37",
    track="#ece9e2",
    fill="#b06f00",
    series=("#b06f00", "#2c6cb0", "#7a55b8", "#0f7f8c", "#a8527a", "#857f73"),
)
DARK: Final = Look(
    ground="#1a1917",
    sidebar="#141311",
    card="#24221f",
    field="#2d2b27",
    hover="#2b2925",
    chosen="#40341c",
    ink="#f2efe9",
    quiet="#b0aaa0",
    line="#3a3732",
    edge="#857f73",
    accent="#f5b13d",
    on_accent="#1d1400",
    focus="#f5b13d",
    caution="#f0c070",
    caution_ground="#3a2f1a",
    danger="#ff9a90",
    danger_ground="#43231f",
    money_in="#7fd49a",
    track="#3a3732",
    fill="#f5b13d",
    series=("#f5b13d", "#6ba6e8", "#b094e8", "#4fc0cc", "#e08cb4", "#948e82"),
)


def is_dark(palette: QPalette) -> bool:
    """Return whether ``palette`` is one of light text on dark ground."""
    return palette.color(QPalette.ColorRole.Window).lightness() < _DARK_BELOW


def look_for(palette: QPalette) -> Look:
    """Return the colours that go with ``palette``."""
    return DARK if is_dark(palette) else LIGHT


def present_look() -> Look:
    """Return the colours worn now.

    The application's palette tells them; that of a widget with a style sheet keeps the sheet's.
    """
    return look_for(QApplication.palette())


def style_for(look: Look) -> str:
    """Return the style sheet of a window in the colours of ``look``, at the desktop's text size."""
    colours = {name: getattr(look, name) for name in Look.__slots__}
    return STYLE.format_map({**colours, **_sizes(QApplication.font()), "tick": _tick(look)})


def _tick(look: Look) -> str:
    """Return the file of the mark in a checked box, whose ground is ``focus``."""
    name = "tick-white" if QColor(look.focus).lightness() < _DARK_BELOW else "tick-ink"
    return (resource_root() / "icons" / f"{name}.svg").as_posix()


def palette_of(look: Look) -> QPalette:
    """Return the palette in which Fusion draws what no style sheet covers."""
    palette = QPalette()
    role = QPalette.ColorRole
    for name, colour in (
        (role.Window, look.ground),
        (role.WindowText, look.ink),
        (role.Base, look.field),
        (role.AlternateBase, look.hover),
        (role.Text, look.ink),
        (role.PlaceholderText, look.quiet),
        (role.Button, look.field),
        (role.ButtonText, look.ink),
        (role.BrightText, look.danger),
        (role.Highlight, look.accent),
        (role.HighlightedText, look.on_accent),
        (role.Accent, look.accent),
        (role.Link, look.focus),
        (role.LinkVisited, look.focus),
        (role.ToolTipBase, look.ink),
        (role.ToolTipText, look.ground),
        (role.Light, look.card),
        (role.Midlight, look.line),
        (role.Mid, look.edge),
        (role.Dark, look.edge),
    ):
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(look.quiet))
    return palette


class Theme(QObject):
    """The application's appearance: as chosen, or as the desktop is, followed while it runs."""

    def __init__(self, application: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._hints = application.styleHints()
        # Some desktops tell their scheme through the palette alone.
        self._desktop_is_dark = is_dark(application.palette())
        self._appearance = Appearance.SYSTEM
        application.setStyle("Fusion")
        self._hints.colorSchemeChanged.connect(self._on_scheme_changed)
        self._wear()

    @property
    def appearance(self) -> Appearance:
        """What was chosen."""
        return self._appearance

    def choose(self, appearance: Appearance) -> None:
        """Wear ``appearance`` from now on."""
        self._appearance = appearance
        # Where the desktop draws frames and dialogs of its own, these follow too.
        if appearance is Appearance.SYSTEM:
            self._hints.unsetColorScheme()
        else:
            dark = appearance is Appearance.DARK
            self._hints.setColorScheme(Qt.ColorScheme.Dark if dark else Qt.ColorScheme.Light)
        self._wear()

    def _is_dark(self) -> bool:
        if self._appearance is not Appearance.SYSTEM:
            return self._appearance is Appearance.DARK
        scheme = self._hints.colorScheme()
        if scheme is Qt.ColorScheme.Unknown:
            return self._desktop_is_dark
        return scheme is Qt.ColorScheme.Dark

    def _wear(self) -> None:
        self._application.setPalette(palette_of(DARK if self._is_dark() else LIGHT))

    @Slot(Qt.ColorScheme)
    def _on_scheme_changed(self, _scheme: Qt.ColorScheme) -> None:
        self._wear()


def figures_font(font: QFont) -> QFont:
    """Return ``font`` with digits of one width, so that money stands in columns and keeps still."""
    tabular = QFont(font)
    tabular.setFeature(QFont.Tag("tnum"), 1)
    return tabular


def _sizes(font: QFont) -> dict[str, str]:
    base_px = QFontInfo(font).pixelSize()
    sizes = {name: max(_SMALLEST_PX, round(base_px * part)) for name, part in _SIZES.items()}
    radii = {name: int(base_px * part) for name, part in _RADII.items()}
    return {name: f"{size_px}px" for name, size_px in (sizes | radii).items()}
