"""Reads usage out of chat completion answers, streamed or not, in the shapes providers use.

OpenAI counts cached, audio and reasoning tokens inside their totals. Others differ and are told
apart by their own figures: DeepSeek and Moonshot name cache hits at the top, xAI counts reasoning
beside the completion, Groq and Moonshot put usage elsewhere in the chunk, OpenRouter and Perplexity
say what they bill.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import CallRequest, UsageReport, VisibleOutput
from wattfare_desktop.providers.openai.stated_cost import exactly, stated_usd, states_cost

# No call moves a billion tokens: a larger figure is a fault, and would overflow the ledger.
BELIEVABLE_TOKENS: Final = 10**9

_CACHED_AT_THE_TOP: Final = ("prompt_cache_hit_tokens", "cached_tokens")
_VISIBLE_FIELDS = ("content", "reasoning_content", "reasoning", "refusal")

# A second of spoken output is 20 tokens, and more than a thousand bytes in any format.
_AUDIO_BYTES_PER_TOKEN: Final = 64
# A large picture, as text of as many tokens would be long.
_PICTURE_AS_TEXT_BYTES: Final = 8_192


def report_of(body: dict[str, Any], raw: bytes = b"") -> UsageReport | None:
    """Return the usage of an answer or a chunk, or None where it has none that can be believed.

    ``raw`` is the text ``body`` was parsed from: a stated cost is read from it to the last digit.
    """
    reported = _usage_object(body)
    usage = None if reported is None else _usage(reported)
    if reported is None or usage is None:
        return None
    tier = body.get("service_tier")
    return UsageReport(
        usage=usage,
        service_tier=tier if isinstance(tier, str) else None,
        stated_usd=_stated_usd(reported, raw) if states_cost(reported) else None,
    )


def _stated_usd(reported: dict[str, Any], raw: bytes) -> Decimal | None:
    return stated_usd(_usage_object(exactly(raw)) or reported)


def completed(report: UsageReport, call: CallRequest) -> UsageReport:
    """Return ``report`` with what a chat completion leaves out.

    That is its searches, one for each choice, and often which of its output is pictures: then all
    of it, since they are never the cheaper.
    """
    usage = report.usage
    if searches := call.counted_max.get(UnitKind.WEB_SEARCH):
        usage = replace(usage, counted={UnitKind.WEB_SEARCH: searches})
    if UnitKind.OUTPUT_IMAGE in call.counted_max:
        usage = as_pictures(usage)
    return report if usage is report.usage else replace(report, usage=usage)


def as_pictures(usage: Usage) -> Usage:
    """Return ``usage`` with its output as pictures, where it does not tell which of it is."""
    if usage.output_image_tokens:
        return usage
    return replace(
        usage,
        reasoning_tokens=0,
        output_image_tokens=usage.output_tokens - usage.output_audio_tokens,
    )


def usage_object(usage: Usage) -> dict[str, Any]:
    """Return ``usage`` as chat completions tell it."""
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens + usage.cache_write_long_tokens,
            "audio_tokens": usage.input_audio_tokens,
        },
        "completion_tokens_details": {
            "reasoning_tokens": usage.reasoning_tokens,
            "audio_tokens": usage.output_audio_tokens,
        },
    }


def _usage_object(body: dict[str, Any]) -> dict[str, Any] | None:
    usage = body.get("usage")
    if isinstance(usage, dict):
        return usage
    groq = body.get("x_groq")
    if isinstance(groq, dict) and isinstance(groq.get("usage"), dict):
        return dict(groq["usage"])
    choices = body.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[-1], dict):
        inside = choices[-1].get("usage")
        if isinstance(inside, dict):
            return inside
    return None


def _usage(reported: dict[str, Any]) -> Usage | None:
    prompt = count_of(reported, "prompt_tokens")
    completion = count_of(reported, "completion_tokens")
    total = count_of(reported, "total_tokens")
    if prompt is None:
        return None
    if completion is None:
        if total is None:
            return None
        completion = max(0, total - prompt)
    inside = part_of(reported, "prompt_tokens_details")
    outside = part_of(reported, "completion_tokens_details")
    reasoning = count_of(outside, "reasoning_tokens") or 0
    if reasoning and (reasoning > completion or total == prompt + completion + reasoning):
        completion += reasoning
    cached = count_of(inside, "cached_tokens")
    for name in _CACHED_AT_THE_TOP:
        cached = count_of(reported, name) if cached is None else cached
    return Usage.reconciled(
        input_tokens=prompt,
        cached_read_tokens=cached or 0,
        cache_write_tokens=count_of(inside, "cache_write_tokens") or 0,
        input_audio_tokens=count_of(inside, "audio_tokens") or 0,
        output_tokens=completion,
        reasoning_tokens=reasoning,
        output_audio_tokens=count_of(outside, "audio_tokens") or 0,
        output_image_tokens=count_of(outside, "image_tokens") or 0,
    )


def part_of(reported: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the object inside ``reported``; an empty one where there is none."""
    part = reported.get(name)
    return part if isinstance(part, dict) else {}


def count_of(values: dict[str, Any], name: str) -> int | None:
    """Return a count that can be believed, or None."""
    value = values.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= BELIEVABLE_TOKENS else None


def visible_of(body: dict[str, Any], inside: str) -> VisibleOutput:
    """Return what the choices show; ``inside`` is ``message``, or ``delta`` in a stream."""
    pieces = size = 0
    for choice in choices_of(body):
        shown = choice.get(inside)
        found = _shown_bytes(shown) if isinstance(shown, dict) else 0
        if found:
            pieces += 1
            size += found
    return VisibleOutput(pieces=pieces, text_bytes=size)


def choices_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the choices of an answer or a chunk, as far as they are objects."""
    return _rows(body.get("choices"))


def _shown_bytes(shown: dict[str, Any]) -> int:
    found = 0
    for name in _VISIBLE_FIELDS:
        if name in shown:
            found += text_bytes(shown[name])
    if "tool_calls" in shown:
        for call in _rows(shown["tool_calls"]):
            for made in call.values():
                if isinstance(made, dict):
                    found += sum(text_bytes(text) for text in made.values())
    if isinstance(spoken := shown.get("audio"), dict):
        found += text_bytes(spoken.get("transcript"))
        found += text_bytes(spoken.get("data")) // _AUDIO_BYTES_PER_TOKEN
    if "images" in shown:
        found += _PICTURE_AS_TEXT_BYTES * len(_rows(shown["images"]))
    return found


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def text_bytes(value: Any) -> int:
    """Return the length in UTF-8 of what is a text; 0 of anything else."""
    # A lone surrogate is legal in JSON and not in UTF-8.
    return len(value.encode("utf-8", "replace")) if isinstance(value, str) else 0
