"""Fetching what is told of newer versions; whether it is true, others judge (``vault``)."""

import asyncio
from typing import Final
from urllib.parse import urlsplit

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.gateway.upstream import Upstream, UpstreamFailed, read_bounded

_PATIENCE_S: Final = 20.0
_OK: Final = 200
# A store of files says 403 for what is not there where it does not list what is.
_NOT_THERE: Final = frozenset({403, 404})


class HttpUpdateSource:
    """Files at https addresses; nothing is told there but that somebody asks for them.

    ``schemes`` are those that may be asked: a test has its server on loopback, without a
    certificate. ``patience_s`` is how long one file may take in all.
    """

    def __init__(
        self,
        upstream: Upstream,
        *,
        schemes: frozenset[str] = frozenset({"https"}),
        patience_s: float = _PATIENCE_S,
    ) -> None:
        self._upstream = upstream
        self._schemes = schemes
        self._patience_s = patience_s

    async def fetch(self, url: str, bytes_max: int) -> bytes | None:
        """Return a file of at most ``bytes_max``, None where there is none at ``url``.

        Raises UserFacingError where it cannot be told: nobody there, too slow, too large, a
        redirect, an address that is not https.
        """
        if urlsplit(url).scheme not in self._schemes:
            raise _unavailable("The channel's address is not https.")
        try:
            async with asyncio.timeout(self._patience_s):
                answer = await self._upstream.fetch(url)
                try:
                    if answer.status in _NOT_THERE:
                        return None
                    if answer.status != _OK:
                        raise _unavailable(f"The server answered with status {answer.status}.")
                    return await read_bounded(answer, bytes_max)
                finally:
                    answer.release()
        except UpstreamFailed as failed:
            raise _unavailable(
                "The server's answer broke off, or is larger than it may be."
                if failed.sent
                else "The server could not be reached: is this computer online?"
            ) from None
        except TimeoutError:
            raise _unavailable("The server took too long to answer.") from None


def _unavailable(why: str) -> UserFacingError:
    return UserFacingError("Whether there is a newer Wattfare could not be found out", why)
