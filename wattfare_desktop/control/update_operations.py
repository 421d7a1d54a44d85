"""Newer versions of this program, as control commands; they need no open wallet."""

from typing import Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.control.shapes import time_text
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.updates import Release


class UpdateState(Protocol):
    """What is known of newer versions; see ``wallet.updates``."""

    @property
    def running(self) -> str: ...  # noqa: D102 - the wallet's own words
    @property
    def daily(self) -> bool: ...  # noqa: D102
    @property
    def looked_at(self) -> Instant | None: ...  # noqa: D102
    @property
    def newer(self) -> Release | None: ...  # noqa: D102


class Updating(Protocol):
    """Who looks for them."""

    async def look(self) -> UpdateState: ...  # noqa: D102 - the wallet's own words
    async def set_daily(self, *, daily: bool) -> UpdateState: ...  # noqa: D102


def update_family(updates: Updating) -> Family:
    """Return the commands, by name."""
    operations = _Updating(updates)
    return {"update look": operations.look, "update daily": operations.set_daily}


class _Updating:
    """Answers them."""

    def __init__(self, updates: Updating) -> None:
        self._updates = updates

    async def look(self, _arguments: Arguments) -> JsonValue:
        return _shape(await self._updates.look())

    async def set_daily(self, arguments: Arguments) -> JsonValue:
        chosen = arguments.text("daily")
        if chosen not in {"on", "off"}:
            raise UserFacingError("That is not understood", "Say `on` or `off`.")
        return _shape(await self._updates.set_daily(daily=chosen == "on"))


def _shape(state: UpdateState) -> dict[str, JsonValue]:
    return {
        "running": state.running,
        "daily": state.daily,
        "looked_at": None if state.looked_at is None else time_text(state.looked_at),
        "newer": None if state.newer is None else _release_shape(state.newer),
    }


def _release_shape(release: Release) -> dict[str, JsonValue]:
    return {
        "version": str(release.version),
        "page": release.page,
        "summary": release.summary,
        "published": release.published.isoformat(),
    }
