"""``models.generateContent`` and ``models.streamGenerateContent``.

What passes is left as it came, save for what metering needs: the stream is asked for as events, and
the bound of the output is set where the app's own is larger than the money.
"""

from typing import Final
from urllib.parse import quote

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    JSON_TYPE,
    SSE_TYPE,
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
from wattfare_desktop.providers.gemini.request import (
    GENERATE,
    STREAM,
    GeminiCall,
    read_generate_request,
)
from wattfare_desktop.providers.gemini.stream import GeminiStream
from wattfare_desktop.providers.gemini.usage import (
    billed_searches,
    candidates_of,
    queries_of,
    report_of,
    visible_of,
)

VERSION: Final = "v1beta"
"""Which version of the API is spoken upstream, whichever the app does."""


def path_of(model: str, verb: str) -> str:
    """Return the path of an operation; a name cannot reach beyond its own step."""
    return f"/{VERSION}/models/{quote(model, safe='')}:{verb}"


class GeminiGenerate:
    """The dialect of ``POST /models/{model}:generateContent`` and ``:streamGenerateContent``."""

    def __init__(self) -> None:
        self.family = GeminiFamily()

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent, and refuse by name what cannot be bounded."""
        return read_generate_request(asked)

    def upstream_request(
        self, call: CallRequest, model: str, limit: OutputLimit = AS_ASKED
    ) -> UpstreamRequest:
        """Return the object that was priced with the mandated changes and no others."""
        body = dict(call.body)
        limits = [each for each in (call.output_tokens_max, limit.tokens) if each is not None]
        if limits:
            config = body.get("generationConfig") or {}
            body["generationConfig"] = {**config, "maxOutputTokens": min(limits)}
        path = path_of(model, STREAM) + "?alt=sse" if call.stream else path_of(model, GENERATE)
        return UpstreamRequest(path=path, body=body)

    def is_stream(self, content_type: str) -> bool:
        """Return whether an answer of this type to a streamed call is the stream itself."""
        return content_type in {SSE_TYPE, JSON_TYPE}

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:
        """Return what a whole answer tells; None where it is none, and cannot be passed on."""
        body = answer.parsed
        if body is None:
            return None
        if not isinstance(body, dict):
            return AnswerRead()
        queries = sum(queries_of(candidate) for candidate in candidates_of(body))
        searches = billed_searches(call.model, queries)
        return AnswerRead(report=report_of(body, searches=searches), visible=visible_of(body))

    def read_error(self, answer: UpstreamAnswer) -> None:
        """Pass a provider's error as it came."""

    def stream_reader(self, call: CallRequest) -> StreamReader:
        """Return a reader for the streamed answer to ``call``."""
        as_array = isinstance(call, GeminiCall) and call.as_array
        return GeminiStream(as_array=as_array, model=call.model)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the provider reported none."""
        return estimated(call, visible)
