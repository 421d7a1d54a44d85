"""What the command line asks of the composition root, which alone can start a wallet."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from wattfare_desktop.system.health import Finding


class Consent(StrEnum):
    """How a wallet without windows asks its user."""

    TERMINAL = "terminal"
    DENY = "deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletOptions:
    """Which wallet, and how to open it.

    ``port`` None is the usual one or the next that is free. ``passphrase_file`` takes the place of
    the operating system's keyring.
    """

    home: Path
    port: int | None
    passphrase_file: Path | None
    verbose: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrayOptions:
    """The wallet with its tray; ``uri`` is a request to show once it runs, "" none."""

    wallet: WalletOptions
    uri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """The wallet without windows."""

    wallet: WalletOptions
    consent: Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """The whole story, with pictures of each dialog and page in ``screenshots``."""

    screenshots: Path | None
    verbose: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOptions:
    """A wallet from the backup in ``file``; ``is_agreed`` that it takes an existing one's place."""

    wallet: WalletOptions
    file: Path
    backup_passphrase_file: Path | None
    is_agreed: bool
    json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseOptions:
    """The end of a wallet; ``is_agreed`` beforehand, or its user is asked for a word."""

    wallet: WalletOptions
    is_agreed: bool
    json: bool


class Launch(Protocol):
    """Starts what the command line itself may not know, and returns its exit code."""

    def examine(self, options: WalletOptions) -> Sequence[Finding]:
        """Look at what takes heavy libraries to see while no wallet runs: the keyring."""

    def host(self, options: WalletOptions) -> AbstractContextManager[None]:
        """Open the wallet for one command, which asks it over the control socket as any other.

        Nothing is published meanwhile. Raises UserFacingError where it cannot be opened.
        """

    def tray(self, options: TrayOptions) -> int:
        """Run the tray application until it is quit."""

    def serve(self, options: ServeOptions) -> int:
        """Run the wallet without windows until it is stopped."""

    def restore(self, options: RestoreOptions) -> int:
        """Make a wallet of a backup. Raises UserFacingError where it is not to be had."""

    def erase(self, options: EraseOptions) -> int:
        """Erase a wallet. Raises UserFacingError where it runs, or cannot be erased."""

    def demo(self, options: DemoOptions) -> int:
        """Play the whole story once."""
