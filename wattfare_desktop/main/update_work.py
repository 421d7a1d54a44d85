"""Newer versions of this program: what verifies them, and what the window does about them."""

import asyncio
from pathlib import Path

from wattfare_desktop.core.updates import Release
from wattfare_desktop.system.open_uri import UriOpener
from wattfare_desktop.system.paths import prepare_home
from wattfare_desktop.system.update_channel import Channel
from wattfare_desktop.wallet.updates import Fetch, Latest, Updates, UpdateState


class UpdateWork:
    """Fulfils ``ui.update_acts``, on the wallet's loop."""

    def __init__(self, updates: Updates, opener: UriOpener) -> None:
        self._updates = updates
        self._opener = opener

    async def state(self) -> UpdateState:
        """Return what is known of newer versions."""
        return await self._updates.state()

    async def look(self) -> UpdateState:
        """Look now."""
        return await self._updates.look()

    async def set_daily(self, *, daily: bool) -> UpdateState:
        """Look once a day from now on, or not any more."""
        return await self._updates.set_daily(daily=daily)

    async def open_page(self, release: Release) -> None:
        """Open the page where ``release`` is to be had."""
        await asyncio.to_thread(self._opener.open, release.page)


def latest_of(channel: Channel | None, folder: Path) -> Latest | None:
    """Return what asks ``channel`` and verifies what it says; None where there is no channel.

    ``folder``, in the wallet's home, keeps what was verified.
    """
    if channel is None:
        return None

    def latest(fetch: Fetch) -> bytes:
        # Not at the top of the file: TUF's client takes a tenth of a second, and few ever look.
        from wattfare_desktop.vault.update_trust import UpdateTrust  # noqa: PLC0415

        # There may be no wallet yet, and so no home.
        prepare_home(folder.parent)
        trust = UpdateTrust(
            root=channel.root,
            folder=folder,
            metadata_url=channel.metadata_url,
            targets_url=channel.targets_url,
        )
        return trust.latest(fetch)

    return latest
