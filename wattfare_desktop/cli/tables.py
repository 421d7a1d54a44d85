"""Aligned columns and readable figures for text output."""

import unicodedata
from collections.abc import Sequence
from typing import Final

from wattfare_desktop.cli.plain import visible
from wattfare_desktop.core.money import NANOS_PER_USD, Nanos, display_usd

_GAP: Final = "  "


def table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: frozenset[int] = frozenset()
) -> list[str]:
    """Return the lines of a table; the columns whose places are in ``right`` are right-aligned."""
    cells = [[visible(cell) for cell in row] for row in (heads, *rows)]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(heads))]
    return [
        _GAP.join(
            _padded(cell, widths[place], right=place in right) for place, cell in enumerate(row)
        ).rstrip()
        for row in cells
    ]


def pairs(named: Sequence[tuple[str, str]]) -> list[str]:
    """Return lines of ``name  value`` with the values in one column."""
    width = max((_width(name) for name, _ in named), default=0)
    return [f"{_padded(name, width, right=False)}{_GAP}{visible(value)}" for name, value in named]


def money(exact: str | None) -> str:
    """Return an exact amount such as ``"5.000000000"`` as people read it; a dash for none."""
    return "-" if exact is None else display_usd(nanos(exact))


def nanos(exact: str) -> Nanos:
    """Return the nano-dollars of an exact amount, negative ones included."""
    whole, _, part = exact.removeprefix("-").partition(".")
    size = int(whole) * NANOS_PER_USD + int(part.ljust(9, "0"))
    return Nanos(-size if exact.startswith("-") else size)


def moment(time: str | None) -> str:
    """Return an ISO 8601 time down to the minute; a dash for none."""
    return "-" if time is None else f"{time[:10]} {time[11:16]}Z"


def _width(text: str) -> int:
    return sum(_sign_width(sign) for sign in text)


def _sign_width(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def _padded(text: str, width: int, *, right: bool) -> str:
    blank = " " * (width - _width(text))
    return blank + text if right else text + blank
