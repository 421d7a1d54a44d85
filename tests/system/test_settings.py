"""Tests of ``wattfare_desktop.system.settings``."""

import json
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.settings import Appearance, Settings, SettingsFile

ANY = st.builds(
    Settings,
    appearance=st.sampled_from(Appearance),
    port=st.integers(1_024, 65_535),
    notifications=st.booleans(),
    start_at_login_offered=st.booleans(),
    updates_daily=st.booleans(),
)


@given(settings=ANY)
def test_settings_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, settings: Settings
) -> None:
    file = SettingsFile(tmp_path_factory.mktemp("home") / "new" / "settings.json")
    file.save(settings)
    assert file.load() == settings


def test_without_a_file_they_are_the_usual_ones(tmp_path: Path) -> None:
    assert SettingsFile(tmp_path / "settings.json").load() == Settings(
        appearance=Appearance.SYSTEM,
        port=8402,
        notifications=True,
        start_at_login_offered=False,
        updates_daily=False,
    )


def test_what_another_version_wrote_is_passed_over_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"quiet_hours": [22, 7], "port": 9000}')
    file = SettingsFile(path)
    assert file.load() == Settings(port=9000)
    file.save(Settings(port=9001))
    assert json.loads(path.read_text())["quiet_hours"] == [22, 7]
    assert file.load().port == 9001


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"port": 80}', "port is a whole number from 1024 to 65535"),
        ('{"port": 65536}', "port is a whole number"),
        ('{"port": "8402"}', "port is a whole number"),
        ('{"port": true}', "port is a whole number"),
        ('{"port": 8402.0}', "port is a whole number"),
        ('{"appearance": "pink"}', "appearance is one of system, light, dark"),
        ('{"appearance": null}', "appearance is one of"),
        ('{"notifications": 1}', "notifications is true or false"),
        ('{"port": 8402,\n oops}', "no JSON from line 2 on"),
        ("[]", "no JSON object"),
        ("", "no JSON"),
        ("[" * 60_000, "no JSON"),
        (" " * 70_000, "too long"),
    ],
)
def test_a_wrong_file_is_told_with_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    with pytest.raises(UserFacingError) as error:
        SettingsFile(path).load()
    assert told in error.value.detail
    assert str(path) in error.value.detail
    assert path.read_text() == text


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b'{"\xff": 1}')
    with pytest.raises(UserFacingError, match="no JSON"):
        SettingsFile(path).load()
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserFacingError, match="cannot be read"):
        SettingsFile(tmp_path / "folder").load()


def test_saving_mends_a_wrong_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("oops")
    SettingsFile(path).save(Settings(notifications=False))
    assert SettingsFile(path).load() == Settings(notifications=False)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has access lists, not modes")
def test_the_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    SettingsFile(path).save(Settings())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
