"""A call that does not fit its app's cap, waiting while the user is asked to raise it."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any

from wattfare_desktop.core.identifiers import SECOND_MS
from wattfare_desktop.core.policy import BudgetRefusal
from wattfare_desktop.core.raises import ASKING_MS
from wattfare_desktop.gateway.connection import Connection
from wattfare_desktop.storage.kept_results import Taken
from wattfare_desktop.wallet.accesses import Access
from wattfare_desktop.wallet.raising import RaisingDesk
from wattfare_desktop.wallet.spending import HeldCall, Refused, Spending, Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Who is asked, and who holds the money once there is room for it."""

    desk: RaisingDesk
    spending: Spending
    access: Access

    async def reserve(
        self, wanted: Wanted, refused: BudgetRefusal, connection: Connection
    ) -> HeldCall | Refused | Taken:
        """Ask, hold, and ask again where another cap is in the way; a minute in all.

        A client that leaves meanwhile ends it.
        """
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        until_s = loop.time() + ASKING_MS / SECOND_MS
        held: HeldCall | Refused | Taken = refused
        connection.when_lost(partial(_leave, task))
        try:
            while isinstance(held, BudgetRefusal) and await self.desk.ask(
                self.access, held, until_s
            ):
                held = await self.spending.reserve(wanted)
        finally:
            connection.when_lost(None)
        return held


def _leave(task: "asyncio.Task[Any]") -> None:
    task.cancel()
