"""The response object: what stands in one from its beginning, and how it fails."""

from collections.abc import Mapping
from typing import Any, Final

from wattfare_desktop.providers.dialect import CallRequest, RequestRefusal
from wattfare_desktop.providers.openai.family import error_object
from wattfare_desktop.providers.openai.responses_underway import IN_PROGRESS, INCOMPLETE, Underway

# What a response repeats of its request, and what stands there where nothing was asked.
_REPEATED: Final[Mapping[str, Any]] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "temperature": 1.0,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": 1.0,
    "truncation": "disabled",
}


def response_object(
    call: CallRequest, *, response_id: str, model: str, created_s: int
) -> dict[str, Any]:
    """Return the object of a response to ``call`` that has just begun."""
    body = call.body if isinstance(call.body, dict) else {}
    asked = {name: body[name] for name in _REPEATED if body.get(name) is not None}
    return {
        "id": response_id,
        "object": "response",
        "created_at": created_s,
        "status": IN_PROGRESS,
        "error": None,
        "incomplete_details": None,
        "model": model,
        "output": [],
        "usage": None,
        "store": False,
        **_REPEATED,
        **asked,
    }


def begun(underway: Underway, response: dict[str, Any]) -> list[bytes]:
    """Begin a response; return the events that say so."""
    underway.response = response
    return [underway.told("response.created"), underway.told("response.in_progress")]


def failed(underway: Underway, refusal: RequestRefusal) -> list[bytes]:
    """End a response with an error; return its events.

    The SDKs raise nothing for ``response.failed``, and for an ``error`` event only where it has a
    member of that name. So both are told, and the second has one.
    """
    error = {"code": refusal.code or "server_error", "message": refusal.message}
    told = error_object(refusal)
    last = {**error, "type": "error", "param": refusal.param, **told}
    return [
        *underway.end_items(INCOMPLETE),
        underway.ended("failed", error=error, incomplete_details=None),
        underway.event(last),
    ]
