"""What an OAuth endpoint answers with: JSON that nobody keeps, or a redirect."""

import json
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from wattfare_desktop.core.oauth.errors import OAuthError, Rejected

LOCKED_S: Final = 3
"""How soon an app or a page looks again whether the wallet is still locked."""

_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_BAD_REQUEST: Final = 400


def answered(status: int, value: Mapping[str, Any]) -> web.Response:
    """Return ``value`` as JSON."""
    return web.Response(
        status=status,
        body=json.dumps(value).encode(),
        headers={"Content-Type": "application/json", **_NO_STORE},
    )


def refused(rejected: Rejected, *, status: int = _BAD_REQUEST) -> web.Response:
    """Return a refusal as RFC 6749 section 5.2 has it."""
    told = {"error": rejected.code.value, "error_description": rejected.description}
    return answered(status, told)


def busy(description: str, *, status: int, retry_after_s: int) -> web.Response:
    """Return that it cannot be done now, and when to try again."""
    rejected = Rejected.because(OAuthError.TEMPORARILY_UNAVAILABLE, description)
    answer = refused(rejected, status=status)
    answer.headers["Retry-After"] = str(retry_after_s)
    return answer


def locked() -> web.Response:
    """Return that the wallet is locked."""
    return busy("The wallet is locked.", status=503, retry_after_s=LOCKED_S)


def nothing() -> web.Response:
    """Return that it was done and there is no more to say."""
    return web.Response(status=200, headers=_NO_STORE)


def see_other(uri: str) -> web.Response:
    """Send a browser on to ``uri``."""
    return web.Response(status=303, headers={"Location": uri, **_NO_STORE})
