"""What the window does to the books as a whole; each runs on the wallet's loop, and may be long."""

from pathlib import Path
from typing import Protocol

from wattfare_desktop.ui.presentation.books import (
    Back,
    Exported,
    ExportWish,
    Made,
    Seen,
    Verdict,
)
from wattfare_desktop.ui.presentation.long_work import Watch
from wattfare_desktop.wallet.backup import BackupWish


class BookActs(Protocol):
    """All of it may raise UserFacingError; what takes a ``watch`` ends soon once that is stopped.

    Stopped work raises UserFacingError too, unless it was past its last chance to stop.
    """

    async def back_up(self, wish: BackupWish, watch: Watch) -> Made:
        """Write the whole wallet as one file."""

    async def look_at_backup(self, file: Path, passphrase: str) -> Seen:
        """Open a backup's head, so that the user sees what it is before it is restored."""

    async def restore(self, seen: Seen, passphrase: str | None, watch: Watch) -> Back:
        """Put that backup in this wallet's place and open it.

        ``passphrase`` will be the wallet's own; None: its key goes into the keyring.
        """

    async def check(self, watch: Watch) -> Verdict:
        """Recompute everything."""

    async def export(self, wish: ExportWish, watch: Watch) -> Exported:
        """Write the books in a form that others read."""

    async def accept(self) -> None:
        """Go on from the books as they are."""
