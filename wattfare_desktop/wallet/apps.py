"""What a user does to an approved app: change its caps, pause, resume, revoke it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.money import Nanos, display_usd
from wattfare_desktop.core.oauth.bindings import Allowed, Bindings, places_text
from wattfare_desktop.core.oauth.clients import ClientIdentity
from wattfare_desktop.core.oauth.lifecycle import GrantEvent, GrantState, next_grant_state
from wattfare_desktop.core.policy import Cap, LimitKind
from wattfare_desktop.core.raises import Offer, RaiseKind
from wattfare_desktop.core.reports import BlockedRow
from wattfare_desktop.storage import bindings, budgets, grants, raises, reports, succession
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database, LedgerClosed, LedgerUnavailable
from wattfare_desktop.wallet.accesses import Accesses, state_at
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import Spending


class Apps:
    """The grants. Each operation is durable and in force when it returns."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: Accesses,
        spending: Spending,
        publish: Callable[[Changes], None],
        anchor: Callable[[], None],
    ) -> None:
        """``anchor`` has what is written vouched for outside the file: whatever ended, stays so."""
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._spending = spending
        self._publish = publish
        self._anchor = anchor

    async def pause(self, grant: GrantId) -> None:
        """Refuse the app's next calls; running ones finish."""
        await self._move(grant, GrantEvent.PAUSE)

    async def resume(self, grant: GrantId) -> None:
        """Let a paused app call again."""
        await self._move(grant, GrantEvent.RESUME)

    async def revoke(self, grant: GrantId, why: str = "") -> None:
        """Take the app's access away for good and cut its running calls.

        ``why`` is kept in its history, where it was not its user who did it.
        Where that cannot be written it holds all the same until the wallet closes; raises
        LedgerUnavailable then, to say so.
        """
        try:
            await self._move(grant, GrantEvent.REVOKE, why)
        except LedgerClosed:
            raise
        except LedgerUnavailable as error:
            self.end(grant)
            raise LedgerUnavailable(
                "The app is cut off, but that could not be written",
                "It holds until Wattfare is started again. Make room on the disk and let the "
                "wallet's file be written, then revoke the app once more.",
            ) from error
        self._spending.cut(grant)

    def end(self, grant: GrantId) -> None:
        """Let a grant that was written as revoked be so at once: no look-up, no running call."""
        self._accesses.set_state(grant, GrantState.REVOKED)
        self._spending.cut(grant)

    def replaced(self, grants_ended: Sequence[GrantId]) -> None:
        """Let grants end that were written as ended by a newer one."""
        for grant in grants_ended:
            self.end(grant)
        if grants_ended:
            self._anchor()

    async def expire(self) -> None:
        """Write down which approvals have run out; they stay so, whatever the clock says later."""
        expired = await self._database.write(partial(grants.expire, now=self._clock.now()))
        for grant in expired:
            self._accesses.set_state(grant, GrantState.EXPIRED)
        if expired:
            self._anchor()
            self._publish(Changes(grants=frozenset(expired)))

    async def expire_uncollected(self) -> None:
        """Revoke the grants whose code ran out before the app came for it."""
        late = await self._database.read(partial(grants.uncollected, now=self._clock.now()))
        for grant in late:
            await self._move(grant, GrantEvent.REVOKE, "the app never came for it")

    async def set_caps(self, grant: GrantId, caps: Sequence[Cap]) -> None:
        """Replace the app's limits. Raises UserFacingError for none, or two of one period."""
        if not caps:
            raise UserFacingError("An app needs a cap", "Keep at least one limit, or revoke it.")
        _refuse_twins(caps)

        def change(connection: Connection) -> None:
            now, zone, record = self._clock.now(), self._clock.zone, _known(connection, grant)
            state = _state(record, now)
            if state not in {GrantState.ACTIVE, GrantState.PAUSED}:
                raise UserFacingError(
                    "That app cannot spend any more", f"It is {state.value}: its caps are history."
                )
            if record.verified:
                for cap in caps:
                    succession.open_window(connection, record, cap.period, now, zone)
            budgets.set_caps(connection, budgets.owner_of(grant), caps, now, zone)
            grants.record_event(connection, grant, "caps_changed", _in_words(caps), now)

        await self._database.write(change)
        self._publish(Changes(grants=frozenset({grant})))

    async def raise_cap(self, grant: GrantId, offer: Offer, kind: RaiseKind) -> None:
        """Raise a cap until that much was spent, or until it renews.

        Where it has renewed since it was offered, nothing needs raising.
        """
        wanted = raises.Raise(
            grant=grant, period=offer.period, amount=offer.raise_of(kind), kind=kind
        )

        def change(connection: Connection) -> None:
            now, zone = self._clock.now(), self._clock.zone
            if _state(_known(connection, grant), now) is not GrantState.ACTIVE:
                raise UserFacingError(
                    "That app cannot spend now", "Resume it, or let it ask again."
                )
            for budget in budgets.current(connection, grant, now, zone):
                is_it = budget.kind is LimitKind.APP and budget.period is offer.period
                if is_it and budget.resets_at == offer.resets_at:
                    raises.add(connection, wanted, now, zone)

        await self._database.write(change)
        self._publish(Changes(grants=frozenset({grant})))

    async def fits(self, grant: GrantId, amount: Nanos) -> bool:
        """Return whether the app's own limits leave ``amount``."""
        windows = await self._database.read(
            partial(reports.windows, owner=budgets.owner_of(grant), now=self._clock.now())
        )
        return all(window.left >= amount for window in windows)

    async def allow_raise(self, grant: GrantId, *, allowed: bool) -> None:
        """Be asked, or not, to raise the app's cap when a call does not fit it."""

        def change(connection: Connection) -> None:
            _known(connection, grant)
            grants.allow_raise(connection, grant, allowed=allowed, now=self._clock.now())

        await self._database.write(change)
        self._accesses.allow_raise(grant, allowed=allowed)
        self._publish(Changes(grants=frozenset({grant})))

    async def allow(self, grant: GrantId, allowed: Allowed) -> None:
        """Let the app's accesses be used just so; None leaves a list as it is."""

        def change(connection: Connection) -> Bindings:
            record = _known(connection, grant)
            now = self._clock.now()
            state = _state(record, now)
            if state in {GrantState.REVOKED, GrantState.EXPIRED}:
                raise UserFacingError("That app cannot spend any more", f"It is {state.value}.")
            before = bindings.get(connection, grant)
            bound = allowed.on(before)
            bindings.put(connection, grant, bound)
            for event, detail in _binding_events(before, bound):
                grants.record_event(connection, grant, event, detail, now)
            return bound

        self._accesses.bind(grant, await self._database.write(change))
        self._publish(Changes(grants=frozenset({grant})))

    async def set_call_limit(self, grant: GrantId, limit: Nanos | None) -> None:
        """Limit what one call of the app may cost, or no longer."""
        _refuse_nothing(limit)

        def change(connection: Connection) -> None:
            _known(connection, grant)
            now = self._clock.now()
            budgets.set_call_limit(connection, budgets.owner_of(grant), limit, now)
            told = "none" if limit is None else display_usd(limit)
            grants.record_event(connection, grant, "call_limit_changed", told, now)

        await self._database.write(change)
        self._publish(Changes(grants=frozenset({grant})))

    async def set_wallet_call_limit(self, limit: Nanos | None) -> None:
        """Limit what one call of any app may cost, or no longer."""
        _refuse_nothing(limit)
        await self._database.write(
            partial(
                budgets.set_call_limit, owner=budgets.WALLET, limit=limit, now=self._clock.now()
            )
        )
        self._publish(Changes(wallet=True))

    async def set_wallet_caps(self, caps: Sequence[Cap]) -> None:
        """Replace the limits over all apps together; there may be none."""
        _refuse_twins(caps)

        def change(connection: Connection) -> None:
            budgets.set_caps(connection, budgets.WALLET, caps, self._clock.now(), self._clock.zone)

        await self._database.write(change)
        self._publish(Changes(wallet=True))

    async def block_client(self, client: ClientId) -> None:
        """Never be asked about ``client`` again."""
        await self._database.write(
            partial(grants.block_client, client=client, now=self._clock.now())
        )
        self._publish(Changes(wallet=True))

    async def blocked_clients(self) -> list[BlockedRow]:
        """Return the clients that are never asked about, latest last."""
        return await self._database.read(grants.blocked_clients)

    async def knows(self, client: ClientIdentity) -> bool:
        """Return whether the user ever approved the web app ``client``; False for a bare name."""
        if client.origin is None:
            return False
        host = client.origin.removeprefix("https://")
        return await self._database.read(partial(grants.was_approved, redirect_host=host))

    async def unblock_client(self, client: ClientId) -> None:
        """Let ``client`` ask again."""
        await self._database.write(partial(grants.unblock_client, client=client))
        self._publish(Changes(wallet=True))

    async def _move(self, grant: GrantId, event: GrantEvent, detail: str = "") -> None:
        def change(connection: Connection) -> GrantState:
            record, now = _known(connection, grant), self._clock.now()
            before = _state(record, now)
            state = next_grant_state(before, event)
            if state is None:
                raise UserFacingError(
                    f"You cannot {event.value} that app",
                    f"It is {before.value}. Let it ask again for a new approval.",
                )
            if state is not record.state:
                grants.set_state(connection, grant, state, event.value, now, detail=detail)
            return state

        state = await self._database.write(change)
        self._accesses.set_state(grant, state)
        if event is GrantEvent.REVOKE:
            self._anchor()
        self._publish(Changes(grants=frozenset({grant})))


def _binding_events(before: Bindings, bound: Bindings) -> Iterator[tuple[str, str]]:
    """Return what an app's history tells of it: an event and its detail each."""
    if bound.proof_required and not before.proof_required:
        yield "must_sign", ""
    if places_text(bound) != places_text(before):
        yield "bindings_changed", places_text(bound)


def _known(connection: Connection, grant: GrantId) -> grants.GrantRecord:
    record = grants.get(connection, grant)
    if record is None:
        raise UserFacingError("No such app", "List the apps to see their ids.")
    return record


def _state(record: grants.GrantRecord, now: Instant) -> GrantState:
    return state_at(record.state, record.expires_at, now)


def _refuse_twins(caps: Sequence[Cap]) -> None:
    if len({cap.period for cap in caps}) != len(caps):
        raise UserFacingError("Two limits for one period", "Keep one limit a period.")


def _refuse_nothing(limit: Nanos | None) -> None:
    if limit is not None and limit <= 0:
        raise UserFacingError("A call needs some money", "Set a limit above zero, or none.")


def _in_words(caps: Sequence[Cap]) -> str:
    return ", ".join(f"{display_usd(cap.limit)} {cap.period.value}" for cap in caps)
