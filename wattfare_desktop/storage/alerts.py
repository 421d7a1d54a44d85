"""What apps did that their user is told of, and what their user made of it."""

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.watching.alerts import Alert, AlertState
from wattfare_desktop.core.watching.rules import (
    ALERT_AGAIN_MS,
    MINE_MS,
    Action,
    CallRate,
    Finding,
    Rule,
)
from wattfare_desktop.storage import grants
from wattfare_desktop.storage.connection import Connection, Row

PAUSED_BY_RULE = "paused_by_rule"
"""The event in a grant's history; its detail is the rule."""

_ALERTS = (
    "SELECT a.id, a.grant_id, g.name, a.rule, a.action, a.measured, a.against, a.subject,"
    " a.first_at, a.last_at, a.times, a.state, a.is_pausing"
    " FROM alerts AS a JOIN grants AS g ON g.id = a.grant_id"
)


def note(connection: Connection, grant: GrantId, finding: Finding, now: Instant) -> Alert | None:
    """Write what was found, and pause the app where that is what the rule does.

    None where there is nothing new to tell: the app cannot spend any more, or its user was told
    within a day. A pause is always told, by the same alert again within that day.
    """
    record = grants.get(connection, grant)
    if record is None or record.state is not GrantState.ACTIVE:
        return None
    pauses = finding.action is Action.PAUSE
    if pauses:
        rule = finding.rule.value
        grants.set_state(connection, grant, GrantState.PAUSED, PAUSED_BY_RULE, now, detail=rule)
    known = _latest(connection, grant, finding.rule)
    if known is None or abs(now - known.last_at) >= ALERT_AGAIN_MS:
        return _insert(connection, grant, finding, now)
    return _again(connection, known, finding, now) if pauses else None


def listed(connection: Connection, limit: int) -> tuple[Alert, ...]:
    """Return the latest alerts, newest first."""
    rows = connection.execute(f"{_ALERTS} ORDER BY a.last_at DESC, a.id DESC LIMIT ?", (limit,))
    return tuple(_alert(row) for row in rows.fetchall())


def fresh(connection: Connection) -> tuple[Alert, ...]:
    """Return those that nobody has looked at, newest first."""
    rows = connection.execute(f"{_ALERTS} WHERE a.state = 'new' ORDER BY a.last_at DESC, a.id DESC")
    return tuple(_alert(row) for row in rows.fetchall())


def get(connection: Connection, alert: int) -> Alert | None:
    """Return one alert, or None."""
    row = connection.execute(f"{_ALERTS} WHERE a.id = ?", (alert,)).fetchone()
    return None if row is None else _alert(row)


def see(connection: Connection) -> None:
    """Note that its user has looked at all there is."""
    connection.execute("UPDATE alerts SET state = 'seen' WHERE state = 'new'")


def say_mine(connection: Connection, alert: int, now: Instant) -> None:
    """Note that it was the user's own doing: its rule is less strict with this app for a while."""
    connection.execute(
        "UPDATE alerts SET state = 'mine', mine_until = ? WHERE id = ?", (now + MINE_MS, alert)
    )


def mine(connection: Connection, now: Instant) -> list[tuple[GrantId, Rule, Instant]]:
    """Return which rules are less strict with which apps, and until when."""
    rows = connection.execute(
        "SELECT grant_id, rule, max(mine_until) FROM alerts WHERE mine_until > ?"
        " GROUP BY grant_id, rule",
        (now,),
    ).fetchall()
    return [(GrantId(row[0]), Rule(row[1]), Instant(row[2])) for row in rows]


def told(connection: Connection, now: Instant) -> list[tuple[GrantId, Rule, Instant]]:
    """Return which rules were told of which apps of late, and when."""
    rows = connection.execute(
        "SELECT grant_id, rule, max(last_at) FROM alerts WHERE last_at > ? GROUP BY grant_id, rule",
        (now - ALERT_AGAIN_MS,),
    ).fetchall()
    return [(GrantId(row[0]), Rule(row[1]), Instant(row[2])) for row in rows]


def pausing(connection: Connection) -> list[tuple[GrantId, Rule]]:
    """Return which apps are paused by which rule."""
    rows = connection.execute("SELECT grant_id, rule FROM alerts WHERE is_pausing = 1").fetchall()
    return [(GrantId(row[0]), Rule(row[1])) for row in rows]


def rates(connection: Connection) -> list[tuple[GrantId, CallRate]]:
    """Return the rates that the user set."""
    rows = connection.execute("SELECT grant_id, per_s, in_flight FROM call_rates").fetchall()
    return [(GrantId(row[0]), CallRate(per_s=row[1], in_flight=row[2])) for row in rows]


def set_rate(connection: Connection, grant: GrantId, rate: CallRate) -> None:
    """Keep how fast the app may call."""
    connection.execute(
        "INSERT INTO call_rates (grant_id, per_s, in_flight) VALUES (?, ?, ?)"
        " ON CONFLICT (grant_id) DO UPDATE SET per_s = excluded.per_s,"
        " in_flight = excluded.in_flight",
        (grant, rate.per_s, rate.in_flight),
    )


def _latest(connection: Connection, grant: GrantId, rule: Rule) -> Alert | None:
    row = connection.execute(
        f"{_ALERTS} WHERE a.grant_id = ? AND a.rule = ? ORDER BY a.last_at DESC LIMIT 1",
        (grant, rule.value),
    ).fetchone()
    return None if row is None else _alert(row)


def _insert(connection: Connection, grant: GrantId, finding: Finding, now: Instant) -> Alert:
    row = connection.execute(
        "INSERT INTO alerts (grant_id, rule, action, measured, against, subject, first_at, last_at,"
        " times, state, is_pausing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, 'new', ?) RETURNING id",
        (
            grant,
            finding.rule.value,
            finding.action.value,
            finding.measured,
            finding.against,
            finding.subject,
            now,
            now,
            int(finding.action is Action.PAUSE),
        ),
    ).fetchone()
    assert row is not None
    return _written(connection, row[0])


def _again(connection: Connection, known: Alert, finding: Finding, now: Instant) -> Alert:
    connection.execute(
        "UPDATE alerts SET times = times + 1, last_at = ?, action = ?, measured = ?, against = ?,"
        " subject = ?, state = 'new', is_pausing = 1 WHERE id = ?",
        (now, finding.action.value, finding.measured, finding.against, finding.subject, known.id),
    )
    return _written(connection, known.id)


def _written(connection: Connection, alert: int) -> Alert:
    written = get(connection, alert)
    assert written is not None
    return written


def _alert(row: Row) -> Alert:
    return Alert(
        id=row[0],
        app=GrantId(row[1]),
        app_name=row[2],
        rule=Rule(row[3]),
        action=Action(row[4]),
        measured=row[5],
        against=row[6],
        subject=row[7],
        at=Instant(row[8]),
        last_at=Instant(row[9]),
        times=row[10],
        state=AlertState(row[11]),
        paused=bool(row[12]),
    )
