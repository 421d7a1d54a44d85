"""What the clock alone ends, written down as soon as it is noticed, so that it stays ended.

An approval that ran out and a raise whose time is over end whether anybody looks or not. Reckoned
from the clock alone they would come back when it is set back.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from wattfare_desktop.core.identifiers import SECOND_MS, Instant
from wattfare_desktop.storage import grants, raises
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database
from wattfare_desktop.wallet.apps import Apps
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import Spending
from wattfare_desktop.wallet.tasks import Tasks

_SOON_S: Final = 1.0
_SELDOM_S: Final = 600.0
"""A computer may sleep, and its clock be set: nothing is waited for longer than this."""


class Endings:
    """Waits for the next end there is."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        apps: Apps,
        spending: Spending,
        tasks: Tasks,
        publish: Callable[[Changes], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._apps = apps
        self._spending = spending
        self._tasks = tasks
        self._publish = publish
        self._timer: asyncio.TimerHandle | None = None

    def heed(self, changes: Changes) -> None:
        """Look soon for an end that was not there before, once for all that changes until then."""
        if changes.grants:
            self._look_within(_SOON_S)

    def notice_soon(self) -> None:
        """Look now: somebody has met an end that nobody wrote down."""
        self._look_within(0.0)

    def close(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def notice(self) -> None:
        """Write down what has ended by now; nothing while the books are doubted."""
        if not self._spending.is_doubted:
            await self.write_down()

    async def write_down(self) -> None:
        """Do so, and wait for what ends next."""
        next_end = await self._database.read(_next_end)
        now = self._clock.now()
        if next_end is not None and next_end <= now:
            await self._apps.expire()
            lowered = await self._database.write(partial(raises.end_over, now=now))
            if lowered:
                self._publish(Changes(grants=frozenset(lowered)))
            next_end = await self._database.read(_next_end)
        if next_end is not None:
            self._look_within(max(0.0, (next_end - self._clock.now()) / SECOND_MS))

    def _look_within(self, delay_s: float) -> None:
        loop = asyncio.get_running_loop()
        due_s = loop.time() + min(delay_s, _SELDOM_S)
        if self._timer is not None and self._timer.when() <= due_s:
            return
        self.close()
        self._timer = loop.call_at(due_s, self._look)

    def _look(self) -> None:
        self._timer = None
        self._tasks.start(self.notice(), "looking what has ended")


def _next_end(connection: Connection) -> Instant | None:
    ends = (grants.next_expiry(connection), raises.next_end(connection))
    return min((end for end in ends if end is not None), default=None)
