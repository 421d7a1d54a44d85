"""Which wallet this is, signed, for a program that wants to know before it trusts the port."""

from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.gateway.intake import respond
from wattfare_desktop.gateway.oauth.answers import answered
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.providers.dialect import Family, RequestRefusal
from wattfare_desktop.vault.instance import InstanceKey

INSTANCE_PATH: Final = "/.well-known/wattfare"
_NO_NONCE: Final = CallRefusal(
    error=RequestRefusal(
        message="'nonce' must be 16 to 128 characters of base64url, and come once.",
        code="bad_request",
        param="nonce",
    )
)


class InstanceApi:
    """Answers with ``key``; ``port`` is set once it is known."""

    def __init__(self, key: InstanceKey, family: Family) -> None:
        self._key = key
        self._family = family
        self.port = 0

    async def prove(self, request: BaseRequest) -> web.StreamResponse:
        """GET /.well-known/wattfare?nonce=: sign the nonce, whether the wallet is open or locked.

        The public key is told for comparison alone: what counts is the one in the runtime file.
        """
        nonces = request.rel_url.query.getall("nonce", [])
        signature = self._key.prove(nonces[0], self.port) if len(nonces) == 1 else None
        if signature is None:
            return respond(self._family, _NO_NONCE)
        return answered(
            200,
            {
                "object": "wattfare.instance",
                "alg": "Ed25519",
                "nonce": nonces[0],
                "port": self.port,
                "public_key": self._key.public,
                "signature": signature,
            },
        )
