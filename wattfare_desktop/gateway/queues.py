"""Runs at Replicate and fal: created through the ledger, then looked at for nothing.

A run belongs to the access that created it; nobody else's is told. Which are whose is kept in
memory: after a restart a run goes on, but its result is only to be had from its provider.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.identifiers import FundingId, GrantId
from wattfare_desktop.gateway import refusals
from wattfare_desktop.gateway.connection import Handler
from wattfare_desktop.gateway.doors import Door
from wattfare_desktop.gateway.intake import Caller, Intake, respond
from wattfare_desktop.gateway.json_body import BadJson, read_json, write_json
from wattfare_desktop.gateway.proxy import Proxy
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.gateway.server import gaps_of
from wattfare_desktop.gateway.upstream import Upstream, UpstreamFailed, read_bounded, without_key
from wattfare_desktop.providers.dialect import JSON_TYPE, DialectName, RequestRefusal
from wattfare_desktop.providers.queues import QueueFamily, readdressed, started
from wattfare_desktop.wallet.routing import LiveFunding

RUNS_MAX: Final = 4_096
"""How many runs are remembered; the oldest is forgotten first."""

_ANSWER_BYTES_MAX: Final = 32 * 1024 * 1024
_PATIENCE_S: Final = 60.0
_REFUSED_FROM: Final = 300
_REDIRECTS: Final = range(300, 400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """A provider of runs. ``base`` is where its client is pointed to here.

    ``creations`` are the paths below it that create a run; ``looks`` those, with their method, that
    ask about one, and what follows the run's own path at the provider.
    """

    provider: str
    base: str
    dialect: DialectName
    creations: tuple[str, ...]
    looks: tuple[tuple[str, str, str], ...]


QUEUES: Final = (
    Queue(
        provider="replicate",
        base="/replicate/v1",
        dialect=DialectName.REPLICATE_RUNS,
        creations=("/predictions", "/models/{rest}/predictions"),
        looks=(
            ("GET", "/predictions/{id}", ""),
            ("POST", "/predictions/{id}/cancel", "/cancel"),
        ),
    ),
    Queue(
        provider="fal",
        base="/fal",
        dialect=DialectName.FAL_RUNS,
        creations=("/{rest}",),
        looks=(
            ("GET", "/{rest}/requests/{id}/status", "/status"),
            ("GET", "/{rest}/requests/{id}", ""),
            ("PUT", "/{rest}/requests/{id}/cancel", "/cancel"),
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    funding: FundingId
    path: str


class Queues:
    """The doors below each queue's base."""

    def __init__(self, *, proxy: Proxy, intake: Intake, upstream: Upstream) -> None:
        self._proxy = proxy
        self._intake = intake
        self._upstream = upstream
        self._family = QueueFamily()
        self._runs: OrderedDict[tuple[GrantId, str, str], _Run] = OrderedDict()

    def routes(self) -> Iterator[tuple[tuple[str, str], Handler]]:
        """Return every (method, pattern) and its handler."""
        for queue in QUEUES:
            for method, path, rest in queue.looks:
                look = partial(self._look, queue=queue, method=method, rest=rest)
                yield (method, queue.base + path), look
            for path in queue.creations:
                pattern = queue.base + path
                door = Door(pattern=pattern, dialect=queue.dialect, provider=queue.provider)
                yield ("POST", pattern), partial(self._create, queue=queue, door=door)

    async def _create(self, request: BaseRequest, queue: Queue, door: Door) -> web.StreamResponse:
        """Create a run: a call like any other, whose answer names it."""
        response = await self._proxy.call(request, door)
        caller = await self._intake.caller(request)
        is_accepted = isinstance(response, web.Response) and response.status < _REFUSED_FROM
        if is_accepted and isinstance(response, web.Response) and isinstance(caller, Caller):
            self._note(response, queue, caller)
        return response

    def _note(self, response: web.Response, queue: Queue, caller: Caller) -> None:
        """Remember whose run it is, and have its addresses lead back here."""
        funding = _funding(caller, queue.provider)
        if funding is None or not isinstance(response.body, bytes):
            return
        body = read_json(response.body)
        bases = _bases(funding)
        run = started(body, bases)
        if run is not None:
            key = (caller.access.grant, queue.provider, run.id)
            self._runs[key] = _Run(funding=funding.id, path=run.path)
            while len(self._runs) > RUNS_MAX:
                self._runs.popitem(last=False)
        response.body = write_json(readdressed(body, bases, self._intake.issuer + queue.base))

    async def _look(
        self, request: BaseRequest, queue: Queue, method: str, rest: str
    ) -> web.StreamResponse:
        """Ask about a run, or cancel it: for nothing, and only whoever created it."""
        answer = await self._looked(request, queue, method, rest)
        return respond(self._family, answer) if isinstance(answer, CallRefusal) else answer

    async def _looked(
        self, request: BaseRequest, queue: Queue, method: str, rest: str
    ) -> web.Response | CallRefusal:
        caller = await self._intake.caller(request)
        if isinstance(caller, CallRefusal):
            return caller
        run = self._runs.get((caller.access.grant, queue.provider, gaps_of(request)["id"]))
        funding = None if run is None else _funding(caller, queue.provider, run.funding)
        if run is None or funding is None:
            return _unknown()
        logs = "?logs=1" if rest == "/status" and request.query.get("logs") in {"1", "true"} else ""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await self._told(funding, queue, method, run.path + rest + logs)
        except UpstreamFailed as failed:
            return refusals.upstream_failed(failed.reason)
        except TimeoutError:
            return refusals.upstream_failed("The provider did not answer in time.")

    async def _told(
        self, funding: LiveFunding, queue: Queue, method: str, path: str
    ) -> web.Response | CallRefusal:
        answer = await self._upstream.ask(funding, method, path)
        try:
            raw = await read_bounded(answer, _ANSWER_BYTES_MAX)
        finally:
            answer.release()
        if answer.status in _REDIRECTS:
            return refusals.upstream_failed("The provider redirected the call.")
        try:
            body = read_json(raw) if raw else {}
        except BadJson:
            return refusals.upstream_failed("The provider's answer could not be read.")
        told = readdressed(body, _bases(funding), self._intake.issuer + queue.base)
        return web.Response(
            status=answer.status,
            body=without_key(funding, write_json(told)),
            content_type=JSON_TYPE,
        )


def _funding(caller: Caller, provider: str, only: FundingId | None = None) -> LiveFunding | None:
    """Return the credential a run is created with: the first of its provider, or ``only`` it."""
    return next(
        (
            funding
            for funding in caller.books.fundings.live
            if funding.provider.id == provider and only in {None, funding.id}
        ),
        None,
    )


def _bases(funding: LiveFunding) -> Sequence[str]:
    return (funding.base_url, funding.provider.base_url)


def _unknown() -> CallRefusal:
    return CallRefusal(
        error=RequestRefusal(
            status=404,
            code="run_not_found",
            message="Wattfare knows no such run of this app. It forgets them when it is restarted.",
        )
    )
