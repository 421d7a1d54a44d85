"""A desktop that shows no tray icons: the window is all there is of the wallet."""

import sys
from contextlib import suppress
from pathlib import Path

from tests.support.desktop.accessibility import Element
from tests.support.desktop.session import Desktop
from tests.support.desktop.waiting import wait_until

_TRIES = 3


def test_the_window_is_closed_brought_back_and_quit_from(
    desktop_without_panel: Desktop, tmp_path: Path
) -> None:
    desktop, home = desktop_without_panel, tmp_path / "wallet"
    secret = tmp_path / "passphrase"
    secret.touch(mode=0o600)
    secret.write_text("correct horse battery staple")
    wattfare = [sys.executable, "-m", "wattfare_desktop", "--home", str(home)]
    wallet = desktop.start([*wattfare, "--port", "0", "--passphrase-file", str(secret)])
    wait_until((home / "runtime.json").exists, what="a wallet that listens", timeout_s=30)

    desktop.run(wattfare)
    desktop.accessibility.window("Wattfare").find("label", "Overview")
    _close(desktop).button("Keep running").press()
    desktop.accessibility.wait_for_no_window("Wattfare")
    assert wallet.is_running

    desktop.run(wattfare)
    desktop.accessibility.window("Wattfare").button("Quit Wattfare").press()
    assert wallet.wait() == 0
    assert "Traceback" not in wallet.output


def _close(desktop: Desktop) -> Element:
    """Close the window as its user does; return what is asked then.

    The window comes forward by itself when it learns that there is no tray, and a key that is
    pressed just then is lost.
    """
    find = ("search", "--sync", "--onlyvisible", "--name", "^Wattfare$")
    for _ in range(_TRIES - 1):
        desktop.xdotool(*find, "windowactivate", "--sync", "key", "--clearmodifiers", "alt+F4")
        with suppress(TimeoutError):
            return desktop.accessibility.window("Close Wattfare", timeout_s=5)
    desktop.xdotool(*find, "windowactivate", "--sync", "key", "--clearmodifiers", "alt+F4")
    return desktop.accessibility.window("Close Wattfare")
