"""A wallet under the keyring's key is made, erased, and leaves neither files nor key."""

import sys
from pathlib import Path

from tests.support.desktop.session import Desktop
from tests.support.notes_app import set_up_wallet
from wattfare_desktop.vault.keychain import SERVICE, account_of

_KEY = "import keyring, sys; print(keyring.get_password(*sys.argv[1:]) is not None)"


def test_neither_files_nor_key_are_left(desktop: Desktop, tmp_path: Path) -> None:
    home = tmp_path / "wallet"
    wattfare = [sys.executable, "-m", "wattfare_desktop", "--home", str(home)]
    has_key = [sys.executable, "-c", _KEY, SERVICE, account_of(home)]
    running = desktop.start([*wattfare, "--port", "0"])
    set_up_wallet(desktop)
    desktop.accessibility.window("Wattfare")
    assert desktop.run(has_key) == "True\n"

    refused = desktop.start([*wattfare, "erase", "--yes"])
    assert refused.wait() == 1
    assert "Quit it first" in refused.output

    running.end()
    assert "The wallet is erased." in desktop.run([*wattfare, "erase", "--yes"])
    assert not home.exists()
    assert desktop.run(has_key) == "False\n"
