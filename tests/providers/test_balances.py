"""Tests of ``wattfare_desktop.providers.balances``."""

from typing import Any

import pytest

from wattfare_desktop.providers.balances import read_balance
from wattfare_desktop.providers.catalogue import BalanceShape

DEEPSEEK = {
    "is_available": True,
    "balance_infos": [
        {"currency": "CNY", "total_balance": "70.00"},
        {"currency": "USD", "total_balance": "12.3456789019"},
    ],
}
OPENROUTER = {"data": {"total_credits": 100.5, "total_usage": 25.75}}
MOONSHOT = {"code": 0, "data": {"available_balance": 49.58894, "voucher_balance": 46.58893}}


@pytest.mark.parametrize(
    ("shape", "answer", "nanos"),
    [
        (BalanceShape.DEEPSEEK, DEEPSEEK, 12_345_678_901),
        (BalanceShape.OPENROUTER, OPENROUTER, 74_750_000_000),
        (BalanceShape.MOONSHOT, MOONSHOT, 49_588_940_000),
        # Used beyond what was bought: nothing is left.
        (BalanceShape.OPENROUTER, {"data": {"total_credits": 1, "total_usage": 1.5}}, 0),
    ],
)
def test_what_is_left_is_read_to_the_nano(shape: BalanceShape, answer: Any, nanos: int) -> None:
    assert read_balance(shape, answer) == nanos


@pytest.mark.parametrize("shape", BalanceShape)
@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"data": None, "balance_infos": None},
        {"data": [], "balance_infos": [None, {"currency": "CNY", "total_balance": "5"}]},
        {
            "data": {"available_balance": True, "total_credits": "x", "total_usage": 1},
            "balance_infos": [{"currency": "USD", "total_balance": "NaN"}],
        },
        {
            "data": {"available_balance": 1e300, "total_credits": 1e300, "total_usage": 0},
            "balance_infos": [{"currency": "USD", "total_balance": "1e300"}],
        },
    ],
)
def test_what_cannot_be_believed_is_no_balance(shape: BalanceShape, answer: Any) -> None:
    assert read_balance(shape, answer) is None
