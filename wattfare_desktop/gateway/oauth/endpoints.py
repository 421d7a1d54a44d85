"""All of the authorization server's endpoints, by method and path."""

from collections.abc import Mapping

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.oauth import metadata
from wattfare_desktop.gateway.checks import AUTHORIZE_PATH, WAIT_PATH
from wattfare_desktop.gateway.connection import Handler
from wattfare_desktop.gateway.oauth.answers import answered
from wattfare_desktop.gateway.oauth.authorize import AuthorizeEndpoints
from wattfare_desktop.gateway.oauth.device import DeviceEndpoints
from wattfare_desktop.gateway.oauth.register import RegisterEndpoint
from wattfare_desktop.gateway.oauth.token import TokenEndpoints
from wattfare_desktop.gateway.proofs import Proofs
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.wallet import Wallet


class OAuthEndpoints:
    """The authorization server of one wallet. ``issuer`` is set once the port is known."""

    def __init__(self, wallet: Wallet, clock: Clock, proofs: Proofs) -> None:
        self._authorize = AuthorizeEndpoints(wallet, proofs)
        self._register = RegisterEndpoint(wallet)
        self._device = DeviceEndpoints(wallet, proofs)
        self._token = TokenEndpoints(wallet, clock, proofs)
        self.issuer = ""

    def routes(self) -> Mapping[tuple[str, str], Handler]:
        """Return every endpoint."""
        asking, token = self._authorize, self._token
        return {
            ("GET", AUTHORIZE_PATH): asking.authorize,
            ("GET", WAIT_PATH): asking.wait,
            ("POST", metadata.PUSH_PATH): asking.push,
            ("POST", metadata.TOKEN_PATH): token.token,
            ("POST", metadata.DEVICE_PATH): self._device.begin,
            ("GET", metadata.DEVICE_PAGE_PATH): self._device.tell_where,
            ("POST", metadata.REGISTER_PATH): self._register.register,
            ("POST", metadata.REVOKE_PATH): token.revoke,
            ("POST", metadata.INTROSPECT_PATH): token.introspect,
            ("GET", metadata.AUTHORIZATION_SERVER_PATH): self._metadata,
            ("GET", metadata.OPENID_ALIAS_PATH): self._metadata,
            ("GET", metadata.PROTECTED_RESOURCE_PATH): self._resource,
        }

    async def _metadata(self, request: BaseRequest) -> web.StreamResponse:  # noqa: ARG002 - a route
        """GET /.well-known/oauth-authorization-server (RFC 8414)."""
        return answered(200, metadata.authorization_server(self.issuer))

    async def _resource(self, request: BaseRequest) -> web.StreamResponse:  # noqa: ARG002 - a route
        """GET /.well-known/oauth-protected-resource (RFC 9728)."""
        return answered(200, metadata.protected_resource(self.issuer))
