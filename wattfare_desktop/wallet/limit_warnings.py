"""Tells once a window that most of a limit is gone.

Looked for beside the spending: a call neither waits for it nor pays for it. That a window was
warned about is written down, so neither a restart nor a further call tells it again.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.reports import LimitAlert
from wattfare_desktop.storage import grants, raises, reports
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.owners import WALLET, Owner
from wattfare_desktop.storage.raises import WarnedWindow
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import Spending
from wattfare_desktop.wallet.tasks import Tasks

_PAUSE_S: Final = 0.25
_EVERYTHING: Final = "All apps together"


class LimitWarnings:
    """Looks after the windows whenever spending may have moved them."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        spending: Spending,
        tasks: Tasks,
        publish: Callable[[Changes], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._spending = spending
        self._tasks = tasks
        self._publish = publish
        self._next: asyncio.TimerHandle | None = None

    def heed(self, changes: Changes) -> None:
        """Look soon, and once for all that changes until then."""
        if self._next is None and (changes.grants or changes.wallet):
            self._next = asyncio.get_running_loop().call_later(_PAUSE_S, self._look)

    def close(self) -> None:
        """Look no more."""
        if self._next is not None:
            self._next.cancel()

    async def look(self) -> None:
        """Tell of the windows that have come to 80 % of their limit since the last time."""
        if self._spending.is_doubted:
            # That a window was warned about is written down, and a doubted file is not written.
            return
        now = self._clock.now()
        if not await self._database.read(partial(raises.due_warnings, now=now)):
            return
        alerts = await self._database.write(partial(_warn, now=now))
        if alerts:
            owners = frozenset(alert.app for alert in alerts if alert.app is not None)
            self._publish(Changes(grants=owners, warnings=alerts))

    def _look(self) -> None:
        self._next = None
        self._tasks.start(self.look(), "looking how full the limits are")


def _warn(connection: Connection, now: Instant) -> tuple[LimitAlert, ...]:
    return tuple(_alert(connection, each, now) for each in raises.warn(connection, now))


def _alert(connection: Connection, warned: WarnedWindow, now: Instant) -> LimitAlert:
    window = next(
        row for row in reports.windows(connection, warned.owner, now) if row.period is warned.period
    )
    if warned.owner == WALLET:
        return LimitAlert(app=None, name=_EVERYTHING, window=window)
    record = grants.get(connection, _grant_of(warned.owner))
    assert record is not None
    return LimitAlert(app=record.id, name=record.name, window=window)


def _grant_of(owner: Owner) -> GrantId:
    return GrantId(owner.removeprefix("grant:"))
