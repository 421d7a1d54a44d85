"""Reads usage out of a response object, and writes it into one.

Beside the tokens a response tells what the provider's own tools did, in ``tool_usage`` or by one
output item for each call.
"""

from decimal import Decimal
from typing import Any, Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import UsageReport
from wattfare_desktop.providers.openai.chat_usage import count_of, part_of
from wattfare_desktop.providers.openai.stated_cost import exactly, stated_usd, states_cost

_SEARCHES: Final = {
    "web_search_call": UnitKind.WEB_SEARCH,
    "file_search_call": UnitKind.FILE_SEARCH,
}


def report_of_response(response: dict[str, Any], raw: bytes) -> UsageReport | None:
    """Return the usage of a response, or None where it has none that can be believed.

    ``raw`` is the text of the whole answer, or of the event the response came in.
    """
    reported = response.get("usage")
    if not isinstance(reported, dict) or (usage := _usage(reported, response)) is None:
        return None
    tier = response.get("service_tier")
    return UsageReport(
        usage=usage,
        service_tier=tier if isinstance(tier, str) else None,
        stated_usd=_stated_usd(reported, raw) if states_cost(reported) else None,
    )


def _usage(reported: dict[str, Any], response: dict[str, Any]) -> Usage | None:
    taken = count_of(reported, "input_tokens")
    made = count_of(reported, "output_tokens")
    if taken is None or made is None:
        return None
    inside = part_of(reported, "input_tokens_details")
    outside = part_of(reported, "output_tokens_details")
    thought = count_of(outside, "reasoning_tokens") or 0
    if thought and count_of(reported, "total_tokens") == taken + made + thought:
        # xAI counts what was thought beside what was said.
        made += thought
    written = count_of(inside, "cache_write_tokens") or 0
    long = count_of(part_of(inside, "cache_write_tokens_details"), "ttl_12h_tokens") or 0
    return Usage.reconciled(
        input_tokens=taken,
        cached_read_tokens=count_of(inside, "cached_tokens") or 0,
        cache_write_tokens=max(0, written - long),
        cache_write_long_tokens=long,
        input_audio_tokens=count_of(inside, "audio_tokens") or 0,
        output_tokens=made,
        reasoning_tokens=thought,
        output_audio_tokens=count_of(outside, "audio_tokens") or 0,
        counted=_counted(response),
    )


def _counted(response: dict[str, Any]) -> dict[UnitKind, int]:
    counted: dict[UnitKind, int] = {}
    output = response.get("output")
    for item in output if isinstance(output, list) else ():
        kind = _SEARCHES.get(str(item.get("type"))) if isinstance(item, dict) else None
        # To open a page that was found, or to look into it, is no search.
        if kind is not None and part_of(item, "action").get("type", "search") == "search":
            counted[kind] = counted.get(kind, 0) + 1
    told = count_of(part_of(part_of(response, "tool_usage"), "web_search"), "num_requests")
    if told is not None:
        counted[UnitKind.WEB_SEARCH] = told
    return counted


def _stated_usd(reported: dict[str, Any], raw: bytes) -> Decimal | None:
    whole = exactly(raw)
    # In a stream the response is inside its last event.
    exact = part_of(part_of(whole, "response") or whole, "usage")
    return stated_usd(exact or reported)


def response_usage(usage: Usage) -> dict[str, Any]:
    """Return ``usage`` as a response tells it."""
    return {
        "input_tokens": usage.input_tokens,
        "input_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens + usage.cache_write_long_tokens,
        },
        "output_tokens": usage.output_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens},
        "total_tokens": usage.input_tokens + usage.output_tokens,
    }
