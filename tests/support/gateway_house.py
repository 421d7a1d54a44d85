"""The wallet as it runs: on its own thread and loop, a real encrypted file, a real port.

It is put together by ``WalletThread``, as the application does it; a test takes the place of the
window and the desktop::

    with running_house(tmp_path) as house:
        app = await house.approve(cap="1.00")
        async with house.sdk(app) as client:
            await client.chat.completions.create(...)
        rows = await house.settled(app)

Its methods are for the loop of the test; ``on_wallet`` runs a coroutine on the wallet's.
"""

import asyncio
import json
import queue
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import openai
from aiohttp.web_protocol import RequestHandler

from tests.support.tls import no_trust
from wattfare_desktop.cli.options import WalletOptions
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import FundingId, GrantId, Instant, TicketId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.grants import SpendTerms
from wattfare_desktop.core.oauth.requests import AuthorizationRequest, read_uri
from wattfare_desktop.core.oauth.tokens import digest, s256_challenge
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import ActivityQuery, AppRow, CallRow, FundingRow
from wattfare_desktop.core.watching.rules import CallRate
from wattfare_desktop.core.watching.trail import News
from wattfare_desktop.gateway.gateway import Gateway
from wattfare_desktop.gateway.limits import Limits
from wattfare_desktop.gateway.upstream import Upstream
from wattfare_desktop.main.wallet_thread import Listeners, Live, WalletThread
from wattfare_desktop.storage import ledger, reports
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.system.platforms import this_platform
from wattfare_desktop.wallet.alerts import IN_FLIGHT_MAX, PER_S_MAX
from wattfare_desktop.wallet.authorization import ConsentTicket
from wattfare_desktop.wallet.books import Books
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.codes import Issued, TokenRequest
from wattfare_desktop.wallet.wallet import Wallet

PASSPHRASE: Final = "correct horse battery"
PROVIDER_KEY: Final = "sk-proj-0123456789abcdefghijklmnopqrstuvwxyz"
VERIFIER: Final = "a-verifier-of-at-least-forty-three-characters"
REDIRECT: Final = "http://127.0.0.1:5173/cb"
_PATIENCE_S: Final = 20.0
_POLL_S: Final = 0.004

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An approved app: its access, told once, and the grant behind it."""

    access: str
    grant: GrantId


@dataclass(slots=True, kw_only=True)
class Desk:
    """Takes the place of the consent dialog: keeps what was presented, answers nothing itself."""

    tickets: "queue.SimpleQueue[ConsentTicket]" = field(default_factory=queue.SimpleQueue)
    withdrawn: list[TicketId] = field(default_factory=list)
    errors: list[UserFacingError] = field(default_factory=list)
    unlocks: int = 0

    def present(self, ticket: ConsentTicket) -> None:
        self.tickets.put(ticket)

    def withdraw(self, ticket_id: TicketId) -> None:
        self.withdrawn.append(ticket_id)

    def show_error(self, notice: UserFacingError) -> None:
        self.errors.append(notice)

    def ask_to_unlock(self) -> None:
        self.unlocks += 1


@dataclass(slots=True, kw_only=True)
class KeepingOpener:
    """Takes the place of the desktop: keeps the addresses it was asked to open."""

    opened: list[str] = field(default_factory=list)

    def open(self, uri: str) -> None:
        self.opened.append(uri)


class GatewayHouse:
    """A running wallet, and how a test works it."""

    def __init__(self, live: Live, desk: Desk, opener: KeepingOpener) -> None:
        self.live = live
        self.desk = desk
        self.opener = opener
        self.home = live.parts.paths.home
        self.port = live.port
        self.origin = f"http://127.0.0.1:{live.port}"

    @property
    def wallet(self) -> Wallet:
        """The wallet; its coroutines run by ``on_wallet`` only."""
        return self.live.parts.wallet

    @property
    def books(self) -> Books:
        """What is there while it is open."""
        assert self.wallet.books is not None
        return self.wallet.books

    @property
    def connections(self) -> list[RequestHandler]:
        """The connections of clients."""
        server = self.live.parts.gateway._listener._server
        assert server is not None
        return server.connections

    async def connections_are(self, count: int) -> None:
        """Wait until no more clients than that are connected."""
        await eventually(lambda: len(self.connections) <= count)

    async def on_wallet(self, work: Coroutine[Any, Any, T]) -> T:
        """Run ``work`` on the wallet's loop and return its result."""
        future = asyncio.run_coroutine_threadsafe(work, self.live.loop)
        return await asyncio.wait_for(asyncio.wrap_future(future), _PATIENCE_S)

    async def approve(
        self,
        *,
        cap: str = "10.00",
        period: Period = Period.MONTH,
        models: Sequence[str] = (),
        name: str = "Notes AI",
        expires_at: Instant | None = None,
    ) -> App:
        """Grant an app a cap, as its user would, and trade the code for its access."""
        request = read_uri(authorization_uri(name=name), ())
        assert isinstance(request, AuthorizationRequest), request
        terms = SpendTerms(
            limit=parse_usd(cap), period=period, models=tuple(models), expires_at=expires_at
        )
        code = await self.on_wallet(self.books.codes.grant(request, terms, "to test"))
        asked = TokenRequest(code=code, client_id=name, redirect_uri=REDIRECT, verifier=VERIFIER)
        issued = await self.on_wallet(self.books.codes.trade(asked))
        assert isinstance(issued, Issued), issued
        known = self.books.accesses.find(digest(issued.access))
        assert known is not None
        return App(access=issued.access, grant=known.grant)

    async def let_run(self, *apps: App) -> None:
        """Let ``apps`` call as fast as they can, with nobody watching what they spend."""
        rate = CallRate(per_s=PER_S_MAX, in_flight=IN_FLIGHT_MAX)
        for app in apps:
            await self.on_wallet(self.wallet.alerts().set_rate(app.grant, rate))
        watched, free = self.books.spending.tell, {app.grant for app in apps}

        def tell(news: News) -> None:
            if news.grant not in free:
                watched(news)

        self.books.spending.tell = tell

    async def ticket(self) -> ConsentTicket:
        """Wait for the next request that is put before the user."""
        return await asyncio.to_thread(self.desk.tickets.get, timeout=_PATIENCE_S)

    async def fund(
        self,
        base_url: str,
        *,
        provider: str = "openai",
        key: str = PROVIDER_KEY,
        balance: str = "100.00",
    ) -> FundingRow:
        """Add a credential for the provider at ``base_url``."""
        added = await self.on_wallet(
            self.wallet.add_funding(
                provider, key=key, base_url=base_url, balance=parse_usd(balance)
            )
        )
        return added.row

    async def remove_funding(self, funding: FundingId) -> None:
        """Forget a credential; refused while money is held on it."""
        await self.on_wallet(self.wallet.remove_funding(funding))

    def sdk(self, app: App | str, **options: Any) -> openai.AsyncOpenAI:
        """Return the official client with only its address and key changed; to be closed."""
        access = app if isinstance(app, str) else app.access
        options.setdefault("http_client", http_client())
        return openai.AsyncOpenAI(base_url=f"{self.origin}/v1", api_key=access, **options)

    async def app_row(self, app: App) -> AppRow:
        """Return what the wallet shows of ``app``."""
        rows = await self.on_wallet(self.wallet.apps())
        return next(row for row in rows if row.id == app.grant)

    @asynccontextmanager
    async def second_gateway(
        self, limits: Limits, clock: Clock | None = None
    ) -> AsyncIterator[int]:
        """Serve the same wallet on another port with other ``limits``; yield the port.

        ``clock`` is what this gateway tells the time by, in place of the wallet's own.
        """
        desk = self.wallet.desk
        documents = desk.reader.documents
        before = desk.carrier, desk.issuer, desk.own_ports, documents.source
        gateway, upstream = await self.on_wallet(
            self._second_gateway(limits, clock or self.live.parts.clock)
        )
        try:
            yield gateway.port
        finally:
            await self.on_wallet(gateway.stop())
            await self.on_wallet(upstream.stop())
            desk.carrier, desk.issuer, desk.own_ports, documents.source = before

    async def _second_gateway(self, limits: Limits, clock: Clock) -> tuple[Gateway, Upstream]:
        parts, upstream = self.live.parts, Upstream(no_trust)
        await upstream.start()
        gateway = Gateway(
            wallet=parts.wallet,
            upstream=upstream,
            prices=parts.prices,
            clock=clock,
            tasks=parts.tasks,
            opener=self.opener,
            limits=limits,
        )
        await gateway.start(0)
        return gateway, upstream

    async def calls(self, app: App | None = None) -> tuple[CallRow, ...]:
        """Return the calls of ``app``, or of all, newest first."""
        query = ActivityQuery(app=None if app is None else app.grant)
        return await self.on_wallet(self.wallet.activity(query))

    async def settled(self, app: App | None = None) -> tuple[CallRow, ...]:
        """Wait until no call runs; return the calls of ``app``, or of all, newest first."""
        await eventually(lambda: self.books.spending.running_count == 0)
        return await self.calls(app)

    async def only_call(self, app: App) -> CallRow:
        """Wait until no call runs; return the one that ``app`` made."""
        rows = await self.settled(app)
        assert len(rows) == 1, rows
        return rows[0]

    async def read(self, operation: Callable[[Connection], T]) -> T:
        """Run ``operation`` on a read-only view of the file."""

        async def reading() -> T:
            return await self.books.database.read(operation)

        return await self.on_wallet(reading())

    async def require_sound(self) -> None:
        """Assert that nothing runs, nothing is held, and every debit has its credit."""
        await eventually(lambda: self.books.spending.running_count == 0)
        balance = await self.read(ledger.trial_balance)
        assert balance.balances, balance
        assert balance.debits_pending == 0, "a hold was left open"
        assert await self.read(reports.running_calls) == ()
        assert await self.read(_held_in_windows) == 0


def _held_in_windows(connection: Connection) -> int:
    row = connection.execute("SELECT coalesce(sum(held), 0) FROM windows").fetchone()
    assert row is not None
    return int(row[0])


def http_client(**options: Any) -> openai.DefaultAsyncHttpxClient:
    """Return the SDK's own HTTP client, without the certificates that take it long to read."""
    without = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return openai.DefaultAsyncHttpxClient(verify=without, **options)


def authorization_uri(
    *, name: str = "Notes AI", cap: str = "10.00", period: str = "month", redirect: str = REDIRECT
) -> str:
    """Return the ``wattfare://`` request of an app that holds ``VERIFIER``."""
    amount = {"amount": cap, "currency": "USD"}
    details = [{"type": "wattfare_spend", "cap": amount, "period": period}]
    query = {
        "response_type": "code",
        "client_id": name,
        "redirect_uri": redirect,
        "state": "xyz",
        "code_challenge": s256_challenge(VERIFIER),
        "code_challenge_method": "S256",
        "authorization_details": json.dumps(details),
    }
    return f"wattfare://authorize?{urlencode(query)}"


@contextmanager
def running_house(folder: Path) -> Iterator[GatewayHouse]:
    """Run a wallet in ``folder`` on a free port, made and open, until the block ends."""
    passphrase = folder / "passphrase"
    passphrase.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    environment = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    desk, opener = Desk(), KeepingOpener()
    thread = WalletThread(
        WalletOptions(home=folder / "home", port=0, passphrase_file=passphrase, verbose=False),
        environment,
        replace(this_platform(("wattfare",), environment), opener=opener),
        Listeners(presenter=desk, changed=_ignore, show=_ignore, quit=_nothing),
    )
    thread.start()
    live = thread.live.result(_PATIENCE_S)
    try:
        yield GatewayHouse(live, desk, opener)
    finally:
        thread.stop()
        thread.ended.result(_PATIENCE_S)


async def eventually(is_so: Callable[[], bool], timeout_s: float = _PATIENCE_S) -> None:
    """Wait until ``is_so``; fail where it is not so in time."""
    deadline_s = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < deadline_s, "it never came to be so"
        await asyncio.sleep(_POLL_S)


def _ignore(_told: Changes | str) -> None:
    """Let it pass."""


def _nothing() -> None:
    """Let it pass."""
