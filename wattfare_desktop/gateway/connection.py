"""One client's connection: what aiohttp leaves open about it, closed.

aiohttp quotes a malformed request in its answer and in its log, waits for ever for a client that
does not read, tells a silent handler nothing of a client that left, and takes any number of them.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from aiohttp import web
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest

from wattfare_desktop.gateway.limits import Limits
from wattfare_desktop.gateway.peer import Lookouts, Peer

_LOG: Final = logging.getLogger(__name__)
_BAD_REQUEST: Final = 400

Handler = Callable[[BaseRequest], Awaitable[web.StreamResponse]]
Refuse = Callable[[BaseRequest, int, str, str], web.StreamResponse]
"""Makes the error response for (request, status, code, message) in the dialect of its path."""


class Connections(web.Server):
    """Makes a :class:`Connection` of each client that comes; ``options`` are aiohttp's own."""

    def __init__(self, handler: Handler, refuse: Refuse, limits: Limits, **options: Any) -> None:
        super().__init__(handler, **options)
        self.refuse = refuse
        self.limits = limits
        self.lookouts = Lookouts()

    def make_room(self, newcomer: "Connection") -> None:
        """Have somebody go once there are too many: who has been silent longest, asking nothing.

        Whoever opens connections and leaves them so would else keep everybody out. Where each of
        them is being answered it is the newcomer that goes.
        """
        present = [
            each for each in self._connections if isinstance(each, Connection) and each.is_open
        ]
        if len(present) <= self.limits.connections_max:
            return
        _LOG.warning("more than %d connections at once", self.limits.connections_max)
        idle = [each for each in present if each.is_idle and each is not newcomer]
        min(idle, key=lambda each: each.heard_at_s, default=newcomer).hang_up()

    def __call__(self) -> "Connection":
        """Return the protocol for a client that has just come."""
        return Connection(self)


class Connection(RequestHandler):
    """A client on the public port."""

    __slots__ = ("_limits", "_lookouts", "_peer", "_refuse", "_stalled", "_when_lost", "heard_at_s")

    def __init__(self, server: Connections) -> None:
        super().__init__(server, loop=asyncio.get_running_loop(), **server._kwargs)  # noqa: SLF001 - its own factory reads it too
        self._refuse = server.refuse
        self._limits = server.limits
        self._stalled: asyncio.TimerHandle | None = None
        self._when_lost: Callable[[], None] | None = None
        self._lookouts = server.lookouts
        self._peer: Peer | None = None
        self.heard_at_s = self._loop.time()

    @property
    def is_open(self) -> bool:
        """Whether neither side has ended it."""
        return self.transport is not None and not self.transport.is_closing()

    @property
    def is_idle(self) -> bool:
        """Whether it asks nothing: no request of it is being answered, and no answer on its way."""
        is_asked = self._current_request is not None or self._messages
        return not is_asked and self._unsent_bytes() == 0

    @property
    def limits(self) -> Limits:
        """What this client is put up with."""
        return self._limits

    @property
    def peer(self) -> Peer | None:
        """Who is at the other end; None once the connection is lost before anyone asked."""
        if self._peer is None and self.transport is not None:
            ours = self.transport.get_extra_info("sockname")
            theirs = self.transport.get_extra_info("peername")
            if ours and theirs:
                self._peer = Peer(ours, theirs, self._lookouts)
        return self._peer

    def when_lost(self, call: Callable[[], None] | None) -> None:
        """Have ``call`` and no other called once the client has gone; at once if it has already."""
        self._when_lost = call
        if self.transport is None and call is not None:
            call()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the client in, unless there are too many."""
        super().connection_made(transport)
        assert isinstance(self._manager, Connections)
        self._manager.make_room(self)

    def data_received(self, data: bytes) -> None:
        """Note that it said something."""
        self.heard_at_s = self._loop.time()
        super().data_received(data)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Tell whoever answers this client."""
        # Nobody answers: at most the rest of a body is waited for, which will not come.
        waiting = self._task_handler if self._current_request is None else None
        super().connection_lost(exc)
        if waiting is not None:
            waiting.cancel()
        self._forget_stall()
        if self._when_lost is not None:
            self._when_lost()

    def pause_writing(self) -> None:
        """Give a client that does not take its answer a while."""
        super().pause_writing()
        self._await_taking()

    def resume_writing(self) -> None:
        """Go on: it reads again."""
        super().resume_writing()
        self.heard_at_s = self._loop.time()
        self._forget_stall()

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is not HTTP, without a word of what it said."""
        del message  # it quotes the request
        _LOG.debug("a connection ended with %s", type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("the answer has begun already")
        if status == _BAD_REQUEST:
            told = "This is not a well-formed HTTP request."
            response = self._refuse(request, status, "bad_http", told)
        else:
            told = "Wattfare met a fault of its own."
            response = self._refuse(request, status, "internal_error", told)
        response.force_close()
        return response

    def _await_taking(self) -> None:
        """Look later whether the client took any of its answer; a large one is written at once."""
        look = partial(self._look_whether_taken, self._unsent_bytes())
        self._stalled = self._loop.call_later(self._limits.stall_s, look)

    def _look_whether_taken(self, unsent_before: int) -> None:
        if self._unsent_bytes() < unsent_before:
            self._await_taking()
        else:
            self.hang_up()

    def _unsent_bytes(self) -> int:
        return 0 if self.transport is None else self.transport.get_write_buffer_size()

    def _forget_stall(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def hang_up(self) -> None:
        """Cut it off at once."""
        if self.transport is not None:
            self.transport.abort()


def connection_of(request: BaseRequest) -> Connection:
    """Return the connection that ``request`` came by."""
    connection = request.protocol
    assert isinstance(connection, Connection)
    return connection
