"""A request whose answer, whoever writes it, is told a few headers more."""

from collections.abc import MutableMapping
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

_TOLD: Final = web.RequestKey("told", dict[str, str])


class Request(BaseRequest):
    """What aiohttp read, with headers kept for the answer.

    They are added when the answer's head is about to be written, and so to a stream, a refusal and
    a fault alike.
    """

    async def _prepare_hook(self, response: web.StreamResponse) -> None:
        """Add what is to be told; aiohttp calls this before it writes a head."""
        add_told(self, response.headers)


def tell(request: BaseRequest, name: str, value: str) -> None:
    """Have the answer to ``request`` carry the header ``name``."""
    if _TOLD not in request:
        request[_TOLD] = {}
    request[_TOLD][name] = value


def add_told(request: BaseRequest, headers: MutableMapping[str, str]) -> None:
    """Add what is to be told to ``headers``."""
    if _TOLD in request:
        for name, value in request[_TOLD].items():
            headers[name] = value
