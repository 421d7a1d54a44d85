"""Which programs made an app's calls."""

from typing import Final

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.reports import SeenProgram
from wattfare_desktop.storage.connection import Connection

_CALLS_MAX: Final = 1_000
"""How many calls are looked back over: enough to know an app by, and read at once."""

_PROGRAMS_MAX: Final = 8


def of_grant(connection: Connection, grant: GrantId) -> tuple[SeenProgram, ...]:
    """Return the programs that made the latest calls of ``grant``, the latest first."""
    rows = connection.execute(
        "SELECT program, max(started_at) AS latest FROM"
        " (SELECT program, started_at FROM calls WHERE grant_id = ? ORDER BY seq DESC LIMIT ?)"
        " WHERE program IS NOT NULL GROUP BY program ORDER BY latest DESC, program LIMIT ?",
        (grant, _CALLS_MAX, _PROGRAMS_MAX),
    ).fetchall()
    return tuple(SeenProgram(path=row[0], at=Instant(row[1])) for row in rows)
