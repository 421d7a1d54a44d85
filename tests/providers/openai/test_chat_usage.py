"""Tests of ``wattfare_desktop.providers.openai.chat_usage``."""

from typing import Any

import pytest

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import UsageReport, VisibleOutput
from wattfare_desktop.providers.openai.chat_usage import report_of, visible_of

PLAIN = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}


@pytest.mark.parametrize(
    ("reported", "usage"),
    [
        (PLAIN, Usage(input_tokens=10, output_tokens=5)),
        (
            {
                **PLAIN,
                "prompt_tokens_details": {
                    "cached_tokens": 4,
                    "cache_write_tokens": 2,
                    "audio_tokens": 1,
                },
                "completion_tokens_details": {"reasoning_tokens": 3, "audio_tokens": 1},
            },
            Usage(
                input_tokens=10,
                cached_read_tokens=4,
                cache_write_tokens=2,
                input_audio_tokens=1,
                output_tokens=5,
                reasoning_tokens=3,
                output_audio_tokens=1,
            ),
        ),
        # DeepSeek names cache hits at the top.
        (
            {**PLAIN, "prompt_cache_hit_tokens": 8, "prompt_cache_miss_tokens": 2},
            Usage(input_tokens=10, cached_read_tokens=8, output_tokens=5),
        ),
        # xAI counts reasoning beside the completion; its total says so.
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "total_tokens": 18,
                "completion_tokens_details": {"reasoning_tokens": 3},
            },
            Usage(input_tokens=10, output_tokens=8, reasoning_tokens=3),
        ),
        (
            {
                "prompt_tokens": 10,
                "completion_tokens": 5,
                "completion_tokens_details": {"reasoning_tokens": 300},
            },
            Usage(input_tokens=10, output_tokens=305, reasoning_tokens=300),
        ),
        ({"prompt_tokens": 0, "completion_tokens": 0}, Usage()),
        ({"prompt_tokens": 10, "total_tokens": 12}, Usage(input_tokens=10, output_tokens=2)),
        (
            {"prompt_tokens": 10.0, "completion_tokens": 5.0},
            Usage(input_tokens=10, output_tokens=5),
        ),
        (
            {**PLAIN, "prompt_tokens_details": None, "completion_tokens_details": "?"},
            Usage(input_tokens=10, output_tokens=5),
        ),
        (
            {**PLAIN, "prompt_tokens_details": {"cached_tokens": -3}},
            Usage(input_tokens=10, output_tokens=5),
        ),
    ],
)
def test_usage_in_the_shapes_providers_use(reported: dict[str, Any], usage: Usage) -> None:
    assert report_of({"usage": reported}) == UsageReport(usage=usage)


@pytest.mark.parametrize(
    "reported",
    [
        None,
        [],
        {},
        {"completion_tokens": 5},
        {"prompt_tokens": 10},
        {"prompt_tokens": -10, "completion_tokens": 5},
        {"prompt_tokens": True, "completion_tokens": 5},
        {"prompt_tokens": "10", "completion_tokens": 5},
        {"prompt_tokens": 10**10, "completion_tokens": 5},
        {"prompt_tokens": 1.5, "completion_tokens": 5},
    ],
)
def test_what_cannot_be_believed_is_no_report(reported: Any) -> None:
    assert report_of({"usage": reported, "choices": []}) is None


@pytest.mark.parametrize(
    "body",
    [
        {"usage": None, "x_groq": {"id": "req_1", "usage": PLAIN}},
        {"choices": [{"index": 0, "delta": {}, "usage": PLAIN}]},
    ],
)
def test_usage_in_odd_places_is_found(body: dict[str, Any]) -> None:
    assert report_of(body) == UsageReport(usage=Usage(input_tokens=10, output_tokens=5))


def test_the_service_tier_comes_along() -> None:
    report = report_of({"usage": PLAIN, "service_tier": "flex"})
    assert report is not None
    assert report.service_tier == "flex"
    report = report_of({"usage": PLAIN, "service_tier": 5})
    assert report is not None
    assert report.service_tier is None


@pytest.mark.parametrize(
    ("delta", "visible"),
    [
        ({"content": "häl"}, VisibleOutput(pieces=1, text_bytes=4)),
        ({"content": ""}, VisibleOutput()),
        ({"role": "assistant", "content": None}, VisibleOutput()),
        ({"reasoning_content": "hm", "content": "ok"}, VisibleOutput(pieces=1, text_bytes=4)),
        ({"refusal": "no"}, VisibleOutput(pieces=1, text_bytes=2)),
        (
            {"tool_calls": [{"index": 0, "function": {"name": "look", "arguments": '{"a'}}]},
            VisibleOutput(pieces=1, text_bytes=7),
        ),
        ({"tool_calls": ["?", {"function": "?"}]}, VisibleOutput()),
        ({"content": "\ud800"}, VisibleOutput(pieces=1, text_bytes=1)),
        ("?", VisibleOutput()),
    ],
)
def test_what_is_visible_is_counted(delta: Any, visible: VisibleOutput) -> None:
    assert visible_of({"choices": [{"delta": delta}]}, "delta") == visible


@pytest.mark.parametrize("choices", [None, "?", [], ["?"], [{}]])
def test_no_choices_show_nothing(choices: Any) -> None:
    assert visible_of({"choices": choices}, "message") == VisibleOutput()
