"""What an approved page may read and send (Fetch standard, "CORS protocol").

Which origin is approved was judged before (``checks``). Never ``*``, never cookies or other
credentials of the browser's: an access travels in a header the page sets itself.
"""

import re
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.gateway.request import tell

_MAX_AGE_S: Final = 600
_METHODS: Final = "GET, POST, PUT"
_WANTED: Final = "Access-Control-Request-Headers"
_READABLE: Final = ", ".join(
    (
        *("DPoP-Nonce", "WWW-Authenticate", "Retry-After", "x-should-retry"),
        *("x-request-id", "request-id", "x-wattfare-call", "x-wattfare-model"),
        *("x-wattfare-answered", "x-wattfare-repeated", "x-wattfare-stand-in"),
        "x-wattfare-max-output-tokens",
    )
)
_HEADERS: Final = frozenset(
    {
        *("accept", "authorization", "content-type", "dpop", "idempotency-key", "user-agent"),
        *("x-api-key", "anthropic-version", "anthropic-beta"),
        *("anthropic-dangerous-direct-browser-access", "x-goog-api-key", "x-goog-api-client"),
        *("openai-organization", "openai-project", "openai-beta"),
    }
)
"""What the official SDKs send from a browser."""

_SDK_OWN: Final = re.compile(r"x-stainless-[a-z0-9-]{1,40}", re.ASCII)


def let_page_read(request: BaseRequest) -> None:
    """Let the page that sent ``request``, if it is one, read the answer whatever that will be."""
    origin = request.headers.get("Origin")
    if origin is not None:
        tell(request, "Access-Control-Allow-Origin", origin)
        tell(request, "Access-Control-Expose-Headers", _READABLE)
        tell(request, "Vary", "Origin")


def is_preflight(request: BaseRequest) -> bool:
    """Return whether a browser asks beforehand, for a page, what that may send."""
    return (
        request.method == "OPTIONS"
        and "Origin" in request.headers
        and "Access-Control-Request-Method" in request.headers
    )


def preflight_answer(request: BaseRequest) -> web.Response:
    """Return what a page may send: of the headers it wants those that an SDK has use for."""
    wanted = request.headers.get(_WANTED, "").lower().replace(" ", "").split(",")
    allowed = [name for name in wanted if name in _HEADERS or _SDK_OWN.fullmatch(name)]
    headers = {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": ", ".join(dict.fromkeys(allowed)),
        "Access-Control-Max-Age": str(_MAX_AGE_S),
    }
    return web.Response(status=204, headers=headers)
