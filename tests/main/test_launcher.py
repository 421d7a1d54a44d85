"""What is looked at before anything is started."""

import io
import sys
from pathlib import Path

import pytest

from wattfare_desktop.cli.options import Consent, ServeOptions, TrayOptions, WalletOptions
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.main.launcher import Launcher

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere there is a display, and no mode"
)


class Here:
    def __init__(self, folder: Path) -> None:
        self.stderr = io.StringIO()
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        environment = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(runtime)}
        terminal = Terminal(stdin=io.StringIO(), stdout=io.StringIO(), stderr=self.stderr)
        self.launcher = Launcher(environment, terminal)
        self.passphrase_file = folder / "passphrase"
        self.wallet = WalletOptions(
            home=folder / "wallet", port=0, passphrase_file=self.passphrase_file, verbose=False
        )

    def serve(self) -> None:
        self.launcher.serve(ServeOptions(wallet=self.wallet, consent=Consent.DENY))


@pytest.fixture(name="here")
def _here(tmp_path: Path) -> Here:
    return Here(tmp_path)


def test_without_a_display_there_is_no_tray(here: Here) -> None:
    with pytest.raises(UserFacingError, match="wattfare serve"):
        here.launcher.tray(TrayOptions(wallet=here.wallet))
    assert not here.wallet.home.exists()


@pytest.mark.parametrize(("mode", "warns"), [(0o600, False), (0o640, True), (0o604, True)])
def test_a_passphrase_file_open_to_others_is_complained_of(
    here: Here, mode: int, *, warns: bool
) -> None:
    # Empty: what is looked at is its mode, and the start ends there.
    here.passphrase_file.touch()
    here.passphrase_file.chmod(mode)
    with pytest.raises(UserFacingError, match="no passphrase"):
        here.serve()
    assert ("chmod 600" in here.stderr.getvalue()) == warns


def test_a_missing_passphrase_file_is_not_complained_of_twice(here: Here) -> None:
    with pytest.raises(UserFacingError, match="cannot be read"):
        here.serve()
    assert here.stderr.getvalue() == ""


def test_a_home_of_others_is_closed_to_them(here: Here) -> None:
    here.wallet.home.mkdir(mode=0o755)
    with pytest.raises(UserFacingError):
        here.serve()
    assert here.wallet.home.stat().st_mode & 0o777 == 0o700


def test_the_keyring_is_looked_at_without_a_wallet(here: Here) -> None:
    (found,) = here.launcher.examine(here.wallet)
    assert found.name == "keyring"
    assert found.ok or found.remedy
