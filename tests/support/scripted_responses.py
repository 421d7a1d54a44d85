"""What a scripted provider answers to OpenAI's responses, whole and as events.

provider.answer(response("Hello", input_tokens=9, output_tokens=3))
provider.answer(stream(*spoken("He", "llo", input_tokens=9, output_tokens=2)))
"""

import json
from collections.abc import Sequence
from typing import Any

from tests.support.scripted_provider import Reply, json_reply


def response(text: str, *, input_tokens: int = 9, output_tokens: int = 3, **members: Any) -> Reply:
    """Reply with a whole response."""
    usage = response_usage(input_tokens, output_tokens)
    return json_reply(response_body([message(text)], usage=usage, **members))


def message(text: str) -> dict[str, Any]:
    """Return an output item that says ``text``."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    return {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [part],
    }


def function_call(name: str, arguments: str) -> dict[str, Any]:
    """Return an output item that calls a tool of the app."""
    return {
        "type": "function_call",
        "id": "fc_1",
        "call_id": "call_1",
        "name": name,
        "arguments": arguments,
        "status": "completed",
    }


def response_body(output: Sequence[dict[str, Any]], **members: Any) -> dict[str, Any]:
    """Return a response object."""
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": "completed",
        "model": "gpt-5-mini",
        "error": None,
        "incomplete_details": None,
        "output": list(output),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        **members,
    }


def response_usage(input_tokens: int, output_tokens: int, **details: int) -> dict[str, Any]:
    """Return the usage of a response; ``details`` are parts of its input or output."""
    return {
        "input_tokens": input_tokens,
        "input_tokens_details": {"cached_tokens": details.get("cached_tokens", 0)},
        "output_tokens": output_tokens,
        "output_tokens_details": {"reasoning_tokens": details.get("reasoning_tokens", 0)},
        "total_tokens": input_tokens + output_tokens,
    }


def spoken(*pieces: str, input_tokens: int = 9, output_tokens: int = 3) -> list[bytes]:
    """Return the events of a response that says ``pieces``."""
    usage = response_usage(input_tokens, output_tokens)
    said = message("".join(pieces))
    part = said["content"][0]
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    told: list[tuple[str, dict[str, Any]]] = [
        *_begun(),
        (
            "output_item.added",
            {"output_index": 0, "item": {**said, "status": "in_progress", "content": []}},
        ),
        ("content_part.added", {**where, "part": {**part, "text": ""}}),
        *(("output_text.delta", {**where, "delta": piece, "logprobs": []}) for piece in pieces),
        ("output_text.done", {**where, "text": part["text"], "logprobs": []}),
        ("content_part.done", {**where, "part": part}),
        ("output_item.done", {"output_index": 0, "item": said}),
        ("completed", {"response": response_body([said], usage=usage)}),
    ]
    return numbered(told)


def called(name: str, *pieces: str, input_tokens: int = 9, output_tokens: int = 3) -> list[bytes]:
    """Return the events of a response that calls a tool with ``pieces`` of its arguments."""
    usage = response_usage(input_tokens, output_tokens)
    call = function_call(name, "".join(pieces))
    where = {"item_id": "fc_1", "output_index": 0}
    told: list[tuple[str, dict[str, Any]]] = [
        *_begun(),
        (
            "output_item.added",
            {"output_index": 0, "item": {**call, "status": "in_progress", "arguments": ""}},
        ),
        *(("function_call_arguments.delta", {**where, "delta": piece}) for piece in pieces),
        ("function_call_arguments.done", {**where, "arguments": call["arguments"]}),
        ("output_item.done", {"output_index": 0, "item": call}),
        ("completed", {"response": response_body([call], usage=usage)}),
    ]
    return numbered(told)


def _begun() -> list[tuple[str, dict[str, Any]]]:
    begun = {"response": response_body([], status="in_progress", usage=None)}
    return [("created", begun), ("in_progress", begun)]


def numbered(told: Sequence[tuple[str, dict[str, Any]]]) -> list[bytes]:
    """Return events of a response as they stand on the wire."""
    return [
        event(f"response.{kind}", sequence_number=number, **members)
        for number, (kind, members) in enumerate(told)
    ]


def event(kind: str, **members: Any) -> bytes:
    """Return one event as it stands on the wire."""
    data = json.dumps({"type": kind, **members}, separators=(",", ":"))
    return f"event: {kind}\ndata: {data}\n\n".encode()
