"""``models.countTokens``, which costs nothing."""

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
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.estimates import estimated_input
from wattfare_desktop.providers.gemini.family import GeminiFamily
from wattfare_desktop.providers.gemini.generate import path_of
from wattfare_desktop.providers.gemini.reading import Refused, an_object, body_of, model_and_verb
from wattfare_desktop.providers.gemini.request import GeminiCall, read_contents
from wattfare_desktop.providers.gemini.stream import GeminiStream
from wattfare_desktop.providers.wire import encoded

COUNT: Final = "countTokens"


class GeminiCountTokens:
    """The dialect of ``POST /models/{model}:countTokens``."""

    def __init__(self) -> None:
        self.family = GeminiFamily()

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent: contents, or a whole request to generate."""
        try:
            body = body_of(asked)
            model, _ = model_and_verb(asked.target)
            whole = an_object(body, "generateContentRequest", "generateContentRequest")
            material = read_contents(whole or body, "contents")
        except Refused as refused:
            return refused.refusal
        return GeminiCall(
            model=model,
            text_bytes=max(0, asked.body_bytes - material.media_bytes),
            media_parts=material.media_parts,
            output_tokens_max=0,
            billed=False,
            body=body,
        )

    def upstream_request(
        self,
        call: CallRequest,
        model: str,
        limit: OutputLimit = AS_ASKED,  # noqa: ARG002 - nothing is put out
    ) -> UpstreamRequest:
        """Return the object as it came, for the model it is sent to."""
        body: dict[str, Any] = dict(call.body)
        whole = body.get("generateContentRequest")
        if isinstance(whole, dict):
            body["generateContentRequest"] = {**whole, "model": f"models/{model}"}
        return UpstreamRequest(path=path_of(model, COUNT), body=body)

    def is_stream(self, content_type: str) -> bool:  # noqa: ARG002 - there are none
        """Return False: it is never streamed."""
        return False

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:  # noqa: ARG002 - the protocol's
        """Return that nothing was used; None where it is no answer."""
        if answer.parsed is None:
            return None
        return AnswerRead(report=UsageReport(usage=Usage(), computed=True))

    def read_error(self, answer: UpstreamAnswer) -> None:
        """Pass a provider's error as it came."""

    def stream_reader(self, call: CallRequest) -> StreamReader:  # noqa: ARG002 - the protocol's
        """Return a reader that is never used."""
        return GeminiStream(as_array=False)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:  # noqa: ARG002 - the protocol's
        """Return that nothing was used."""
        return Usage()

    def counted_here(self, call: CallRequest) -> bytes:
        """Return a guess at the tokens of ``call`` as the body of an answer."""
        return encoded({"totalTokens": estimated_input(call)})
