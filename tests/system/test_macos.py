"""Tests of ``wattfare_desktop.system.macos``, as far as files go: those are the same anywhere."""

import plistlib
from pathlib import Path

from wattfare_desktop.system.macos import BUNDLE_IDENTIFIER, MacAutostart, MacScheme
from wattfare_desktop.system.scheme import SchemeOwner


def test_only_the_bundle_takes_links() -> None:
    bundled = MacScheme(["/Applications/Wattfare.app/Contents/MacOS/wattfare"])
    assert bundled.status().owner is SchemeOwner.OURS
    assert MacScheme(["/usr/local/bin/wattfare"]).status().owner is SchemeOwner.NONE


def test_a_launch_agent_is_written_and_removed(tmp_path: Path) -> None:
    autostart = MacAutostart(["/a b/wattfare", "--home", "/x<y>&z"], tmp_path)
    autostart.turn_off()
    assert not autostart.is_on()
    autostart.turn_on()
    assert autostart.is_on()
    (file,) = (tmp_path / "Library" / "LaunchAgents").iterdir()
    agent = plistlib.loads(file.read_bytes())
    assert agent["ProgramArguments"] == ["/a b/wattfare", "--home", "/x<y>&z"]
    assert agent["RunAtLoad"] is True
    assert agent["AssociatedBundleIdentifiers"] == BUNDLE_IDENTIFIER
    file.write_bytes(plistlib.dumps({**agent, "Disabled": True}))
    assert not autostart.is_on()
    file.write_bytes(b"oops")
    assert not autostart.is_on()
    autostart.turn_off()
    assert not file.exists()
