"""How an answer travels to an app that did not come through a browser.

To a loopback redirect by the wallet's own GET, so that no browser tab opens; to anything else by
the operating system.
"""

import asyncio
import re
from typing import Final

from wattfare_desktop.core.oauth.clients import RedirectKind
from wattfare_desktop.core.oauth.requests import AuthorizationRequest
from wattfare_desktop.system.open_uri import UriOpener
from wattfare_desktop.system.peers import listener_is_own

_CONNECT_S: Final = 3.0
_ANSWER_S: Final = 10.0
_ANSWER_BYTES_MAX: Final = 64 * 1024


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
            host, port = redirect.host.strip("[]"), redirect.port
            own = await asyncio.to_thread(listener_is_own, host, port)
            if own and await _get(uri, host, port):
                return
        await asyncio.to_thread(self._opener.open, uri)


async def _get(uri: str, host: str, port: int) -> bool:
    """Return whether the app took its answer; what it answers with is not followed or looked at.

    Once connected it counts as taken, even where the app hangs up without a word: a code that came
    a second time, by the browser, would look stolen and end the approval.
    """
    try:
        async with asyncio.timeout(_CONNECT_S):
            reader, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    try:
        async with asyncio.timeout(_ANSWER_S):
            writer.write(_request(uri))
            await writer.drain()
            # To its end, so that the app's own writing does not fail; but not for ever.
            await reader.readexactly(_ANSWER_BYTES_MAX)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.transport.abort()
    return True


def _request(uri: str) -> bytes:
    """Return the GET by hand: an HTTP client would respell the path, and try twice."""
    after_scheme = uri.partition("//")[2]
    authority = re.split("[/?]", after_scheme, maxsplit=1)[0]
    target = after_scheme.removeprefix(authority)
    if not target.startswith("/"):
        target = f"/{target}"
    lines = (
        f"GET {target} HTTP/1.1",
        f"Host: {authority}",
        "User-Agent: Wattfare",
        "Accept: */*",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")
