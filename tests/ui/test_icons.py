"""Icons are there, take the colour they are told, and come sharp."""

import pytest
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication

from wattfare_desktop.system.resources import resource_root
from wattfare_desktop.ui.icons import line_icon, own_icon
from wattfare_desktop.ui.presentation.tray import TrayMood
from wattfare_desktop.ui.tray_icon import tray_icon

pytestmark = pytest.mark.usefixtures("qapp")


def _colours(icon: QIcon, size_px: int) -> set[str]:
    image = icon.pixmap(size_px, size_px).toImage()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(image.width())
        for y in range(image.height())
        if QColor.fromRgba(image.pixel(x, y)).alpha() == 255
    }


def _is_drawn(icon: QIcon) -> bool:
    image = icon.pixmap(20, 20).toImage()
    return any(
        image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height())
    )


def test_a_line_icon_takes_its_colour() -> None:
    assert _colours(line_icon("wallet", "#123456"), 20) == {"#123456"}


def test_line_icons_are_drawn_for_dense_screens(qapp: QApplication) -> None:
    assert qapp.devicePixelRatio() == 1
    sizes = {size.width() for size in line_icon("wallet", "#123456", 20).availableSizes()}
    assert sizes == {20, 40, 60}


@pytest.mark.parametrize("mood", TrayMood)
def test_each_mood_has_an_icon_of_its_own(mood: TrayMood) -> None:
    others = [tray_icon(each) for each in TrayMood if each is not mood]
    picture = tray_icon(mood).pixmap(22, 22).toImage()
    assert all(picture != other.pixmap(22, 22).toImage() for other in others)


def test_spending_pulses_and_nothing_else_does() -> None:
    for mood in TrayMood:
        still, flash = (tray_icon(mood, bright=bright) for bright in (False, True))
        differs = still.pixmap(22, 22).toImage() != flash.pixmap(22, 22).toImage()
        assert differs is (mood is TrayMood.SPENDING)


def test_every_shipped_icon_can_be_drawn_and_the_licence_goes_along() -> None:
    folder = resource_root() / "icons"
    lines = [path.stem for path in (folder / "lucide").glob("*.svg")]
    own = [path.stem for path in folder.glob("*.svg")]
    assert lines
    assert "wattfare" in own
    icons = [*(line_icon(name, "#123456") for name in lines), *map(own_icon, own)]
    assert all(_is_drawn(icon) for icon in icons)
    assert "ISC License" in (folder / "lucide" / "LICENSE").read_text("utf-8")
