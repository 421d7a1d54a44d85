"""Starts what the command line asks for; each start loads only what it needs.

A command to a running wallet starts nothing, and should not wait for half a second of imports.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from wattfare_desktop.cli.options import (
    DemoOptions,
    EraseOptions,
    RestoreOptions,
    ServeOptions,
    TrayOptions,
    WalletOptions,
)
from wattfare_desktop.cli.passphrase import is_open_to_others
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system import paths
from wattfare_desktop.system.health import Finding, require_windows
from wattfare_desktop.system.logs import LogOutput, start_logging


class Launcher:
    """Fulfils ``cli.options.Launch``."""

    def __init__(self, environment: Mapping[str, str], terminal: Terminal) -> None:
        self._environment = environment
        self._terminal = terminal

    def examine(self, options: WalletOptions) -> Sequence[Finding]:
        """Look at the keyring."""
        from wattfare_desktop.main.examination import keyring_finding  # noqa: PLC0415
        from wattfare_desktop.vault.keychain import open_keychain  # noqa: PLC0415

        return (keyring_finding(open_keychain(options.home).describe()),)

    def host(self, options: WalletOptions) -> AbstractContextManager[None]:
        """Open the wallet for one command."""
        from wattfare_desktop.main.hosting import hosted  # noqa: PLC0415

        self._warn(options)
        return hosted(options, self._environment, self._terminal)

    def restore(self, options: RestoreOptions) -> int:
        """Make a wallet of a backup."""
        from wattfare_desktop.main.restoring import run_restore  # noqa: PLC0415

        self._warn(options.wallet)
        run_restore(options, self._environment, self._terminal)
        return 0

    def erase(self, options: EraseOptions) -> int:
        """Make an end of a wallet."""
        from wattfare_desktop.main.erasing import run_erase  # noqa: PLC0415

        run_erase(options, self._environment, self._terminal)
        return 0

    def serve(self, options: ServeOptions) -> int:
        """Run the wallet without windows until it is stopped."""
        from wattfare_desktop.main.serve import run_serve  # noqa: PLC0415

        self._warn(options.wallet)
        log = self._start_logging(options.wallet)
        try:
            run_serve(options, self._environment, self._terminal)
        finally:
            log.close()
        return 0

    def tray(self, options: TrayOptions) -> int:
        """Run the tray application until it is quit."""
        # Before Qt is loaded: it aborts where it finds nothing to draw on.
        require_windows(self._environment)
        _load_before_qt()
        from wattfare_desktop.main.tray import run_tray  # noqa: PLC0415 - Qt takes its time

        self._warn(options.wallet)
        log = self._start_logging(options.wallet)
        try:
            return run_tray(options, self._environment, self._terminal)
        finally:
            log.close()

    def demo(self, options: DemoOptions) -> int:
        """Play the whole story once."""
        from wattfare_desktop.main.demo import run_demo  # noqa: PLC0415 - Qt takes its time

        return run_demo(options, self._environment, self._terminal)

    def _warn(self, options: WalletOptions) -> None:
        path = options.passphrase_file
        if path is not None and is_open_to_others(path):
            self._terminal.complain(
                UserFacingError(
                    "Others can read the passphrase file",
                    f"It is used all the same: chmod 600 {path}",
                )
            )

    def _start_logging(self, options: WalletOptions) -> LogOutput:
        paths.prepare_home(options.home)
        places = paths.paths_of(options.home, self._environment)
        try:
            return start_logging(places.log, verbose=options.verbose)
        except OSError as error:
            raise UserFacingError(
                "The wallet's log cannot be written",
                f"{places.log}: {error.strerror}. Mend that, or choose another --home.",
            ) from error


def _load_before_qt() -> None:
    """Load what is heavy and knows nothing of Qt.

    Once PySide is there it reads the source text of each module that is imported, and keeps it.
    """
    import wattfare_desktop.main.wallet_thread  # noqa: F401, PLC0415 - for its imports
