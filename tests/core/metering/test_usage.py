"""Tests of ``wattfare_desktop.core.metering.usage``."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.usage import Usage

FIGURES = st.integers(min_value=-5, max_value=10**6)


def test_plain_tokens_are_what_no_kind_claims() -> None:
    usage = Usage(
        input_tokens=100,
        cached_read_tokens=40,
        cache_write_tokens=10,
        input_audio_tokens=5,
        output_tokens=60,
        reasoning_tokens=20,
        output_audio_tokens=7,
    )
    assert usage.plain_input_tokens == 45
    assert usage.plain_output_tokens == 33


@pytest.mark.parametrize(
    "figures",
    [
        {"input_tokens": -1},
        {"output_tokens": -1},
        {"input_tokens": 5, "cached_read_tokens": 6},
        {"input_tokens": 5, "cached_read_tokens": 3, "cache_write_tokens": 3},
        {"input_tokens": 5, "cached_read_tokens": -1},
        {"output_tokens": 5, "reasoning_tokens": 6},
        {"output_tokens": 5, "reasoning_tokens": -2, "output_audio_tokens": 2},
    ],
)
def test_contradictions_are_refused(figures: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="token counts"):
        Usage(**figures)


def test_reconciled_keeps_consistent_figures() -> None:
    figures: dict[str, Any] = {
        "input_tokens": 100,
        "cached_read_tokens": 40,
        "cache_write_tokens": 10,
        "input_audio_tokens": 5,
        "output_tokens": 60,
        "reasoning_tokens": 20,
        "output_audio_tokens": 7,
    }
    assert Usage.reconciled(**figures) == Usage(**figures)


def test_overlap_takes_the_discount_away() -> None:
    usage = Usage.reconciled(input_tokens=100, cached_read_tokens=80, input_audio_tokens=60)
    assert usage == Usage(input_tokens=100, cached_read_tokens=40, input_audio_tokens=60)


def test_a_part_larger_than_its_total_raises_the_total() -> None:
    usage = Usage.reconciled(
        input_tokens=10, cache_write_tokens=30, output_tokens=1, reasoning_tokens=9
    )
    assert usage == Usage(
        input_tokens=30, cache_write_tokens=30, output_tokens=9, reasoning_tokens=9
    )


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            (
                "input_tokens",
                "cached_read_tokens",
                "cached_audio_tokens",
                "cached_image_tokens",
                "cache_write_tokens",
                "cache_write_long_tokens",
                "input_image_tokens",
                "output_image_tokens",
                "input_audio_tokens",
                "output_tokens",
                "reasoning_tokens",
                "output_audio_tokens",
            ),
            FIGURES,
        ),
    )
)
def test_reconciled_is_always_consistent_and_never_smaller(figures: dict[str, Any]) -> None:
    usage = Usage.reconciled(**figures)
    assert usage.input_tokens >= max(0, figures.get("input_tokens", 0))
    assert usage.output_tokens >= max(0, figures.get("output_tokens", 0))
    assert usage.plain_input_tokens >= 0
    assert usage.plain_output_tokens >= 0
