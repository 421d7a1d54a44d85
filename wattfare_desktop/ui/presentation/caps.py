"""Limits as they are typed, and the caps they make."""

from collections.abc import Sequence
from dataclasses import dataclass

from wattfare_desktop.core.money import Nanos, plain_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import WindowRow
from wattfare_desktop.ui.presentation.consent import amount_in
from wattfare_desktop.ui.presentation.periods import renewal


@dataclass(frozen=True, slots=True, kw_only=True)
class CapDraft:
    """One limit as it stands in the fields."""

    amount: str
    period: Period


def drafts_of(caps: Sequence[Cap]) -> tuple[CapDraft, ...]:
    """Return the fields that show ``caps``."""
    return tuple(CapDraft(amount=plain_usd(cap.limit), period=cap.period) for cap in caps)


def caps_of(windows: Sequence[WindowRow]) -> tuple[Cap, ...]:
    """Return the caps behind ``windows``, the shortest period first."""
    order = list(Period)
    caps = [Cap(period=window.period, limit=window.cap) for window in windows]
    return tuple(sorted(caps, key=lambda cap: order.index(cap.period)))


def judged_caps(drafts: Sequence[CapDraft], *, may_be_empty: bool) -> tuple[Cap, ...] | str:
    """Return the caps that ``drafts`` make, or the sentence that says why they make none."""
    if not drafts and not may_be_empty:
        return "An app keeps at least one limit."
    caps: list[Cap] = []
    for draft in drafts:
        limit = amount_in(draft.amount)
        if isinstance(limit, str):
            return limit
        if any(cap.period is draft.period for cap in caps):
            return f"There are two limits “{renewal(draft.period)}”: keep one."
        caps.append(Cap(period=draft.period, limit=limit))
    return tuple(caps)


def free_period(drafts: Sequence[CapDraft]) -> Period | None:
    """Return a period that has no limit yet, usual ones first; None where each has one."""
    taken = {draft.period for draft in drafts}
    usual = (Period.MONTH, Period.DAY, Period.WEEK, Period.YEAR, Period.ONCE)
    return next((period for period in usual if period not in taken), None)


def call_limit_draft(limit: Nanos | None) -> str:
    """Return the field that shows the limit of one call; empty where there is none."""
    return "" if limit is None else plain_usd(limit)


def judged_call_limit(text: str) -> Nanos | str | None:
    """Return the limit of one call that was typed, None for none, or what is wrong with it."""
    return amount_in(text) if text.strip() else None
