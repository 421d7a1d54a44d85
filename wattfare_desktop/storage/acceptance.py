"""Books taken as they are by their user, though not all in them is as it was written.

The note about it says what was off by then. So the next verification tells what was altered since,
and not for ever what the user has seen and accepted.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.ledger.chain import NoteKind
from wattfare_desktop.storage import chain, limits, sums
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.sums import SumOff


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Calls up to number ``calls_until`` are as they are; these sums are off by so much.

    Balances and grants are those of the digest that follows, limits those of the notes before it.
    """

    calls_until: int = 0
    off_by: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def covers(self, off: SumOff) -> bool:
        """Return whether ``off`` is as it was accepted."""
        return self.off_by.get((off.what, off.name)) == off.kept - off.reckoned


NOTHING_ACCEPTED: Final = Acceptance()


def accept(connection: Connection, content: Mapping[str, Any], now: Instant) -> None:
    """Write that the books are accepted; ``content`` says what was doubted. Seconds for a million.

    What follows is compared with the books as they were accepted.
    """
    row = connection.execute("SELECT coalesce(max(seq), 0) FROM calls").fetchone()
    assert row is not None
    off = [[each.what, each.name, each.kept - each.reckoned] for each in sums.differing(connection)]
    chain.add_note(connection, NoteKind.ACCEPTED, {**content, "calls": row[0], "off": off}, now)
    limits.note_all(connection, now)
    chain.add_digest(connection, now, with_limits=False)


def read_acceptance(content: str) -> Acceptance | None:
    """Return what was accepted; None where a restore wrote the note, after it found all whole."""
    told = json.loads(content)
    if "off" not in told:
        return None
    return Acceptance(
        calls_until=told["calls"], off_by={(what, name): by for what, name, by in told["off"]}
    )


def standing_doubt(connection: Connection) -> str:
    """Return what a verification found and nobody has accepted since; "": nothing."""
    row = connection.execute(
        "SELECT kind, content FROM chain_notes WHERE kind IN (?, ?) ORDER BY seq DESC LIMIT 1",
        (NoteKind.DOUBTED.value, NoteKind.ACCEPTED.value),
    ).fetchone()
    return "" if row is None or row[0] != NoteKind.DOUBTED else str(json.loads(row[1]))
