"""One held call against its provider: sent, passed back, metered, settled.

Whatever happens, an exchange ends in exactly one settlement. An app that leaves does not stop the
metering; a revocation stops a stream at once, and answers any other call at once while its usage
is still learned.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import aiohttp
from aiohttp import web
from aiohttp.web_request import BaseRequest

from wattfare_desktop.core.holds import Answer
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.gateway import refusals
from wattfare_desktop.gateway.growing import GrowingHold
from wattfare_desktop.gateway.idempotency import Keeper
from wattfare_desktop.gateway.json_body import BadJson, read_json
from wattfare_desktop.gateway.limits import Limits
from wattfare_desktop.gateway.outcome import Bill, nothing_spent
from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.gateway.streaming import StreamedAnswer
from wattfare_desktop.gateway.upstream import (
    Upstream,
    UpstreamFailed,
    read_bounded,
    request_id,
    without_key,
)
from wattfare_desktop.providers.dialect import JSON_TYPE, OutputLimit, UpstreamAnswer, VisibleOutput
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import HeldCall, Outcome, Spending
from wattfare_desktop.wallet.tasks import Tasks

CALL_HEADER: Final = "x-wattfare-call"
BOUND_HEADER: Final = "x-wattfare-max-output-tokens"
"""How long each choice of the answer may be, where the money left is what bounds it."""

_PASSED_HEADERS: Final = (
    "Content-Type",
    "Retry-After",
    "x-request-id",
    "request-id",
    "openai-processing-ms",
)
_OK: Final = 200
_REDIRECTS_FROM: Final = 300
_TOO_MANY: Final = 429
_SERVER_ERRORS_FROM: Final = 500
_ERRORS_FROM: Final = 400
_BOUND_REFUSED: Final = frozenset({400, 402, 413, 422, 429})
"""By these a provider may refuse a bound: too large for the model, or, since a bound counts there
as used until the answer has come, for what is left of a rate limit or a credit."""
_NOTHING_SEEN: Final = VisibleOutput()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A call whose money is held, and what it takes to price its answer.

    ``why_cut`` says what the app is told where the call is cut; ``keeper`` keeps the answer of a
    call that has a key; ``told`` are headers that say who answers; ``path_before`` stands before
    the dialect's path at this provider. Where it ``has_next``, another provider is tried if this
    one cannot answer.
    """

    why_cut: Callable[[], CallRefusal]
    spending: Spending
    held: HeldCall
    wish: Answer
    bill: Bill
    keeper: Keeper | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    path_before: str = ""
    has_next: bool = False

    @property
    def is_cut_short(self) -> bool:
        """Whether it is the money left that bounds the answer."""
        return self.held.fit.output_bound < self.wish.bound

    @property
    def output_tokens_max(self) -> int | None:
        """The bound to set for each choice: the one that is held; None where the app's own stands.

        Where the app named none and money is no question, the model's own maximum is what is held.
        It is only set where it is sure to be taken: a provider refuses a bound that is above what
        it knows of the model, or that does not fit the context window along with the input.
        """
        each = self.held.fit.output_bound // self.bill.request.choices
        if self.is_cut_short:
            return each
        if self.wish.asked_tokens is not None or self.wish.is_whole:
            return None
        priced = self.bill.route.priced
        fits = self.wish.input_tokens + each <= priced.context_window_tokens
        return each if priced.takes_max_output and fits else None

    @property
    def is_bound_unasked(self) -> bool:
        """Whether the bound that is set is the model's own, which neither app nor money asks for.

        A call can do without it: what the model may answer at most is held either way.
        """
        is_own = self.wish.asked_tokens is None and not self.is_cut_short
        return is_own and self.output_tokens_max is not None

    @property
    def headers(self) -> dict[str, str]:
        """What the app is told beside the answer."""
        headers: dict[str, str] = {CALL_HEADER: self.held.id, **self.told}
        if self.is_cut_short:
            headers[BOUND_HEADER] = str(self.output_tokens_max)
        return headers

    def named(self, refusal: CallRefusal) -> CallRefusal:
        """Return a refusal that says, as every answer does, which call it was: it has a receipt."""
        return replace(refusal, headers={**refusal.headers, CALL_HEADER: self.held.id})


@dataclass(frozen=True, slots=True, kw_only=True)
class TryNext:
    """The provider could not be reached, or is in no state to answer: nothing was spent."""


Answered = web.StreamResponse | CallRefusal | TryNext


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """What goes back to the app, and what the call cost."""

    answer: Answered
    outcome: Outcome
    is_whole: bool = True
    """Whether it came to an end of its own; else there is nothing to keep."""


class Exchanges:
    """Runs exchanges."""

    def __init__(self, upstream: Upstream, clock: Clock, tasks: Tasks, limits: Limits) -> None:
        self._upstream = upstream
        self._clock = clock
        self._tasks = tasks
        self._limits = limits

    async def run(self, request: BaseRequest, exchange: Exchange) -> Answered:
        """Carry the exchange through and answer the app."""
        if exchange.bill.request.stream:
            work = self._stream(request, exchange)
        else:
            # A task of its own: it learns the usage even where nobody waits for the answer.
            work = self._whole(exchange)
        answer = await _unless_cut(exchange.held, work, exchange.why_cut)
        return exchange.named(answer) if isinstance(answer, CallRefusal) else answer

    async def _whole(self, exchange: Exchange) -> Answered:
        fetching = self._tasks.start(self._settled(exchange), f"fetching {exchange.held.id}")
        exchange.held.when_abandoned(fetching.cancel)
        return await asyncio.shield(fetching)

    async def _settled(self, exchange: Exchange) -> Answered:
        ended: _Ended | None = None
        try:
            ended = await self._fetch(exchange)
        finally:
            outcome = (self._failed(exchange) if ended is None else ended).outcome
            _keep(exchange, ended)
            exchange.spending.settle(exchange.held, outcome)
        return ended.answer

    async def _fetch(self, exchange: Exchange) -> _Ended:
        try:
            async with asyncio.timeout(self._limits.call_s):
                return await self._read_whole(exchange, await self._send(exchange))
        except UpstreamFailed as failed:
            return self._failed(exchange, failed)
        except TimeoutError:
            return self._failed(exchange, _late())

    async def _stream(self, request: BaseRequest, exchange: Exchange) -> Answered:
        streamed = StreamedAnswer(
            request,
            exchange.held,
            exchange.bill,
            self._clock,
            limits=self._limits,
            why_cut=lambda: exchange.why_cut().error,
            headers=exchange.headers,
            growing=self._growing(exchange),
            keeper=exchange.keeper,
        )
        ended: _Ended | None = None
        try:
            ended = await self._try_stream(exchange, streamed)
        finally:
            outcome = streamed.outcome() if ended is None else ended.outcome
            if not exchange.held.is_cut:
                _keep(exchange, ended)
            exchange.spending.settle(exchange.held, outcome)
        return ended.answer

    def _growing(self, exchange: Exchange) -> GrowingHold | None:
        if not exchange.wish.grows:
            return None
        return GrowingHold(exchange.spending, exchange.held, exchange.wish, self._tasks)

    async def _try_stream(self, exchange: Exchange, streamed: StreamedAnswer) -> _Ended:
        try:
            async with streamed.bounded():
                answer = await self._send(exchange)
                if not _is_stream(exchange.bill, answer):
                    return await self._read_whole(exchange, answer)
                try:
                    response = await streamed.pass_on(answer)
                finally:
                    # Closed, not released: what is still to come must not be billed.
                    answer.close()
                return _Ended(answer=response, outcome=streamed.outcome())
        except UpstreamFailed as failed:
            return self._failed(exchange, failed)
        except TimeoutError:
            # The app left, and the provider has not come to an end since; or never came to begin.
            ended = self._failed(exchange, _late())
            return replace(ended, outcome=streamed.outcome(), is_whole=False)

    async def _send(self, exchange: Exchange) -> aiohttp.ClientResponse:
        answer = await self._post(exchange, exchange.output_tokens_max)
        if exchange.is_bound_unasked and answer.status in _BOUND_REFUSED:
            answer.close()
            answer = await self._post(exchange, None)
        return answer

    async def _post(self, exchange: Exchange, tokens: int | None) -> aiohttp.ClientResponse:
        bill = exchange.bill
        limit = OutputLimit(tokens=tokens, field=bill.route.funding.provider.limit_field)
        sent = bill.dialect.upstream_request(bill.request, bill.route.model, limit)
        sent = replace(sent, path=exchange.path_before + sent.path)
        return await self._upstream.post(bill.route.funding, sent)

    async def _read_whole(self, exchange: Exchange, answer: aiohttp.ClientResponse) -> _Ended:
        """Read an answer that is no stream: a completion, or the provider's error."""
        began_at = self._clock.now()  # its head has just come
        try:
            body = await read_bounded(answer, self._limits.answer_bytes_max)
        except UpstreamFailed as failed:
            return self._failed(exchange, failed)
        finally:
            answer.release()
        if _REDIRECTS_FROM <= answer.status < _ERRORS_FROM:
            refusal = refusals.upstream_failed("The provider redirected the call.")
            return _Ended(answer=refusal, outcome=_nothing_spent(exchange, answer))
        if answer.status >= _ERRORS_FROM:
            return self._provider_error(exchange, answer, body)
        return self._completed(exchange, answer, body, began_at)

    def _completed(
        self, exchange: Exchange, answer: aiohttp.ClientResponse, body: bytes, began_at: Instant
    ) -> _Ended:
        bill = exchange.bill
        read = None
        if not _is_encoded(answer):
            read = bill.dialect.read_answer(bill.request, _whole_answer(answer, body))
        if read is None:
            refusal = refusals.upstream_failed("The provider's answer could not be read.")
            return replace(self._failed(exchange), answer=refusal)
        outcome = bill.outcome(
            CallEnd.COMPLETE,
            read.report,
            read.visible,
            began_at,
            request_id(bill.route.funding, answer),
        )
        return _Ended(answer=_passed(exchange, answer, body, read.body), outcome=outcome)

    def _provider_error(
        self, exchange: Exchange, answer: aiohttp.ClientResponse, body: bytes
    ) -> _Ended:
        """Pass on what the provider says; nothing was spent."""
        outcome = _nothing_spent(exchange, answer)
        if exchange.has_next and _may_be_better_elsewhere(answer.status):
            return _Ended(answer=TryNext(), outcome=outcome)
        dialect = exchange.bill.dialect
        if _is_encoded(answer):
            refusal = refusals.upstream_failed("The provider refused the call.")
            instead: bytes | None = dialect.family.error_body(refusal.error)
        else:
            instead = dialect.read_error(_whole_answer(answer, body))
        return _Ended(answer=_passed(exchange, answer, body, instead), outcome=outcome)

    def _failed(self, exchange: Exchange, failed: UpstreamFailed | None = None) -> _Ended:
        """Return the end of a call that broke: voided only where nothing can have been spent."""
        reason = "The call to the provider failed." if failed is None else failed.reason
        answer = refusals.upstream_failed(reason)
        if failed is not None and not failed.sent:
            unsent: Answered = TryNext() if exchange.has_next else answer
            return _Ended(answer=unsent, outcome=nothing_spent(CallEnd.FAILED))
        outcome = exchange.bill.outcome(CallEnd.FAILED, None, _NOTHING_SEEN, None)
        return _Ended(answer=answer, outcome=outcome)


def _keep(exchange: Exchange, ended: _Ended | None) -> None:
    """Keep the answer where its app named the call, and something was spent on it."""
    keeper = exchange.keeper
    if keeper is None or ended is None or not ended.is_whole or ended.outcome.cost is None:
        return
    match ended.answer:
        case CallRefusal(error=error) as refusal:
            body = exchange.bill.dialect.family.error_body(error)
            headers = {"Content-Type": "application/json", **exchange.named(refusal).headers}
            keeper.keep(error.status, headers, body)
        case web.Response(body=bytes(body)) as response:
            keeper.keep(response.status, response.headers, body)
        case web.StreamResponse() as response:
            keeper.keep_stream({"Content-Type": response.content_type, **exchange.headers})
        case TryNext():
            raise AssertionError("nothing was spent on it")


def _may_be_better_elsewhere(status: int) -> bool:
    return status == _TOO_MANY or status >= _SERVER_ERRORS_FROM


def _late() -> UpstreamFailed:
    return UpstreamFailed("The provider did not answer in time.", sent=True)


def _nothing_spent(exchange: Exchange, answer: aiohttp.ClientResponse) -> Outcome:
    return nothing_spent(CallEnd.FAILED, request_id(exchange.bill.route.funding, answer))


def _is_stream(bill: Bill, answer: aiohttp.ClientResponse) -> bool:
    # A compressed one could not be read on its way, and nobody asked for it.
    is_events = answer.status == _OK and bill.dialect.is_stream(answer.content_type)
    return is_events and not _is_encoded(answer)


def _whole_answer(answer: aiohttp.ClientResponse, body: bytes) -> UpstreamAnswer:
    try:
        parsed = read_json(body)
    except BadJson:
        parsed = None
    return UpstreamAnswer(
        status=answer.status, content_type=answer.content_type, raw=body, parsed=parsed
    )


def _is_encoded(answer: aiohttp.ClientResponse) -> bool:
    return answer.headers.get("Content-Encoding", "identity").lower() != "identity"


async def _unless_cut(
    held: HeldCall,
    work: Coroutine[Any, Any, Answered],
    why: Callable[[], CallRefusal],
) -> Answered:
    """Await ``work``, or stop and say so as soon as ``held`` is cut."""
    task = asyncio.current_task()
    assert task is not None
    held.when_cut(task.cancel)
    try:
        return await work
    except asyncio.CancelledError:
        if not held.is_cut:
            raise
        task.uncancel()
        return why()
    finally:
        # What is answered from here on, this task or the next on the connection, is let be.
        held.when_cut(_nothing)


def _nothing() -> None:
    """Do nothing: there is nothing left to stop."""


def _passed(
    exchange: Exchange, answer: aiohttp.ClientResponse, body: bytes, instead: bytes | None
) -> web.Response:
    """Return the provider's answer for the app; ``instead`` is its body in other words."""
    funding = exchange.bill.route.funding
    headers = {
        name: without_key(funding, answer.headers[name].encode("ascii", "replace")).decode()
        for name in _PASSED_HEADERS
        if name in answer.headers
    }
    headers.setdefault("Content-Type", JSON_TYPE)
    if instead is not None:
        body = instead
        headers["Content-Type"] = JSON_TYPE
    headers.update(exchange.headers)
    return web.Response(status=answer.status, body=without_key(funding, body), headers=headers)
