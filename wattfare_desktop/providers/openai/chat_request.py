"""Reads the body of a chat completion request, and refuses by name what cannot be bounded.

Only what decides the cost is judged: types, counts, bounds, and features that are billed apart
from tokens. Everything else is the provider's to judge and passes as it is.
"""

from dataclasses import dataclass
from typing import Any, Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.providers.dialect import CallRequest, RequestRefusal
from wattfare_desktop.providers.fields import (
    OUTPUT_TOKENS_LIMIT,
    RefusedError,
    flag,
    model_of,
    text,
    whole,
    wrong_type,
)

MESSAGES_MAX: Final = 100_000
CHOICES_MAX: Final = 128

# What a provider's template may add to the text it is sent: a hidden system message, the marks
# around each message, and the prose that introduces tools. Marks are also paid for by the bytes
# of the JSON around each text, which are all counted as tokens too.
TEMPLATE_TOKENS: Final = 256
MESSAGE_TOKENS: Final = 16
TOOLS_TOKENS: Final = 256
TOOL_TOKENS: Final = 32

# The request is read, and then what was found.
_PASSES_OF_A_SEARCH: Final = 2

_TEXT_PARTS = frozenset({"text", "refusal"})
_MODALITIES: Final = frozenset({"text", "audio", "image"})
_FUNCTION_TOOLS = frozenset({"function", "custom"})
# Some servers take films and documents as data URLs in the place of a picture.
_PICTURE_KEYS: Final = frozenset({"type", "image_url", "cache_control"})
PICTURE_DATA: Final = "data:image/"
PICTURES: Final = (PICTURE_DATA, "https://", "http://")

# Each is billed apart from this request's tokens, or lets something else choose the price.
_UNBOUNDED = {
    "background": "an answer made in the background cannot be watched",
    "conversation": "text kept at the provider cannot be counted here",
    "deferred": "an answer fetched later cannot be watched",
    "enable_search": "searches are billed apart from tokens",
    "models": "a list of fallback models has no one price",
    "moderation": "a second model has a price of its own",
    "plugins": "plugins are billed apart from tokens",
    "prediction": "predicted text that is rejected is billed beside the answer",
    "preset": "a preset may choose another model",
    "previous_response_id": "text kept at the provider cannot be counted here",
    "provider": "a choice of provider behind the provider may change the price",
    "route": "a route may choose another model",
    "search_parameters": "searches are billed apart from tokens",
    "search_settings": "searches are billed apart from tokens",
    "store": "keeping the answer at the provider is not allowed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Media:
    parts: int = 0
    bytes: int = 0
    images: int = 0
    image_bytes: int = 0

    def __add__(self, other: "_Media") -> "_Media":
        return _Media(
            parts=self.parts + other.parts,
            bytes=self.bytes + other.bytes,
            images=self.images + other.images,
            image_bytes=self.image_bytes + other.image_bytes,
        )


def read_chat_request(body: Any, body_bytes: int) -> CallRequest | RequestRefusal:
    """Read a parsed body whose UTF-8 text was ``body_bytes`` long.

    JSON text is never shorter than the text inside it, so its length bounds the input tokens.
    """
    try:
        return _read(body, body_bytes)
    except RefusedError as refused:
        return refused.refusal


def _read(body: Any, body_bytes: int) -> CallRequest:
    if not isinstance(body, dict):
        raise RefusedError("The request body must be a JSON object.", None)
    model = model_of(body)
    media = _messages(body)
    tools = _tools(body)
    _refuse_unbounded(body)
    stream = flag(body, "stream", "stream")
    overhead = TEMPLATE_TOKENS + MESSAGE_TOKENS * len(body["messages"])
    if tools:
        overhead += TOOLS_TOKENS + TOOL_TOKENS * tools
    choices = whole(body, "n", 1, CHOICES_MAX) or 1
    modalities = _modalities(body)
    draws = "image" in modalities
    counted = _counted_max(body, choices, modalities)
    asked = _output_tokens_max(body)
    return CallRequest(
        model=model,
        stream=stream,
        wants_usage=_wants_usage(body, stream=stream),
        choices=choices,
        text_tokens_max=max(0, body_bytes - media.image_bytes) + overhead,
        text_bytes=max(0, body_bytes - media.bytes),
        media_parts=media.parts,
        image_parts=media.images,
        # A picture may come whole where only a little text was allowed.
        output_tokens_max=None if draws else asked,
        takes_bound=not draws,
        needs_stated_cost=draws,
        service_tier=text(body, "service_tier"),
        counted_max=counted,
        input_passes=_PASSES_OF_A_SEARCH if UnitKind.WEB_SEARCH in counted else 1,
        body=body,
    )


def _messages(body: dict[str, Any]) -> _Media:
    messages = body.get("messages")
    if messages is None:
        raise RefusedError("Missing required parameter: 'messages'.", "messages")
    if not isinstance(messages, list):
        raise wrong_type("messages", "an array of messages")
    if not 0 < len(messages) <= MESSAGES_MAX:
        raise RefusedError(f"'messages' must hold 1 to {MESSAGES_MAX} messages.", "messages")
    media = _Media()
    for index, message in enumerate(messages):
        media += _message(message, f"messages[{index}]")
    return media


def _message(message: Any, where: str) -> _Media:
    if not isinstance(message, dict):
        raise wrong_type(where, "an object")
    if not isinstance(message.get("role"), str):
        raise wrong_type(f"{where}.role", "a string")
    content = message.get("content")
    # An earlier spoken answer is named by its id and counts as audio input.
    media = _Media(parts=1 if message.get("audio") is not None else 0)
    if content is None or isinstance(content, str):
        return media
    if not isinstance(content, list):
        raise wrong_type(f"{where}.content", "a string or an array of content parts")
    for index, part in enumerate(content):
        if not isinstance(part, dict):
            raise wrong_type(f"{where}.content[{index}]", "an object")
        kind = part.get("type")
        if not isinstance(kind, str):
            raise wrong_type(f"{where}.content[{index}].type", "a string")
        if kind in _TEXT_PARTS:
            if not isinstance(part.get(kind), str):
                raise wrong_type(f"{where}.content[{index}].{kind}", "a string")
            continue
        media += _media(part)
    return media


def _media(part: dict[str, Any]) -> _Media:
    """Return what a part that is no text holds: a picture, or anything else."""
    size = _longest_text(part)
    picture = part.get("image_url")
    url = picture.get("url") if isinstance(picture, dict) else picture
    is_plain = part["type"] == "image_url" and part.keys() <= _PICTURE_KEYS
    if not is_plain or not isinstance(url, str) or not url.startswith(PICTURES):
        return _Media(parts=1, bytes=size)
    return _Media(
        parts=1,
        bytes=size,
        images=1,
        # An address is text, and counted as such.
        image_bytes=len(url) if url.startswith(PICTURE_DATA) else 0,
    )


def _longest_text(part: dict[str, Any]) -> int:
    """Return the length of the data inside a part such as an image's data URL."""
    found = 0
    for value in part.values():
        inner = value.values() if isinstance(value, dict) else (value,)
        found = max([found, *(len(text) for text in inner if isinstance(text, str))])
    return found


def _tools(body: dict[str, Any]) -> int:
    count = 0
    for name in ("tools", "functions"):
        offered = body.get(name)
        if offered is None:
            continue
        if not isinstance(offered, list):
            raise wrong_type(name, "an array")
        for index, tool in enumerate(offered):
            if not isinstance(tool, dict):
                raise wrong_type(f"{name}[{index}]", "an object")
            kind = tool.get("type")
            if name == "tools" and (not isinstance(kind, str) or kind not in _FUNCTION_TOOLS):
                raise RefusedError(
                    "Only tools that the app itself runs ('function', 'custom') are allowed: "
                    "tools the provider runs are billed apart from tokens.",
                    f"{name}[{index}].type",
                    "unbounded_cost",
                )
        count += len(offered)
    return count


def _refuse_unbounded(body: dict[str, Any]) -> None:
    for name, reason in _UNBOUNDED.items():
        value = body.get(name)
        if value is not None and value is not False:
            raise RefusedError(
                f"'{name}' is not allowed by this wallet: {reason}.", name, "unbounded_cost"
            )
    if body.get("best_of") not in (None, 1):
        raise RefusedError(
            "'best_of' is not allowed by this wallet: ask for choices with 'n'.",
            "best_of",
            "unbounded_cost",
        )


def _counted_max(
    body: dict[str, Any], choices: int, modalities: frozenset[str]
) -> dict[UnitKind, int]:
    """Return what may be billed at a price of its own.

    A search is made once for each choice. Spoken output and pictures are counted among the output
    tokens, so their own bound is none; that they are named refuses a model without a price for it.
    """
    counted: dict[UnitKind, int] = {}
    searching = body.get("web_search_options")
    if searching is not None and searching is not False:
        if not isinstance(searching, dict):
            raise wrong_type("web_search_options", "an object")
        counted[UnitKind.WEB_SEARCH] = choices
    if body.get("audio") is not None or "audio" in modalities:
        counted[UnitKind.OUTPUT_AUDIO] = 0
    if "image" in modalities:
        counted[UnitKind.OUTPUT_IMAGE] = 0
    return counted


def _modalities(body: dict[str, Any]) -> frozenset[str]:
    """Return what the answer may be made of; nothing where the app leaves it to the model."""
    told = body.get("modalities")
    if told is None:
        return frozenset()
    known = isinstance(told, list) and all(isinstance(each, str) for each in told)
    if not known or not told or not _MODALITIES.issuperset(told):
        raise RefusedError(
            '\'modalities\' may hold "text", "audio" and "image": other output is not metered.',
            "modalities",
            "unbounded_cost",
        )
    return frozenset(told)


def _wants_usage(body: dict[str, Any], *, stream: bool) -> bool:
    options = body.get("stream_options")
    if options is None:
        return False
    if not isinstance(options, dict):
        raise wrong_type("stream_options", "an object")
    if not stream:
        raise RefusedError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            "stream_options",
        )
    return flag(options, "include_usage", "stream_options.include_usage")


def _output_tokens_max(body: dict[str, Any]) -> int | None:
    old = whole(body, "max_tokens", 1, OUTPUT_TOKENS_LIMIT)
    new = whole(body, "max_completion_tokens", 1, OUTPUT_TOKENS_LIMIT)
    if old is not None and new is not None:
        raise RefusedError(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            "max_tokens",
        )
    return new if old is None else old
