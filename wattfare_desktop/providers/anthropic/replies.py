"""Anthropic's whole answers and errors, and the neutral reply."""

from collections.abc import Iterable
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.blocks import (
    call_block,
    call_signature,
    call_signature_block,
    is_empty,
    read_call,
    read_thinking,
    thinking_block,
)
from wattfare_desktop.providers.anthropic.family import STATUS_OF_TYPE
from wattfare_desktop.providers.anthropic.messages_usage import usage_object
from wattfare_desktop.providers.conversation.model import (
    Candidate,
    Image,
    Part,
    Reply,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import RequestRefusal

STOPS: Final = {
    "end_turn": StopReason.END,
    "pause_turn": StopReason.END,
    "max_tokens": StopReason.LENGTH,
    "model_context_window_exceeded": StopReason.LENGTH,
    "stop_sequence": StopReason.STOP_SEQUENCE,
    "tool_use": StopReason.TOOL_CALLS,
    "refusal": StopReason.REFUSED,
}
STOP_WORDS: Final = {
    StopReason.END: "end_turn",
    StopReason.LENGTH: "max_tokens",
    StopReason.STOP_SEQUENCE: "stop_sequence",
    StopReason.TOOL_CALLS: "tool_use",
    StopReason.REFUSED: "refusal",
}
_MESSAGE_CHARS_MAX: Final = 2_000


def read_reply(body: dict[str, Any], usage: Usage) -> Reply | None:
    """Return a whole answer; None where it is none. Blocks without a counterpart fall away."""
    content = body.get("content")
    if body.get("type") != "message" or not isinstance(content, list):
        return None
    sequence = body.get("stop_sequence")
    candidate = Candidate(
        parts=tuple(_parts(content)),
        stop=stop_of(body.get("stop_reason")),
        stop_sequence=sequence if isinstance(sequence, str) else None,
    )
    return Reply(
        id=str(body.get("id", "")),
        model=str(body.get("model", "")),
        candidates=(candidate,),
        usage=usage,
    )


def stop_of(reason: Any) -> StopReason:
    """Return why an answer ended; an unknown reason is a plain end."""
    return STOPS.get(reason, StopReason.END) if isinstance(reason, str) else StopReason.END


def _parts(content: list[Any]) -> Iterable[Part]:
    signatures = dict(found for block in content if (found := call_signature(block)))
    for block in content:
        part = None if call_signature(block) or is_empty(block) else _part(block)
        if isinstance(part, ToolCall) and part.id in signatures:
            yield ToolCall(
                id=part.id,
                name=part.name,
                arguments=part.arguments,
                signature=signatures[part.id],
            )
        elif part is not None:
            yield part


def _part(block: Any) -> Part | None:
    match block:
        case {"type": "text", "text": str(text)}:
            return Text(text=text)
        case {"type": "thinking" | "redacted_thinking"}:
            return read_thinking(block)
        case {"type": "tool_use"}:
            return read_call(block)
    return None


def write_reply(reply: Reply) -> dict[str, Any]:
    """Return a reply as a message. There is one answer; an app of this dialect asks for no more."""
    first = reply.candidates[0] if reply.candidates else None
    return {
        "id": reply.id,
        "type": "message",
        "role": "assistant",
        "model": reply.model,
        "content": [] if first is None else reply_blocks(first.parts),
        "stop_reason": STOP_WORDS[StopReason.END if first is None else first.stop],
        "stop_sequence": None if first is None else first.stop_sequence,
        "usage": usage_object(reply.usage),
    }


def reply_blocks(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Return the blocks of an answer; the signature of a call follows it as a redacted thought."""
    blocks: list[dict[str, Any]] = []
    for part in parts:
        match part:
            case Text(text=text):
                blocks.append({"type": "text", "text": text})
            case Thinking():
                blocks.append(thinking_block(part))
            case Image():
                blocks.append({"type": "text", "text": image_text(part)})
            case ToolCall(id=call_id, signature=signature):
                blocks.append(call_block(part))
                if signature is not None:
                    blocks.append(call_signature_block(call_id, signature))
    return blocks


def image_text(image: Image) -> str:
    """Return a picture as Markdown: it is paid for, and an answer here has no pictures."""
    address = image.url or f"data:{image.media_type};base64,{image.data}"
    return f"![image]({address})"


def read_error(status: int, body: Any) -> RequestRefusal:
    """Return a provider's error, message and status kept."""
    error = body.get("error") if isinstance(body, dict) else None
    told = error if isinstance(error, dict) else {}
    kind, message = told.get("type"), told.get("message")
    if not isinstance(message, str) or not message:
        message = f"The provider answered with status {status}."
    return RequestRefusal(
        message=message[:_MESSAGE_CHARS_MAX],
        status=status,
        code=kind if isinstance(kind, str) else None,
        type=kind if isinstance(kind, str) else "api_error",
    )


def read_stream_error(event: dict[str, Any]) -> RequestRefusal:
    """Return an error told inside a stream, with the status it would have had before it."""
    error = event.get("error")
    kind = error.get("type") if isinstance(error, dict) else None
    return read_error(STATUS_OF_TYPE.get(kind, 500) if isinstance(kind, str) else 500, event)
