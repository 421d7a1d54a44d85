"""The colours can be read, and a choice of appearance reaches every window."""

from collections.abc import Iterator
from functools import partial
from itertools import product

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel
from pytestqt.qtbot import QtBot

from wattfare_desktop.system.settings import Appearance
from wattfare_desktop.ui.components.pieces import StyledDialog, text
from wattfare_desktop.ui.theme import (
    DARK,
    LIGHT,
    Look,
    Theme,
    figures_font,
    is_dark,
    look_for,
    palette_of,
    style_for,
)

LOOKS = [pytest.param(LIGHT, id="light"), pytest.param(DARK, id="dark")]
SURFACES = ("ground", "sidebar", "card", "field", "hover", "chosen")
TEXT_ON_GROUND = [
    *product(("ink",), SURFACES),
    *product(("quiet", "caution", "danger", "money_in"), ("ground", "card", "field")),
    ("quiet", "sidebar"),
    ("quiet", "hover"),
    ("ink", "caution_ground"),
    ("ink", "danger_ground"),
    ("caution", "caution_ground"),
    ("danger", "danger_ground"),
    ("on_accent", "accent"),
    ("ground", "ink"),
]
SHAPE_ON_GROUND = [
    *product(("focus",), SURFACES),
    *product(("edge",), ("ground", "card", "field")),
    *product(("fill", "caution", "danger"), ("card", "track")),
]
AA_TEXT = 4.5
AA_SHAPE = 3.0


def _luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(name="theme")
def _theme(qapp: QApplication) -> Iterator[Theme]:
    style, palette = qapp.style().objectName(), qapp.palette()
    yield Theme(qapp)
    qapp.styleHints().unsetColorScheme()
    qapp.setStyle(style)
    qapp.setPalette(palette)


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("text_colour", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read(look: Look, text_colour: str, ground: str) -> None:
    assert contrast(getattr(look, text_colour), getattr(look, ground)) >= AA_TEXT


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(("shape", "ground"), SHAPE_ON_GROUND)
def test_shapes_can_be_seen(look: Look, shape: str, ground: str) -> None:
    assert contrast(getattr(look, shape), getattr(look, ground)) >= AA_SHAPE


@pytest.mark.parametrize("look", LOOKS)
def test_every_series_can_be_seen_on_its_card(look: Look) -> None:
    assert len(set(look.series)) == len(look.series)
    assert min(contrast(colour, look.card) for colour in look.series) >= AA_SHAPE


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_is_known_by_its_palette(look: Look, qapp: QApplication) -> None:
    assert qapp is not None
    assert look_for(palette_of(look)) is look
    assert look.ink in style_for(look)


def _wears(dialog: StyledDialog, look: Look) -> bool:
    window = dialog.palette().color(QPalette.ColorRole.Window)
    return window == QColor(look.ground) and look.ground in dialog.styleSheet()


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_choice_reaches_open_windows(theme: Theme, qtbot: QtBot) -> None:
    dialog = StyledDialog()
    qtbot.addWidget(dialog)
    dialog.show()
    for appearance, look in ((Appearance.DARK, DARK), (Appearance.LIGHT, LIGHT)):
        theme.choose(appearance)
        assert theme.appearance is appearance
        qtbot.waitUntil(partial(_wears, dialog, look), timeout=5_000)


def test_the_desktop_is_followed_again(theme: Theme, qapp: QApplication) -> None:
    theme.choose(Appearance.DARK)
    assert is_dark(qapp.palette())
    theme.choose(Appearance.SYSTEM)
    # The offscreen platform has no scheme and a light palette.
    assert not is_dark(qapp.palette())


def test_text_grows_with_the_desktops(qapp: QApplication) -> None:
    before = qapp.font()
    usual = style_for(LIGHT)
    try:
        larger = qapp.font()
        larger.setPointSizeF(before.pointSizeF() * 2)
        qapp.setFont(larger)
        assert style_for(LIGHT) != usual
    finally:
        qapp.setFont(before)


def test_figures_keep_their_width_under_a_style_sheet(qtbot: QtBot) -> None:
    label = text("$1.11")
    qtbot.addWidget(label)
    label.setFont(figures_font(label.font()))
    label.setStyleSheet("font-size: 30px; font-weight: 600")
    label.ensurePolished()
    assert isinstance(label, QLabel)
    assert [tag.toString().data() for tag in label.font().featureTags()] == [b"tnum"]


@pytest.mark.parametrize(("look", "mark"), [(LIGHT, "#ffffff"), (DARK, "#1d1400")])
def test_a_checked_box_bears_a_mark(qtbot: QtBot, look: Look, mark: str) -> None:
    """Its colour alone would tell nothing to whoever sees few of them."""
    box = QCheckBox("A box")
    box.setStyleSheet(style_for(look))
    qtbot.addWidget(box)
    found = []
    for checked in (False, True):
        box.setChecked(checked)
        drawn = box.grab().toImage()
        colours = {
            drawn.pixelColor(x, y).name() for x in range(3, 12) for y in range(drawn.height())
        }
        found.append(look.focus in colours and mark in colours)
    assert found == [False, True]
