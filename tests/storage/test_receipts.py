"""Tests of ``wattfare_desktop.storage.receipts``."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.storage.receipts import items_in, items_text

items = st.builds(
    Item,
    kind=st.sampled_from(UnitKind),
    units=st.integers(min_value=1, max_value=10**9),
    usd=st.decimals(min_value=0, max_value=10**6, allow_nan=False, allow_infinity=False),
)


@given(kept=st.lists(items, max_size=8).map(tuple))
def test_what_is_kept_comes_back_to_the_last_digit(kept: tuple[Item, ...]) -> None:
    assert items_in(items_text(kept)) == kept


def test_it_is_kept_short() -> None:
    item = Item(kind=UnitKind.CACHED_READ, units=1_200, usd=Decimal("1E-3"))
    assert items_text([item]) == '[["cached_read",1200,"0.001"]]'
    assert items_text([]) is None
