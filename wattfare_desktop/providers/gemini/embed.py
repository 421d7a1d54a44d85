"""``models.embedContent`` and ``models.batchEmbedContents``: input alone."""

from dataclasses import dataclass
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    AnswerRead,
    AppRequest,
    CallRequest,
    OutputLimit,
    RequestRefusal,
    StreamReader,
    UpstreamAnswer,
    UpstreamRequest,
    VisibleOutput,
)
from wattfare_desktop.providers.estimates import estimated
from wattfare_desktop.providers.gemini.family import GeminiFamily
from wattfare_desktop.providers.gemini.generate import path_of
from wattfare_desktop.providers.gemini.reading import Refused, body_of, model_and_verb, objects
from wattfare_desktop.providers.gemini.request import (
    CONTENTS_MAX,
    Material,
    overhead,
    read_content,
)
from wattfare_desktop.providers.gemini.stream import GeminiStream
from wattfare_desktop.providers.gemini.usage import report_of

ONE: Final = "embedContent"
SEVERAL: Final = "batchEmbedContents"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedCall(CallRequest):
    """A call whose ``contents`` are read one by one, each into a window of its own."""

    contents: int = 1

    def input_bound(
        self,
        context_window_tokens: int,
        image_tokens_max: int | None = None,  # noqa: ARG002 - pictures fill a window like others
    ) -> int:
        """Return the most input tokens this call can be billed for."""
        together = context_window_tokens * self.contents
        return together if self.media_parts else min(self.text_tokens_max, together)


class GeminiEmbed:
    """The dialect of ``POST /models/{model}:embedContent`` and ``:batchEmbedContents``."""

    def __init__(self) -> None:
        self.family = GeminiFamily()

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent."""
        try:
            return _read(asked)
        except Refused as refused:
            return refused.refusal

    def upstream_request(
        self,
        call: CallRequest,
        model: str,
        limit: OutputLimit = AS_ASKED,  # noqa: ARG002 - nothing is put out
    ) -> UpstreamRequest:
        """Return the object as it came; each request in it must name the model of the path."""
        name = f"models/{model}"
        body: dict[str, Any] = dict(call.body)
        if "requests" not in body:
            return UpstreamRequest(path=path_of(model, ONE), body={**body, "model": name})
        body["requests"] = [{**each, "model": name} for each in _requests(body)]
        return UpstreamRequest(path=path_of(model, SEVERAL), body=body)

    def is_stream(self, content_type: str) -> bool:  # noqa: ARG002 - there are none
        """Return False: it is never streamed."""
        return False

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:  # noqa: ARG002 - the protocol's
        """Return what a whole answer tells; None where it is none, and cannot be passed on."""
        if answer.parsed is None:
            return None
        if not isinstance(answer.parsed, dict):
            return AnswerRead()
        return AnswerRead(report=report_of(answer.parsed))

    def read_error(self, answer: UpstreamAnswer) -> None:
        """Pass a provider's error as it came."""

    def stream_reader(self, call: CallRequest) -> StreamReader:  # noqa: ARG002 - the protocol's
        """Return a reader that is never used."""
        return GeminiStream(as_array=False)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage: older models do not report any."""
        return estimated(call, visible)


def _read(asked: AppRequest) -> EmbedCall:
    body = body_of(asked)
    model, _ = model_and_verb(asked.target)
    contents = _requests(body) if "requests" in body else [body]
    if not 0 < len(contents) <= CONTENTS_MAX:
        raise Refused(f"'requests' must hold 1 to {CONTENTS_MAX} requests.", "requests")
    material = Material()
    for index, each in enumerate(contents):
        where = "content" if each is body else f"requests[{index}].content"
        content = each.get("content")
        if not isinstance(content, dict):
            raise Refused(f"Missing required parameter: '{where}'.", where)
        material += read_content(content, where)
    return EmbedCall(
        model=model,
        contents=len(contents),
        text_tokens_max=asked.body_bytes + overhead(material.turns, 0),
        text_bytes=max(0, asked.body_bytes - material.media_bytes),
        media_parts=material.media_parts,
        output_tokens_max=0,
        body=body,
    )


def _requests(body: dict[str, Any]) -> list[dict[str, Any]]:
    return objects(body, "requests", "requests")
