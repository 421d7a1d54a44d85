"""Reads usage out of Anthropic's answers, streamed or not.

``input_tokens`` there leaves out what was read from or written to a cache; ours is the total. In a
stream the counts of ``message_delta`` are cumulative: the latest of each stands.
"""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import UsageReport, VisibleOutput

FAST_TIER: Final = "fast"
"""The tier of ``speed: fast``, which has prices of its own."""

_STANDARD_TIER: Final = "default"
# No call moves a billion tokens: a larger figure is a fault, and would overflow the ledger.
_BELIEVABLE_TOKENS: Final = 10**9
_SHOWN: Final = ("text", "thinking", "partial_json")


def report_of(reported: Mapping[str, Any]) -> UsageReport | None:
    """Return the usage in a ``usage`` object, or None where it has none that can be believed."""
    plain = count(reported, "input_tokens")
    output = count(reported, "output_tokens")
    if plain is None or output is None:
        return None
    read = count(reported, "cache_read_input_tokens") or 0
    short, long = _written(reported)
    usage = Usage.reconciled(
        input_tokens=plain + read + short + long,
        cached_read_tokens=read,
        cache_write_tokens=short,
        cache_write_long_tokens=long,
        output_tokens=output,
        reasoning_tokens=count(_part(reported, "output_tokens_details"), "thinking_tokens") or 0,
        counted={UnitKind.WEB_SEARCH: _searches(reported)},
    )
    return UsageReport(usage=usage, service_tier=_tier(reported))


def _written(reported: Mapping[str, Any]) -> tuple[int, int]:
    """Return what was written to the cache for five minutes and for an hour.

    What the parts do not cover goes to the kind that was told of, to five minutes where none was.
    """
    parts = _part(reported, "cache_creation")
    short = count(parts, "ephemeral_5m_input_tokens") or 0
    long = count(parts, "ephemeral_1h_input_tokens") or 0
    rest = max(0, (count(reported, "cache_creation_input_tokens") or 0) - short - long)
    return (short, long + rest) if long and not short else (short + rest, long)


def _searches(reported: Mapping[str, Any]) -> int:
    return count(_part(reported, "server_tool_use"), "web_search_requests") or 0


def _tier(reported: Mapping[str, Any]) -> str | None:
    """Return the tier that decides the price; None where nothing was told that does."""
    if reported.get("speed") == FAST_TIER:
        return FAST_TIER
    tier = reported.get("service_tier")
    if isinstance(tier, str) and tier != "standard":
        return tier
    return _STANDARD_TIER if reported.get("speed") == "standard" else None


def merged(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Return two cumulative ``usage`` objects as one; what the later tells stands."""
    return {**earlier, **{name: value for name, value in later.items() if value is not None}}


def usage_object(usage: Usage) -> dict[str, Any]:
    """Return ``usage`` as Anthropic tells it."""
    short, long = usage.cache_write_tokens, usage.cache_write_long_tokens
    told: dict[str, Any] = {
        "input_tokens": usage.input_tokens - usage.cached_tokens - short - long,
        "cache_creation_input_tokens": short + long,
        "cache_read_input_tokens": usage.cached_tokens,
        "cache_creation": {"ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": long},
        "output_tokens": usage.output_tokens,
    }
    if usage.reasoning_tokens:
        told["output_tokens_details"] = {"thinking_tokens": usage.reasoning_tokens}
    if searches := usage.counted.get(UnitKind.WEB_SEARCH, 0):
        told["server_tool_use"] = {"web_search_requests": searches, "web_fetch_requests": 0}
    return told


def visible_of(content: Any) -> VisibleOutput:
    """Return what the content blocks of a whole answer show."""
    sizes = [_block_bytes(block) for block in _rows(content)]
    shown = [size for size in sizes if size]
    return VisibleOutput(pieces=len(shown), text_bytes=sum(shown))


def shown_bytes(shown: Mapping[str, Any], names: Iterable[str] = _SHOWN) -> int:
    """Return how much text a delta shows, as UTF-8."""
    return sum(_text_bytes(shown[name]) for name in names if name in shown)


def _block_bytes(block: dict[str, Any]) -> int:
    made = block.get("input")
    if isinstance(made, dict):
        return sum(_text_bytes(value) for value in made.values())
    return shown_bytes(block)


def count(values: Mapping[str, Any], name: str) -> int | None:
    """Return a count of tokens that can be believed, else None."""
    value = values.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _BELIEVABLE_TOKENS else None


def _part(reported: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = reported.get(name)
    return part if isinstance(part, dict) else {}


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _text_bytes(value: Any) -> int:
    # A lone surrogate is legal in JSON and not in UTF-8.
    return len(value.encode("utf-8", "replace")) if isinstance(value, str) else 0
