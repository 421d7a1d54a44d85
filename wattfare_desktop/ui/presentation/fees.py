"""A service fee as it is typed."""

import re
from typing import Final

from wattfare_desktop.core.fees import Fee, parse_fee_percent

_SHARE: Final = re.compile(r"([0-9]{1,3})\s*%?", re.ASCII)
_SHARE_MAX: Final = 100


def fee_draft(fee: Fee) -> tuple[str, str]:
    """Return the fee and the reserve's share of it as they stand in their fields."""
    return fee.percent, str(fee.reserve_percent)


def judged_fee(percent: str, share: str) -> Fee | str:
    """Return the fee that was typed, or the sentence that says what is wrong. Nothing is 0."""
    try:
        points = parse_fee_percent(percent.strip() or "0")
    except ValueError:
        return "A service fee is from 0 to 10 per cent, like 2.5."
    match = _SHARE.fullmatch(share.strip() or "0")
    if match is None or int(match[1]) > _SHARE_MAX:
        return "The reserve's share is from 0 to 100 per cent."
    return Fee(basis_points=points, reserve_percent=int(match[1]))
