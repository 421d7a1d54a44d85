"""The wallet: absent, locked, open or broken; the front door to all the rest.

Lives on one event loop. What it can do while open is in :class:`Books`; the operations here are
the ones a window, a terminal or a script asks for, and refuse with words while it is not open.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.fees import NO_FEE, Fee
from wattfare_desktop.core.identifiers import FundingId, GrantId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.bindings import Allowed
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import (
    ActivityQuery,
    AppRow,
    CallRow,
    DaySpend,
    FundingAdded,
    FundingRow,
    GrantNote,
    Overview,
    SeenProgram,
)
from wattfare_desktop.providers.catalogue import Catalogue
from wattfare_desktop.system.paths import Paths, prepare_home
from wattfare_desktop.vault.protection import Outcome, Protection, Refused
from wattfare_desktop.vault.thread import VaultThread
from wattfare_desktop.wallet.alerts import Alerts
from wattfare_desktop.wallet.aliases import AliasShelf
from wattfare_desktop.wallet.apps import Apps
from wattfare_desktop.wallet.authorization import AuthorizationDesk
from wattfare_desktop.wallet.backup import Backups
from wattfare_desktop.wallet.books import UNFIT, Books, open_books
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.devices import DeviceFlow
from wattfare_desktop.wallet.disputes import Disputes
from wattfare_desktop.wallet.exports import Exports
from wattfare_desktop.wallet.funding import KeyProbe, Reconciled
from wattfare_desktop.wallet.lookout import Lookout, Neighbour
from wattfare_desktop.wallet.mending import Mending
from wattfare_desktop.wallet.own_prices import OwnPrices
from wattfare_desktop.wallet.preferences import Preferences
from wattfare_desktop.wallet.prices import Prices
from wattfare_desktop.wallet.proof import Proof
from wattfare_desktop.wallet.raising import RaisingDesk
from wattfare_desktop.wallet.receipts import Receipts
from wattfare_desktop.wallet.routing import TypicalCalls, typical_calls
from wattfare_desktop.wallet.tasks import Tasks

Listener = Callable[[Changes], None]
T = TypeVar("T")


class WalletState(StrEnum):
    """Whether there is a wallet, and whether it can be used."""

    ABSENT = "absent"
    LOCKED = "locked"
    OPEN = "open"
    BROKEN = "broken"


class Wallet:
    """One user's wallet at one home."""

    def __init__(
        self,
        *,
        paths: Paths,
        vault: VaultThread,
        clock: Clock,
        catalogue: Catalogue,
        prices: Prices,
        probe: KeyProbe,
        lookout: Lookout,
        tasks: Tasks,
    ) -> None:
        self._paths = paths
        self._vault = vault
        self._clock = clock
        self._prices = prices
        self._probe = probe
        self._lookout = lookout
        self._listeners: list[Listener] = []
        # One at a time goes in or out: a file that still closes must not be opened again.
        self._door = asyncio.Lock()
        self._is_closed = False
        self._exchanges = 0
        self.catalogue = catalogue
        self.books: Books | None = None
        self.state = WalletState.ABSENT
        self.trouble: UserFacingError | None = None
        self.desk = AuthorizationDesk(
            clock, self._open, tasks, is_locked=lambda: self.state is WalletState.LOCKED
        )
        self.devices = DeviceFlow(clock, self.desk)
        self.raising = RaisingDesk(clock, self._open, tasks)

    @property
    def reason(self) -> str:
        """What is wrong with the wallet and what helps, in plain words; "": nothing is."""
        return "" if self.trouble is None else str(self.trouble)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have ``listener`` told what each write touched, on this loop; return how to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, changes: Changes) -> None:
        """Tell all who subscribed of what happened beside the books."""
        self._publish(changes)

    async def protection(self) -> Protection:
        """Return what protects the wallet, or that there is none yet. Raises on a damaged file."""
        return await self._vault.status()

    async def look(self) -> WalletState:
        """Find out whether there is a wallet here. Raises on a damaged file."""
        try:
            absent = await self.protection() is Protection.ABSENT
        except UserFacingError as unfit:
            self.state, self.trouble = WalletState.BROKEN, unfit
            raise
        if self.state in {WalletState.ABSENT, WalletState.LOCKED}:
            self.state = WalletState.ABSENT if absent else WalletState.LOCKED
        return self.state

    async def create(self, passphrase: str | None) -> None:
        """Make the wallet under the OS keyring, or under ``passphrase``; then it is open."""
        prepare_home(self._paths.home)
        if passphrase is None:
            outcome = await self._vault.create_with_keyring()
        else:
            outcome = await self._vault.create_with_passphrase(passphrase)
        async with self._door:
            await self._open_with(outcome)

    async def unlock(self, passphrase: str | None) -> None:
        """Open the wallet. Raises UserFacingError for a wrong passphrase or a broken file."""
        if self.books is not None:
            return
        while True:
            exchanges = self._exchanges
            # Before the door: quitting must not wait for a keyring's prompt.
            outcome = await self._vault.unlock(passphrase)
            async with self._door:
                # After an exchange it is the key of the wallet from before.
                if exchanges == self._exchanges:
                    if self.books is None:
                        await self._open_with(outcome)
                    return

    async def lock(self) -> None:
        """Close the wallet to all apps: running calls are cut and settled first."""
        async with self._door:
            await self._leave()

    async def exchange(self, put: Callable[[], Awaitable[T]]) -> T:
        """Close the wallet, have ``put`` put another in its place, and be locked then.

        If ``put`` raises, the wallet from before is what is there: locked, or as broken as it was.
        """
        async with self._door:
            await self._leave()
            outcome = await put()
            self._exchanges += 1
            self.state, self.trouble = WalletState.LOCKED, None
            await self.look()
            return outcome

    async def _leave(self) -> None:
        books, self.books = self.books, None
        if books is None:
            return
        self.state = WalletState.LOCKED
        self.desk.abort_all()
        self.raising.withdraw_all()
        await books.close()
        self._publish(Changes(wallet=True))

    async def close(self) -> None:
        """Settle what runs and leave; the wallet is not to be used afterwards."""
        self._is_closed = True
        await self.lock()
        self._vault.close()

    async def overview(self) -> Overview:
        """Return what is left, what went, and what runs."""
        books = self._open()
        overview = await books.reports.overview(paused=books.preferences.paused)
        doubt = books.proof.doubt
        return overview if doubt is None else replace(overview, doubt=str(doubt.error()))

    async def apps(self) -> tuple[AppRow, ...]:
        """Return every grant ever given, the most recent spender first."""
        return await self._open().reports.apps()

    async def activity(self, query: ActivityQuery) -> tuple[CallRow, ...]:
        """Return the calls that ``query`` asks for, newest first."""
        return await self._open().reports.activity(query)

    async def fundings(self) -> tuple[FundingRow, ...]:
        """Return the provider credentials and their balances."""
        return await self._open().reports.fundings()

    async def daily_spend(self, days: int, app: GrantId | None = None) -> tuple[DaySpend, ...]:
        """Return each app's spending on each of the last ``days``."""
        return await self._open().reports.daily_spend(days, app)

    async def pause(self, grant_id: GrantId) -> None:
        """Refuse the app's next calls; running ones finish."""
        await self._open().apps.pause(grant_id)

    async def resume(self, grant_id: GrantId) -> None:
        """Let a paused app call again."""
        await self._open().apps.resume(grant_id)

    async def revoke(self, grant_id: GrantId) -> None:
        """Take the app's access away for good and cut its running calls."""
        await self._open().apps.revoke(grant_id)

    async def pause_all(self) -> None:
        """Refuse every app's next calls."""
        await self._open().preferences.set_paused(paused=True)
        self._publish(Changes(wallet=True))

    async def resume_all(self) -> None:
        """Let apps call again."""
        await self._open().preferences.set_paused(paused=False)
        self._publish(Changes(wallet=True))

    async def set_caps(self, grant_id: GrantId, caps: Sequence[Cap]) -> None:
        """Replace an app's limits."""
        await self._open().apps.set_caps(grant_id, caps)

    async def allow_raise(self, grant_id: GrantId, *, allowed: bool) -> None:
        """Be asked, or not, to raise the app's cap when a call does not fit it."""
        await self._open().apps.allow_raise(grant_id, allowed=allowed)

    async def allow(self, grant_id: GrantId, allowed: Allowed) -> None:
        """Let an app's accesses be used just so."""
        await self._open().apps.allow(grant_id, allowed)

    async def programs(self, grant_id: GrantId) -> tuple[SeenProgram, ...]:
        """Return the programs that made an app's latest calls, the latest first."""
        return await self._open().reports.programs(grant_id)

    async def set_call_limit(self, grant_id: GrantId, limit: Nanos | None) -> None:
        """Limit what one call of an app may cost."""
        await self._open().apps.set_call_limit(grant_id, limit)

    async def set_wallet_call_limit(self, limit: Nanos | None) -> None:
        """Limit what one call of any app may cost."""
        await self._open().apps.set_wallet_call_limit(limit)

    async def history(self, grant_id: GrantId) -> tuple[GrantNote, ...]:
        """Return what happened to an app's approval, newest first."""
        return await self._open().reports.history(grant_id)

    async def set_wallet_caps(self, caps: Sequence[Cap]) -> None:
        """Replace the limits over all apps together."""
        await self._open().apps.set_wallet_caps(caps)

    async def add_funding(
        self, provider: str, *, key: str | None, base_url: str | None, balance: Nanos
    ) -> FundingAdded:
        """Check and store a provider credential with its prepaid balance."""
        added = await self._open().fundings.add(provider, key, base_url, balance, self._probe)
        return FundingAdded(row=await self._funding(added.id), warning=added.warning)

    async def top_up(self, funding_id: FundingId, amount: Nanos) -> FundingRow:
        """Add to a prepaid balance."""
        await self._open().fundings.top_up(funding_id, amount)
        return await self._funding(funding_id)

    async def remove_funding(self, funding_id: FundingId) -> None:
        """Forget a provider credential."""
        await self._open().fundings.remove(funding_id)

    async def accept_ledger(self) -> None:
        """Go on from books that are not as they were left."""
        books = self._open()
        await books.proof.accept(books.settle_in)
        self.trouble = None

    def proof(self) -> Proof:
        """Return the guard of the open books."""
        return self._open().proof

    async def add_to_reserve(self, funding_id: FundingId, amount: Nanos) -> FundingRow:
        """Set a part of a balance aside, for disputes and overruns."""
        books = self._open()
        await books.fundings.add_to_reserve(funding_id, amount)
        await books.disputes.pay_waiting(funding_id)
        return await self._funding(funding_id)

    async def take_from_reserve(self, funding_id: FundingId, amount: Nanos) -> FundingRow:
        """Give a part of the reserve back to the balance."""
        await self._open().fundings.take_from_reserve(funding_id, amount)
        return await self._funding(funding_id)

    async def told_balance(self, funding_id: FundingId) -> Nanos:
        """Return what the provider itself says is left. Raises UserFacingError."""
        return await self._lookout.balance(self._open().fundings.require(funding_id))

    async def neighbours(self) -> Sequence[Neighbour]:
        """Return the model servers that answer on this machine."""
        return await self._lookout.neighbours()

    async def reconcile(
        self, funding_id: FundingId, told: Nanos, *, is_booked: bool = True
    ) -> tuple[FundingRow, Reconciled]:
        """Compare with what the provider's page shows; book the difference where ``is_booked``."""
        found = await self._open().fundings.reconcile(funding_id, told, is_booked=is_booked)
        return await self._funding(funding_id), found

    def mending(self) -> Mending:
        """Return who sets right what a crash or a wrong clock left in the open books."""
        return self._open().mending

    def disputes(self) -> Disputes:
        """Return the disputes of the open books."""
        return self._open().disputes

    def backups(self) -> Backups:
        """Return who makes backups of the open books."""
        return self._open().backups

    def exports(self) -> Exports:
        """Return what exports are read from."""
        return self._open().exports

    def alerts(self) -> Alerts:
        """Return what apps did that their user should know."""
        return self._open().alerts

    def block_list(self) -> Apps:
        """Return who knows the apps that may not ask."""
        return self._open().apps

    def aliases(self) -> AliasShelf:
        """Return which names stand for which models."""
        return self._open().aliases

    def receipts(self) -> Receipts:
        """Return the receipts of the open books."""
        return self._open().receipts

    def own_prices(self) -> OwnPrices:
        """Return the user's prices of the open books."""
        return self._open().own_prices

    @property
    def fee(self) -> Fee:
        """The service fee; none while the wallet is not open."""
        books = self.books
        return NO_FEE if books is None else books.preferences.fee

    async def set_fee(self, fee: Fee) -> None:
        """Take another service fee from each call that begins from now on."""
        books = self._open()
        await books.preferences.set_fee(fee)
        books.spending.fee = fee
        self._publish(Changes(wallet=True))

    async def preferences(self) -> Preferences:
        """Return what the user decided about the wallet as a whole."""
        return await self._open().preferences.get()

    async def set_preferences(self, chosen: Preferences) -> None:
        """Keep what the user decided."""
        await self._open().preferences.put(chosen)
        self._publish(Changes(wallet=True))

    def typical_calls(self, limit: Nanos, models: Sequence[str] = ()) -> TypicalCalls | None:
        """Return how many ordinary chats with ``models``, any if none, ``limit`` pays for.

        None where that is not known, or not known yet.
        """
        # Asked from the windows' thread, too: looked at once, since it may be locked meanwhile.
        books, book = self.books, self._prices.ready
        if books is None or book is None:
            return None
        return typical_calls(books.fundings.live, book, limit, models, self._clock.now())

    async def _funding(self, funding_id: FundingId) -> FundingRow:
        return next(row for row in await self.fundings() if row.id == funding_id)

    async def _open_with(self, outcome: Outcome) -> None:
        if self._is_closed:
            raise UserFacingError("Wattfare is closing", "Start it again.")
        if isinstance(outcome, Refused):
            error = outcome.error()
            # A wallet that is open, or broken, is no worse for a wrong passphrase.
            if await self.look() in {WalletState.ABSENT, WalletState.LOCKED}:
                self.trouble = error
            raise error
        try:
            books = await open_books(
                self._paths.database,
                outcome.master_key,
                self._clock,
                self.catalogue,
                self._publish,
                anchors=self._vault,
            )
        except UNFIT as unfit:
            self.state, self.trouble = WalletState.BROKEN, unfit
            self._publish(Changes(wallet=True))
            raise
        self.books = books
        books.own_prices.put_before(self._prices)
        doubt = books.proof.doubt
        self.state = WalletState.OPEN
        self.trouble = books.notice if doubt is None else doubt.error()
        self._publish(Changes(wallet=True))
        self.desk.ask_about_kept()

    def _open(self) -> Books:
        if self.books is not None:
            return self.books
        if self.state is WalletState.ABSENT:
            raise UserFacingError("There is no wallet yet", "Start Wattfare and set one up.")
        if self.trouble is not None and self.state is WalletState.BROKEN:
            raise self.trouble
        raise UserFacingError("The wallet is locked", "Unlock Wattfare, then try again.")

    def _publish(self, changes: Changes) -> None:
        if self.books is not None:
            if self.books.proof.doubt is not None:
                self.trouble = self.books.proof.doubt.error()
            self.books.warnings.heed(changes)
            self.books.watch.heed(changes)
            self.books.endings.heed(changes)
            self.books.proof.heed(changes)
            self.raising.heed(changes)
        for listener in tuple(self._listeners):
            listener(changes)
