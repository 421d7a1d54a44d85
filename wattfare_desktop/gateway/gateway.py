"""The public port put together: listener, proxy, authorization server, and the way out."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.gateway.checks import AUTHORIZE_PATH, PORTS, WAIT_PATH
from wattfare_desktop.gateway.connection import Handler
from wattfare_desktop.gateway.delivery import Delivery
from wattfare_desktop.gateway.doors import Doors
from wattfare_desktop.gateway.exchange import Exchanges
from wattfare_desktop.gateway.intake import Intake, respond
from wattfare_desktop.gateway.limits import USUAL, Limits
from wattfare_desktop.gateway.listings import Listings
from wattfare_desktop.gateway.oauth import OAuthEndpoints
from wattfare_desktop.gateway.proofs import Proofs
from wattfare_desktop.gateway.proxy import Proxy
from wattfare_desktop.gateway.queues import Queues
from wattfare_desktop.gateway.receipts_api import ReceiptsApi
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.gateway.server import Listener
from wattfare_desktop.gateway.upstream import Upstream
from wattfare_desktop.gateway.wattfare_api import WattfareApi
from wattfare_desktop.providers.dialect import Family, RequestRefusal
from wattfare_desktop.providers.dialects import Dialects
from wattfare_desktop.system.open_uri import UriOpener
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.possession import Possession
from wattfare_desktop.wallet.prices import Prices
from wattfare_desktop.wallet.tasks import Tasks
from wattfare_desktop.wallet.wallet import Wallet

_WELL_KNOWN: Final = "/.well-known"
_SERVER_ERRORS_FROM: Final = 500
_OWN_BASE: Final = "/wattfare/v1"


class Gateway:
    """Serves one wallet on the public port."""

    def __init__(
        self,
        *,
        wallet: Wallet,
        upstream: Upstream,
        prices: Prices,
        clock: Clock,
        tasks: Tasks,
        opener: UriOpener,
        limits: Limits = USUAL,
    ) -> None:
        self._wallet = wallet
        proofs = Proofs(Possession(clock))
        self._oauth = OAuthEndpoints(wallet, clock, proofs)
        self._dialects = Dialects()
        self._doors = Doors()
        self._intake = Intake(
            wallet=wallet, prices=prices, clock=clock, body_s=limits.body_s, proofs=proofs
        )
        self.listings = Listings(upstream, prices, clock)
        self._proxy = Proxy(
            intake=self._intake,
            dialects=self._dialects,
            exchanges=Exchanges(upstream, clock, tasks, limits),
            listings=self.listings,
            prices=prices,
            clock=clock,
        )
        self._queues = Queues(proxy=self._proxy, intake=self._intake, upstream=upstream)
        self._own = WattfareApi(self._intake, self._dialects)
        self._receipts = ReceiptsApi(self._intake, self._doors.openai)
        self._clock = clock
        self._listener = Listener(self._routes(), self._refuse, limits, self._knows_origin)
        wallet.desk.carrier = Delivery(opener)

    @property
    def port(self) -> int:
        """The port it listens on; 0 before it does."""
        return self._listener.port

    async def start(self, port: int | None) -> int:
        """Listen on ``port``, or the usual one or the next free; return which.

        Raises UserFacingError where it is taken.
        """
        chosen = await self._listener.start(port)
        issuer = f"http://127.0.0.1:{chosen}"
        self._oauth.issuer = issuer
        self._intake.issuer = issuer
        self._wallet.desk.issuer = issuer
        self._wallet.desk.own_ports = {*PORTS, chosen}
        return chosen

    async def stop(self) -> None:
        """Stop listening."""
        await self._listener.stop()

    def _routes(self) -> Mapping[tuple[str, str], Handler]:
        oauth, proxy = self._oauth, self._proxy
        routes: dict[tuple[str, str], Handler] = {
            ("GET", AUTHORIZE_PATH): oauth.authorize,
            ("GET", WAIT_PATH): oauth.wait,
            ("POST", "/oauth/token"): oauth.token,
            ("POST", "/oauth/revoke"): oauth.revoke,
            ("GET", f"{_WELL_KNOWN}/oauth-authorization-server"): oauth.metadata,
            ("GET", f"{_WELL_KNOWN}/openid-configuration"): oauth.metadata,
            ("GET", f"{_WELL_KNOWN}/oauth-protected-resource"): oauth.resource,
        }
        routes["GET", f"{_OWN_BASE}/budget"] = self._own.budget
        routes["POST", f"{_OWN_BASE}/estimate"] = self._own.estimate
        routes["GET", f"{_OWN_BASE}/receipts/{{call}}"] = self._receipts.receipt
        routes.update(self._queues.routes())
        for door in self._doors.calls():
            routes["POST", door.pattern] = partial(proxy.call, door=door)
        for path, provider, family in self._doors.listings():
            routes["GET", path] = partial(self._models, family=family, provider=provider)
        return routes

    def _knows_origin(self, origin: str) -> bool:
        books = self._wallet.books
        return self._wallet.desk.knows_origin(origin) or (
            books is not None and books.accesses.knows_origin(origin, self._clock.now())
        )

    async def _models(
        self, request: BaseRequest, family: Family, provider: str | None
    ) -> web.StreamResponse:
        family = self._doors.family_of(request.headers, family)
        return await self._proxy.models(request, family, provider)

    def _refuse(
        self, request: BaseRequest, status: int, code: str, message: str
    ) -> web.StreamResponse:
        kind = "invalid_request_error" if status < _SERVER_ERRORS_FROM else "server_error"
        error = RequestRefusal(status=status, code=code, type=kind, message=message)
        family = self._doors.family_at(request.rel_url.raw_path)
        return respond(family, CallRefusal(error=error))
