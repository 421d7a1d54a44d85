"""What the windows do about newer versions of this program; each runs on the wallet's loop."""

from typing import Protocol

from wattfare_desktop.core.updates import Release
from wattfare_desktop.wallet.updates import UpdateState


class UpdateActs(Protocol):
    """All of it may raise UserFacingError, which is shown where it was asked for."""

    async def state(self) -> UpdateState:
        """Return what is known of newer versions."""

    async def look(self) -> UpdateState:
        """Look now."""

    async def set_daily(self, *, daily: bool) -> UpdateState:
        """Look once a day from now on, or not any more."""

    async def open_page(self, release: Release) -> None:
        """Open the page where ``release`` is to be had."""
