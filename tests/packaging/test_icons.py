"""Windows' and macOS' files of icons, read back by Qt's own readers."""

import struct
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage, QImageReader

import icons


def pictures_in(path: Path) -> list[QImage]:
    reader = QImageReader(str(path))
    assert reader.canRead(), path
    pictures = []
    for place in range(reader.imageCount()):
        assert reader.jumpToImage(place)
        pictures.append(reader.read().convertToFormat(QImage.Format.Format_ARGB32))
    return pictures


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("icons")
    assert icons.main([str(folder)]) == 0
    return folder


def test_windows_gets_every_size_as_it_was_painted(made: Path) -> None:
    pictures = pictures_in(made / "wattfare.ico")

    assert [picture.width() for picture in pictures] == list(icons.ICO_SIZES_PX)
    for picture in pictures:
        assert picture == icons.painted(picture.width())


def test_macos_gets_the_sizes_of_its_list(made: Path) -> None:
    sizes = {picture.width() for picture in pictures_in(made / "wattfare.icns")}

    assert sizes == set(icons.ICNS_SIZES_PX.values())


def test_the_installers_banner_is_a_bitmap_as_nsis_wants_it(made: Path) -> None:
    content = (made / "wattfare.bmp").read_bytes()

    assert content.startswith(b"BM")
    width, height, _, bits = struct.unpack_from("<iiHH", content, 18)
    assert (width, height, bits) == (164, 314, 24)


def test_the_icon_is_round_the_corners_and_not_empty() -> None:
    image = icons.painted(64)

    assert image.size() == QSize(64, 64)
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(32, 10).alpha() == 255


def test_it_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert icons.main([]) == 2
    assert "icons.py FOLDER" in capsys.readouterr().err
