"""How an answer travels to an app that did not come through a browser.

To a loopback redirect by the wallet's own GET, so that no browser tab opens; to anything else by
the operating system.
"""

import asyncio
from typing import Final

import aiohttp

from wattfare_desktop.core.oauth.clients import RedirectKind
from wattfare_desktop.core.oauth.requests import AuthorizationRequest
from wattfare_desktop.system.open_uri import UriOpener
from wattfare_desktop.system.peers import listener_is_own

_DELIVERY_S: Final = 10.0


class Delivery:
    """Carries answers."""

    def __init__(self, opener: UriOpener) -> None:
        self._opener = opener

    async def carry(self, request: AuthorizationRequest, uri: str) -> None:
        """Send the app's redirect ``uri`` on its way.

        The wallet's own GET goes only to a listener of this very user and to a redirect without a
        query of its own; where it fails the browser opens the redirect instead.
        """
        redirect = request.redirect
        if redirect.kind is RedirectKind.LOOPBACK and not redirect.has_query:
            assert redirect.host is not None
            assert redirect.port is not None
            host = redirect.host.strip("[]")
            own = await asyncio.to_thread(listener_is_own, host, redirect.port)
            if own and await _get(uri):
                return
        await asyncio.to_thread(self._opener.open, uri)


async def _get(uri: str) -> bool:
    """Return whether the app took its answer; what it answers with is not followed or read."""
    timeout = aiohttp.ClientTimeout(total=_DELIVERY_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.get(uri, allow_redirects=False),
        ):
            return True
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
