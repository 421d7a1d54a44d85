"""The public port put together: listener, proxy, authorization server, and the way out."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.oauth.errors import Rejected
from wattfare_desktop.core.oauth.metadata import DESCRIPTION_PATH
from wattfare_desktop.gateway.checks import PORTS
from wattfare_desktop.gateway.connection import Handler
from wattfare_desktop.gateway.delivery import Delivery
from wattfare_desktop.gateway.description import describe
from wattfare_desktop.gateway.document_source import HttpDocumentSource, SystemLookUp
from wattfare_desktop.gateway.doors import Doors
from wattfare_desktop.gateway.exchange import Exchanges
from wattfare_desktop.gateway.instance_api import INSTANCE_PATH, InstanceApi
from wattfare_desktop.gateway.intake import Intake, respond
from wattfare_desktop.gateway.limits import USUAL, Limits
from wattfare_desktop.gateway.listings import Listings
from wattfare_desktop.gateway.models_api import ModelsApi
from wattfare_desktop.gateway.oauth.answers import refused
from wattfare_desktop.gateway.oauth.endpoints import OAuthEndpoints
from wattfare_desktop.gateway.proofs import Proofs
from wattfare_desktop.gateway.proxy import Proxy
from wattfare_desktop.gateway.queues import Queues
from wattfare_desktop.gateway.receipts_api import ReceiptsApi
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.gateway.router import Router
from wattfare_desktop.gateway.server import Listener
from wattfare_desktop.gateway.upstream import Upstream
from wattfare_desktop.gateway.wattfare_api import WattfareApi
from wattfare_desktop.providers.dialect import RequestRefusal
from wattfare_desktop.providers.dialects import Dialects
from wattfare_desktop.system.open_uri import UriOpener
from wattfare_desktop.vault.instance import InstanceKey
from wattfare_desktop.wallet.client_documents import DocumentSource
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.possession import Possession
from wattfare_desktop.wallet.prices import Prices
from wattfare_desktop.wallet.tasks import Tasks
from wattfare_desktop.wallet.wallet import Wallet

_SERVER_ERRORS_FROM: Final = 500
_OAUTH_BASE: Final = "/oauth/"
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
        documents: DocumentSource | None = None,
    ) -> None:
        self._wallet = wallet
        self.instance = InstanceKey()
        proofs = Proofs(Possession(clock))
        self._oauth = OAuthEndpoints(wallet, clock, proofs)
        self._dialects = Dialects()
        self._doors = Doors()
        self._instance = InstanceApi(self.instance, self._doors.openai)
        self._intake = Intake(
            wallet=wallet, prices=prices, clock=clock, body_s=limits.body_s, proofs=proofs
        )
        self.listings = Listings(upstream, prices, clock)
        self._proxy = Proxy(
            intake=self._intake,
            dialects=self._dialects,
            exchanges=Exchanges(upstream, clock, tasks, limits),
            prices=prices,
            clock=clock,
        )
        self._models = ModelsApi(self._intake, self.listings, self._doors)
        self._queues = Queues(proxy=self._proxy, intake=self._intake, upstream=upstream)
        self._own = WattfareApi(self._intake, self._dialects)
        self._receipts = ReceiptsApi(self._intake, self._doors.openai)
        # Looked at last: no call waits for what is refused anyway.
        self._refused = Router({("", path): told for path, told in self._doors.refused().items()})
        self._listener = Listener(
            self._routes(),
            self._refuse,
            limits,
            knows_origin=self._knows_origin,
            otherwise=self._refuse_unbounded,
        )
        self._clock = clock
        wallet.desk.carrier = Delivery(opener)
        wallet.desk.reader.documents.source = documents or HttpDocumentSource(
            SystemLookUp(), upstream.trusted
        )

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
        self._instance.port = chosen
        self._oauth.issuer = issuer
        self._intake.issuer = issuer
        self._wallet.desk.issuer = issuer
        self._wallet.desk.own_ports = {*PORTS, chosen}
        return chosen

    async def stop(self) -> None:
        """Stop listening."""
        await self._listener.stop()

    def _routes(self) -> Mapping[tuple[str, str], Handler]:
        proxy = self._proxy
        routes: dict[tuple[str, str], Handler] = {**self._oauth.routes()}
        routes["GET", INSTANCE_PATH] = self._instance.prove
        routes["GET", DESCRIPTION_PATH] = describe
        routes["GET", f"{_OWN_BASE}/budget"] = self._own.budget
        routes["POST", f"{_OWN_BASE}/estimate"] = self._own.estimate
        routes["GET", f"{_OWN_BASE}/receipts/{{call}}"] = self._receipts.receipt
        routes.update(self._queues.routes())
        for door in self._doors.calls():
            routes["POST", door.pattern] = partial(proxy.call, door=door)
        for path, provider, family in self._doors.listings():
            routes["GET", path] = partial(self._models.all, family=family, provider=provider)
        for path, provider, family in self._doors.models():
            routes["GET", path] = partial(self._models.one, family=family, provider=provider)
        return routes

    def _refuse_unbounded(self, request: BaseRequest) -> web.StreamResponse | None:
        match = self._refused.find("", request.rel_url.raw_path)
        if match is None:
            return None
        refusal, family = match.found
        return respond(self._doors.family_of(request.headers, family), refusal)

    def _knows_origin(self, origin: str) -> bool:
        books = self._wallet.books
        return self._wallet.desk.knows_origin(origin) or (
            books is not None and books.accesses.knows_origin(origin, self._clock.now())
        )

    def _refuse(
        self, request: BaseRequest, status: int, code: str, message: str
    ) -> web.StreamResponse:
        if request.rel_url.raw_path.startswith(_OAUTH_BASE):
            # An OAuth library reads no other error than OAuth's.
            return refused(Rejected.of_status(status, message), status=status)
        kind = "invalid_request_error" if status < _SERVER_ERRORS_FROM else "server_error"
        error = RequestRefusal(status=status, code=code, type=kind, message=message)
        family = self._doors.family_at(request.rel_url.raw_path)
        return respond(family, CallRefusal(error=error))
