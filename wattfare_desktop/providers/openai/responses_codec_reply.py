"""Whole responses out of and into the neutral reply."""

from typing import Any

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.codec import CannotCarry
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
from wattfare_desktop.providers.dialect import CallRequest
from wattfare_desktop.providers.openai import carrying
from wattfare_desktop.providers.openai.chat_codec_message import call_signature, signed_call
from wattfare_desktop.providers.openai.responses_codec_request import thought_of
from wattfare_desktop.providers.openai.responses_object import response_object
from wattfare_desktop.providers.openai.responses_underway import (
    COMPLETED,
    INCOMPLETE,
    OUTPUT_TEXT,
    SUMMARY_TEXT,
    text_part,
)
from wattfare_desktop.providers.openai.responses_usage import response_usage

_REASONS = {
    StopReason.LENGTH: "max_output_tokens",
    StopReason.REFUSED: "content_filter",
}


def stop_of(response: dict[str, Any], *, has_calls: bool, has_refused: bool) -> StopReason:
    """Return why a response ended."""
    if has_refused:
        return StopReason.REFUSED
    details = response.get("incomplete_details")
    reason = details.get("reason") if isinstance(details, dict) else None
    if response.get("status") == INCOMPLETE:
        return StopReason.REFUSED if reason == "content_filter" else StopReason.LENGTH
    return StopReason.TOOL_CALLS if has_calls else StopReason.END


def ending(stop: StopReason) -> dict[str, Any]:
    """Return the members of a response that ended so."""
    reason = _REASONS.get(stop)
    if reason is None:
        return {"status": COMPLETED, "incomplete_details": None}
    return {"status": INCOMPLETE, "incomplete_details": {"reason": reason}}


def read_reply(body: dict[str, Any], usage: Usage) -> Reply | None:
    """Return a whole answer; None where it is none, or failed."""
    output = body.get("output")
    if not isinstance(output, list) or body.get("status") == "failed":
        return None
    items = [item for item in output if isinstance(item, dict)]
    try:
        parts = [part for item in items for part in _parts(item)]
    except CannotCarry:
        return None
    stop = stop_of(
        body,
        has_calls=any(isinstance(part, ToolCall) for part in parts),
        has_refused=any(_refuses(item) for item in items),
    )
    created = body.get("created_at")
    return Reply(
        id=str(body.get("id") or ""),
        model=str(body.get("model") or ""),
        candidates=(Candidate(parts=tuple(parts), stop=stop),),
        usage=usage,
        created_s=int(created) if isinstance(created, int | float) else 0,
    )


def _parts(item: dict[str, Any]) -> list[Part]:
    match item.get("type"):
        case "message":
            return [Text(text=text) for _, text in texts_of(item) if text]
        case "reasoning":
            thought = thought_of(item)
            return [thought] if thought.text or thought.signature else []
        case "function_call":
            text = carrying.text(item, "arguments", "item")
            made = call_of(item)
            return [
                ToolCall(
                    id=made.id,
                    name=made.name,
                    arguments=carrying.arguments(text),
                    signature=made.signature,
                )
            ]
        case "image_generation_call":
            picture = picture_of(item)
            return [] if picture is None else [picture]
        case _:
            return []


def texts_of(item: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the kind and the text of each part of a message."""
    content = item.get("content")
    parts = content if isinstance(content, list) else []
    found = [(part.get("type"), part) for part in parts if isinstance(part, dict)]
    told = [(kind, part.get("refusal" if kind == "refusal" else "text")) for kind, part in found]
    return [(str(kind), text) for kind, text in told if isinstance(text, str)]


def _refuses(item: dict[str, Any]) -> bool:
    return any(kind == "refusal" for kind, _ in texts_of(item))


def call_of(item: dict[str, Any]) -> ToolCall:
    """Return the call a function_call item begins, its arguments left out."""
    call_id, name = item.get("call_id"), item.get("name")
    return ToolCall(
        id=call_id if isinstance(call_id, str) else str(item.get("id") or ""),
        name=name if isinstance(name, str) else "",
        arguments={},
        signature=call_signature(item),
    )


def picture_of(item: dict[str, Any]) -> Image | None:
    """Return the picture an image_generation_call item made; None where it made none."""
    data = item.get("result")
    media_type = f"image/{item.get('output_format') or 'png'}"
    return Image(media_type=media_type, data=data) if isinstance(data, str) and data else None


def begun_item(part: Part, name: str) -> dict[str, Any] | None:
    """Return the output item that a part begins; ``name`` tells it from all others.

    None where the dialect has no item for it.
    """
    match part:
        case Text():
            return {"type": "message", "id": f"msg_{name}", "role": "assistant", "content": []}
        case Thinking(signature=signature):
            sealed = {} if signature is None else {"encrypted_content": signature}
            return {"type": "reasoning", "id": f"rs_{name}", "summary": [], **sealed}
        case ToolCall(signature=signature):
            return {
                "type": "function_call",
                "id": f"fc_{name}",
                "call_id": part.id,
                "name": part.name,
                "arguments": "",
                **({} if signature is None else signed_call(signature)),
            }
        case Image(data=str(data)):
            kind = (part.media_type or "image/png").removeprefix("image/")
            made = {"result": data, "output_format": kind}
            return {"type": "image_generation_call", "id": f"ig_{name}", **made}
        case _:
            return None


def _written_item(part: Part, name: str) -> dict[str, Any] | None:
    item = begun_item(part, name)
    if item is None:
        return None
    match part:
        case Text(text=text):
            item["content"] = [text_part(OUTPUT_TEXT, text)]
        case Thinking(text=text) if text:
            item["summary"] = [text_part(SUMMARY_TEXT, text)]
        case ToolCall():
            item["arguments"] = carrying.arguments_text(part)
        case _:
            pass
    return {**item, "status": COMPLETED}


def write_reply(reply: Reply, call: CallRequest) -> dict[str, Any]:
    """Return a reply as a response; there is only ever one answer in it."""
    candidate = reply.candidates[0] if reply.candidates else None
    parts = () if candidate is None else candidate.parts
    items = [_written_item(part, f"{reply.id}_{index}") for index, part in enumerate(parts)]
    begun = response_object(
        call,
        response_id=reply.id,
        model=reply.model or call.model,
        created_s=reply.created_s,
    )
    return {
        **begun,
        **ending(StopReason.END if candidate is None else candidate.stop),
        "output": [item for item in items if item is not None],
        "usage": response_usage(reply.usage),
    }
