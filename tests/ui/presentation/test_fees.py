"""A service fee as it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.fees import BASIS_POINTS_MAX, NO_FEE, Fee
from wattfare_desktop.ui.presentation.fees import fee_draft, judged_fee

FEES = st.builds(
    Fee,
    basis_points=st.integers(0, BASIS_POINTS_MAX),
    reserve_percent=st.integers(0, 100),
)


@given(fee=FEES)
def test_a_fee_is_read_as_it_is_shown(fee: Fee) -> None:
    assert judged_fee(*fee_draft(fee)) == fee


@pytest.mark.parametrize(
    ("percent", "share", "fee"),
    [
        ("", "", NO_FEE),
        (" 2.5 % ", "50%", Fee(basis_points=250, reserve_percent=50)),
        ("10", "100", Fee(basis_points=1_000, reserve_percent=100)),
    ],
)
def test_what_people_type(percent: str, share: str, fee: Fee) -> None:
    assert judged_fee(percent, share) == fee


@pytest.mark.parametrize("percent", ["10.01", "11", "-1", "2.555", "two", "٣"])
def test_an_unfit_fee_is_refused_in_words(percent: str) -> None:
    assert judged_fee(percent, "0") == "A service fee is from 0 to 10 per cent, like 2.5."


@pytest.mark.parametrize("share", ["101", "2.5", "-1", "half", "٣"])
def test_an_unfit_share_is_refused_in_words(share: str) -> None:
    assert judged_fee("1", share) == "The reserve's share is from 0 to 100 per cent."
