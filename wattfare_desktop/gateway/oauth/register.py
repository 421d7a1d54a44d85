"""Dynamic registration (RFC 7591)."""

from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import SECOND_MS
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.registration import (
    REGISTRATIONS_SPAN_MS,
    read_metadata,
    registration_answer,
)
from wattfare_desktop.gateway.oauth.answers import answered, busy, locked, refused
from wattfare_desktop.gateway.oauth.forms import read_body
from wattfare_desktop.wallet.wallet import Wallet

_JSON: Final = "application/json"


class RegisterEndpoint:
    """Lets apps register with one wallet."""

    def __init__(self, wallet: Wallet) -> None:
        self._wallet = wallet

    async def register(self, request: BaseRequest) -> web.StreamResponse:
        """POST /oauth/register: a public client, known by what is answered from now on."""
        books = self._wallet.books
        if books is None:
            return locked()
        body = await read_body(request) if request.content_type == _JSON else None
        if body is None:
            return refused(
                Rejected.because(
                    OAuthError.INVALID_CLIENT_METADATA, f"Send at most 16 KiB of {_JSON}."
                )
            )
        metadata = read_metadata(body, self._wallet.desk.own_ports)
        if isinstance(metadata, Rejected):
            return refused(metadata)
        client = await books.registrations.register(metadata)
        if client is None:
            wait_s = REGISTRATIONS_SPAN_MS // SECOND_MS
            return busy("Too many apps have registered.", status=429, retry_after_s=wait_s)
        return answered(201, registration_answer(client, metadata.grant_types))
