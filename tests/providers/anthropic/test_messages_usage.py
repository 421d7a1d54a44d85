"""Tests of ``wattfare_desktop.providers.anthropic.messages_usage``: figures worked out by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.messages_usage import (
    merged,
    report_of,
    usage_object,
    visible_of,
)
from wattfare_desktop.providers.dialect import VisibleOutput

PLAIN = {"input_tokens": 20, "output_tokens": 5}


@pytest.mark.parametrize(
    ("reported", "usage"),
    [
        (PLAIN, Usage(input_tokens=20, output_tokens=5)),
        # 20 plain + 1000 read = 1020
        (
            {**PLAIN, "cache_read_input_tokens": 1_000, "cache_creation_input_tokens": 0},
            Usage(input_tokens=1_020, cached_read_tokens=1_000, output_tokens=5),
        ),
        # 20 plain + 300 written = 320; without parts all of it is kept for minutes
        (
            {**PLAIN, "cache_creation_input_tokens": 300},
            Usage(input_tokens=320, cache_write_tokens=300, output_tokens=5),
        ),
        # 20 + 1000 read + 100 for minutes + 200 for an hour = 1320
        (
            {
                **PLAIN,
                "cache_read_input_tokens": 1_000,
                "cache_creation_input_tokens": 300,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": 100,
                    "ephemeral_1h_input_tokens": 200,
                },
            },
            Usage(
                input_tokens=1_320,
                cached_read_tokens=1_000,
                cache_write_tokens=100,
                cache_write_long_tokens=200,
                output_tokens=5,
            ),
        ),
        # The total grew past its parts: 350 written, 300 of them known to be for an hour.
        (
            {
                **PLAIN,
                "cache_creation_input_tokens": 350,
                "cache_creation": {"ephemeral_1h_input_tokens": 300},
            },
            Usage(input_tokens=370, cache_write_long_tokens=350, output_tokens=5),
        ),
        (
            {
                **PLAIN,
                "cache_creation_input_tokens": 350,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": 100,
                    "ephemeral_1h_input_tokens": 200,
                },
            },
            Usage(
                input_tokens=370,
                cache_write_tokens=150,
                cache_write_long_tokens=200,
                output_tokens=5,
            ),
        ),
        # Parts without a total.
        (
            {**PLAIN, "cache_creation": {"ephemeral_5m_input_tokens": 100}},
            Usage(input_tokens=120, cache_write_tokens=100, output_tokens=5),
        ),
        # What was thought is part of the output.
        (
            {
                "input_tokens": 7,
                "output_tokens": 90,
                "output_tokens_details": {"thinking_tokens": 60},
            },
            Usage(input_tokens=7, output_tokens=90, reasoning_tokens=60),
        ),
        (
            {**PLAIN, "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1}},
            Usage(input_tokens=20, output_tokens=5, counted={UnitKind.WEB_SEARCH: 2}),
        ),
        (
            {**PLAIN, "server_tool_use": None, "cache_creation": None, "output_tokens_details": 7},
            Usage(input_tokens=20, output_tokens=5),
        ),
        ({"input_tokens": 0, "output_tokens": 0}, Usage()),
    ],
)
def test_usage_by_kind(reported: dict[str, Any], usage: Usage) -> None:
    report = report_of(reported)
    assert report is not None
    assert report.usage == usage
    assert not report.estimated


@pytest.mark.parametrize(
    "reported",
    [
        {},
        {"input_tokens": 20},
        {"output_tokens": 5},
        {"input_tokens": "20", "output_tokens": 5},
        {"input_tokens": True, "output_tokens": 5},
        {"input_tokens": -1, "output_tokens": 5},
        {"input_tokens": 2 * 10**9, "output_tokens": 5},
    ],
)
def test_what_cannot_be_believed_is_no_usage(reported: dict[str, Any]) -> None:
    assert report_of(reported) is None


@pytest.mark.parametrize(
    ("members", "tier"),
    [
        ({}, None),
        ({"service_tier": "standard"}, None),
        ({"service_tier": "standard", "speed": "standard"}, "default"),
        ({"service_tier": "standard", "speed": "fast"}, "fast"),
        ({"service_tier": "priority", "speed": None}, "priority"),
        ({"service_tier": "batch"}, "batch"),
        ({"service_tier": 7, "speed": 7}, None),
    ],
)
def test_the_tier_it_was_answered_in(members: dict[str, Any], tier: str | None) -> None:
    report = report_of({**PLAIN, **members})
    assert report is not None
    assert report.service_tier == tier


def test_later_counts_stand_and_gaps_do_not() -> None:
    earlier = {"input_tokens": 20, "output_tokens": 1, "cache_read_input_tokens": 7}
    later = {"output_tokens": 44, "cache_read_input_tokens": None}
    assert merged(earlier, later) == {
        "input_tokens": 20,
        "output_tokens": 44,
        "cache_read_input_tokens": 7,
    }


@given(
    st.builds(
        Usage.reconciled,
        input_tokens=st.integers(0, 10**6),
        cached_read_tokens=st.integers(0, 10**6),
        cache_write_tokens=st.integers(0, 10**6),
        cache_write_long_tokens=st.integers(0, 10**6),
        output_tokens=st.integers(0, 10**6),
        reasoning_tokens=st.integers(0, 10**6),
        counted=st.builds(lambda count: {UnitKind.WEB_SEARCH: count}, st.integers(0, 9)),
    )
)
def test_what_is_told_reads_the_same(usage: Usage) -> None:
    report = report_of(usage_object(usage))
    assert report is not None
    assert report.usage == usage


def test_what_an_answer_shows() -> None:
    content = [
        {"type": "thinking", "thinking": "hm", "signature": "s" * 99},
        {"type": "text", "text": "zwölf"},
        {"type": "tool_use", "id": "t", "name": "n", "input": {"city": "Bern", "count": 7}},
        {"type": "text", "text": ""},
        7,
    ]
    assert visible_of(content) == VisibleOutput(pieces=3, text_bytes=2 + 6 + 4)
    assert visible_of("text") == VisibleOutput()
