"""Whether there is a newer Wattfare: looked for on the user's word, once or day by day.

Nothing is asked of the network before the user wants it, and nothing is ever downloaded but a few
kilobytes that say which version is out and where its page is. What is found is told once, and can
be read until this program is that new.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, Protocol

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS, Instant
from wattfare_desktop.core.updates import Release, is_newer
from wattfare_desktop.system.settings import Settings, SettingsFile
from wattfare_desktop.system.update_notes import UpdateNotes, UpdateNotesFile
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock

_LOG: Final = logging.getLogger(__name__)
_LOOK_S: Final = 3_600.0
_PATIENCE_S: Final = 60.0

Fetch = Callable[[str, int], bytes | None]
Latest = Callable[[Fetch], bytes]
"""Returns what the publisher says now, as ``vault.update_trust`` verifies it; blocks."""


class UpdateSource(Protocol):
    """Where a channel's files come from; the gateway, where HTTP lives, fulfils it."""

    async def fetch(self, url: str, bytes_max: int) -> bytes | None:
        """Return a file, None where there is none. Raises UserFacingError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateState:
    """What is known of newer versions.

    ``has_channel``: whether this copy is told of them at all; ``daily``: whether it looks once a
    day; ``looked_at``: when it last could; ``newer``: what is newer than this program; ``trouble``:
    why the last look was in vain.
    """

    running: str
    has_channel: bool
    daily: bool
    looked_at: Instant | None = None
    newer: Release | None = None
    trouble: UserFacingError | None = None


class Updates:
    """Looks for a newer version than ``running``. ``latest`` is None in a copy without a channel.

    The choice to look daily is kept in the settings, since it holds for a locked wallet too.
    """

    def __init__(
        self,
        *,
        running: str,
        latest: Latest | None,
        source: UpdateSource,
        settings: SettingsFile,
        notes: UpdateNotesFile,
        clock: Clock,
        publish: Callable[[Changes], None],
    ) -> None:
        self._running = running
        self._latest = latest
        self._source = source
        self._settings = settings
        self._file = notes
        self._clock = clock
        self._publish = publish
        self._notes: UpdateNotes | None = None
        self._trouble: UserFacingError | None = None
        self._one_at_a_time = asyncio.Lock()
        self._wanted = asyncio.Event()

    async def state(self) -> UpdateState:
        """Return what is known. Raises UserFacingError where the settings cannot be read."""
        settings, notes = await asyncio.to_thread(self._settings.load), await self._noted()
        return UpdateState(
            running=self._running,
            has_channel=self._latest is not None,
            daily=self._latest is not None and settings.updates_daily,
            looked_at=notes.looked_at,
            newer=notes.newest if self._is_newer(notes.newest) else None,
            trouble=self._trouble,
        )

    async def look(self) -> UpdateState:
        """Look now. Raises UserFacingError where there is no channel, or it was in vain."""
        latest = self._require_channel()
        async with self._one_at_a_time:
            try:
                release = await self._ask(latest)
            except UserFacingError as error:
                # Anew, without the frames it came through.
                self._trouble = UserFacingError(error.title, error.detail)
                self._publish(Changes(wallet=True))
                raise
            self._trouble = None
            await self._note(release)
        return await self.state()

    async def set_daily(self, *, daily: bool) -> UpdateState:
        """Look once a day from now on, or not any more. Raises UserFacingError."""
        self._require_channel()
        await asyncio.to_thread(self._keep_daily, daily=daily)
        self._publish(Changes(wallet=True))
        if daily:
            self._wanted.set()
        return await self.state()

    async def watch(self) -> None:
        """Look once a day, where the user wants that; returns only where there is no channel."""
        while self._latest is not None:
            self._wanted.clear()
            await self._look_if_due()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), _LOOK_S)

    async def _look_if_due(self) -> None:
        try:
            if await self._is_due():
                await self.look()
        except UserFacingError as error:
            # An hour later it is tried again: computers are offline now and then.
            _LOG.warning("newer versions were not looked for: %s", error)

    async def _is_due(self) -> bool:
        state = await self.state()
        if not state.daily:
            return False
        # The clock may have been set back since.
        return state.looked_at is None or not 0 <= self._clock.now() - state.looked_at < DAY_MS

    async def _ask(self, latest: Latest) -> Release:
        """Have ``latest`` work on a thread of its own, and fetch on this loop what it asks for."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + _PATIENCE_S

        async def fetch_in_time(url: str, bytes_max: int) -> bytes | None:
            try:
                async with asyncio.timeout_at(deadline_s):
                    return await self._source.fetch(url, bytes_max)
            except TimeoutError:
                raise UserFacingError(
                    "Whether there is a newer Wattfare could not be found out",
                    "The server took too long to answer.",
                ) from None

        def fetch(url: str, bytes_max: int) -> bytes | None:
            return asyncio.run_coroutine_threadsafe(fetch_in_time(url, bytes_max), loop).result()

        content = await asyncio.to_thread(latest, fetch)
        try:
            return Release.read(content)
        except ValueError as error:
            raise UserFacingError(
                "What is told of newer versions cannot be read",
                f"{error}. It may be meant for versions yet newer: look at Wattfare's own page.",
            ) from None

    async def _note(self, release: Release) -> None:
        before = await self._noted()
        is_news = self._is_newer(release) and release.version != before.told
        told = release.version if is_news else before.told
        after = UpdateNotes(looked_at=self._clock.now(), newest=release, told=told)
        self._notes = after
        try:
            await asyncio.to_thread(self._file.save, after)
        except OSError as error:
            # It is known until this program ends, and looked for again at the next start.
            _LOG.warning("what was found of newer versions was not kept: %s", error.strerror)
        self._publish(Changes(wallet=True, release=release if is_news else None))

    async def _noted(self) -> UpdateNotes:
        if self._notes is None:
            self._notes = await asyncio.to_thread(self._file.load)
        return self._notes

    def _is_newer(self, release: Release | None) -> bool:
        try:
            return release is not None and is_newer(release, self._running)
        except ValueError:
            # A copy without a version is no release, and compared with none.
            return False

    def _keep_daily(self, *, daily: bool) -> None:
        settings: Settings = self._settings.load()
        try:
            self._settings.save(replace(settings, updates_daily=daily))
        except OSError as error:
            raise UserFacingError("This choice cannot be kept", f"{error.strerror}.") from None

    def _require_channel(self) -> Latest:
        if self._latest is None:
            raise UserFacingError(
                "This copy of Wattfare looks for no updates",
                "It came without a channel, as source trees and distributions' packages do.",
            )
        return self._latest
