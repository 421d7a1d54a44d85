"""Tests of ``wattfare_desktop.providers.gemini.replies``."""

from typing import Any

import pytest

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.model import (
    Candidate,
    Reply,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import JSON_TYPE, UpstreamAnswer
from wattfare_desktop.providers.gemini.replies import read_error, read_reply, write_reply


def candidate(*parts: dict[str, Any], reason: str | None = "STOP") -> Candidate:
    told = {"content": {"parts": list(parts)}, "finishReason": reason}
    reply = read_reply({"candidates": [told], "responseId": "a/b=c"}, Usage())
    assert reply is not None
    return reply.candidates[0]


def test_pieces_of_text_are_one_text() -> None:
    read = candidate(
        {"text": "hm", "thought": True},
        {"text": "Hel"},
        {"text": "lo"},
        {"text": ""},
        {"executableCode": {"code": "1"}},
        {"text": "", "thoughtSignature": "AAAA"},
    )
    assert read.parts == (Thinking(text="hm"), Text(text="Hello"), Thinking(signature="AAAA"))


def test_calls_without_ids_get_ones_of_this_answer() -> None:
    call = {"functionCall": {"name": "f", "args": {"a": 1}}}
    read = candidate(call, {"functionCall": {"name": "f", "args": None, "id": "own"}}, call)
    ids = [part.id for part in read.parts if isinstance(part, ToolCall)]
    assert ids == ["call_abc_0", "own", "call_abc_2"]
    assert read.stop is StopReason.TOOL_CALLS


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("STOP", StopReason.END),
        (None, StopReason.END),
        ("MAX_TOKENS", StopReason.LENGTH),
        ("SAFETY", StopReason.REFUSED),
        ("RECITATION", StopReason.REFUSED),
        ("MALFORMED_FUNCTION_CALL", StopReason.REFUSED),
        ("SOMETHING_NEW", StopReason.REFUSED),
    ],
)
def test_why_it_ended(reason: str | None, stop: StopReason) -> None:
    assert candidate({"text": "a"}, reason=reason).stop is stop


def test_a_refused_prompt_is_a_refusal_without_words() -> None:
    reply = read_reply({"promptFeedback": {"blockReason": "SAFETY"}}, Usage())
    assert reply is not None
    assert reply.candidates == (Candidate(parts=(), stop=StopReason.REFUSED),)


@pytest.mark.parametrize("body", [{}, {"candidates": []}, {"candidates": "none"}])
def test_what_is_no_answer(body: dict[str, Any]) -> None:
    assert read_reply(body, Usage()) is None


def test_a_stop_sequence_is_an_ordinary_end_to_gemini() -> None:
    reply = Reply(
        id="x",
        model="m",
        candidates=(Candidate(parts=(), stop=StopReason.STOP_SEQUENCE, stop_sequence="END"),),
        usage=Usage(),
    )
    (told,) = write_reply(reply)["candidates"]
    assert told == {"content": {"parts": [], "role": "model"}, "index": 0, "finishReason": "STOP"}


@pytest.mark.parametrize(
    ("body", "status", "read"),
    [
        (
            {"error": {"code": 429, "message": "slow down", "status": "RESOURCE_EXHAUSTED"}},
            429,
            ("slow down", "resource_exhausted", "rate_limit_error"),
        ),
        (
            [{"error": {"code": 403, "message": "no", "status": "PERMISSION_DENIED"}}],
            403,
            ("no", "permission_denied", "permission_error"),
        ),
        ({"error": "odd"}, 500, ("The provider refused the call.", None, "server_error")),
        (None, 400, ("The provider refused the call.", None, "invalid_request_error")),
    ],
)
def test_errors(body: Any, status: int, read: tuple[str, str | None, str]) -> None:
    answer = UpstreamAnswer(status=status, content_type=JSON_TYPE, raw=b"", parsed=body)
    refusal = read_error(answer)
    assert (refusal.message, refusal.code, refusal.type) == read
    assert refusal.status == status
