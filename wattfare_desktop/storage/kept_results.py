"""Calls that an app names by a key of its own, so that repeating one costs nothing.

The key is taken in the transaction that holds the call's money, and its result is kept in the one
that settles it: there is no moment at which a call is paid for and its key is free.
"""

from dataclasses import dataclass

from wattfare_desktop.core.holds import Fit
from wattfare_desktop.core.identifiers import DAY_MS, CallId, GrantId, Instant, later
from wattfare_desktop.core.reports import CallStatus
from wattfare_desktop.storage import calls
from wattfare_desktop.storage.calls import Admission, Refused, Settled, Settlement
from wattfare_desktop.storage.connection import Connection

KEPT_MS = DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class CallKey:
    """What an app calls a call: digests of its own key, and of the request it belongs to."""

    grant: GrantId
    key: bytes
    request: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A call began under this key before."""

    call: CallId
    request: bytes
    status: CallStatus
    result_sealed: bytes | None
    is_too_large: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a repeat will be told; ``sealed`` None: not known, or ``is_too_large`` to be kept."""

    sealed: bytes | None = None
    is_too_large: bool = False


def find(connection: Connection, key: CallKey, now: Instant) -> Taken | None:
    """Return the call that began under ``key``, None where none did within the day."""
    row = connection.execute(
        "SELECT call_id, request_digest, status, result_sealed, is_too_large"
        " FROM kept_results JOIN calls ON calls.id = call_id"
        " WHERE kept_results.grant_id = ? AND key_digest = ?"
        " AND (expires_at > ? OR status = 'running')",
        (key.grant, key.key, now),
    ).fetchone()
    if row is None:
        return None
    call, request, status, sealed, is_too_large = row
    return Taken(
        call=CallId(call),
        request=request,
        status=CallStatus(status),
        result_sealed=sealed,
        is_too_large=bool(is_too_large),
    )


def admit(connection: Connection, admission: Admission, key: CallKey) -> Fit | Refused | Taken:
    """Hold the money for a call and take its key; of two with one key, one is admitted.

    What is refused leaves the key free.
    """
    sweep(connection, admission.now)
    taken = find(connection, key, admission.now)
    if taken is not None:
        return taken
    answer = calls.admit(connection, admission)
    if isinstance(answer, Fit):
        connection.execute(
            "INSERT INTO kept_results (call_id, grant_id, key_digest, request_digest, expires_at)"
            " VALUES (?, ?, ?, ?, ?)",
            (admission.call, key.grant, key.key, key.request, later(admission.now, KEPT_MS)),
        )
    return answer


def settle(connection: Connection, settlement: Settlement, result: Result) -> Settled | None:
    """Settle a call that has a key, and keep its result.

    Where nothing was spent the key is free again: a retry may fare better.
    """
    settled = calls.settle(connection, settlement)
    if settled is None:
        return None
    if settlement.cost is None:
        connection.execute("DELETE FROM kept_results WHERE call_id = ?", (settlement.call,))
    else:
        connection.execute(
            "UPDATE kept_results SET result_sealed = ?, is_too_large = ? WHERE call_id = ?",
            (result.sealed, int(result.is_too_large), settlement.call),
        )
    return settled


def sweep(connection: Connection, now: Instant) -> None:
    """Delete what was kept for its day; a key whose call still runs stays taken."""
    connection.execute(
        "DELETE FROM kept_results WHERE expires_at <= ?"
        " AND call_id NOT IN (SELECT id FROM calls WHERE status = 'running')",
        (now,),
    )
