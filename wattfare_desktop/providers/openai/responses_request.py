"""Reads the body of a responses request, and refuses by name what cannot be bounded.

As with chat completions only what decides the cost is judged. What the provider keeps for an app
(earlier responses, conversations, prompts) is input that is not in the request, so that no bound
for it can be read from there.
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
from wattfare_desktop.providers.openai.chat_request import (
    MESSAGE_TOKENS,
    PICTURE_DATA,
    PICTURES,
    TEMPLATE_TOKENS,
    TOOL_TOKENS,
    TOOLS_TOKENS,
)

ITEMS_MAX: Final = 100_000
TOOL_CALLS_MAX: Final = 1_000

_UNBOUNDED: Final = {
    "background": "an answer made in the background cannot be watched",
    "context_management": "compacting is a call of its own, billed beside the answer",
    "conversation": "text kept at the provider cannot be counted here",
    "deferred": "an answer fetched later cannot be watched",
    "models": "a list of fallback models has no one price",
    "moderation": "a second model has a price of its own",
    "plugins": "plugins are billed apart from tokens",
    "preset": "a preset may choose another model",
    "previous_response_id": "text kept at the provider cannot be counted here",
    "prompt": "text kept at the provider cannot be counted here",
    "provider": "a choice of provider behind the provider may change the price",
    "route": "a route may choose another model",
    "search_parameters": "searches are billed apart from tokens",
}
_UNBOUNDED_ITEMS: Final = {
    "item_reference": "text kept at the provider cannot be counted here",
    "compaction_trigger": "compacting is a call of its own, billed beside the answer",
}
_APP_TOOLS: Final = frozenset({"function", "custom"})
# One unit is billed for each call of these, and ``max_tool_calls`` bounds the calls.
_COUNTED_TOOLS: Final = {
    "web_search": UnitKind.WEB_SEARCH,
    "web_search_2025_08_26": UnitKind.WEB_SEARCH,
    "web_search_preview": UnitKind.WEB_SEARCH,
    "web_search_preview_2025_03_11": UnitKind.WEB_SEARCH,
    "file_search": UnitKind.FILE_SEARCH,
}
_PICTURE_MEMBERS: Final = frozenset({"type", "image_url", "detail"})
_TEXT_PARTS: Final = frozenset({"input_text", "output_text", "text", "refusal"})
_TEXT_ITEMS: Final = frozenset(
    {
        "message",
        "function_call",
        "function_call_output",
        "custom_tool_call",
        "custom_tool_call_output",
        "additional_tools",
    }
)


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What was found in the input that is no text: how many parts, and how long their data is."""

    parts: int = 0
    bytes: int = 0
    images: int = 0
    image_bytes: int = 0

    def add(self, size: int) -> None:
        self.parts += 1
        self.bytes += size

    def add_picture(self, size: int, *, address: str) -> None:
        self.add(size)
        self.images += 1
        # An address is text, and counted as such.
        self.image_bytes += len(address) if address.startswith(PICTURE_DATA) else 0


def read_responses_request(body: Any, body_bytes: int) -> CallRequest | RequestRefusal:
    """Read a parsed body whose UTF-8 text was ``body_bytes`` long."""
    try:
        return _read(body, body_bytes)
    except RefusedError as refused:
        return refused.refusal


def _read(body: Any, body_bytes: int) -> CallRequest:
    if not isinstance(body, dict):
        raise RefusedError("The request body must be a JSON object.", None)
    model = model_of(body)
    _refuse_unbounded(body)
    tools = _tools(body.get("tools"), "tools")
    seen = _Seen()
    items = _input(body.get("input"), seen, tools)
    text(body, "instructions")
    overhead = TEMPLATE_TOKENS + MESSAGE_TOKENS * (items + 1)
    if tools:
        overhead += TOOLS_TOKENS + TOOL_TOKENS * len(tools)
    calls_max, counted_max = _counted_max(body, tools)
    return CallRequest(
        model=model,
        stream=flag(body, "stream", "stream"),
        wants_usage=True,
        text_tokens_max=max(0, body_bytes - seen.image_bytes) + overhead,
        text_bytes=max(0, body_bytes - seen.bytes),
        media_parts=seen.parts,
        image_parts=seen.images,
        input_passes=calls_max + 1,
        output_tokens_max=whole(body, "max_output_tokens", 1, OUTPUT_TOKENS_LIMIT),
        service_tier=text(body, "service_tier"),
        counted_max=counted_max,
        body=body,
    )


def _refuse_unbounded(body: dict[str, Any]) -> None:
    for name, reason in _UNBOUNDED.items():
        if body.get(name) not in (None, False):
            raise RefusedError(
                f"'{name}' is not allowed by this wallet: {reason}.", name, "unbounded_cost"
            )
    reasoning = body.get("reasoning")
    if isinstance(reasoning, dict) and reasoning.get("mode") not in (None, "standard"):
        raise RefusedError(
            "'reasoning.mode' may only be \"standard\": what others cost is not known.",
            "reasoning.mode",
            "unbounded_cost",
        )


def _input(asked: Any, seen: _Seen, tools: list[tuple[str, str]]) -> int:
    """Return how many items there are; what they hold is added to ``seen`` and ``tools``."""
    if asked is None:
        raise RefusedError("Missing required parameter: 'input'.", "input")
    if isinstance(asked, str):
        return 1
    if not isinstance(asked, list):
        raise wrong_type("input", "a string or an array of items")
    if len(asked) > ITEMS_MAX:
        raise RefusedError(f"'input' must hold at most {ITEMS_MAX} items.", "input")
    for index, item in enumerate(asked):
        if not isinstance(item, dict):
            raise wrong_type(f"input[{index}]", "an object")
        _item(item, f"input[{index}]", seen)
        if item.get("type") == "additional_tools":
            tools += _tools(item.get("tools"), f"input[{index}].tools")
    return len(asked)


def _item(item: dict[str, Any], where: str, seen: _Seen) -> None:
    kind = item.get("type") or "message"
    if not isinstance(kind, str):
        raise wrong_type(f"{where}.type", "a string")
    if kind in _UNBOUNDED_ITEMS:
        reason = _UNBOUNDED_ITEMS[kind]
        raise RefusedError(
            f"'{kind}' is not allowed by this wallet: {reason}.", f"{where}.type", "unbounded_cost"
        )
    if kind == "reasoning":
        # Sealed thoughts are longer than what they seal; those named by an id are not in here.
        if not item.get("encrypted_content") and not item.get("content"):
            seen.add(0)
    elif kind in _TEXT_ITEMS:
        held = item.get("output" if kind.endswith("_output") else "content")
        _parts(held, where, seen)
    else:
        seen.add(_longest_text(item))


def _parts(parts: Any, where: str, seen: _Seen) -> None:
    if parts is None or isinstance(parts, str):
        return
    if not isinstance(parts, list):
        raise wrong_type(where, "a string or an array of content parts")
    for index, part in enumerate(parts):
        if not isinstance(part, dict) or not isinstance(part.get("type"), str):
            raise wrong_type(f"{where}[{index}]", "an object with a type")
        if part["type"] in _TEXT_PARTS:
            continue
        address = part.get("image_url")
        is_plain = part["type"] == "input_image" and part.keys() <= _PICTURE_MEMBERS
        if is_plain and isinstance(address, str) and address.startswith(PICTURES):
            seen.add_picture(_longest_text(part), address=address)
        else:
            seen.add(_longest_text(part))


def _longest_text(part: dict[str, Any]) -> int:
    return max((len(value) for value in part.values() if isinstance(value, str)), default=0)


def _tools(offered: Any, where: str) -> list[tuple[str, str]]:
    """Return the kind of each tool and its place in the request."""
    if offered is None:
        return []
    if not isinstance(offered, list):
        raise wrong_type(where, "an array")
    kinds: list[tuple[str, str]] = []
    for index, tool in enumerate(offered):
        if not isinstance(tool, dict):
            raise wrong_type(f"{where}[{index}]", "an object")
        kind, place = tool.get("type"), f"{where}[{index}].type"
        if kind == "namespace":
            kinds += _tools(tool.get("tools"), f"{where}[{index}].tools")
            continue
        if not isinstance(kind, str) or (kind not in _APP_TOOLS and kind not in _COUNTED_TOOLS):
            raise RefusedError(
                "Only tools that the app itself runs ('function', 'custom') and bounded searches "
                "are allowed: other tools are billed apart from tokens.",
                place,
                "unbounded_cost",
            )
        kinds.append((kind, place))
    return kinds


def _counted_max(
    body: dict[str, Any], tools: list[tuple[str, str]]
) -> tuple[int, dict[UnitKind, int]]:
    """Return how many calls of the provider's tools there may be, and what they are billed as."""
    most = whole(body, "max_tool_calls", 1, TOOL_CALLS_MAX)
    counted: dict[UnitKind, int] = {}
    for kind, place in tools:
        if kind in _APP_TOOLS:
            continue
        if most is None:
            raise RefusedError(
                f"'{kind}' is billed for each call: say how many there may be with"
                " 'max_tool_calls'.",
                place,
                "unbounded_cost",
            )
        counted[_COUNTED_TOOLS[kind]] = most
    return (most or 0) if counted else 0, counted
