"""The device flow (RFC 8628): a program without a browser asks, its user types a code."""

from functools import partial

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import SECOND_MS
from wattfare_desktop.core.oauth.device import (
    DEVICE_LIFETIME_MS,
    INTERVAL_MS,
    read_device_request,
    shown_user_code,
)
from wattfare_desktop.core.oauth.errors import Rejected
from wattfare_desktop.core.oauth.metadata import DEVICE_PAGE_PATH
from wattfare_desktop.gateway.connection import connection_of
from wattfare_desktop.gateway.oauth.answers import answered, busy, locked, refused
from wattfare_desktop.gateway.oauth.forms import bound_form, read_form
from wattfare_desktop.gateway.pages import page
from wattfare_desktop.gateway.proofs import Proofs
from wattfare_desktop.wallet.wallet import Wallet


class DeviceEndpoints:
    """Lets programs ask one wallet; they poll at the token endpoint."""

    def __init__(self, wallet: Wallet, proofs: Proofs) -> None:
        self._wallet = wallet
        self._proofs = proofs

    async def begin(self, request: BaseRequest) -> web.StreamResponse:
        """POST /oauth/device_authorization (RFC 8628 section 3.1).

        A proof, or ``dpop_jkt``, names the key that alone may come for the answer, as it does of a
        pushed request (RFC 9449 section 10).
        """
        if self._wallet.books is None:
            return locked()
        form = await read_form(request)
        if not isinstance(form, Rejected):
            form = bound_form(form, self._proofs.of_request(request))
        if isinstance(form, Rejected):
            return refused(form)
        # While its connection stands: there is no other time to see who asks.
        peer = connection_of(request).peer
        program = None if peer is None else await peer.found()
        begun = await self._wallet.devices.begin(partial(read_device_request, form), program)
        if isinstance(begun, Rejected):
            return refused(begun)
        lifetime_s = DEVICE_LIFETIME_MS // SECOND_MS
        if begun is None:
            return busy("Too many programs wait.", status=429, retry_after_s=lifetime_s)
        return answered(
            200,
            {
                "device_code": begun.device_code,
                "user_code": shown_user_code(begun.user_code),
                "verification_uri": f"{self._wallet.desk.issuer}{DEVICE_PAGE_PATH}",
                "expires_in": lifetime_s,
                "interval": INTERVAL_MS // SECOND_MS,
            },
        )

    async def tell_where(self, request: BaseRequest) -> web.StreamResponse:  # noqa: ARG002 - a route
        """GET /oauth/device: for whoever looks for a page to type the code into."""
        return page(
            200,
            "Type the code into Wattfare",
            "Open Wattfare's menu in the tray, choose “Enter a code…” and type the code that your"
            " program shows. In a terminal: wattfare approve CODE. No web page ever asks for it.",
        )
