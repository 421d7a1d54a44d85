"""Reads the body of a messages request, and refuses by name what cannot be bounded.

Only what decides the cost is judged: types, counts, bounds, and features that are billed apart
from this request's tokens. Everything else is the provider's to judge and passes as it is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.providers.anthropic.messages_usage import FAST_TIER
from wattfare_desktop.providers.anthropic.tools import Tools, read_tools
from wattfare_desktop.providers.dialect import AppRequest, CallRequest, RequestRefusal
from wattfare_desktop.providers.fields import (
    UNBOUNDED,
    RefusedError,
    flag,
    text,
    whole,
    wrong_type,
)

MODEL_CHARS_MAX: Final = 256
MESSAGES_MAX: Final = 100_000
OUTPUT_TOKENS_LIMIT: Final = 100_000_000
HEADER_CHARS_MAX: Final = 2_048

# What the provider's template may add to the text it is sent: a hidden system message, and the
# marks around each message.
TEMPLATE_TOKENS: Final = 256
MESSAGE_TOKENS: Final = 16

VERSION_HEADER: Final = "anthropic-version"
USUAL_VERSION: Final = "2023-06-01"
"""The version that takes temperatures; the later one refuses them for every model."""
_HEADERS: Final = (VERSION_HEADER, "anthropic-beta")

# All their text stands in the body, so its length bounds them.
_TEXT_BLOCKS: Final = frozenset(
    {
        "text",
        "thinking",
        "redacted_thinking",
        "tool_use",
        "search_result",
        "tool_reference",
        "browser_state",
    }
)
# Each is billed apart from this request's tokens, or lets something else choose the price.
_UNBOUNDED: Final = {
    "billing_policy": "a bill under other terms cannot be reckoned here",
    "compaction": "what the provider summarises is billed beside the answer",
    "container": "code the provider runs is billed apart from tokens",
    "fallback_credit_token": "a credit changes the price",
    "fallbacks": "a list of fallback models has no one price",
    "mcp_servers": "what other servers send into the call cannot be counted here",
    "thread": "text kept at the provider cannot be counted here",
}
_ANYWHERE: Final = frozenset({"global"})
_PICTURE_MEMBERS: Final = frozenset({"type", "source", "cache_control"})
_CLEARING: Final = "clear_"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Media:
    """Parts whose tokens their length does not bound, and how long they are in the body."""

    parts: int = 0
    bytes: int = 0
    images: int = 0
    image_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What both calls, messages and counting, have in common."""

    model: str
    messages: int
    media: _Media
    headers: Mapping[str, str] = field(repr=False)

    def tokens_max(self, body_bytes: int, tools_tokens: int = 0) -> int:
        """Return a bound of the input; JSON text is never shorter than the text inside it."""
        text_bytes = max(0, body_bytes - self.media.image_bytes)
        return text_bytes + TEMPLATE_TOKENS + MESSAGE_TOKENS * self.messages + tools_tokens


def read_messages_request(asked: AppRequest) -> CallRequest | RequestRefusal:
    """Read what an app asks of ``POST /v1/messages``."""
    try:
        return _read(asked)
    except RefusedError as refused:
        return refused.refusal


def read_count_request(asked: AppRequest) -> CallRequest | RequestRefusal:
    """Read what an app asks of ``POST /v1/messages/count_tokens``, which costs nothing."""
    try:
        common = _common(asked)
    except RefusedError as refused:
        return refused.refusal
    return CallRequest(
        model=common.model,
        text_tokens_max=common.tokens_max(asked.body_bytes),
        text_bytes=max(0, asked.body_bytes - common.media.bytes),
        media_parts=common.media.parts,
        image_parts=common.media.images,
        output_tokens_max=0,
        billed=False,
        body=asked.body,
        headers=common.headers,
    )


def _read(asked: AppRequest) -> CallRequest:
    common = _common(asked)
    body = asked.body
    tools = read_tools(body)
    _refuse_unbounded(body)
    stream = flag(body, "stream")
    return CallRequest(
        model=common.model,
        stream=stream,
        wants_usage=stream,
        text_tokens_max=common.tokens_max(asked.body_bytes, tools.tokens),
        text_bytes=max(0, asked.body_bytes - common.media.bytes),
        media_parts=common.media.parts,
        image_parts=common.media.images,
        input_passes=1 + tools.searches,
        output_tokens_max=_output_tokens_max(body),
        service_tier=_tier(body),
        counted_max=_counted_max(tools),
        body=body,
        headers=common.headers,
    )


def _common(asked: AppRequest) -> _Asked:
    body = asked.body
    if not isinstance(body, dict):
        raise RefusedError("The request body must be a JSON object.", None)
    media = [_media_in(body.get("system"), "system")]
    messages = _messages(body)
    for index, message in enumerate(messages):
        media.append(_message(message, f"messages[{index}]"))
    return _Asked(
        model=_model(body),
        messages=len(messages),
        media=_sum(media),
        headers=_headers(asked.headers),
    )


def _sum(media: list[_Media]) -> _Media:
    return _Media(
        parts=sum(each.parts for each in media),
        bytes=sum(each.bytes for each in media),
        images=sum(each.images for each in media),
        image_bytes=sum(each.image_bytes for each in media),
    )


def _model(body: dict[str, Any]) -> str:
    model = text(body, "model")
    if model is None:
        raise RefusedError("model: Field required", "model")
    if not 0 < len(model) <= MODEL_CHARS_MAX or not model.isprintable() or model != model.strip():
        raise RefusedError(
            f"'model' must be a name of 1 to {MODEL_CHARS_MAX} printable characters.", "model"
        )
    return model


def _messages(body: dict[str, Any]) -> list[Any]:
    messages = body.get("messages")
    if messages is None:
        raise RefusedError("messages: Field required", "messages")
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of messages")
    if not 0 < len(messages) <= MESSAGES_MAX:
        raise RefusedError(f"'messages' must hold 1 to {MESSAGES_MAX} messages.", "messages")
    return messages


def _message(message: Any, where: str) -> _Media:
    if not isinstance(message, dict):
        raise wrong_type(where, "an object")
    if not isinstance(message.get("role"), str):
        raise wrong_type(f"{where}.role", "a string")
    return _media_in(message.get("content"), f"{where}.content")


def _media_in(content: Any, where: str) -> _Media:
    if content is None or isinstance(content, str):
        return _Media()
    if not isinstance(content, list):
        raise wrong_type(where, "a string or an array of content blocks")
    return _sum([_block(block, f"{where}[{index}]") for index, block in enumerate(content)])


def _block(block: Any, where: str) -> _Media:
    if not isinstance(block, dict):
        raise wrong_type(where, "an object")
    kind = block.get("type")
    if not isinstance(kind, str):
        raise wrong_type(f"{where}.type", "a string")
    if kind in _TEXT_BLOCKS:
        return _Media()
    if kind == "tool_result":
        return _media_in(block.get("content"), f"{where}.content")
    source = block.get("source")
    if kind == "document" and isinstance(source, dict) and source.get("type") == "text":
        return _Media()
    size = max(_lengths(block), default=0)
    if kind != "image" or not block.keys() <= _PICTURE_MEMBERS or not isinstance(source, dict):
        return _Media(parts=1, bytes=size)
    inside = source.get("data") if source.get("type") == "base64" else None
    return _Media(
        parts=1, bytes=size, images=1, image_bytes=len(inside) if isinstance(inside, str) else 0
    )


def _lengths(block: dict[str, Any]) -> Iterator[int]:
    """Return the lengths of the texts of a block, such as an image's data."""
    for value in block.values():
        inner = value.values() if isinstance(value, dict) else (value,)
        yield from (len(found) for found in inner if isinstance(found, str))


def _refuse_unbounded(body: dict[str, Any]) -> None:
    for name, reason in _UNBOUNDED.items():
        if body.get(name) not in (None, False, []):
            raise RefusedError(
                f"'{name}' is not allowed by this wallet: {reason}.", name, UNBOUNDED
            )
    if body.get("inference_geo") not in (None, *_ANYWHERE):
        raise RefusedError(
            "'inference_geo' is not allowed by this wallet: a place of one's choice costs more.",
            "inference_geo",
            UNBOUNDED,
        )
    _refuse_compaction(body.get("context_management"))


def _refuse_compaction(management: Any) -> None:
    edits = management.get("edits") if isinstance(management, dict) else None
    for index, edit in enumerate(edits if isinstance(edits, list) else []):
        kind = edit.get("type") if isinstance(edit, dict) else None
        if not isinstance(kind, str) or not kind.startswith(_CLEARING):
            raise RefusedError(
                "Only edits that clear are allowed: a summary is billed beside the answer.",
                f"context_management.edits[{index}].type",
                UNBOUNDED,
            )


def _output_tokens_max(body: dict[str, Any]) -> int:
    most = whole(body, "max_tokens", 0, OUTPUT_TOKENS_LIMIT)
    if most is None:
        raise RefusedError("max_tokens: Field required", "max_tokens")
    return most


def _tier(body: dict[str, Any]) -> str | None:
    """Return the tier that decides the price. Priority is paid for beforehand, and may be used."""
    if text(body, "speed") == FAST_TIER:
        return FAST_TIER
    tier = text(body, "service_tier")
    return None if tier in {"auto", "standard_only"} else tier


def _counted_max(tools: Tools) -> Mapping[UnitKind, int]:
    return {UnitKind.WEB_SEARCH: tools.searches} if tools.searches else {}


def _headers(sent: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of the app's that mean something to the provider."""
    kept = {VERSION_HEADER: USUAL_VERSION}
    for name in _HEADERS:
        value = sent.get(name)
        if value is None:
            continue
        if not value.isascii() or not value.isprintable() or len(value) > HEADER_CHARS_MAX:
            raise RefusedError(f"The header '{name}' cannot be passed on.", name)
        kept[name] = value
    return kept
