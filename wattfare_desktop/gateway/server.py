"""The public port: listening on both loopback addresses, and from a path to its handler.

The table of routes is exact: a path that is not in it is 404, so no spelling of ``..`` or ``%2e``
can reach anything, and no client's path ever goes upstream. What the gaps of a path were is kept in
the request, under ``GAPS``.
"""

import asyncio
import errno
import logging
import socket
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.gateway.checks import PORTS, Checks, KnowsOrigin
from wattfare_desktop.gateway.connection import Connections, Handler, Refuse
from wattfare_desktop.gateway.cors import is_preflight, let_page_read, preflight_answer
from wattfare_desktop.gateway.limits import USUAL, Limits
from wattfare_desktop.gateway.request import Request
from wattfare_desktop.gateway.router import Router

_LOG: Final = logging.getLogger(__name__)

_BACKLOG: Final = 512
_STOP_S: Final = 1.0

Routes = Mapping[tuple[str, str], Handler]
"""(method, pattern) to its handler, as :class:`Router` reads them."""

Otherwise = Callable[[BaseRequest], web.StreamResponse | None]
"""Answers a request that has no handler; None where there is nothing to say but that."""

GAPS: Final = web.RequestKey("gaps", Mapping[str, str])


def _no_origin(_origin: str) -> bool:
    return False


class Listener:
    """Listens and dispatches; what the routes do is not its business."""

    def __init__(
        self,
        routes: Routes,
        refuse: Refuse,
        limits: Limits = USUAL,
        *,
        knows_origin: KnowsOrigin = _no_origin,
        otherwise: Otherwise | None = None,
    ) -> None:
        self._router = Router(routes)
        self._knows_origin = knows_origin
        self._otherwise = otherwise
        self._limits = limits
        self._refuse = refuse
        self._server: Connections | None = None
        self._sockets: Sequence[asyncio.Server] = ()
        self._checks: Checks | None = None
        self.port = 0

    async def start(self, port: int | None) -> int:
        """Listen on ``port``, or on the first free of 8402 to 8405; return which.

        Raises UserFacingError where none is free.
        """
        loop = asyncio.get_running_loop()
        taken = _take_port(PORTS if port is None else (port,))
        self.port = taken[0].getsockname()[1]
        self._checks = Checks(self.port, self._knows_origin)
        self._server = Connections(
            self._handle,
            self._refuse,
            self._limits,
            request_factory=_request_factory(loop, self._limits.body_bytes_max),
            access_log=None,
            keepalive_timeout=self._limits.idle_s,
            auto_decompress=False,
        )
        self._sockets = [
            await loop.create_server(self._server, sock=sock, backlog=_BACKLOG) for sock in taken
        ]
        return self.port

    async def stop(self) -> None:
        """Accept nothing more, give running answers a moment, close."""
        for listening in self._sockets:
            listening.close()
        if self._server is not None:
            self._server.pre_shutdown()
            await self._server.shutdown(_STOP_S)
            self._server.lookouts.close()

    async def _handle(self, request: BaseRequest) -> web.StreamResponse:
        assert self._checks is not None
        failed = self._checks.judge(request)
        if failed is not None:
            return self._refuse(request, failed.status, failed.code, failed.message)
        let_page_read(request)
        if is_preflight(request) and self._router.methods(request.rel_url.raw_path):
            return preflight_answer(request)
        if (request.content_length or 0) > self._limits.body_bytes_max:
            return self._too_large(request)
        match = self._router.find(request.method, request.rel_url.raw_path)
        if match is None:
            return self._unrouted(request)
        request[GAPS] = match.gaps
        return await self._run(match.found, request)

    async def _run(self, handler: Handler, request: BaseRequest) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPRequestEntityTooLarge:
            return self._too_large(request)
        except web.HTTPRequestTimeout:
            return self._refuse(request, 408, "bad_request", "The body did not arrive in time.")
        except UserFacingError as error:
            return self._refuse(request, 503, "wallet_unavailable", str(error))
        except (ConnectionResetError, asyncio.CancelledError):
            raise
        except Exception as error:  # noqa: BLE001 - the last line: a bug answers, and says no more
            # The kind and the place alone: a message could quote what the app sent.
            _LOG.error("%s in a handler, at %s", type(error).__name__, _place(error))
            return self._refuse(request, 500, "internal_error", "Wattfare met a fault of its own.")

    def _too_large(self, request: BaseRequest) -> web.StreamResponse:
        message = f"The body is larger than {self._limits.body_bytes_max // 1024} KiB."
        return self._refuse(request, 413, "body_too_large", message)

    def _unrouted(self, request: BaseRequest) -> web.StreamResponse:
        response = None if self._otherwise is None else self._otherwise(request)
        if response is not None:
            return response
        methods = self._router.methods(request.rel_url.raw_path)
        if not methods:
            return self._refuse(request, 404, "unknown_path", "Wattfare has nothing at this path.")
        refused = self._refuse(
            request, 405, "method_not_allowed", "This path does not take that method."
        )
        # RFC 9110, 15.5.6.
        refused.headers["Allow"] = ", ".join(sorted(methods))
        return refused


def gaps_of(request: BaseRequest) -> Mapping[str, str]:
    """Return what the gaps in the pattern of this path were."""
    return request[GAPS]


def _place(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.name} ({frame.filename}:{frame.lineno})"


def _take_port(ports: Sequence[int]) -> list[socket.socket]:
    kept_by_system = 0
    for port in ports:
        try:
            return _bind_both(port)
        except PermissionError:
            kept_by_system += 1
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    listed = ", ".join(str(port) for port in ports)
    if kept_by_system == len(ports):
        raise UserFacingError(
            "The wallet's port may not be used",
            f"This system keeps {listed} for itself. Choose a port above 1023 with --port.",
        )
    raise UserFacingError(
        "The wallet's port is taken",
        f"Another program listens on {listed}. Stop it, or choose a port with --port.",
    )


def _bind_both(port: int) -> list[socket.socket]:
    """Return listening-ready sockets on 127.0.0.1 and, where there is IPv6, on ::1."""
    first = _bind(socket.AF_INET, "127.0.0.1", port)
    if not socket.has_ipv6:
        return [first]
    try:
        return [first, _bind(socket.AF_INET6, "::1", first.getsockname()[1])]
    except OSError as error:
        if error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
            _LOG.info("this machine has no ::1; listening on 127.0.0.1 alone")
            return [first]
        first.close()
        raise


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # Windows would let another program share, and so steal, the port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
        sock.settimeout(0)
    except BaseException:
        sock.close()
        raise
    return sock


def _request_factory(
    loop: asyncio.AbstractEventLoop, body_bytes_max: int
) -> Callable[
    [RawRequestMessage, StreamReader, RequestHandler, AbstractStreamWriter, "asyncio.Task[None]"],
    BaseRequest,
]:
    def make(
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: RequestHandler,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> BaseRequest:
        return Request(
            message, payload, protocol, writer, task, loop, client_max_size=body_bytes_max
        )

    return make
