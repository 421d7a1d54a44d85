"""Reads the bodies of Ollama's operations, and refuses by name what cannot be bounded.

Only what decides the cost is judged. Everything else is the server's to judge and passes as it is.
"""

from collections.abc import Callable
from typing import Any, Final

from wattfare_desktop.providers.dialect import AppRequest, CallRequest, RequestRefusal
from wattfare_desktop.providers.fields import (
    OUTPUT_TOKENS_LIMIT,
    UNBOUNDED,
    RefusedError,
    flag,
    model_of,
    object_of,
    text,
    whole,
    wrong_type,
)

MESSAGES_MAX: Final = 100_000
INPUTS_MAX: Final = 2_048

# What a template may add to the text: a system message of its own, and marks around each message.
TEMPLATE_TOKENS: Final = 1_024
MESSAGE_TOKENS: Final = 32
TOOL_TOKENS: Final = 64

_AS_LONG_AS_IT_LIKES: Final = frozenset({-1, -2})
"""Values of ``num_predict`` that bound nothing: go on for ever, fill the context."""


def reading(
    read: Callable[[dict[str, Any], int], CallRequest],
) -> Callable[[AppRequest], CallRequest | RequestRefusal]:
    """Return a reader of requests that returns refusals instead of raising them."""

    def reader(asked: AppRequest) -> CallRequest | RequestRefusal:
        try:
            return read(object_of(asked.body), asked.body_bytes)
        except RefusedError as refused:
            return refused.refusal

    return reader


def read_chat(body: dict[str, Any], body_bytes: int) -> CallRequest:
    """Read the body of ``POST /api/chat``."""
    messages = body.get("messages")
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of messages")
    if len(messages) > MESSAGES_MAX:
        raise RefusedError(f"'messages' must hold at most {MESSAGES_MAX} messages.", "messages")
    pictures = [_pictures(each, f"messages[{at}]") for at, each in enumerate(messages)]
    overhead = MESSAGE_TOKENS * len(messages) + TOOL_TOKENS * _tools(body)
    return _generation(body, body_bytes, [each for found in pictures for each in found], overhead)


def read_generate(body: dict[str, Any], body_bytes: int) -> CallRequest:
    """Read the body of ``POST /api/generate``."""
    for name in ("prompt", "suffix", "system", "template"):
        text(body, name)
    if any(body.get(name) is not None for name in ("width", "height", "steps")):
        raise RefusedError("Generated images are not metered here.", "width", UNBOUNDED)
    return _generation(body, body_bytes, _pictures(body, ""), 0)


def read_embed(body: dict[str, Any], body_bytes: int) -> CallRequest:
    """Read the body of ``POST /api/embed``."""
    given = body.get("input")
    inputs = given if isinstance(given, list) else [given]
    if len(inputs) > INPUTS_MAX or not all(isinstance(each, str) for each in inputs):
        raise wrong_type("input", f"a string, or an array of at most {INPUTS_MAX}")
    return CallRequest(
        model=model_of(body),
        text_tokens_max=body_bytes + MESSAGE_TOKENS * len(inputs),
        text_bytes=body_bytes,
        output_tokens_max=0,
        body=body,
    )


def _generation(
    body: dict[str, Any], body_bytes: int, pictures: list[str], overhead: int
) -> CallRequest:
    return CallRequest(
        model=model_of(body),
        # Unlike other APIs, this one streams unless it is told not to.
        stream=body.get("stream") is None or flag(body, "stream"),
        wants_usage=True,
        text_tokens_max=body_bytes + TEMPLATE_TOKENS + overhead,
        text_bytes=max(0, body_bytes - sum(map(len, pictures))),
        media_parts=len(pictures),
        output_tokens_max=_output_tokens_max(body),
        body=body,
    )


def _output_tokens_max(body: dict[str, Any]) -> int | None:
    options = body.get("options")
    if options is None:
        return None
    if not isinstance(options, dict):
        raise wrong_type("options", "an object")
    if options.get("num_predict") in _AS_LONG_AS_IT_LIKES:
        return None
    return whole(options, "num_predict", 0, OUTPUT_TOKENS_LIMIT, "options.num_predict")


def _pictures(holder: Any, where: str) -> list[str]:
    if not isinstance(holder, dict):
        raise wrong_type(where, "an object")
    pictures = holder.get("images")
    if pictures is None:
        return []
    if not isinstance(pictures, list) or not all(isinstance(each, str) for each in pictures):
        raise wrong_type(f"{where}.images".lstrip("."), "an array of base64 strings")
    return pictures


def _tools(body: dict[str, Any]) -> int:
    tools = body.get("tools")
    if tools is not None and not isinstance(tools, list):
        raise wrong_type("tools", "an array")
    return len(tools or ())
