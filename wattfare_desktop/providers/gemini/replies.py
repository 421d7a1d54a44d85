"""Whole answers and errors in neutral words, and back."""

from collections.abc import Sequence
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.model import (
    Candidate,
    Part,
    Reply,
    StopReason,
    Text,
    ToolCall,
)
from wattfare_desktop.providers.dialect import RequestRefusal, UpstreamAnswer
from wattfare_desktop.providers.gemini.content import CallIds, spoken, written
from wattfare_desktop.providers.gemini.usage import (
    candidates_of,
    is_blocked,
    parts_of,
    usage_metadata,
)

_REASONS: Final = {
    StopReason.END: "STOP",
    StopReason.LENGTH: "MAX_TOKENS",
    StopReason.TOOL_CALLS: "STOP",
    StopReason.STOP_SEQUENCE: "STOP",
    StopReason.REFUSED: "SAFETY",
}
_TYPES: Final = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}
_SERVER_ERRORS_FROM: Final = 500
_UNSAID: Final = "The provider refused the call."


def stop_reason(told: object, *, called: bool) -> StopReason:
    """Return why a candidate ended; it ``called`` a tool, or not. All that is no end is refused."""
    match told:
        case "STOP" | "FINISH_REASON_UNSPECIFIED" | None:
            return StopReason.TOOL_CALLS if called else StopReason.END
        case "MAX_TOKENS":
            return StopReason.LENGTH
        case _:
            return StopReason.REFUSED


def finish_reason(stop: StopReason) -> str:
    """Return the word for why a candidate ended."""
    return _REASONS[stop]


def read_reply(body: dict[str, Any], usage: Usage) -> Reply | None:
    """Return a whole answer; None where it is none."""
    found = candidates_of(body)
    if not found and not is_blocked(body):
        return None
    answer_id = text_of(body, "responseId")
    ids = CallIds(answer_id)
    candidates = tuple(_candidate(each, ids) for each in found)
    return Reply(
        id=answer_id,
        model=text_of(body, "modelVersion"),
        candidates=candidates or (Candidate(parts=(), stop=StopReason.REFUSED),),
        usage=usage,
    )


def _candidate(told: dict[str, Any], ids: CallIds) -> Candidate:
    parts: list[Part] = []
    for part in parts_of(told):
        said = spoken(part, ids)
        if isinstance(said, Text) and parts and isinstance(parts[-1], Text):
            parts[-1] = Text(text=parts[-1].text + said.text)
        elif said is not None and said != Text(text=""):
            parts.append(said)
    called = any(isinstance(part, ToolCall) for part in parts)
    return Candidate(parts=tuple(parts), stop=stop_reason(told.get("finishReason"), called=called))


def text_of(body: dict[str, Any], name: str) -> str:
    """Return a text; an empty one where there is none."""
    told = body.get(name)
    return told if isinstance(told, str) else ""


def write_reply(reply: Reply) -> dict[str, Any]:
    """Return a reply as the body of an answer."""
    return {
        "candidates": [
            written_candidate(index, each.parts, each.stop)
            for index, each in enumerate(reply.candidates)
        ],
        "usageMetadata": usage_metadata(reply.usage),
        "modelVersion": reply.model,
        "responseId": reply.id,
    }


def written_candidate(index: int, parts: Sequence[Part], stop: StopReason | None) -> dict[str, Any]:
    """Return a candidate, or a piece of one that has not ended yet."""
    told: dict[str, Any] = {
        "content": {"parts": [written(part) for part in parts], "role": "model"},
        "index": index,
    }
    return told if stop is None else {**told, "finishReason": finish_reason(stop)}


def read_error(answer: UpstreamAnswer) -> RequestRefusal:
    """Return a provider's error, its message and status kept."""
    told = answer.parsed
    if isinstance(told, list) and len(told) == 1:
        # So it stands where an array was asked for.
        told = told[0]
    error = told.get("error") if isinstance(told, dict) else None
    return refusal_of(error, answer.status)


def refusal_of(error: Any, status: int) -> RequestRefusal:
    """Return an error object's message under ``status``."""
    told = error if isinstance(error, dict) else {}
    name = text_of(told, "status")
    usual = "server_error" if status >= _SERVER_ERRORS_FROM else "invalid_request_error"
    return RequestRefusal(
        message=text_of(told, "message") or _UNSAID,
        status=status,
        code=name.lower() or None,
        type=_TYPES.get(status, usual),
    )
