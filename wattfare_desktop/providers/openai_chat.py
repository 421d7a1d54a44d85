"""OpenAI's chat completions, which many providers speak.

What passes is left as it came, save for what metering needs: usage is asked for in every stream
and taken out again where the app did not ask, and the model loses its provider prefix.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    CallRequest,
    ModelListing,
    OutputLimitField,
    RequestRefusal,
    StreamReader,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.openai_request import read_chat_request
from wattfare_desktop.providers.openai_usage import choices_of, report_of, visible_of
from wattfare_desktop.providers.sse import SseEvent, SseSplitter

# Estimates only: English text runs at about four bytes a token, other scripts at fewer.
ESTIMATED_BYTES_PER_TOKEN: Final = 4
ESTIMATED_TOKENS_PER_MEDIA_PART: Final = 1_200

_DONE = b"[DONE]"
# In JSON these bytes cannot stand inside a string, where each quote carries a backslash.
_NO_USAGE_YET = b',"usage":null'


class OpenAiChatStream:
    """Reads one streamed chat completion as it passes."""

    def __init__(self, *, wants_usage: bool) -> None:
        self._wants_usage = wants_usage
        self._splitter = SseSplitter()
        self._report: UsageReport | None = None
        self._pieces = 0
        self._text_bytes = 0
        self._done = False
        self._failed = False
        self._latest: dict[str, Any] = {}
        self._open_choices: set[int] = set()

    @property
    def report(self) -> UsageReport | None:
        """The usage last seen, or None where none came yet."""
        return self._report

    @property
    def visible(self) -> VisibleOutput:
        """What was seen of the answer so far."""
        return VisibleOutput(pieces=self._pieces, text_bytes=self._text_bytes)

    @property
    def done(self) -> bool:
        """Whether ``[DONE]`` was seen."""
        return self._done

    @property
    def failed(self) -> bool:
        """Whether the provider reported an error inside the stream."""
        return self._failed

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take bytes from upstream; return the events to pass on at once."""
        return self._passed(self._splitter.feed(chunk))

    def finish(self) -> list[bytes]:
        """Take the end of the upstream body; return what is left to pass on."""
        return self._passed(self._splitter.finish())

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
            events.append({**same, "choices": [], "usage": _usage_object(usage)})
        return [*(b"data: " + _encoded(event) + b"\n\n" for event in events), b"data: [DONE]\n\n"]

    def _passed(self, events: list[SseEvent]) -> list[bytes]:
        return [raw for event in events if (raw := self._read(event)) is not None]

    def _read(self, event: SseEvent) -> bytes | None:
        """Learn from one event; return the bytes to pass on, None to keep it back."""
        if event.data is None:
            return event.raw
        if event.data == _DONE:
            self._done = True
            return event.raw
        chunk = _parsed(event.data)
        if chunk is None:
            self._pieces += 1
            self._text_bytes += len(event.data)
            return event.raw
        is_error = chunk.get("error") is not None
        self._failed = self._failed or is_error
        report = report_of(chunk)
        if report is not None:
            self._report = report
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

    def read_request(self, body: Any, body_bytes: int) -> CallRequest | RequestRefusal:
        """Read a parsed body; ``body_bytes`` is the length of its UTF-8 text as received."""
        return read_chat_request(body, body_bytes)

    def upstream_body(
        self,
        request: CallRequest,
        upstream_model: str,
        *,
        limit_field: OutputLimitField = OutputLimitField.AS_SENT,
        output_tokens_max: int | None = None,
    ) -> dict[str, Any]:
        """Return the object that was priced with the mandated changes and no others."""
        body = dict(request.body)
        body["model"] = upstream_model
        if request.stream:
            body["stream_options"] = {**(body.get("stream_options") or {}), "include_usage": True}
        limits = [
            limit for limit in (request.output_tokens_max, output_tokens_max) if limit is not None
        ]
        if limits:
            sent = "max_tokens" if body.get("max_tokens") is not None else "max_completion_tokens"
            name = sent if limit_field is OutputLimitField.AS_SENT else limit_field.value
            for other in ("max_tokens", "max_completion_tokens"):
                body.pop(other, None)
            body[name] = min(limits)
        return body

    def read_report(self, body: Any) -> UsageReport | None:
        """Return the usage of a parsed, non-streamed answer, or None where it has none."""
        return report_of(body) if isinstance(body, dict) else None

    def read_visible(self, body: Any) -> VisibleOutput:
        """Return how much output a parsed, non-streamed answer shows."""
        return visible_of(body, "message") if isinstance(body, dict) else VisibleOutput()

    def stream_reader(self, request: CallRequest) -> StreamReader:
        """Return a reader for the streamed answer to ``request``."""
        return OpenAiChatStream(wants_usage=request.wants_usage)

    def estimate(self, request: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the provider reported none.

        A streamed piece is a token or more, so the count of pieces is a floor. What was thought
        and not shown cannot be guessed. The app's own bound is never exceeded.
        """
        seen = max(visible.pieces, _tokens(visible.text_bytes))
        limit = request.output_tokens_max
        return Usage(
            input_tokens=_tokens(request.text_bytes)
            + request.media_parts * ESTIMATED_TOKENS_PER_MEDIA_PART,
            output_tokens=seen if limit is None else min(seen, limit * request.choices),
        )

    def error_body(self, refusal: RequestRefusal) -> bytes:
        """Return an error as a response body."""
        return _encoded(_error(refusal))

    def error_event(self, refusal: RequestRefusal) -> bytes:
        """Return an error as an event inside a running stream."""
        return b"data: " + _encoded(_error(refusal)) + b"\n\n"

    def models_body(self, models: Sequence[ModelListing]) -> bytes:
        """Return the body of ``GET /models``."""
        rows = [
            {"id": row.id, "object": "model", "created": row.created, "owned_by": row.owned_by}
            for row in models
        ]
        return _encoded({"object": "list", "data": rows})


def _tokens(text_bytes: int) -> int:
    return -(-text_bytes // ESTIMATED_BYTES_PER_TOKEN)


def _error(refusal: RequestRefusal) -> dict[str, Any]:
    return {
        "error": {
            "message": refusal.message,
            "type": refusal.type,
            "param": refusal.param,
            "code": refusal.code,
            **refusal.details,
        }
    }


def _encoded(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _parsed(data: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(str(data, "utf-8"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _usage_object(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }
