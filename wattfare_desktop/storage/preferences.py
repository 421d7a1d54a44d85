"""What the user decided about the wallet as a whole, as named texts."""

from wattfare_desktop.storage.connection import Connection


def get(connection: Connection, name: str) -> str | None:
    """Return the text kept under ``name``, or None."""
    row = connection.execute("SELECT content FROM preferences WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def put(connection: Connection, name: str, content: str) -> None:
    """Keep ``content`` under ``name``."""
    connection.execute(
        "INSERT INTO preferences (name, content) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET content = excluded.content",
        (name, content),
    )
