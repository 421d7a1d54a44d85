"""Queue APIs, which run any model and are paid by the run: Replicate's and fal's.

A run is created, looked at until it is done, and may be cancelled. What one costs no answer tells
and no table knows, so it has the price its user set for the model, and that is charged as soon as
the run is accepted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    AnswerRead,
    AppRequest,
    CallRequest,
    ModelListing,
    OutputLimit,
    RequestRefusal,
    StreamReader,
    UpstreamAnswer,
    UpstreamRequest,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.fields import RefusedError, model_of, object_of
from wattfare_desktop.providers.openai.events import EventStream
from wattfare_desktop.providers.wire import encoded

_ONE_RUN: Final[Mapping[UnitKind, int]] = {UnitKind.RUN: 1}
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]+)+", re.ASCII)
RUN_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)

_FAL_ADDRESSES: Final = ("status_url", "response_url", "cancel_url")
_REPLICATE_ADDRESSES: Final = ("get", "cancel")


class QueueFamily:
    """Errors as Replicate (RFC 9457) and fal tell them: both have a ``detail``."""

    def error_body(self, refusal: RequestRefusal) -> bytes:
        """Return an error as a response body."""
        return encoded(
            {
                "title": refusal.code or refusal.type,
                "detail": refusal.message,
                "status": refusal.status,
                **refusal.details,
            }
        )

    def models_body(self, models: Sequence[ModelListing]) -> bytes:
        """Return the body of a models list."""
        return encoded({"results": [{"name": row.id} for row in models]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A run that was accepted: its name, and its path below the provider's base."""

    id: str
    path: str


class _Runs:
    """What both have in common: one run is one run."""

    def __init__(self) -> None:
        self.family = QueueFamily()

    def is_stream(self, content_type: str) -> bool:  # noqa: ARG002 - there are none
        """Return False: a run is created, not streamed."""
        return False

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:  # noqa: ARG002 - the protocol's
        """Return that a run was accepted; None where the answer cannot be read."""
        if answer.parsed is None:
            return None
        return AnswerRead(report=UsageReport(usage=Usage(counted=_ONE_RUN), computed=True))

    def read_error(self, answer: UpstreamAnswer) -> None:
        """Pass a provider's error as it came."""

    def stream_reader(self, call: CallRequest) -> StreamReader:  # noqa: ARG002 - the protocol's
        """Return a reader that is never used."""
        return EventStream(lambda _body, _raw: None)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:  # noqa: ARG002 - the protocol's
        """Return one run: it was sent, and may have been accepted."""
        return Usage(counted=_ONE_RUN)


class ReplicateRuns(_Runs):
    """The dialect of ``POST /predictions`` and ``POST /models/{owner}/{name}/predictions``."""

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent: the path names the model, or the body its version."""
        try:
            body = object_of(asked.body)
            return _run(_replicate_model(asked.target, body), body)
        except RefusedError as refused:
            return refused.refusal

    def upstream_request(
        self,
        call: CallRequest,
        model: str,
        limit: OutputLimit = AS_ASKED,  # noqa: ARG002 - there is nothing to bound
    ) -> UpstreamRequest:
        """Return the object that was priced."""
        if "version" in call.body:
            return UpstreamRequest(path="/predictions", body={**call.body, "version": model})
        return UpstreamRequest(path=f"/models/{quote(model)}/predictions", body=call.body)


class FalRuns(_Runs):
    """The dialect of ``POST /{app}``."""

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent: the path names the model, and all of the body is its input."""
        try:
            return _run(asked.target, object_of(asked.body))
        except RefusedError as refused:
            return refused.refusal

    def upstream_request(
        self,
        call: CallRequest,
        model: str,
        limit: OutputLimit = AS_ASKED,  # noqa: ARG002 - there is nothing to bound
    ) -> UpstreamRequest:
        """Return the object that was priced."""
        return UpstreamRequest(path=f"/{quote(model)}", body=call.body)


def started(body: Any, bases: Sequence[str]) -> Started | None:
    """Return the run that an answer tells of; None where it tells of none.

    ``bases`` are the addresses its provider may know itself by.
    """
    if not isinstance(body, dict):
        return None
    if isinstance(name := body.get("id"), str) and RUN_ID.fullmatch(name):
        return Started(id=name, path=f"/predictions/{name}")
    name = body.get("request_id")
    path = _below(bases, body.get("response_url"))
    if not isinstance(name, str) or not RUN_ID.fullmatch(name) or path is None:
        return None
    return Started(id=name, path=path) if path.endswith(f"/requests/{name}") else None


def readdressed(body: Any, bases: Sequence[str], ours: str) -> Any:
    """Return an answer in which the run's own addresses lead back here, below ``ours``.

    A client follows them with the access it has, which is of no use anywhere else. What a run made
    is left where it is.
    """
    if not isinstance(body, dict):
        return body
    told = {name: _moved(body[name], bases, ours) for name in _FAL_ADDRESSES if name in body}
    urls = body.get("urls")
    if isinstance(urls, dict):
        moved = {n: _moved(urls[n], bases, ours) for n in _REPLICATE_ADDRESSES if n in urls}
        told["urls"] = {**urls, **moved}
    return {**body, **told}


def _run(model: str, body: dict[str, Any]) -> CallRequest:
    return CallRequest(
        model=model, output_tokens_max=0, counted_max=_ONE_RUN, takes_bound=False, body=body
    )


def _replicate_model(target: str, body: dict[str, Any]) -> str:
    """Return what names the model: the path, or where that does not, the body's version."""
    if target and "version" in body:
        # Of two names one would be priced and the other run.
        raise RefusedError("The path names the model: leave 'version' out.", "version")
    if not target and not body.get("version"):
        raise RefusedError("Name the model's 'version', or call the model by its path.", "version")
    return target or model_of({"model": body["version"]})


def _moved(address: Any, bases: Sequence[str], ours: str) -> Any:
    path = _below(bases, address)
    return address if path is None else ours + path


def _below(bases: Sequence[str], address: object) -> str | None:
    """Return the path of an address below any of ``bases``; None where it is below none."""
    if not isinstance(address, str):
        return None
    for base in bases:
        path = address.removeprefix(base)
        if address.startswith(base) and _PATH.fullmatch(path) and "/." not in path:
            return path
    return None
