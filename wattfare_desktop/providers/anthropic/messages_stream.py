"""Reads one streamed message as it passes.

``message_start`` tells the input, each ``message_delta`` all that was used so far. What is between
them is passed on as it came.
"""

from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.family import error_object
from wattfare_desktop.providers.anthropic.messages_usage import (
    merged,
    report_of,
    shown_bytes,
    usage_object,
)
from wattfare_desktop.providers.dialect import (
    CallRequest,
    RequestRefusal,
    UsageReport,
)
from wattfare_desktop.providers.estimates import estimated
from wattfare_desktop.providers.passing import PassingEvents
from wattfare_desktop.providers.sse import SseEvent
from wattfare_desktop.providers.wire import encoded, parsed

_STOPPED_ID: Final = "msg_stopped"


def event_bytes(event: dict[str, Any]) -> bytes:
    """Return an event as it goes over the wire; it is named after its type."""
    name: str = event["type"]
    return b"event: " + name.encode() + b"\ndata: " + encoded(event) + b"\n\n"


class AnthropicMessagesStream(PassingEvents):
    """Reads one streamed message as it passes."""

    def __init__(self, call: CallRequest) -> None:
        super().__init__()
        self._call = call
        self._usage: dict[str, Any] = {}
        self._has_all_usage = False
        self._began = False
        self._open_blocks: dict[int, None] = {}

    @property
    def report(self) -> UsageReport | None:
        """The usage last seen, or None where none came yet.

        Before the first ``message_delta`` the output is a guess from what was seen.
        """
        if self._has_all_usage or not self._usage:
            return report_of(self._usage)
        guess = estimated(self._call, self.visible).output_tokens
        told = report_of({**self._usage, "output_tokens": guess})
        if told is None:
            return None
        return UsageReport(usage=told.usage, service_tier=told.service_tier, estimated=True)

    def stop(self, usage: Usage) -> list[bytes]:
        """Return the events that end the answer here, as if it had come to the app's own bound."""
        events = [] if self._began else [_started(self._call.model, usage)]
        events += [{"type": "content_block_stop", "index": index} for index in self._open_blocks]
        told = self._usage or usage_object(usage)
        ended = {"stop_reason": "max_tokens", "stop_sequence": None}
        output = {"output_tokens": usage.output_tokens}
        events.append({"type": "message_delta", "delta": ended, "usage": {**told, **output}})
        events.append({"type": "message_stop"})
        return [event_bytes(event) for event in events]

    def fail(self, refusal: RequestRefusal) -> list[bytes]:
        """Return the event that ends the answer here with an error."""
        return [event_bytes(error_object(refusal))]

    def _passed(self, events: list[SseEvent]) -> list[bytes]:
        for event in events:
            if event.data is not None:
                self._read(event.data)
        return [event.raw for event in events]

    def _read(self, data: bytes) -> None:
        event = parsed(data)
        if event is None:
            self._pieces += 1
            self._text_bytes += len(data)
            return
        match event.get("type"):
            case "content_block_delta":
                self._see(event.get("delta"))
            case "content_block_start":
                self._note_block(event.get("index"), is_open=True)
            case "content_block_stop":
                self._note_block(event.get("index"), is_open=False)
            case "message_start":
                self._began = True
                message = event.get("message")
                self._note_usage(message if isinstance(message, dict) else {})
            case "message_delta":
                self._has_all_usage = self._note_usage(event) or self._has_all_usage
            case "message_stop":
                self._done = True
            case "error":
                self._failed = True

    def _see(self, delta: Any) -> None:
        size = shown_bytes(delta) if isinstance(delta, dict) else 0
        if size:
            self._pieces += 1
            self._text_bytes += size

    def _note_block(self, index: Any, *, is_open: bool) -> None:
        if not isinstance(index, int):
            return
        if is_open:
            self._open_blocks[index] = None
        else:
            self._open_blocks.pop(index, None)

    def _note_usage(self, holder: dict[str, Any]) -> bool:
        usage = holder.get("usage")
        if not isinstance(usage, dict):
            return False
        self._usage = merged(self._usage, usage)
        return True


def _started(model: str, usage: Usage) -> dict[str, Any]:
    message: dict[str, Any] = {
        "id": _STOPPED_ID,
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage_object(usage),
    }
    return {"type": "message_start", "message": message}
