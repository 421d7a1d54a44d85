"""Disputes as their user meets them: opened, decided, and paid when the reserve can."""

from collections.abc import Callable
from typing import Final

from wattfare_desktop.core.disputes import Dispute, DisputeReason, DisputeRefusal
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import CallId, FundingId, Instant
from wattfare_desktop.storage import disputes
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock

_Decision = Callable[[Connection, CallId, Instant], Dispute | DisputeRefusal]

_REFUSALS: Final = {
    DisputeRefusal.NO_SUCH_CALL: ("No such call", "`wattfare activity` lists them."),
    DisputeRefusal.STILL_RUNNING: ("This call is still running", "Wait for it to end."),
    DisputeRefusal.NOTHING_CHARGED: ("This call cost nothing", "There is nothing to dispute."),
    DisputeRefusal.NOT_DISPUTED: ("This call is not disputed", "`wattfare disputes` lists them."),
    DisputeRefusal.CLOSED: (
        "This dispute is in another state",
        "Only an open dispute is accepted or withdrawn, only a credited one reversed.",
    ),
    DisputeRefusal.NO_ROOM_IN_BALANCE: (
        "The money has been spent since",
        "Top the funding up, then reverse the credit.",
    ),
    DisputeRefusal.NO_ROOM_IN_CAP: (
        "The app has used its cap since",
        "Raise its cap, or wait for the next period, then reverse the credit.",
    ),
}


class Disputes:
    """Opens disputes and moves them. Each method raises UserFacingError where it is refused."""

    def __init__(
        self, database: Database, clock: Clock, publish: Callable[[Changes], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._publish = publish

    async def listed(self) -> tuple[Dispute, ...]:
        """Return every dispute, the open ones first."""
        return await self._database.read(disputes.listed)

    async def find(self, call: CallId) -> Dispute | None:
        """Return the dispute over ``call``, if there is one."""
        return await self._database.read(lambda connection: disputes.find(connection, call))

    async def dispute(self, call: CallId, reason: DisputeReason) -> Dispute:
        """Dispute a charge; credited at once where the stored facts say so."""

        def change(connection: Connection, call: CallId, now: Instant) -> Dispute | DisputeRefusal:
            return disputes.dispute(connection, call, reason, now)

        return await self._decide(call, change)

    async def accept(self, call: CallId) -> Dispute:
        """Accept the charge after all."""
        return await self._decide(call, disputes.accept)

    async def withdraw(self, call: CallId) -> Dispute:
        """Take the dispute back; it may be opened again."""
        return await self._decide(call, disputes.withdraw)

    async def reverse(self, call: CallId) -> Dispute:
        """Take a credit back into the reserve."""
        return await self._decide(call, disputes.reverse)

    async def pay_waiting(self, funding: FundingId) -> tuple[Dispute, ...]:
        """Credit the disputes that waited for the reserve of ``funding``."""

        def change(connection: Connection) -> tuple[Dispute, ...]:
            return disputes.pay_waiting(connection, funding, self._clock.now())

        paid = await self._database.write(change)
        for each in paid:
            self._tell(each)
        return paid

    async def _decide(self, call: CallId, decide: _Decision) -> Dispute:
        def change(connection: Connection) -> Dispute | DisputeRefusal:
            return decide(connection, call, self._clock.now())

        found = await self._database.write(change)
        if not isinstance(found, Dispute):
            raise UserFacingError(*_REFUSALS[found])
        self._tell(found)
        return found

    def _tell(self, moved: Dispute) -> None:
        self._publish(
            Changes(grants=frozenset({moved.app}), fundings=frozenset({moved.funding}), calls=True)
        )
