"""Tests of ``wattfare_desktop.core.holds``: within what is left, enough for what is needed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.holds import FIRST_SLICE_TOKENS, FLOOR_TOKENS, Answer, Exactly, Growth
from wattfare_desktop.core.metering.meter import hold_bound, output_tokens_for
from wattfare_desktop.core.metering.prices import ModelPrice, Tier, TokenRate
from wattfare_desktop.core.money import Nanos

_DOLLARS = st.decimals(min_value=0, max_value=200, places=4)


@st.composite
def prices(draw: st.DrawFn) -> ModelPrice:
    def rate() -> TokenRate:
        tiers = (Tier(start=1_000, usd_per_mtok=draw(_DOLLARS)),) if draw(st.booleans()) else ()
        return TokenRate(usd_per_mtok=draw(_DOLLARS), tiers=tiers)

    return ModelPrice(input=rate(), output=rate(), usd_per_request=draw(_DOLLARS) / 1_000)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    most = draw(st.integers(min_value=1, max_value=200_000))
    return Answer(
        price=draw(prices()),
        input_tokens=draw(st.integers(min_value=0, max_value=5_000)),
        asked_tokens=draw(st.none() | st.integers(min_value=1, max_value=300_000)),
        most_tokens=most,
        grows=draw(st.booleans()),
    )


MONEY = st.integers(min_value=-(10**6), max_value=10**11)


@given(prices(), st.integers(min_value=0, max_value=5_000), MONEY)
def test_what_money_buys_is_the_inverse_of_what_it_costs(
    price: ModelPrice, input_tokens: int, money: int
) -> None:
    tokens = output_tokens_for(price, input_tokens, money)
    if tokens is None:
        assert hold_bound(price, input_tokens, 10**9) <= money
    elif tokens < 0:
        assert hold_bound(price, input_tokens, 0) > money
    else:
        assert hold_bound(price, input_tokens, tokens) <= money
        assert hold_bound(price, input_tokens, tokens + 1) > money


@given(answers(), MONEY)
def test_a_fit_is_within_what_is_left_and_the_call_can_do_with_it(wish: Answer, left: int) -> None:
    fit = wish.fit(left)
    assert (fit is None) == (wish.least > left)
    if fit is None:
        return
    assert wish.least <= fit.amount <= left
    assert fit.amount == wish.cost(fit.output_tokens)
    assert min(FLOOR_TOKENS, wish.bound) <= fit.output_tokens <= fit.output_bound <= wish.bound
    assert wish.cost(fit.output_bound) <= left
    if not wish.grows:
        assert fit.output_tokens == fit.output_bound


@given(answers(), MONEY)
def test_an_answer_without_its_own_bound_leaves_half_to_others(wish: Answer, left: int) -> None:
    fit = wish.fit(left)
    if fit is not None and not wish.grows and wish.asked_tokens is None:
        assert fit.amount <= max(left // 2, wish.least)


def _answer(**changed: object) -> Answer:
    ten_dollars = TokenRate(usd_per_mtok=Decimal(10))
    fields: dict[str, object] = {
        "price": ModelPrice(input=TokenRate(usd_per_mtok=Decimal(0)), output=ten_dollars),
        "input_tokens": 100,
        "asked_tokens": None,
        "most_tokens": 100_000,
        "grows": False,
        **changed,
    }
    return Answer(**fields)  # type: ignore[arg-type]


def test_the_apps_own_bound_is_held_whole_where_it_fits() -> None:
    fit = _answer(asked_tokens=1_000).fit(Nanos(1_000 * 10_000))
    assert fit is not None
    assert (fit.output_tokens, fit.output_bound) == (1_000, 1_000)


def test_a_bound_that_does_not_fit_is_cut_to_half_of_what_is_left() -> None:
    fit = _answer(asked_tokens=1_000).fit(Nanos(1_000 * 10_000 - 1))
    assert fit is not None
    assert fit.output_bound == 499


def test_a_stream_begins_with_one_slice_under_all_that_is_left() -> None:
    fit = _answer(grows=True).fit(Nanos(50_000 * 10_000))
    assert fit is not None
    assert (fit.output_tokens, fit.output_bound) == (FIRST_SLICE_TOKENS, 50_000)


def test_twenty_agents_fit_under_a_cap_of_25_dollars() -> None:
    """The worst cases of eight of them would be 26 dollars: with whole holds the rest waited."""
    wish = _answer(grows=True, most_tokens=320_000)
    left = 25 * 10**9
    assert wish.cost(wish.bound) * 8 > left
    for _ in range(20):
        fit = wish.fit(left)
        assert fit is not None
        left -= fit.amount
    assert left > 24 * 10**9


def test_one_amount_fits_whole_or_not_at_all() -> None:
    assert Exactly(amount=Nanos(5)).fit(4) is None
    fit = Exactly(amount=Nanos(5)).fit(5)
    assert fit is not None
    assert fit.amount == 5


@given(
    st.integers(min_value=1, max_value=4_096),
    st.integers(min_value=0, max_value=500_000),
    st.lists(st.integers(min_value=1, max_value=3_000), min_size=1, max_size=400),
)
def test_growth_keeps_ahead_and_takes_a_handful_of_slices(
    first: int, more: int, pieces: list[int]
) -> None:
    growth = Growth(held=first, bound=first + more, last=first)
    used = slices = 0
    for piece in pieces:
        used += piece
        while growth.is_due(used):
            growth.grow(growth.next_slice())
            slices += 1
        assert growth.held <= growth.bound
        assert not growth.is_used_up(used)
    assert slices <= 20


@pytest.mark.parametrize(
    ("used", "is_due", "is_used_up"),
    [
        (0, False, False),
        (50, False, False),
        (51, True, False),
        (99, True, False),
        (100, True, True),
    ],
)
def test_more_is_due_at_half_of_the_last_slice(
    used: int,
    is_due: bool,  # noqa: FBT001 - a row of the table
    is_used_up: bool,  # noqa: FBT001 - a row of the table
) -> None:
    growth = Growth(held=100, bound=1_000, last=100)
    assert (growth.is_due(used), growth.is_used_up(used)) == (is_due, is_used_up)


def test_at_its_bound_a_call_is_left_to_the_provider() -> None:
    growth = Growth(held=100, bound=100, last=100)
    assert not growth.is_due(5_000)
    assert not growth.is_used_up(5_000)


def test_an_answer_that_cannot_be_bounded_is_held_whole_or_not_at_all() -> None:
    whole = _answer(most_tokens=1_000, is_whole=True)
    fit = whole.fit(Nanos(1_000 * 10_000))
    assert fit is not None
    assert (fit.amount, fit.output_tokens, fit.output_bound) == (10_000_000, 1_000, 1_000)
    assert whole.fit(Nanos(1_000 * 10_000 - 1)) is None
