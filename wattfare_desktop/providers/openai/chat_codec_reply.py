"""Whole chat completions out of and into the neutral reply."""

from collections.abc import Mapping
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import Candidate, Part, Reply, StopReason, Text
from wattfare_desktop.providers.dialect import CallRequest
from wattfare_desktop.providers.openai.chat_codec_message import (
    answered,
    images_in,
    thoughts_in,
    tool_calls_of,
)
from wattfare_desktop.providers.openai.chat_usage import choices_of, usage_object

_STOPS: Final[Mapping[Any, StopReason]] = {
    "length": StopReason.LENGTH,
    "tool_calls": StopReason.TOOL_CALLS,
    "content_filter": StopReason.REFUSED,
}
_FINISHES: Final[Mapping[StopReason, str]] = {
    StopReason.END: "stop",
    StopReason.STOP_SEQUENCE: "stop",
    StopReason.LENGTH: "length",
    StopReason.TOOL_CALLS: "tool_calls",
    StopReason.REFUSED: "content_filter",
}


def stop_reason(finish: Any, *, has_calls: bool, has_refused: bool) -> StopReason:
    """Return why a choice ended; some providers say ``stop`` after calls."""
    if has_refused:
        return StopReason.REFUSED
    if has_calls and finish in {"stop", "function_call"}:
        return StopReason.TOOL_CALLS
    return _STOPS.get(finish, StopReason.END)


def finish_reason(stop: StopReason) -> str:
    """Return why a choice ended, in OpenAI's words."""
    return _FINISHES[stop]


def read_reply(body: dict[str, Any], usage: Usage) -> Reply | None:
    """Return a whole answer; None where it is none."""
    choices = choices_of(body)
    if not choices:
        return None
    try:
        candidates = tuple(_candidate(choice) for choice in choices)
    except CannotCarry:
        return None
    created = body.get("created")
    return Reply(
        id=_text(body.get("id")),
        model=_text(body.get("model")),
        candidates=candidates,
        usage=usage,
        created_s=created if isinstance(created, int) else 0,
    )


def _candidate(choice: dict[str, Any]) -> Candidate:
    message = choice.get("message")
    if not isinstance(message, dict):
        message = {}
    calls = tool_calls_of(message, "message")
    refusal = _text(message.get("refusal"))
    said = [*_texts(message.get("content")), *([Text(text=refusal)] if refusal else [])]
    parts: list[Part] = [*thoughts_in(message), *said, *images_in(message), *calls]
    stop = stop_reason(
        choice.get("finish_reason"), has_calls=bool(calls), has_refused=bool(refusal)
    )
    return Candidate(parts=tuple(parts), stop=stop)


def _texts(content: Any) -> list[Text]:
    if isinstance(content, str):
        return [Text(text=content)] if content else []
    parts = content if isinstance(content, list) else []
    texts = [_text(part.get("text")) for part in parts if isinstance(part, dict)]
    return [Text(text=text) for text in texts if text]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def write_reply(reply: Reply, call: CallRequest) -> dict[str, Any]:
    """Return a reply as a chat completion."""
    return {
        "id": reply.id,
        "object": "chat.completion",
        "created": reply.created_s,
        "model": reply.model or call.model,
        "choices": [
            {
                "index": index,
                "message": answered(candidate.parts),
                "logprobs": None,
                "finish_reason": finish_reason(candidate.stop),
            }
            for index, candidate in enumerate(reply.candidates)
        ],
        "usage": usage_object(reply.usage),
    }
