"""The fee: on top of the bill, inside every hold, rounded once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.fees import NO_FEE, Fee, parse_fee_percent, percent_text
from wattfare_desktop.core.holds import Exactly, WithFee
from wattfare_desktop.core.money import Nanos

FEES = st.builds(
    Fee,
    basis_points=st.integers(min_value=0, max_value=1_000),
    reserve_percent=st.integers(min_value=0, max_value=100),
)
AMOUNTS = st.integers(min_value=0, max_value=10**15)


@given(FEES, AMOUNTS)
def test_within_is_the_largest_that_fits_with_its_fee(fee: Fee, total: int) -> None:
    cost = fee.within(total)
    assert fee.on_top_of(cost) <= total < fee.on_top_of(cost + 1)


@given(FEES, st.lists(AMOUNTS, max_size=5))
def test_fees_of_slices_cover_the_fee_of_the_whole(fee: Fee, slices: list[int]) -> None:
    assert sum(fee.on_top_of(each) for each in slices) >= fee.on_top_of(sum(slices))


@given(FEES, AMOUNTS)
def test_a_share_is_part_of_the_fee(fee: Fee, cost: int) -> None:
    assert 0 <= fee.reserve_share(fee.of(cost)) <= fee.of(cost)


def test_none_is_nothing() -> None:
    assert (NO_FEE.of(10**9), NO_FEE.on_top_of(7), NO_FEE.within(7)) == (0, 7, 7)


@given(FEES, AMOUNTS, AMOUNTS)
def test_a_wish_fits_with_its_fee_or_not_at_all(fee: Fee, amount: int, left: int) -> None:
    wish = WithFee(wish=Exactly(amount=Nanos(amount)), fee=fee)
    fit = wish.fit(left)
    assert (fit is None) == (wish.least > left)
    if fit is not None:
        assert fit.amount == wish.least == fee.on_top_of(amount)


@pytest.mark.parametrize(
    ("text", "points", "shown"),
    [("0", 0, "0"), ("3", 300, "3"), ("2.5 %", 250, "2.5"), ("10.00", 1_000, "10")],
)
def test_per_cents_are_read_and_shown(text: str, points: int, shown: str) -> None:
    assert parse_fee_percent(text) == points
    assert percent_text(points) == shown
    assert Fee(basis_points=points).percent == shown


@pytest.mark.parametrize("text", ["", "-1", "10.01", "11", "1e1", "2,5", "0.125"])
def test_what_is_no_fee_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="per cent"):
        parse_fee_percent(text)


@pytest.mark.parametrize(("points", "share"), [(1_001, 0), (-1, 0), (0, 101), (0, -1)])
def test_a_fee_stays_in_its_bounds(points: int, share: int) -> None:
    with pytest.raises(ValueError, match="between"):
        Fee(basis_points=points, reserve_percent=share)
