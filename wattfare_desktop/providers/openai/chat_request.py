"""Reads the body of a chat completion request, and refuses by name what cannot be bounded.

Only what decides the cost is judged: types, counts, bounds, and features that are billed apart
from tokens. Everything else is the provider's to judge and passes as it is.
"""

from dataclasses import dataclass
from typing import Any, Final

from wattfare_desktop.providers.dialect import CallRequest, RequestRefusal

MODEL_CHARS_MAX: Final = 256
MESSAGES_MAX: Final = 100_000
CHOICES_MAX: Final = 128
OUTPUT_TOKENS_LIMIT: Final = 100_000_000

# What a provider's template may add to the text it is sent: a hidden system message, the marks
# around each message, and the prose that introduces tools. Marks are also paid for by the bytes
# of the JSON around each text, which are all counted as tokens too.
TEMPLATE_TOKENS: Final = 256
MESSAGE_TOKENS: Final = 16
TOOLS_TOKENS: Final = 256
TOOL_TOKENS: Final = 32

_TEXT_PARTS = frozenset({"text", "refusal"})
_FUNCTION_TOOLS = frozenset({"function", "custom"})
# Some servers take films and documents as data URLs in the place of a picture.
_PICTURE_KEYS = frozenset({"type", "image_url", "cache_control"})
_PICTURE_DATA = "data:image/"
_PICTURES = (_PICTURE_DATA, "https://", "http://")

# Each is billed apart from this request's tokens, or lets something else choose the price.
_UNBOUNDED = {
    "audio": "spoken output is not metered yet",
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
    "web_search_options": "searches are billed apart from tokens",
}


class _RefusedError(Exception):
    """Carries a refusal out of the readers below; never leaves this module."""

    def __init__(self, message: str, param: str | None, code: str | None = None) -> None:
        super().__init__(message)
        self.refusal = RequestRefusal(message=message, param=param, code=code)


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
    except _RefusedError as refused:
        return refused.refusal


def _read(body: Any, body_bytes: int) -> CallRequest:
    if not isinstance(body, dict):
        raise _RefusedError("The request body must be a JSON object.", None)
    model = _model(body)
    media = _messages(body)
    tools = _tools(body)
    _refuse_unbounded(body)
    stream = _flag(body, "stream", "stream")
    overhead = TEMPLATE_TOKENS + MESSAGE_TOKENS * len(body["messages"])
    if tools:
        overhead += TOOLS_TOKENS + TOOL_TOKENS * tools
    return CallRequest(
        model=model,
        stream=stream,
        wants_usage=_wants_usage(body, stream=stream),
        choices=_whole(body, "n", 1, CHOICES_MAX) or 1,
        text_tokens_max=max(0, body_bytes - media.image_bytes) + overhead,
        text_bytes=max(0, body_bytes - media.bytes),
        media_parts=media.parts,
        image_parts=media.images,
        output_tokens_max=_output_tokens_max(body),
        service_tier=_text(body, "service_tier"),
        body=body,
    )


def _model(body: dict[str, Any]) -> str:
    model = body.get("model")
    if model is None:
        raise _RefusedError("You must provide a model parameter.", "model")
    if not isinstance(model, str):
        raise _wrong_type("model", "a string")
    if not 0 < len(model) <= MODEL_CHARS_MAX or not model.isprintable() or model != model.strip():
        raise _RefusedError(
            f"'model' must be a name of 1 to {MODEL_CHARS_MAX} printable characters.", "model"
        )
    return model


def _messages(body: dict[str, Any]) -> _Media:
    messages = body.get("messages")
    if messages is None:
        raise _RefusedError("Missing required parameter: 'messages'.", "messages")
    if not isinstance(messages, list):
        raise _wrong_type("messages", "an array of messages")
    if not 0 < len(messages) <= MESSAGES_MAX:
        raise _RefusedError(f"'messages' must hold 1 to {MESSAGES_MAX} messages.", "messages")
    media = _Media()
    for index, message in enumerate(messages):
        media += _message(message, f"messages[{index}]")
    return media


def _message(message: Any, where: str) -> _Media:
    if not isinstance(message, dict):
        raise _wrong_type(where, "an object")
    if not isinstance(message.get("role"), str):
        raise _wrong_type(f"{where}.role", "a string")
    content = message.get("content")
    # An earlier spoken answer is named by its id and counts as audio input.
    media = _Media(parts=1 if message.get("audio") is not None else 0)
    if content is None or isinstance(content, str):
        return media
    if not isinstance(content, list):
        raise _wrong_type(f"{where}.content", "a string or an array of content parts")
    for index, part in enumerate(content):
        if not isinstance(part, dict):
            raise _wrong_type(f"{where}.content[{index}]", "an object")
        kind = part.get("type")
        if not isinstance(kind, str):
            raise _wrong_type(f"{where}.content[{index}].type", "a string")
        if kind in _TEXT_PARTS:
            if not isinstance(part.get(kind), str):
                raise _wrong_type(f"{where}.content[{index}].{kind}", "a string")
            continue
        media += _media(part)
    return media


def _media(part: dict[str, Any]) -> _Media:
    """Return what a part that is no text holds: a picture, or anything else."""
    size = _longest_text(part)
    picture = part.get("image_url")
    url = picture.get("url") if isinstance(picture, dict) else picture
    is_plain = part["type"] == "image_url" and part.keys() <= _PICTURE_KEYS
    if not is_plain or not isinstance(url, str) or not url.startswith(_PICTURES):
        return _Media(parts=1, bytes=size)
    return _Media(
        parts=1,
        bytes=size,
        images=1,
        # An address is text, and counted as such.
        image_bytes=len(url) if url.startswith(_PICTURE_DATA) else 0,
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
            raise _wrong_type(name, "an array")
        for index, tool in enumerate(offered):
            if not isinstance(tool, dict):
                raise _wrong_type(f"{name}[{index}]", "an object")
            kind = tool.get("type")
            if name == "tools" and (not isinstance(kind, str) or kind not in _FUNCTION_TOOLS):
                raise _RefusedError(
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
            raise _RefusedError(
                f"'{name}' is not allowed by this wallet: {reason}.", name, "unbounded_cost"
            )
    if body.get("best_of") not in (None, 1):
        raise _RefusedError(
            "'best_of' is not allowed by this wallet: ask for choices with 'n'.",
            "best_of",
            "unbounded_cost",
        )
    modalities = body.get("modalities")
    if modalities is not None and modalities != ["text"]:
        raise _RefusedError(
            "'modalities' may only be [\"text\"]: other output is not metered yet.",
            "modalities",
            "unbounded_cost",
        )


def _wants_usage(body: dict[str, Any], *, stream: bool) -> bool:
    options = body.get("stream_options")
    if options is None:
        return False
    if not isinstance(options, dict):
        raise _wrong_type("stream_options", "an object")
    if not stream:
        raise _RefusedError(
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            "stream_options",
        )
    return _flag(options, "include_usage", "stream_options.include_usage")


def _output_tokens_max(body: dict[str, Any]) -> int | None:
    old = _whole(body, "max_tokens", 1, OUTPUT_TOKENS_LIMIT)
    new = _whole(body, "max_completion_tokens", 1, OUTPUT_TOKENS_LIMIT)
    if old is not None and new is not None:
        raise _RefusedError(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            "max_tokens",
        )
    return new if old is None else old


def _flag(values: dict[str, Any], name: str, where: str) -> bool:
    value = values.get(name)
    if value is not None and not isinstance(value, bool):
        raise _wrong_type(where, "a boolean")
    return value is True


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise _wrong_type(name, "a string")
    return value


def _whole(body: dict[str, Any], name: str, least: int, most: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    # True is an int to Python, and not to anyone else.
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong_type(name, "an integer")
    if not least <= value <= most:
        raise _RefusedError(
            f"Invalid '{name}': it must be from {least} to {most}.", name, "integer_out_of_range"
        )
    return value


def _wrong_type(param: str, expected: str) -> _RefusedError:
    return _RefusedError(f"Invalid type for '{param}': expected {expected}.", param, "invalid_type")
