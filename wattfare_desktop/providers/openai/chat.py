"""OpenAI's chat completions, which many providers speak.

What passes is left as it came, save for what metering needs: usage is asked for in every stream
and taken out again where the app did not ask, and the model loses its provider prefix.
"""

from typing import Any

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    SSE_TYPE,
    AnswerRead,
    AppRequest,
    CallRequest,
    OutputLimit,
    OutputLimitField,
    RequestRefusal,
    StreamReader,
    UpstreamAnswer,
    UpstreamRequest,
    VisibleOutput,
)
from wattfare_desktop.providers.estimates import estimated
from wattfare_desktop.providers.openai.chat_request import read_chat_request
from wattfare_desktop.providers.openai.chat_usage import (
    as_pictures,
    choices_of,
    completed,
    report_of,
    usage_object,
    visible_of,
)
from wattfare_desktop.providers.openai.family import OpenAiFamily, error_object
from wattfare_desktop.providers.passing import PassingEvents
from wattfare_desktop.providers.sse import SseEvent
from wattfare_desktop.providers.wire import encoded, parsed

_DONE = b"[DONE]"
# In JSON these bytes cannot stand inside a string, where each quote carries a backslash.
_NO_USAGE_YET = b',"usage":null'


class OpenAiChatStream(PassingEvents):
    """Reads one streamed chat completion as it passes."""

    def __init__(self, call: CallRequest) -> None:
        super().__init__()
        self._call = call
        self._wants_usage = call.wants_usage
        self._latest: dict[str, Any] = {}
        self._open_choices: set[int] = set()

    def stop(self, usage: Usage) -> list[bytes]:
        """Return the events that end the answer here, as if it had come to the app's own bound."""
        same = {
            "id": self._latest.get("id", "chatcmpl-stopped"),
            "object": "chat.completion.chunk",
            "created": self._latest.get("created", 0),
            "model": self._latest.get("model", ""),
        }
        choices = [
            {"index": index, "delta": {}, "finish_reason": "length"}
            for index in sorted(self._open_choices)
        ]
        events = [{**same, "choices": choices}]
        if self._wants_usage:
            events.append({**same, "choices": [], "usage": usage_object(usage)})
        return [*(b"data: " + encoded(event) + b"\n\n" for event in events), b"data: [DONE]\n\n"]

    def fail(self, refusal: RequestRefusal) -> list[bytes]:
        """Return the event that ends the answer here with an error."""
        return [b"data: " + encoded(error_object(refusal)) + b"\n\n"]

    def _passed(self, events: list[SseEvent]) -> list[bytes]:
        return [raw for event in events if (raw := self._read(event)) is not None]

    def _read(self, event: SseEvent) -> bytes | None:
        """Learn from one event; return the bytes to pass on, None to keep it back."""
        if event.data is None:
            return event.raw
        if event.data == _DONE:
            self._done = True
            return event.raw
        chunk = parsed(event.data)
        if chunk is None:
            self._pieces += 1
            self._text_bytes += len(event.data)
            return event.raw
        is_error = chunk.get("error") is not None
        self._failed = self._failed or is_error
        report = report_of(chunk, event.data)
        if report is not None:
            self._report = completed(report, self._call)
            # A chunk of usage alone: without choices, an app that did not ask may stumble on it.
            if not self._wants_usage and not is_error and not chunk.get("choices"):
                return None
        self._see(chunk)
        if not self._wants_usage:
            return event.raw.replace(_NO_USAGE_YET, b"", 1)
        return event.raw

    def _see(self, chunk: dict[str, Any]) -> None:
        self._latest = chunk
        for choice in choices_of(chunk):
            index = choice.get("index", 0)
            if isinstance(index, int):
                self._note_choice(index, choice.get("finish_reason"))
        visible = visible_of(chunk, "delta")
        self._pieces += visible.pieces
        self._text_bytes += visible.text_bytes

    def _note_choice(self, index: int, finish_reason: object) -> None:
        if finish_reason is None:
            self._open_choices.add(index)
        else:
            self._open_choices.discard(index)


class OpenAiChat:
    """The dialect of ``POST /chat/completions``."""

    def __init__(self) -> None:
        self.family = OpenAiFamily()

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent, and refuse by name what cannot be bounded."""
        return read_chat_request(asked.body, asked.body_bytes)

    def upstream_request(
        self, call: CallRequest, model: str, limit: OutputLimit = AS_ASKED
    ) -> UpstreamRequest:
        """Return the object that was priced with the mandated changes and no others."""
        body = {**call.body, "model": model}
        if call.stream:
            body["stream_options"] = {**(body.get("stream_options") or {}), "include_usage": True}
        limits = [each for each in (call.output_tokens_max, limit.tokens) if each is not None]
        if limits:
            sent = "max_tokens" if body.get("max_tokens") is not None else "max_completion_tokens"
            name = sent if limit.field is OutputLimitField.AS_SENT else limit.field.value
            for other in ("max_tokens", "max_completion_tokens"):
                body.pop(other, None)
            body[name] = min(limits)
        return UpstreamRequest(path="/chat/completions", body=body)

    def is_stream(self, content_type: str) -> bool:
        """Return whether an answer of this type to a streamed call is the stream itself."""
        return content_type == SSE_TYPE

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:
        """Return what a whole answer tells; None where it is none, and cannot be passed on."""
        body = answer.parsed
        if body is None:
            return None
        if not isinstance(body, dict):
            return AnswerRead()
        report = report_of(body, answer.raw)
        return AnswerRead(
            report=None if report is None else completed(report, call),
            visible=visible_of(body, "message"),
        )

    def read_error(self, answer: UpstreamAnswer) -> None:
        """Pass a provider's error as it came."""

    def stream_reader(self, call: CallRequest) -> StreamReader:
        """Return a reader for the streamed answer to ``call``."""
        return OpenAiChatStream(call)

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the provider reported none."""
        usage = estimated(call, visible)
        return as_pictures(usage) if UnitKind.OUTPUT_IMAGE in call.counted_max else usage
