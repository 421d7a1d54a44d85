"""A real wallet in a folder of the test: a passphrase that is quick to check, a real file."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Final

from tests.support.asking import uri
from tests.support.tls import no_trust
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.holds import Exactly
from wattfare_desktop.core.identifiers import FundingId, GrantId, Instant, TicketId
from wattfare_desktop.core.metering.prices import PriceBook
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.grants import SpendTerms, proposed_terms
from wattfare_desktop.core.oauth.requests import AuthorizationRequest
from wattfare_desktop.core.reports import AppRow, CallEnd
from wattfare_desktop.gateway.listings import KeyCheck
from wattfare_desktop.gateway.lookout import HttpLookout
from wattfare_desktop.gateway.upstream import Upstream
from wattfare_desktop.providers.catalogue import Catalogue, parse_catalogue
from wattfare_desktop.system.paths import paths_of
from wattfare_desktop.system.prices import bundled_tables, load_price_book
from wattfare_desktop.system.resources import resource_root
from wattfare_desktop.vault.keychain import open_keychain
from wattfare_desktop.vault.passphrase import Cost
from wattfare_desktop.vault.thread import VaultThread
from wattfare_desktop.vault.vault import Vault
from wattfare_desktop.wallet.authorization import ConsentTicket
from wattfare_desktop.wallet.books import Books
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.codes import Issued, TokenRequest
from wattfare_desktop.wallet.prices import Prices
from wattfare_desktop.wallet.spending import HeldCall, Outcome, Wanted
from wattfare_desktop.wallet.tasks import Tasks
from wattfare_desktop.wallet.wallet import Wallet, WalletState

PASSPHRASE: Final = "correct horse battery"
_NOON: Final = Instant(1_795_435_200_000)
"""2026-11-23, 12:00 UTC: far from every midnight, whenever the tests run."""

_QUICK: Final = Cost(memory_kib=32, iterations=1, lanes=1)
_PATIENCE_S: Final = 10.0


class MovedClock(Clock):
    """A clock that starts at a noon, goes as fast as any, and can be put forward or back."""

    def __init__(self) -> None:
        super().__init__(lambda: UTC)
        self._started_s = time.monotonic()
        self.ahead_ms = 0

    def now(self) -> Instant:
        passed_ms = round((time.monotonic() - self._started_s) * 1000)
        return Instant(_NOON + passed_ms + self.ahead_ms)


class Screen:
    """Where tickets are presented; a test waits for what comes up."""

    def __init__(self) -> None:
        self.shown: asyncio.Queue[ConsentTicket] = asyncio.Queue()
        self.withdrawn: list[TicketId] = []
        self.errors: list[UserFacingError] = []
        self.unlocks = 0

    def present(self, ticket: ConsentTicket) -> None:
        self.shown.put_nowait(ticket)

    def withdraw(self, ticket_id: TicketId) -> None:
        self.withdrawn.append(ticket_id)

    def show_error(self, notice: UserFacingError) -> None:
        self.errors.append(notice)

    def ask_to_unlock(self) -> None:
        self.unlocks += 1

    async def ticket(self) -> ConsentTicket:
        return await asyncio.wait_for(self.shown.get(), _PATIENCE_S)


class Postbag:
    """Takes the answers that the wallet itself carries."""

    def __init__(self) -> None:
        self.carried: asyncio.Queue[str] = asyncio.Queue()

    async def carry(self, request: AuthorizationRequest, answer: str) -> None:
        assert answer.startswith(request.redirect.uri)
        self.carried.put_nowait(answer)

    async def answer(self) -> str:
        return await asyncio.wait_for(self.carried.get(), _PATIENCE_S)


class WalletHouse:
    """A wallet and what surrounds it."""

    def __init__(self, folder: Path, catalogue: Catalogue, upstream: Upstream) -> None:
        self.paths = paths_of(folder / "home", {"XDG_RUNTIME_DIR": str(folder)})
        self.clock = MovedClock()
        self.tasks = Tasks()
        self.screen = Screen()
        self.postbag = Postbag()
        self.changes: list[Changes] = []
        self.prices = Prices(_price_book)
        vault = Vault(self.paths.home, open_keychain(self.paths.home), _QUICK)
        self.wallet = Wallet(
            paths=self.paths,
            vault=VaultThread(vault),
            clock=self.clock,
            catalogue=catalogue,
            prices=self.prices,
            probe=KeyCheck(upstream),
            lookout=HttpLookout(upstream, catalogue),
            tasks=self.tasks,
        )
        self.wallet.desk.presenter = self.screen
        self.wallet.desk.carrier = self.postbag
        self.wallet.desk.issuer = "http://127.0.0.1:8402"
        self.wallet.subscribe(self.changes.append)

    @property
    def books(self) -> Books:
        """What is there while the wallet is open."""
        assert self.wallet.books is not None
        return self.wallet.books

    async def opened(self) -> None:
        """Open the wallet, or make it where there is none."""
        await open_or_make(self.wallet)

    async def crash(self) -> None:
        """Let go of the file as a process that is killed does: nothing more is written to it."""
        books, self.wallet.books = self.books, None
        self.wallet.state = WalletState.LOCKED
        for ending in (books.codes, books.warnings, books.watch):
            ending.close()
        await books.tasks.cancel()
        await asyncio.to_thread(books.database.close)

    async def drained(self) -> None:
        """Wait until no call runs."""
        await eventually(lambda: self.books.spending.running_count == 0)

    async def ask(self, **changes: str | None) -> ConsentTicket:
        """Let an app ask by a link; return the ticket as it was shown."""
        await self.wallet.desk.submit_uri(uri(**changes))
        return await self.screen.ticket()

    async def approve(self, **changes: str | None) -> str:
        """Let an app ask and be approved as it asked; return its answer."""
        ticket = await self.ask(**changes)
        await self.wallet.desk.approve(ticket.id, self.terms(ticket))
        return await self.postbag.answer()

    def terms(self, ticket: ConsentTicket) -> SpendTerms:
        """Return what was asked, as terms to grant."""
        return proposed_terms(ticket.proposal, self.clock.now())

    async def trade(self, asked: TokenRequest) -> Issued:
        """Trade a good code."""
        issued = await self.books.codes.trade(asked)
        assert isinstance(issued, Issued), issued
        return issued

    async def app(self, grant: GrantId | None = None) -> AppRow:
        """Return an app's row: the newest where none is named."""
        rows = sorted(await self.wallet.apps(), key=lambda row: row.id)
        return next(row for row in reversed(rows) if grant in {None, row.id})

    async def fund(self, balance: str = "100.00") -> FundingId:
        """Add the practice provider as funding."""
        added = await self.wallet.add_funding(
            "practice", key=None, base_url=None, balance=parse_usd(balance)
        )
        return added.row.id

    async def hold(self, grant: GrantId, amount: str) -> HeldCall:
        """Begin a call that holds ``amount``."""
        held = await self.books.spending.reserve(self.wanted(grant, parse_usd(amount)))
        assert isinstance(held, HeldCall), held
        return held

    def wanted(self, grant: GrantId, amount: Nanos) -> Wanted:
        """Return a call of ``grant`` on the first funding there is."""
        return Wanted(
            grant=grant,
            funding=self.books.fundings.live[0].id,
            provider="practice",
            model="gpt-5-mini",
            streamed=False,
            wish=Exactly(amount=amount),
            price_version="test",
        )

    async def settle(self, held: HeldCall, cost: str) -> None:
        """End a call that cost ``cost``."""
        spending = self.books.spending
        spending.settle(held, outcome(cost))
        await eventually(lambda: held.id not in spending._running)

    def void_what_runs(self) -> None:
        """End the calls that a test has left: closing would wait for them."""
        spending = None if self.wallet.books is None else self.wallet.books.spending
        if spending is not None:
            for held in tuple(spending._running.values()):
                spending.settle(held, Outcome(cost=None, end=CallEnd.FAILED))

    async def spend(self, grant: GrantId, cost: str) -> None:
        """Make a call from beginning to end."""
        await self.settle(await self.hold(grant, cost), cost)


@asynccontextmanager
async def wallet_house(
    folder: Path, *, practice_url: str = "http://127.0.0.1:9", opened: bool = True
) -> AsyncIterator[WalletHouse]:
    """Put a wallet together in ``folder``, open where ``opened``, and take it apart again."""
    upstream = Upstream(no_trust)
    await upstream.start()
    house = WalletHouse(folder, catalogue().with_base("practice", practice_url), upstream)
    try:
        if opened:
            await open_or_make(house.wallet)
        yield house
    finally:
        house.void_what_runs()
        await house.wallet.close()
        await house.tasks.cancel()
        await upstream.stop()


def outcome(cost: str) -> Outcome:
    """Return the end of a call that cost ``cost``."""
    return Outcome(cost=parse_usd(cost), end=CallEnd.COMPLETE)


async def open_or_make(wallet: Wallet) -> None:
    """Open the wallet, or make it where there is none."""
    if await wallet.look() is WalletState.ABSENT:
        await wallet.create(PASSPHRASE)
    else:
        await wallet.unlock(PASSPHRASE)


async def eventually(is_so: Callable[[], object]) -> None:
    """Wait until ``is_so``, looking between other tasks' turns."""
    async with asyncio.timeout(_PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - what is waited for rings no bell
            await asyncio.sleep(0.001)


def catalogue() -> Catalogue:
    """Return the catalogue that is shipped."""
    return parse_catalogue((resource_root() / "providers.toml").read_text(encoding="utf-8"))


async def _price_book() -> PriceBook:
    return await asyncio.to_thread(load_price_book, bundled_tables())
