"""What an assistant says in a chat completion, in requests and in answers.

Beside OpenAI's own members stand those that others added and apps know: ``reasoning_content`` for
thoughts as they are shown, OpenRouter's ``reasoning_details`` where they are signed, ``images``,
and Google's ``extra_content`` with the thought behind a call.
"""

from collections.abc import Sequence
from typing import Any

from wattfare_desktop.providers.conversation.model import Image, Part, Text, Thinking, ToolCall
from wattfare_desktop.providers.openai import carrying
from wattfare_desktop.providers.openai.carrying import no_counterpart


def thoughts_in(message: dict[str, Any]) -> list[Part]:
    """Return what was thought, signed where it is."""
    details = message.get("reasoning_details")
    if isinstance(details, list):
        found = [_thought(each) for each in details if isinstance(each, dict)]
        if thoughts := [each for each in found if each is not None]:
            return [*thoughts]
    for name in ("reasoning_content", "reasoning"):
        shown = message.get(name)
        if isinstance(shown, str) and shown:
            return [Thinking(text=shown)]
    return []


def _thought(detail: dict[str, Any]) -> Thinking | None:
    for name in ("text", "summary"):
        if isinstance(told := detail.get(name), str):
            signature = detail.get("signature")
            return Thinking(text=told, signature=signature if isinstance(signature, str) else None)
    sealed = detail.get("data")
    return Thinking(signature=sealed) if isinstance(sealed, str) else None


def thought_detail(thought: Thinking) -> dict[str, Any]:
    """Return a signed thought as OpenRouter tells it."""
    if not thought.text:
        return {"type": "reasoning.encrypted", "data": thought.signature}
    return {"type": "reasoning.text", "text": thought.text, "signature": thought.signature}


def tool_calls_of(message: dict[str, Any], where: str) -> list[Part]:
    """Return the calls an assistant made. Raises CannotCarry."""
    return [
        _tool_call(call, place)
        for place, call in carrying.rows(message.get("tool_calls"), f"{where}.tool_calls")
    ]


def _tool_call(call: dict[str, Any], where: str) -> ToolCall:
    if call.get("type", "function") != "function":
        raise no_counterpart(f"{where}.type")
    function = carrying.member(call, "function", where)
    inside = f"{where}.function"
    return ToolCall(
        id=carrying.text(call, "id", where),
        name=carrying.text(function, "name", inside),
        arguments=carrying.arguments(carrying.text(function, "arguments", inside)),
        signature=call_signature(call),
    )


def call_signature(call: dict[str, Any]) -> str | None:
    """Return the signature Google puts on a call; None where there is none."""
    extra = call.get("extra_content")
    google = extra.get("google") if isinstance(extra, dict) else None
    signature = google.get("thought_signature") if isinstance(google, dict) else None
    return signature if isinstance(signature, str) else None


def signed_call(signature: str) -> dict[str, Any]:
    """Return the members that sign a call."""
    return {"extra_content": {"google": {"thought_signature": signature}}}


def images_in(message: dict[str, Any]) -> list[Part]:
    """Return the pictures of an answer."""
    found = message.get("images")
    urls = [_url(each) for each in found] if isinstance(found, list) else []
    return [carrying.image(url) for url in urls if url is not None]


def _url(held: Any) -> str | None:
    inside = held.get("image_url") if isinstance(held, dict) else None
    url = inside.get("url") if isinstance(inside, dict) else None
    return url if isinstance(url, str) else None


def written_image(picture: Image) -> dict[str, Any]:
    """Return a picture as content parts and answers have it."""
    return {"type": "image_url", "image_url": {"url": carrying.image_url(picture)}}


def said_by_assistant(parts: Sequence[Part], where: str) -> dict[str, Any]:
    """Return an assistant's earlier turn as a message. Raises CannotCarry."""
    texts = [part.text for part in parts if isinstance(part, Text)]
    calls = [part for part in parts if isinstance(part, ToolCall)]
    if len(texts) + len(calls) != len(parts):
        raise no_counterpart(where)
    message: dict[str, Any] = {"role": "assistant", "content": None}
    if texts:
        several = [{"type": "text", "text": text} for text in texts]
        message["content"] = texts[0] if len(texts) == 1 else several
    if calls:
        message["tool_calls"] = [_written_call(call) for call in calls]
    return message


def answered(parts: Sequence[Part]) -> dict[str, Any]:
    """Return the parts of an answer as its message."""
    texts = [part.text for part in parts if isinstance(part, Text)]
    thoughts = [part for part in parts if isinstance(part, Thinking)]
    calls = [part for part in parts if isinstance(part, ToolCall)]
    pictures = [part for part in parts if isinstance(part, Image)]
    message: dict[str, Any] = {
        "role": "assistant",
        "content": "".join(texts) if texts else None,
        "refusal": None,
    }
    if shown := "".join(thought.text for thought in thoughts):
        message["reasoning_content"] = shown
    if any(thought.signature is not None for thought in thoughts):
        message["reasoning_details"] = [thought_detail(thought) for thought in thoughts]
    if pictures:
        message["images"] = [written_image(picture) for picture in pictures]
    if calls:
        message["tool_calls"] = [_answered_call(call) for call in calls]
    return message


def _answered_call(call: ToolCall) -> dict[str, Any]:
    signed = {} if call.signature is None else signed_call(call.signature)
    return {**_written_call(call), **signed}


def _written_call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": carrying.arguments_text(call)}
    return {"id": call.id, "type": "function", "function": function}
