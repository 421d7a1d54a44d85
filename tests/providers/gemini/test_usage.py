"""Tests of ``wattfare_desktop.providers.gemini.usage``: figures worked out by hand."""

from typing import Any

import pytest

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import VisibleOutput
from wattfare_desktop.providers.gemini.usage import report_of, usage_metadata, visible_of

CASES: list[tuple[str, dict[str, Any], Usage]] = [
    (
        "text",
        {"promptTokenCount": 10, "candidatesTokenCount": 3, "totalTokenCount": 13},
        Usage(input_tokens=10, output_tokens=3),
    ),
    (
        # Thoughts stand beside the candidates: 797 shown and 2,001 thought make 2,798.
        "thoughts",
        {
            "promptTokenCount": 1_964,
            "candidatesTokenCount": 797,
            "totalTokenCount": 4_762,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 1_964}],
            "thoughtsTokenCount": 2_001,
            "serviceTier": "standard",
        },
        Usage(input_tokens=1_964, output_tokens=2_798, reasoning_tokens=2_001),
    ),
    (
        # All of it thought: no candidate was begun.
        "thoughts alone",
        {"promptTokenCount": 8, "thoughtsTokenCount": 61, "totalTokenCount": 69},
        Usage(input_tokens=8, output_tokens=61, reasoning_tokens=61),
    ),
    (
        # 100 - 20 - 30 are in the total and told nowhere else.
        "thoughts only in the total",
        {"promptTokenCount": 20, "candidatesTokenCount": 30, "totalTokenCount": 100},
        Usage(input_tokens=20, output_tokens=80, reasoning_tokens=50),
    ),
    (
        # The prompt's 5,000 include the 4,096 from the cache.
        "cached",
        {
            "promptTokenCount": 5_000,
            "cachedContentTokenCount": 4_096,
            "candidatesTokenCount": 20,
            "totalTokenCount": 5_020,
            "cacheTokensDetails": [{"modality": "TEXT", "tokenCount": 4_096}],
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 5_000}],
        },
        Usage(input_tokens=5_000, cached_read_tokens=4_096, output_tokens=20),
    ),
    (
        # 700 of sound, of which 200 from the cache; 300 of text, of which 100 from the cache.
        "cached sound",
        {
            "promptTokenCount": 1_000,
            "cachedContentTokenCount": 300,
            "candidatesTokenCount": 5,
            "totalTokenCount": 1_005,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": 300},
                {"modality": "AUDIO", "tokenCount": 700},
            ],
            "cacheTokensDetails": [
                {"modality": "TEXT", "tokenCount": 100},
                {"modality": "AUDIO", "tokenCount": 200},
            ],
        },
        Usage(
            input_tokens=1_000,
            cached_read_tokens=100,
            cached_audio_tokens=200,
            input_audio_tokens=500,
            output_tokens=5,
        ),
    ),
    (
        # What of the 500 cached is sound is not told: none of the discount falls on sound.
        "cached, not told what",
        {
            "promptTokenCount": 1_000,
            "cachedContentTokenCount": 500,
            "candidatesTokenCount": 5,
            "promptTokensDetails": [
                {"modality": "TEXT", "tokenCount": 400},
                {"modality": "AUDIO", "tokenCount": 600},
            ],
        },
        Usage(input_tokens=1_000, cached_read_tokens=400, input_audio_tokens=600, output_tokens=5),
    ),
    (
        "pictures, films and papers",
        {
            "promptTokenCount": 1_500,
            "candidatesTokenCount": 9,
            "promptTokensDetails": [
                {"modality": "IMAGE", "tokenCount": 258},
                {"modality": "VIDEO", "tokenCount": 700},
                {"modality": "DOCUMENT", "tokenCount": 516},
                {"modality": "TEXT", "tokenCount": 26},
            ],
        },
        Usage(input_tokens=1_500, input_image_tokens=258, output_tokens=9),
    ),
    (
        # What tools put before the model is input beside the prompt: 100 + 10,309.
        "tools",
        {
            "promptTokenCount": 100,
            "toolUsePromptTokenCount": 10_309,
            "candidatesTokenCount": 50,
            "thoughtsTokenCount": 41,
            "totalTokenCount": 10_500,
            "toolUsePromptTokensDetails": [{"modality": "TEXT", "tokenCount": 10_309}],
        },
        Usage(input_tokens=10_409, output_tokens=91, reasoning_tokens=41),
    ),
    (
        "a picture made",
        {
            "promptTokenCount": 12,
            "candidatesTokenCount": 1_310,
            "totalTokenCount": 1_322,
            "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1_290}],
        },
        Usage(input_tokens=12, output_tokens=1_310, output_image_tokens=1_290),
    ),
    (
        "speech made",
        {
            "promptTokenCount": 12,
            "candidatesTokenCount": 80,
            "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 80}],
        },
        Usage(input_tokens=12, output_tokens=80, output_audio_tokens=80),
    ),
    ("an embedding", {"promptTokenCount": 7}, Usage(input_tokens=7)),
    (
        "nothing said",
        {"promptTokenCount": 7, "totalTokenCount": 7},
        Usage(input_tokens=7),
    ),
]


@pytest.mark.parametrize(
    ("told", "usage"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_usage(told: dict[str, Any], usage: Usage) -> None:
    report = report_of({"candidates": [], "usageMetadata": told})
    assert report is not None
    assert report.usage == usage


@pytest.mark.parametrize(
    "told",
    [
        None,
        {},
        [],
        {"totalTokenCount": 5},
        {"promptTokenCount": "5"},
        {"promptTokenCount": -5},
        {"promptTokenCount": 10**12},
        {"promptTokenCount": True},
    ],
)
def test_what_cannot_be_believed_is_no_usage(told: Any) -> None:
    assert report_of({"usageMetadata": told}) is None


def test_a_search_is_counted_once() -> None:
    report = report_of({"usageMetadata": {"promptTokenCount": 1}}, searches=1)
    assert report is not None
    assert report.usage.counted == {UnitKind.WEB_SEARCH: 1}


@pytest.mark.parametrize(
    ("told", "tier"),
    [(None, None), ("standard", "default"), ("flex", "flex"), ("PRIORITY", "priority"), (5, None)],
)
def test_the_tier_that_was_billed(told: Any, tier: str | None) -> None:
    report = report_of({"usageMetadata": {"promptTokenCount": 1, "serviceTier": told}})
    assert report is not None
    assert report.service_tier == tier


@pytest.mark.parametrize(
    "usage",
    [
        Usage(input_tokens=9, output_tokens=4),
        Usage(input_tokens=9, cached_read_tokens=5, output_tokens=40, reasoning_tokens=30),
        Usage(),
    ],
)
def test_what_is_written_is_read_again(usage: Usage) -> None:
    report = report_of({"usageMetadata": usage_metadata(usage)})
    assert report is not None
    assert report.usage == usage


@pytest.mark.parametrize(
    ("parts", "visible"),
    [
        ([{"text": "héllo"}], VisibleOutput(pieces=1, text_bytes=6)),
        ([{"text": ""}], VisibleOutput()),
        ([{"text": "hm", "thought": True}, {"text": "a"}], VisibleOutput(pieces=2, text_bytes=3)),
        (
            [{"functionCall": {"name": "add", "args": {"a": 1, "b": ["x", "yz"]}}}],
            VisibleOutput(pieces=1, text_bytes=4 + 3 + 4 + 1 + 1 + 1 + 3),
        ),
        ([{"inlineData": {"data": "A" * 900}}], VisibleOutput(pieces=1)),
        (["odd"], VisibleOutput()),
    ],
)
def test_what_is_seen(parts: list[Any], visible: VisibleOutput) -> None:
    assert visible_of({"candidates": [{"content": {"parts": parts}}]}) == visible
