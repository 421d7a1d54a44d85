"""Making backups, as control commands: begun, asked after, stopped.

The passphrase comes in over the user's own socket, as provider keys do, and goes no further.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.wallet.backup import BackupReport, BackupWish


class BackupDesk(Protocol):
    """Who makes them; see ``wallet.backup``."""

    @property
    def report(self) -> BackupReport: ...  # noqa: D102 - the wallet's own words
    def begin(self, wish: BackupWish) -> None: ...  # noqa: D102
    def cancel(self) -> None: ...  # noqa: D102


class BackupWallet(Protocol):
    """What these commands ask of the wallet; see ``wallet.wallet`` for its meaning."""

    def backups(self) -> BackupDesk: ...  # noqa: D102


def backup_family(wallet: BackupWallet) -> Family:
    """Return the commands ``backup``, ``backup progress`` and ``backup stop`` of one wallet."""
    return _BackupCommands(wallet).family()


class _BackupCommands:
    def __init__(self, wallet: BackupWallet) -> None:
        self._wallet = wallet

    def family(self) -> Family:
        return {"backup": self._begin, "backup progress": self._look, "backup stop": self._stop}

    async def _begin(self, arguments: Arguments) -> JsonValue:
        target = Path(arguments.text("file"))
        if not target.is_absolute():
            raise UserFacingError("The request cannot be understood", "file is no whole path.")
        wish = BackupWish(
            target=target,
            passphrase=arguments.text("passphrase"),
            replaces=arguments.flag("force"),
        )
        self._wallet.backups().begin(wish)
        return self._shape()

    async def _look(self, _arguments: Arguments) -> JsonValue:
        return self._shape()

    async def _stop(self, _arguments: Arguments) -> JsonValue:
        self._wallet.backups().cancel()
        return self._shape()

    def _shape(self) -> Mapping[str, JsonValue]:
        report = self._wallet.backups().report
        failure, made = report.failure, report.made
        return {
            "phase": str(report.phase),
            "done": report.done,
            "of": report.of,
            "is_over": report.is_over,
            "made": None
            if made is None
            else {
                "file": str(made.target),
                "entries": made.entries,
                "size": made.size,
            },
            "failure": None
            if failure is None
            else {"title": failure.title, "detail": failure.detail},
        }
