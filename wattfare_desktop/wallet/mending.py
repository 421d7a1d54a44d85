"""Setting right what only the user can: what a crash left unsettled, what a wrong clock opened."""

from collections.abc import Callable
from typing import Final

from wattfare_desktop.core.corrections import Correction, CorrectionRefusal
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import OverrunAlert, StuckWindow
from wattfare_desktop.storage import corrections, stuck_windows
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock

_REFUSALS: Final = {
    CorrectionRefusal.NO_SUCH_CALL: ("There is no such call", "`wattfare activity` lists them."),
    CorrectionRefusal.STILL_RUNNING: ("This call is still running", "Wait for it to end."),
    CorrectionRefusal.ALREADY_CORRECTED: (
        "This call was settled before",
        "What was told of it then stands: it is asked once.",
    ),
    CorrectionRefusal.SETTLED: (
        "This call is settled",
        "Only what a crash cut off is settled by hand. Dispute the charge if it is wrong.",
    ),
}


class Mending:
    """What the user sets right. Each method raises UserFacingError where it is refused."""

    def __init__(
        self, database: Database, clock: Clock, publish: Callable[[Changes], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._publish = publish

    async def settle(self, call: CallId, billed: Nanos) -> Correction:
        """Settle an unsettled call at what the provider's page says was billed for it."""

        def change(connection: Connection) -> Correction | CorrectionRefusal:
            return corrections.correct(connection, call, billed, self._clock.now())

        found = await self._database.write(change)
        if not isinstance(found, Correction):
            raise UserFacingError(*_REFUSALS[found])
        self._publish(
            Changes(
                grants=frozenset({found.app}),
                fundings=frozenset({found.funding}),
                calls=True,
                overruns=_alerts(found),
            )
        )
        return found

    async def reset_windows(self) -> tuple[StuckWindow, ...]:
        """Let limits renew again whose window a wrong clock opened in the future; return those."""

        def change(connection: Connection) -> tuple[StuckWindow, ...]:
            return stuck_windows.reset(connection, self._clock.now(), self._clock.zone)

        found = await self._database.write(change)
        if not found:
            raise UserFacingError(
                "No limit is stuck",
                "None has a window that begins in the future: each renews when its time is over.",
            )
        apps = frozenset(each.app for each in found if each.app is not None)
        self._publish(Changes(grants=apps, wallet=True))
        return found


def _alerts(found: Correction) -> tuple[OverrunAlert, ...]:
    if found.billed <= found.cost:
        return ()
    alert = OverrunAlert(
        call=found.call,
        app=found.app,
        funding=found.funding,
        from_reserve=found.from_reserve,
        uncovered=found.uncovered,
    )
    return (alert,)
