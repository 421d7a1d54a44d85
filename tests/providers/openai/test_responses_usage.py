"""Tests of ``wattfare_desktop.providers.openai.responses_usage``."""

import json
from decimal import Decimal
from typing import Any

import pytest

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.openai.responses_usage import report_of_response, response_usage

PLAIN = {"input_tokens": 100, "output_tokens": 40, "total_tokens": 140}
SEARCHED = {"type": "web_search_call", "action": {"type": "search", "query": "q"}}
OPENED = {"type": "web_search_call", "action": {"type": "open_page", "url": "u"}}


def used(usage: Any, **members: Any) -> Usage | None:
    report = report_of_response({"usage": usage, **members}, b"")
    return None if report is None else report.usage


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (PLAIN, Usage(input_tokens=100, output_tokens=40)),
        (
            {
                **PLAIN,
                "input_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 10},
                "output_tokens_details": {"reasoning_tokens": 30},
            },
            Usage(
                input_tokens=100,
                cached_read_tokens=60,
                cache_write_tokens=10,
                output_tokens=40,
                reasoning_tokens=30,
            ),
        ),
        (
            {
                **PLAIN,
                "input_tokens_details": {
                    "cache_write_tokens": 30,
                    "cache_write_tokens_details": {"ttl_30m_tokens": 10, "ttl_12h_tokens": 20},
                },
            },
            Usage(
                input_tokens=100,
                cache_write_tokens=10,
                cache_write_long_tokens=20,
                output_tokens=40,
            ),
        ),
        (
            {
                **PLAIN,
                "input_tokens_details": {"audio_tokens": 5},
                "output_tokens_details": {"audio_tokens": 7},
            },
            Usage(input_tokens=100, input_audio_tokens=5, output_tokens=40, output_audio_tokens=7),
        ),
        # Thought counted beside what was said, as its total shows.
        (
            {
                "input_tokens": 100,
                "output_tokens": 40,
                "output_tokens_details": {"reasoning_tokens": 60},
                "total_tokens": 200,
            },
            Usage(input_tokens=100, output_tokens=100, reasoning_tokens=60),
        ),
    ],
)
def test_tokens_by_kind(usage: dict[str, Any], expected: Usage) -> None:
    assert used(usage) == expected


@pytest.mark.parametrize(
    "usage",
    [
        None,
        [],
        {},
        {"input_tokens": 3},
        {"input_tokens": -3, "output_tokens": 1},
        {"input_tokens": "3", "output_tokens": 1},
    ],
)
def test_what_cannot_be_believed_is_no_usage(usage: Any) -> None:
    assert used(usage) is None


@pytest.mark.parametrize(
    ("members", "counted"),
    [
        ({"output": [SEARCHED, OPENED, SEARCHED]}, {UnitKind.WEB_SEARCH: 2}),
        ({"output": [{"type": "web_search_call"}]}, {UnitKind.WEB_SEARCH: 1}),
        ({"output": [{"type": "file_search_call"}]}, {UnitKind.FILE_SEARCH: 1}),
        # What the provider says it bills is better than a count of what it did.
        (
            {"output": [SEARCHED, SEARCHED], "tool_usage": {"web_search": {"num_requests": 1}}},
            {UnitKind.WEB_SEARCH: 1},
        ),
        ({"output": [SEARCHED], "tool_usage": {"web_search": {"num_requests": 0}}}, {}),
        ({"output": ["odd", {"type": "message"}]}, {}),
    ],
)
def test_searches_are_counted(members: dict[str, Any], counted: dict[UnitKind, int]) -> None:
    usage = used(PLAIN, **members)
    assert usage is not None
    assert usage.counted == counted


@pytest.mark.parametrize("in_event", [False, True])
def test_a_stated_cost_is_taken_to_the_last_digit(*, in_event: bool) -> None:
    raw = '{"usage":{"input_tokens":1,"output_tokens":2,"cost":0.00014405000000000000001}}'
    response = json.loads(raw)
    whole = f'{{"type":"response.completed","response":{raw}}}' if in_event else raw
    report = report_of_response(response, whole.encode())
    assert report is not None
    assert report.stated_usd == Decimal("0.00014405000000000000001")


def test_the_tier_of_the_answer_is_told() -> None:
    report = report_of_response({"usage": PLAIN, "service_tier": "priority"}, b"")
    assert report is not None
    assert report.service_tier == "priority"


def test_what_is_written_is_read_again() -> None:
    usage = Usage(
        input_tokens=9,
        cached_read_tokens=3,
        cache_write_tokens=2,
        output_tokens=5,
        reasoning_tokens=4,
    )
    assert used(response_usage(usage)) == usage
