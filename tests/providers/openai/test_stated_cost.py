"""Tests of ``wattfare_desktop.providers.openai.stated_cost``."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.providers.openai.stated_cost import exactly, stated_usd, states_cost


@pytest.mark.parametrize(
    ("usage", "usd"),
    [
        ({"cost": 0.95}, "0.95"),
        ({"cost": 2}, "2"),
        ({"cost": 0}, "0"),
        ({"cost": 1.4405e-04}, "0.00014405"),
        # OpenRouter's own words: the same sum, told twice.
        ({"cost": 0.5, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.5}}, "0.5"),
        # With the user's own key OpenRouter takes its share, and the provider behind it the rest.
        ({"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}}, "0.21"),
        (
            {"cost": 0.01, "is_byok": True, "cost_details": {"upstream_inference_cost": None}},
            "0.01",
        ),
        ({"cost": 0.01, "is_byok": True}, "0.01"),
        # xAI's.
        ({"cost_in_usd_ticks": 37756000}, "0.0037756"),
        # Perplexity's.
        ({"cost": {"request_cost": 0.005, "total_cost": 0.006}}, "0.006"),
    ],
)
def test_what_is_stated(usage: dict[str, Any], usd: str) -> None:
    assert stated_usd(usage) == Decimal(usd)


@pytest.mark.parametrize(
    "cost", [None, "0.5", True, -0.1, float("nan"), float("inf"), 1e9, {}, {"total_cost": "1"}, []]
)
def test_what_is_no_sum_of_dollars_states_nothing(cost: Any) -> None:
    assert stated_usd({"cost": cost}) is None


def test_ticks_that_are_no_sum_state_nothing() -> None:
    for ticks in (-1, 10**17, "7", None):
        assert states_cost({"cost_in_usd_ticks": ticks})
        assert stated_usd({"cost_in_usd_ticks": ticks}) is None


@given(st.decimals(min_value=0, max_value=1_000, places=25))
def test_not_a_digit_is_lost(usd: Decimal) -> None:
    raw = b'{"usage":{"cost":' + format(usd, "f").encode() + b"}}"
    assert stated_usd(exactly(raw)["usage"]) == usd


@pytest.mark.parametrize("raw", [b"", b"[1]", b"{", b"\xff"])
def test_what_is_no_object_is_empty(raw: bytes) -> None:
    assert exactly(raw) == {}
