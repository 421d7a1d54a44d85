"""Which models calls went to."""

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.storage.connection import Connection


def since(connection: Connection, start: Instant) -> list[tuple[str, str]]:
    """Return provider and model of every call that began at ``start`` or later, each once."""
    rows = connection.execute(
        "SELECT DISTINCT provider, model FROM calls WHERE started_at >= ? ORDER BY 1, 2", (start,)
    ).fetchall()
    return [(str(row[0]), str(row[1])) for row in rows]
