"""Reading the journal from its beginning, as an auditor would."""

from collections.abc import Collection

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.storage.connection import Connection


def used_over_time(connection: Connection, grants: Collection[GrantId]) -> list[int]:
    """Return what ``grants`` had spent and held together after each transfer of theirs.

    Every state that was ever committed is among them.
    """
    accounts = {f"spend:{grant}" for grant in grants}
    rows = connection.execute(
        "SELECT id, kind, credit_account, amount, pending_id FROM transfers ORDER BY seq"
    ).fetchall()
    held: dict[str, int] = {}
    used = [0]
    for transfer, kind, account, amount, pending in rows:
        if account not in accounts:
            continue
        if kind == "pending":
            held[transfer] = amount
            used.append(used[-1] + amount)
        else:
            used.append(used[-1] - held.pop(pending, 0) + amount)
    return used
