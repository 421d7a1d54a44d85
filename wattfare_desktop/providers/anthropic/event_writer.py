"""Neutral events as Anthropic's streamed answers."""

from typing import Any

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.blocks import (
    call_block,
    call_signature_block,
)
from wattfare_desktop.providers.anthropic.family import error_object
from wattfare_desktop.providers.anthropic.messages_stream import event_bytes
from wattfare_desktop.providers.anthropic.messages_usage import usage_object
from wattfare_desktop.providers.anthropic.replies import STOP_WORDS, image_text
from wattfare_desktop.providers.conversation.model import (
    Began,
    CandidateEnded,
    Ended,
    Event,
    Failed,
    Image,
    PartBegan,
    PartEnded,
    PartGrew,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import SSE_TYPE
from wattfare_desktop.providers.wire import encoded


class AnthropicEventWriter:
    """Turns neutral events into those of one streamed message."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}
        self._parts: dict[int, Text | Thinking | ToolCall | Image] = {}
        self._next_block = 0
        self._stop = CandidateEnded(stop=StopReason.END)

    @property
    def content_type(self) -> str:
        """Server-sent events."""
        return SSE_TYPE

    def write(self, event: Event) -> list[bytes]:
        """Return what ``event`` is on the wire. Other answers than the first do not show."""
        if getattr(event, "candidate", 0) != 0:
            return []
        return [event_bytes(each) for each in self._told(event)]

    def _told(self, event: Event) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = []
        match event:
            case PartGrew(index=index, text=text):
                told = self._grew(index, text)
            case PartBegan(index=index, part=part):
                told = self._part_began(index, part)
            case PartEnded(index=index, signature=signature):
                told = self._part_ended(index, signature)
            case Began():
                told = [_started(event)]
            case CandidateEnded():
                self._stop = event
            case Ended(usage=usage):
                told = self._ended(usage or Usage())
            case Failed(refusal=refusal):
                told = [error_object(refusal)]
        return told

    def _part_began(
        self, index: int, part: Text | Thinking | ToolCall | Image
    ) -> list[dict[str, Any]]:
        self._parts[index] = part
        self._blocks[index] = self._next_block
        begun, first = _begun(part)
        return [self._started_block(begun), *self._grew(index, first)]

    def _started_block(self, block: dict[str, Any]) -> dict[str, Any]:
        index = self._next_block
        self._next_block += 1
        return {"type": "content_block_start", "index": index, "content_block": block}

    def _grew(self, index: int, text: str) -> list[dict[str, Any]]:
        match self._parts[index]:
            case Thinking():
                delta = {"type": "thinking_delta", "thinking": text}
            case ToolCall():
                delta = {"type": "input_json_delta", "partial_json": text}
            case _:
                delta = {"type": "text_delta", "text": text}
        return [self._delta(index, delta)] if text else []

    def _delta(self, index: int, delta: dict[str, Any]) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": self._blocks[index], "delta": delta}

    def _part_ended(self, index: int, signature: str | None) -> list[dict[str, Any]]:
        part, block = self._parts.pop(index), self._blocks[index]
        kept = signature
        if kept is None and isinstance(part, Thinking | ToolCall):
            kept = part.signature
        closed = {"type": "content_block_stop", "index": block}
        if kept is None:
            return [closed]
        if isinstance(part, Thinking):
            delta = {"type": "signature_delta", "signature": kept}
            return [self._delta(index, delta), closed]
        if isinstance(part, ToolCall):
            return [closed, *self._signed_call(part, kept)]
        return [closed]

    def _signed_call(self, call: ToolCall, signature: str) -> list[dict[str, Any]]:
        started = self._started_block(call_signature_block(call.id, signature))
        return [started, {"type": "content_block_stop", "index": started["index"]}]

    def _ended(self, usage: Usage) -> list[dict[str, Any]]:
        why = {
            "stop_reason": STOP_WORDS[self._stop.stop],
            "stop_sequence": self._stop.stop_sequence,
        }
        told = {"type": "message_delta", "delta": why, "usage": usage_object(usage)}
        return [told, {"type": "message_stop"}]


def _begun(part: Text | Thinking | ToolCall | Image) -> tuple[dict[str, Any], str]:
    """Return a part as the block it begins as, and what of it is known already."""
    match part:
        case Text(text=text):
            return {"type": "text", "text": ""}, text
        case Thinking(text=text):
            return {"type": "thinking", "thinking": "", "signature": ""}, text
        case ToolCall(arguments=arguments):
            begun = {**call_block(part), "input": {}}
            return begun, encoded(dict(arguments)).decode() if arguments else ""
        case Image():
            return {"type": "text", "text": ""}, image_text(part)


def _started(began: Began) -> dict[str, Any]:
    message: dict[str, Any] = {
        "id": began.id,
        "type": "message",
        "role": "assistant",
        "model": began.model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage_object(began.usage or Usage()),
    }
    return {"type": "message_start", "message": message}
