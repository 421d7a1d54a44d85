"""What is offered to an app that reached its cap, and when its user is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import HOUR_MS, MINUTE_MS, Instant, later
from wattfare_desktop.core.money import NANOS_PER_USD, Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Budget, BudgetRefusal, LimitKind, decide
from wattfare_desktop.core.raises import Offer, Quiet, RaiseKind, offer_for

NOW = Instant(1_795_435_200_000)
RENEWS = Instant(NOW + 1)


def _budget(
    kind: LimitKind = LimitKind.APP, limit: str = "5.00", spent: str = "0", held: str = "0"
) -> Budget:
    of_time = kind in {LimitKind.APP, LimitKind.WALLET}
    return Budget(
        kind=kind,
        period=Period.MONTH if of_time else None,
        limit=parse_usd(limit),
        spent=parse_usd(spent),
        held=parse_usd(held),
        resets_at=RENEWS if of_time else None,
    )


def _refusal(amount: str, *budgets: Budget) -> BudgetRefusal:
    refusal = decide(parse_usd(amount), budgets)
    assert refusal is not None
    return refusal


def _offer(amount: str, *budgets: Budget) -> Offer | None:
    return offer_for(_refusal(amount, *budgets))


@pytest.mark.parametrize(
    ("amount", "spent", "needed", "once", "window"),
    [
        ("0.10", "5.00", "0.10", "1.00", "5.00"),
        ("0.10", "4.95", "0.05", "1.00", "5.00"),
        ("1.00", "5.00", "1.00", "1.00", "5.00"),
        ("1.000000001", "5.00", "1.000000001", "2.00", "5.00"),
        ("5.50", "5.00", "5.50", "6.00", "6.00"),
        # A cap that was lowered below what is gone lacks that much more.
        ("0.10", "7.00", "2.10", "3.00", "5.00"),
    ],
)
def test_a_raise_is_a_dollar_or_five_unless_that_is_too_little(
    amount: str, spent: str, needed: str, once: str, window: str
) -> None:
    offer = _offer(amount, _budget(spent=spent))
    assert offer is not None
    assert offer.needed == parse_usd(needed)
    assert offer.raise_of(RaiseKind.ONCE) == parse_usd(once)
    assert offer.raise_of(RaiseKind.WINDOW) == parse_usd(window)
    assert (offer.period, offer.resets_at) == (Period.MONTH, RENEWS)


@pytest.mark.parametrize(
    "budgets",
    [
        [_budget(LimitKind.WALLET, spent="5.00")],
        [_budget(LimitKind.FUNDING, spent="5.00")],
        [_budget(LimitKind.CALL, limit="0.05")],
        # The app's own cap is in the way, and so is something that no raise of it moves.
        [_budget(spent="5.00"), _budget(LimitKind.WALLET, spent="4.99")],
        [_budget(spent="5.00"), _budget(LimitKind.WALLET, held="4.99")],
        [_budget(spent="5.00"), _budget(LimitKind.FUNDING, spent="4.95")],
        [_budget(spent="5.00"), _budget(LimitKind.CALL, limit="0.05")],
        # Waiting for running calls helps.
        [_budget(held="5.00")],
    ],
)
def test_nothing_is_offered_that_would_not_help(budgets: list[Budget]) -> None:
    assert _offer("0.10", *budgets) is None


sums = st.integers(min_value=0, max_value=20 * NANOS_PER_USD).map(Nanos)


@given(amount=sums, limit=sums, spent=sums, held=sums, kind=st.sampled_from(RaiseKind))
def test_whatever_is_offered_lets_the_call_through(
    amount: Nanos, limit: Nanos, spent: Nanos, held: Nanos, kind: RaiseKind
) -> None:
    def budget(raised: int) -> Budget:
        return Budget(
            kind=LimitKind.APP,
            period=Period.DAY,
            limit=Nanos(limit + raised),
            spent=spent,
            held=held,
            resets_at=None,
        )

    refusal = decide(amount, [budget(0)])
    offer = None if refusal is None else offer_for(refusal)
    if offer is None:
        assert refusal is None or spent + amount <= limit
        return
    assert decide(amount, [budget(offer.raise_of(kind))]) is None
    assert decide(amount, [budget(offer.needed - 1)]) is not None, "needed is no more than that"


def test_after_a_no_the_user_is_left_alone_and_longer_each_time() -> None:
    quiet, now, lengths = Quiet(), NOW, []
    assert not quiet.reigns(now)
    for _ in range(6):
        quiet = quiet.refused(now)
        assert quiet.reigns(now)
        assert quiet.reigns(Instant(quiet.until - 1))
        assert not quiet.reigns(quiet.until)
        lengths.append(quiet.until - now)
        now = quiet.until
    assert lengths == [each * MINUTE_MS for each in (5, 10, 20, 40, 60, 60)]


def test_a_clock_set_back_silences_nobody_for_longer() -> None:
    quiet = Quiet().refused(later(NOW, HOUR_MS))
    assert not quiet.reigns(NOW)
