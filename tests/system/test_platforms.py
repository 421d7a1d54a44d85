"""Tests of ``wattfare_desktop.system.platforms``."""

import os
import sys

import pytest

from wattfare_desktop.system.platforms import this_platform


@pytest.mark.skipif(sys.platform != "linux", reason="each platform has its own")
def test_linux_gets_its_own_ways() -> None:
    chosen = this_platform(["/usr/bin/wattfare"], os.environ)
    kinds = [type(each).__name__ for each in (chosen.scheme, chosen.autostart, chosen.opener)]
    assert kinds == ["LinuxScheme", "LinuxAutostart", "LinuxOpener"]
