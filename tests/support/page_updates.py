"""Newer versions as the window is told of them; it notes what was asked of it."""

from dataclasses import dataclass, field, replace

from tests.support.sample_rows import NOW
from tests.support.update_channel import release
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import HOUR_MS, later
from wattfare_desktop.core.updates import Release
from wattfare_desktop.wallet.updates import UpdateState

NO_CHANNEL = UpdateState(running="0.1.0", has_channel=False, daily=False)
NEVER_LOOKED = UpdateState(running="0.1.0", has_channel=True, daily=False)
NEWEST = replace(NEVER_LOOKED, looked_at=later(NOW, -3 * HOUR_MS))
BEHIND = replace(NEWEST, newer=release("1.2.3"))


@dataclass(kw_only=True)
class PageUpdates:
    """A copy without a channel, unless a test gives it one."""

    known: UpdateState = NO_CHANNEL
    found: UpdateState = NEWEST
    refusal: UserFacingError | None = None
    told: list[tuple[object, ...]] = field(default_factory=list)

    async def state(self) -> UpdateState:
        return self.known

    async def look(self) -> UpdateState:
        self._note("look")
        self.known = self.found
        return self.known

    async def set_daily(self, *, daily: bool) -> UpdateState:
        self._note("set_daily", daily)
        self.known = replace(self.known, daily=daily)
        return self.known

    async def open_page(self, release: Release) -> None:
        self._note("open_page", release.page)

    def _note(self, *words: object) -> None:
        self.told.append(words)
        if self.refusal is not None:
            self.known = replace(self.known, trouble=self.refusal)
            raise self.refusal
