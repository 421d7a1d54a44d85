"""The way out: one client session, and nothing of the app's own headers on it.

A request goes to an address made of the credential's base and a constant path. Redirects are not
followed (a key would travel along), nothing is inflated, no proxy or netrc of the environment is
used.
"""

import asyncio
import io
import re
import ssl
from collections.abc import Callable
from typing import Final

import aiohttp

from wattfare_desktop.gateway.form_body import write_form
from wattfare_desktop.gateway.json_body import write_json
from wattfare_desktop.providers.catalogue import KeyPlacement
from wattfare_desktop.providers.dialect import JSON_TYPE, UpstreamRequest
from wattfare_desktop.wallet.routing import LiveFunding

_CONNECT_S: Final = 15.0
_SILENCE_S: Final = 600.0
"""The official SDKs wait this long for the next byte; so does the wallet. Whoever asks bounds the
time in all: a single byte now and then is no silence."""
_BREATH_BYTES: Final = 256 * 1024

_SECRET_BYTES_MIN: Final = 16
"""Servers of one's own take keys such as ``ollama``: no secrets, and words of an answer."""
_HIDDEN: Final = b"[hidden]"
_REQUEST_ID: Final = re.compile(r"[ -~]{1,128}", re.ASCII)


class UpstreamFailed(Exception):  # noqa: N818 - it says what happened
    """The provider could not be reached, or went away; ``reason`` is fit to be shown.

    ``sent`` says whether the request may have reached it, so that money may have been spent.
    """

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent


def _authentication(funding: LiveFunding) -> dict[str, str]:
    """Return the headers that tell the provider whose bill it is."""
    match funding.provider.auth:
        case KeyPlacement.NONE:
            return {}
        case _ if funding.key is None:
            return {}
        case KeyPlacement.BEARER:
            return {"Authorization": f"Bearer {funding.key.reveal()}"}
        case KeyPlacement.KEY:
            return {"Authorization": f"Key {funding.key.reveal()}"}
        case header:
            return {header.value: funding.key.reveal()}


class Upstream:
    """Sends requests to providers over kept-alive connections."""

    def __init__(self, trust: Callable[[], ssl.SSLContext], connect_s: float = _CONNECT_S) -> None:
        """``trust`` reads the certificates to know providers by; it may block, in a thread."""
        self._trust = trust
        self._trusted: ssl.SSLContext | None = None
        self._trusting = asyncio.Lock()
        self._connect_s = connect_s
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open the session."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=60),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=self._connect_s, sock_read=_SILENCE_S
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            skip_auto_headers=("User-Agent",),
            headers={"Accept-Encoding": "identity", "User-Agent": "wattfare"},
        )

    async def stop(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def post(self, funding: LiveFunding, sent: UpstreamRequest) -> aiohttp.ClientResponse:
        """Send a request and return the answer once its head has come.

        Raises UpstreamFailed. The caller releases or closes the answer.
        """
        if isinstance(sent.body, dict):
            body, content_type = write_json(sent.body), JSON_TYPE
        else:
            body, content_type = write_form(sent.body)
        fixed = {**funding.provider.headers, **sent.headers}
        headers = {**fixed, **_authentication(funding), "Content-Type": content_type}
        url = funding.base_url + sent.path
        return await self._send("POST", url, headers, body)

    async def get(self, funding: LiveFunding, path: str) -> aiohttp.ClientResponse:
        """Ask for ``path`` and return the answer once its head has come. Raises UpstreamFailed."""
        return await self.ask(funding, "GET", path)

    async def ask(self, funding: LiveFunding, method: str, path: str) -> aiohttp.ClientResponse:
        """Send a request without a body; otherwise as ``get``."""
        headers = {**funding.provider.headers, **_authentication(funding)}
        return await self._send(method, funding.base_url + path, headers, None)

    async def fetch(self, url: str) -> aiohttp.ClientResponse:
        """Ask for what anybody may have, without a key. Raises UpstreamFailed."""
        return await self._send("GET", url, {}, None)

    async def _send(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes | None,
    ) -> aiohttp.ClientResponse:
        assert self._session is not None, "the gateway has been started"
        try:
            return await self._session.request(
                method,
                url,
                headers=headers,
                data=_in_pieces(body),
                allow_redirects=False,
                ssl=await self._context_for(url),
            )
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise UpstreamFailed("The provider could not be reached.", sent=False) from error
        except TimeoutError as error:
            raise UpstreamFailed("The provider did not answer in time.", sent=True) from error
        except (aiohttp.ClientError, OSError) as error:
            raise UpstreamFailed("The connection to the provider broke.", sent=True) from error

    async def _context_for(self, url: str) -> ssl.SSLContext | bool:
        return await self.trusted() if url.startswith("https:") else True

    async def trusted(self) -> ssl.SSLContext:
        """Return what judges a certificate: read once, when it is first asked for."""
        async with self._trusting:
            if self._trusted is None:
                self._trusted = await asyncio.to_thread(self._trust)
            return self._trusted


def _in_pieces(body: bytes | None) -> bytes | io.BytesIO | None:
    """Return ``body`` so that a large one is written bit by bit, not in one long breath."""
    return body if body is None or len(body) <= _BREATH_BYTES else io.BytesIO(body)


def without_key(funding: LiveFunding, text: bytes) -> bytes:
    """Return ``text`` without the credential's key: a provider may quote what it was sent."""
    key = b"" if funding.key is None else funding.key.reveal().encode()
    return text.replace(key, _HIDDEN) if len(key) >= _SECRET_BYTES_MIN else text


def request_id(funding: LiveFunding, answer: aiohttp.ClientResponse) -> str | None:
    """Return what the provider calls this request, as it is shown to the user; None if nothing."""
    told = answer.headers.get("x-request-id") or answer.headers.get("request-id")
    if told is None:
        return None
    name = without_key(funding, told.encode("ascii", "replace")).decode()
    return name if _REQUEST_ID.fullmatch(name) else None


async def read_bounded(answer: aiohttp.ClientResponse, bytes_max: int) -> bytes:
    """Return the whole body of ``answer``; raises UpstreamFailed if it breaks or is too large."""
    parts: list[bytes] = []
    size = 0
    try:
        async for chunk in answer.content.iter_any():
            size += len(chunk)
            if size > bytes_max:
                raise UpstreamFailed("The provider's answer is too large.", sent=True)
            parts.append(chunk)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise UpstreamFailed("The provider's answer broke off.", sent=True) from error
    return b"".join(parts)
