"""Anthropic's streamed answers as neutral events."""

from dataclasses import dataclass
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.blocks import read_call, read_thinking
from wattfare_desktop.providers.anthropic.messages_usage import merged, report_of
from wattfare_desktop.providers.anthropic.replies import read_stream_error, stop_of
from wattfare_desktop.providers.conversation.model import (
    Began,
    CandidateEnded,
    Ended,
    Event,
    Failed,
    PartBegan,
    PartEnded,
    PartGrew,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import RequestRefusal
from wattfare_desktop.providers.sse import SseSplitter
from wattfare_desktop.providers.wire import encoded, parsed

_BROKE_OFF: Final = RequestRefusal(
    status=502,
    code="upstream_failed",
    type="server_error",
    message="The provider's answer broke off.",
)
_NO_BLOCK: Final = -1
_GROWING: Final = {
    "text_delta": "text",
    "thinking_delta": "thinking",
    "input_json_delta": "partial_json",
}


@dataclass(slots=True)
class _OpenBlock:
    """A block of the wire that is a part, and the signature that came with it."""

    index: int
    signature: str | None = None


class AnthropicEventReader:
    """Turns the events of one streamed message into neutral ones."""

    def __init__(self) -> None:
        self._open: dict[int, _OpenBlock] = {}
        self._parts = 0
        self._usage: dict[str, Any] = {}
        self._stop = StopReason.END
        self._stop_sequence: str | None = None
        self._has_ended = False

    def read(self, event: bytes) -> list[Event]:
        """Take one whole event as it came on the wire."""
        told: list[Event] = []
        splitter = SseSplitter()
        for each in (*splitter.feed(event), *splitter.finish()):
            found = None if each.data is None else parsed(each.data)
            if found is not None:
                told += self._read(found)
        return told

    def finish(self) -> list[Event]:
        """Take the end of the stream: an answer that was not ended broke off."""
        return [] if self._has_ended else [Failed(refusal=_BROKE_OFF)]

    def _read(self, event: dict[str, Any]) -> list[Event]:
        told: list[Event] = []
        index = event.get("index")
        block = index if isinstance(index, int) else _NO_BLOCK
        match event.get("type"):
            case "content_block_delta":
                told = self._grew(block, event.get("delta"))
            case "content_block_start":
                told = self._part_began(block, event.get("content_block"))
            case "content_block_stop":
                told = self._part_ended(block)
            case "message_start":
                told = self._began(event.get("message"))
            case "message_delta":
                self._note_end(event)
            case "message_stop":
                told = self._ended()
            case "error":
                self._has_ended = True
                told = [Failed(refusal=read_stream_error(event))]
        return told

    def _began(self, message: Any) -> list[Event]:
        told = message if isinstance(message, dict) else {}
        self._note_usage(told)
        name, model = str(told.get("id", "")), str(told.get("model", ""))
        return [Began(id=name, model=model, usage=self._usage_so_far())]

    def _part_began(self, index: int, block: Any) -> list[Event]:
        found = _part_of(block) if isinstance(block, dict) else None
        if found is None:
            return []
        part, first, signature = found
        opened = self._open[index] = _OpenBlock(self._parts, signature)
        self._parts += 1
        began: list[Event] = [PartBegan(index=opened.index, part=part)]
        return [*began, PartGrew(index=opened.index, text=first)] if first else began

    def _grew(self, index: int, delta: Any) -> list[Event]:
        opened = self._open.get(index)
        if opened is None or not isinstance(delta, dict):
            return []
        kind = delta.get("type")
        if kind == "signature_delta" and isinstance(delta.get("signature"), str):
            opened.signature = (opened.signature or "") + delta["signature"]
            return []
        text = delta.get(_GROWING.get(kind, "")) if isinstance(kind, str) else None
        if not isinstance(text, str) or not text:
            return []
        return [PartGrew(index=opened.index, text=text)]

    def _part_ended(self, index: int) -> list[Event]:
        opened = self._open.pop(index, None)
        if opened is None:
            return []
        return [PartEnded(index=opened.index, signature=opened.signature)]

    def _note_end(self, event: dict[str, Any]) -> None:
        self._note_usage(event)
        delta = event.get("delta")
        if isinstance(delta, dict) and delta.get("stop_reason") is not None:
            self._stop = stop_of(delta["stop_reason"])
            sequence = delta.get("stop_sequence")
            self._stop_sequence = sequence if isinstance(sequence, str) else None

    def _ended(self) -> list[Event]:
        self._has_ended = True
        ended = CandidateEnded(stop=self._stop, stop_sequence=self._stop_sequence)
        return [ended, Ended(usage=self._usage_so_far())]

    def _note_usage(self, holder: dict[str, Any]) -> None:
        usage = holder.get("usage")
        if isinstance(usage, dict):
            self._usage = merged(self._usage, usage)

    def _usage_so_far(self) -> Usage | None:
        report = report_of(self._usage)
        return None if report is None else report.usage


def _part_of(block: dict[str, Any]) -> tuple[Text | Thinking | ToolCall, str, str | None] | None:
    """Return the part a block begins, what of it is known already, and its signature."""
    match block.get("type"):
        case "text":
            first = block.get("text")
            return Text(text=""), first if isinstance(first, str) else "", None
        case "thinking" | "redacted_thinking":
            thought = read_thinking(block)
            return Thinking(), thought.text, thought.signature
        case "tool_use":
            call = read_call(block)
            first = encoded(call.arguments).decode() if call.arguments else ""
            return ToolCall(id=call.id, name=call.name, arguments={}), first, None
    return None
