"""Reads ``usageMetadata``, and writes it.

Google's ``promptTokenCount`` includes what came from a cache; thoughts stand beside the
candidates, and what tools put before the model beside the prompt. The details by modality are parts
of their totals, those of the cache parts of the prompt's.
"""

import re
from typing import Any, Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import UsageReport, VisibleOutput

# No call moves a billion tokens: a larger figure is a fault, and would overflow the ledger.
BELIEVABLE_TOKENS: Final = 10**9

BEFORE_3: Final = re.compile(r"(.*/)?gemini-[12][.-].*")
"""Names of models up to 2.5. Google bills them a search per prompt; later ones per query, of which
they make any number and do not always tell how many."""

_SHOWN_MEMBERS: Final = ("functionCall", "executableCode", "codeExecutionResult")
_TIERS: Final = {"standard": "default", "unspecified": None}


def report_of(body: dict[str, Any], *, searches: int = 0) -> UsageReport | None:
    """Return the usage of an answer or a chunk, or None where it has none that can be believed.

    ``searches``: how many are billed.
    """
    told = body.get("usageMetadata")
    usage = _usage(told, searches=searches) if isinstance(told, dict) else None
    if usage is None:
        return None
    assert isinstance(told, dict), "there is a usage"
    tier = told.get("serviceTier")
    named = tier.lower() if isinstance(tier, str) else None
    return UsageReport(usage=usage, service_tier=_TIERS.get(named, named) if named else None)


def _usage(told: dict[str, Any], *, searches: int) -> Usage | None:
    prompt = _count(told, "promptTokenCount")
    candidates = _count(told, "candidatesTokenCount")
    thoughts = _count(told, "thoughtsTokenCount")
    if prompt is None and candidates is None and thoughts is None:
        return None
    fetched = _count(told, "toolUsePromptTokenCount") or 0
    input_tokens = (prompt or 0) + fetched
    shown = candidates or 0
    # The total is the sum of all; what is in it and nowhere else was thought.
    untold = (_count(told, "totalTokenCount") or 0) - input_tokens - shown
    thought = max(0, untold) if thoughts is None else thoughts
    cached = _count(told, "cachedContentTokenCount") or 0
    from_cache = _by_modality(told, "cacheTokensDetails")
    read = _by_modality(told, "promptTokensDetails")
    by_tools = _by_modality(told, "toolUsePromptTokensDetails")
    made = _by_modality(told, "candidatesTokensDetails")
    sound, pictures = from_cache.get("AUDIO", 0), from_cache.get("IMAGE", 0)
    return Usage.reconciled(
        input_tokens=input_tokens,
        cached_read_tokens=cached - sound - pictures,
        cached_audio_tokens=sound,
        cached_image_tokens=pictures,
        input_audio_tokens=read.get("AUDIO", 0) - sound + by_tools.get("AUDIO", 0),
        input_image_tokens=read.get("IMAGE", 0) - pictures + by_tools.get("IMAGE", 0),
        output_tokens=shown + thought,
        reasoning_tokens=thought,
        output_audio_tokens=made.get("AUDIO", 0),
        output_image_tokens=made.get("IMAGE", 0),
        counted={UnitKind.WEB_SEARCH: searches},
    )


def _by_modality(told: dict[str, Any], name: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows(told.get(name)):
        modality = row.get("modality")
        if isinstance(modality, str):
            found[modality] = found.get(modality, 0) + (_count(row, "tokenCount") or 0)
    return found


def usage_metadata(usage: Usage) -> dict[str, Any]:
    """Return ``usage`` as an app reads it."""
    told: dict[str, Any] = {
        "promptTokenCount": usage.input_tokens,
        "candidatesTokenCount": usage.output_tokens - usage.reasoning_tokens,
        "totalTokenCount": usage.input_tokens + usage.output_tokens,
    }
    if usage.cached_tokens:
        told["cachedContentTokenCount"] = usage.cached_tokens
    if usage.reasoning_tokens:
        told["thoughtsTokenCount"] = usage.reasoning_tokens
    return told


def candidates_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the candidates of an answer or a chunk, as far as they are objects."""
    return rows(body.get("candidates"))


def parts_of(candidate: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of a candidate, as far as they are objects."""
    content = candidate.get("content")
    return rows(content.get("parts")) if isinstance(content, dict) else []


def is_blocked(body: dict[str, Any]) -> bool:
    """Return whether the prompt itself was refused: then there are no candidates."""
    feedback = body.get("promptFeedback")
    return isinstance(feedback, dict) and bool(feedback.get("blockReason"))


def queries_of(candidate: dict[str, Any]) -> int:
    """Return how many searches a candidate rests on."""
    grounding = candidate.get("groundingMetadata")
    queries = grounding.get("webSearchQueries") if isinstance(grounding, dict) else None
    return len(queries) if isinstance(queries, list) else 0


def billed_searches(model: str, queries: int) -> int:
    """Return how many searches are billed for that many queries."""
    return min(1, queries) if BEFORE_3.fullmatch(model.lower()) else queries


def visible_of(body: dict[str, Any]) -> VisibleOutput:
    """Return what the candidates show, thoughts included; a picture is one piece without text."""
    pieces = size = 0
    for candidate in candidates_of(body):
        for part in parts_of(candidate):
            shown = _shown_bytes(part)
            pieces += shown > 0 or "text" not in part
            size += shown
    return VisibleOutput(pieces=pieces, text_bytes=size)


def _shown_bytes(part: dict[str, Any]) -> int:
    text = part.get("text")
    if isinstance(text, str):
        return _text_bytes(text)
    for name in _SHOWN_MEMBERS:
        if name in part:
            return _bytes_inside(part[name])
    return 0


def _bytes_inside(value: Any) -> int:
    if isinstance(value, str):
        return _text_bytes(value)
    if isinstance(value, dict):
        return sum(_text_bytes(name) + _bytes_inside(each) for name, each in value.items())
    if isinstance(value, list):
        return sum(_bytes_inside(each) for each in value)
    return 1


def rows(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list that should hold objects."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _count(values: dict[str, Any], name: str) -> int | None:
    value = values.get(name)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= BELIEVABLE_TOKENS else None


def _text_bytes(text: str) -> int:
    # A lone surrogate is legal in JSON and not in UTF-8.
    return len(text.encode("utf-8", "replace"))
