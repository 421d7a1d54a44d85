"""The dialects of Ollama's operations: chats, completions and embeddings."""

from typing import Any

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    NDJSON_TYPE,
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
from wattfare_desktop.providers.ollama.family import OllamaFamily
from wattfare_desktop.providers.ollama.lines import OllamaStream, report_of, visible_bytes
from wattfare_desktop.providers.ollama.request import (
    read_chat,
    read_embed,
    read_generate,
    reading,
)


class _Operation:
    """What all operations have in common: answers pass as they came."""

    path: str

    def __init__(self) -> None:
        self.family = OllamaFamily()

    def is_stream(self, content_type: str) -> bool:
        """Return whether an answer of this type to a streamed call is the stream itself."""
        return content_type == NDJSON_TYPE

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:  # noqa: ARG002 - the protocol's
        """Return what a whole answer tells; None where it is none, and cannot be passed on."""
        body = answer.parsed
        if body is None:
            return None
        if not isinstance(body, dict):
            return AnswerRead()
        size = visible_bytes(body)
        visible = VisibleOutput(pieces=int(bool(size)), text_bytes=size)
        return AnswerRead(report=report_of(body), visible=visible)

    def read_error(self, answer: UpstreamAnswer) -> None:
        """Pass a server's error as it came."""

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the server reported none."""
        return estimated(call, visible)


class _Generation(_Operation):
    """A chat or a completion: streamed unless it is told not to, bounded by ``num_predict``."""

    def upstream_request(
        self, call: CallRequest, model: str, limit: OutputLimit = AS_ASKED
    ) -> UpstreamRequest:
        """Return the object that was priced, with its model and its bound."""
        body: dict[str, Any] = {**call.body, "model": model, "stream": call.stream}
        limits = [each for each in (call.output_tokens_max, limit.tokens) if each is not None]
        if limits:
            body["options"] = {**(body.get("options") or {}), "num_predict": min(limits)}
        return UpstreamRequest(path=self.path, body=body)


class OllamaChat(_Generation):
    """The dialect of ``POST /api/chat``."""

    path = "/api/chat"

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent, and refuse by name what cannot be bounded."""
        return reading(read_chat)(asked)

    def stream_reader(self, call: CallRequest) -> StreamReader:  # noqa: ARG002 - the protocol's
        """Return a reader for the streamed answer to ``call``."""
        return OllamaStream(is_chat=True)


class OllamaGenerate(_Generation):
    """The dialect of ``POST /api/generate``."""

    path = "/api/generate"

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent, and refuse by name what cannot be bounded."""
        return reading(read_generate)(asked)

    def stream_reader(self, call: CallRequest) -> StreamReader:  # noqa: ARG002 - the protocol's
        """Return a reader for the streamed answer to ``call``."""
        return OllamaStream(is_chat=False)


class OllamaEmbed(_Operation):
    """The dialect of ``POST /api/embed``, which never streams."""

    path = "/api/embed"

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent, and refuse by name what cannot be bounded."""
        return reading(read_embed)(asked)

    def upstream_request(
        self,
        call: CallRequest,
        model: str,
        limit: OutputLimit = AS_ASKED,  # noqa: ARG002 - it has no output
    ) -> UpstreamRequest:
        """Return the object that was priced, with its model."""
        return UpstreamRequest(path=self.path, body={**call.body, "model": model})

    def stream_reader(self, call: CallRequest) -> StreamReader:  # noqa: ARG002 - the protocol's
        """Return a reader for a streamed answer, which there is none of."""
        return OllamaStream(is_chat=False)
