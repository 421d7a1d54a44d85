"""Sums kept beside the rows they are of: windows, days, and how many calls there are."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.limits import WindowKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SumOff:
    """A sum that is not what its rows come to; ``rows`` are those, in a word."""

    what: str
    name: str
    rows: str
    kept: int
    reckoned: int

    def __str__(self) -> str:
        return f"{self.what} {self.name} is {self.kept}, its {self.rows} say {self.reckoned}"


def differing(connection: Connection) -> list[SumOff]:
    """Return every sum that is not what its rows come to; for a million calls within seconds."""
    return [off for kind in range(KINDS) for off in differing_of(connection, kind)]


def differing_of(connection: Connection, kind: int) -> list[SumOff]:
    """Return those of one kind, so that others have their turn after each; below ``KINDS``."""
    what, name, rows, sql = _SUMS[kind]
    return [
        SumOff(what=what, name=str(name(*row[:-2])), rows=rows, kept=row[-2], reckoned=row[-1])
        for row in connection.execute(sql).fetchall()
    ]


def _day(day: str, grant: str) -> str:
    return f"{day}, {grant}"


_WINDOWS: Final = """
SELECT w.owner, w.period, w.starts_at, {column}, coalesce(reckoned, 0)
FROM windows AS w LEFT JOIN (
    SELECT window_id, sum({size}) AS reckoned
    FROM call_windows JOIN calls ON calls.seq = call_windows.call_seq WHERE {which} GROUP BY 1
) AS r ON window_id = w.id
WHERE {column} <> coalesce(reckoned, 0)
"""

_DAYS: Final = """
SELECT coalesce(d.day, r.day), coalesce(d.grant_id, r.grant_id), coalesce(d.spent, 0),
    coalesce(r.spent, 0)
FROM daily_spend AS d FULL JOIN (
    SELECT settled_on AS day, grant_id, sum(cost + corrected - credited) AS spent FROM calls
    WHERE cost > 0 OR corrected <> 0
    GROUP BY 1, 2
) AS r ON r.day = d.day AND r.grant_id = d.grant_id
WHERE coalesce(d.spent, 0) <> coalesce(r.spent, 0)
"""

_HELD_CALLS: Final = """
SELECT 'calls', kept, reckoned FROM (
    SELECT (SELECT count(*) FROM calls) AS kept,
        (SELECT count(DISTINCT call_id) FROM transfers WHERE kind = 'pending') AS reckoned
) AS counts
WHERE kept <> reckoned
"""

_RAISED: Final = """
SELECT w.owner, w.period, w.starts_at, w.raised, coalesce(reckoned, 0)
FROM windows AS w LEFT JOIN (
    SELECT window_id, sum(amount) AS reckoned FROM raises WHERE ended_at IS NULL GROUP BY 1
) AS r ON window_id = w.id
WHERE w.raised <> coalesce(reckoned, 0)
"""

_Named = Callable[..., object]
_SUMS: Final[tuple[tuple[str, _Named, str, str], ...]] = (
    (
        "spent in",
        WindowKey,
        "calls",
        _WINDOWS.format(
            column="spent", size="cost + corrected - credited", which="status <> 'running'"
        ),
    ),
    (
        "held in",
        WindowKey,
        "calls",
        _WINDOWS.format(column="held", size="hold", which="status = 'running'"),
    ),
    ("raised in", WindowKey, "raises", _RAISED),
    ("spent on", _day, "calls", _DAYS),
    ("the number of", str, "holds", _HELD_CALLS),
)
KINDS: Final = len(_SUMS)
"""How many kinds of sums there are."""
