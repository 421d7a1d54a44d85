"""A ledger as years of use leave it: calls, their transfers, windows and days, written in bulk.

The rows are those that the wallet's own operations would have written, of many apps and with all
their past windows, so that a hold meets trees of the size and shape it would meet then. Triggers
are off meanwhile and what they derive is reckoned here. Only the macs are random: no hold reads one
but the last.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from tests.support import ledger_worker
from tests.support.ledger_worker import COST, FUNDING, GRANT, HOLD, KEY, NOW
from wattfare_desktop.core.identifiers import DAY_MS, CallId, ClientId, GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.storage import budgets, chain, grants
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate

APPS: Final = 20
DAYS: Final = 3 * 365
_MONTH_DAYS: Final = 30
_MONTHS: Final = -(-DAYS // _MONTH_DAYS)
_ORIGIN: Final = (NOW // DAY_MS - DAYS) * DAY_MS
_STEP: Final = 100_000

_DAY_WINDOWS: Final = 1_000
_MONTH_WINDOWS: Final = _DAY_WINDOWS + APPS * DAYS
_WALLET_WINDOWS: Final = _MONTH_WINDOWS + APPS * _MONTHS

_APP_CAPS: Final = (
    Cap(period=Period.DAY, limit=parse_usd("50.00")),
    Cap(period=Period.MONTH, limit=parse_usd("60.00")),
)
_WALLET_CAPS: Final = (Cap(period=Period.MONTH, limit=parse_usd("90.00")),)
WINDOWS_OF_A_CALL: Final = len(_APP_CAPS) + len(_WALLET_CAPS)


def make(path: Path) -> None:
    """Make a wallet's file with its funding, apps and caps, and nothing spent."""
    connection = connect(path, KEY, chain_key=bytes(32))
    migrate(connection)
    connection.execute("BEGIN IMMEDIATE")
    ledger_worker.prepare(connection)
    zone = ledger_worker.admission(CallId("none")).zone
    first = grants.get(connection, GRANT)
    assert first is not None
    for app in _apps():
        if app != GRANT:
            grants.insert(connection, replace(first, id=app, client_id=ClientId(app)))
        budgets.set_caps(connection, budgets.owner_of(app), _APP_CAPS, NOW, zone)
    budgets.set_caps(connection, budgets.WALLET, _WALLET_CAPS, NOW, zone)
    connection.execute("COMMIT")
    connection.close()


def fill(path: Path, count: int, progress: Callable[[int], None]) -> None:
    """Store ``count`` calls, spread over the three years before; ``progress`` hears how many are.

    Less than a minute a million.
    """
    with without_triggers(path, flushes=False) as connection:
        connection.execute("BEGIN IMMEDIATE")
        _open_windows(connection)
        connection.execute("COMMIT")
        head = chain.head(connection).seq
        for begin in range(0, count, _STEP):
            end = min(begin + _STEP, count)
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_CALLS, (begin, end, count))
            connection.execute(_TRANSFERS, (begin, end, count, head))
            connection.execute(_CALL_WINDOWS, (begin, end, count))
            connection.execute("COMMIT")
            progress(end)
        connection.execute("BEGIN IMMEDIATE")
        _add_up(connection, count)
        connection.execute("COMMIT")


@contextmanager
def without_triggers(path: Path, *, flushes: bool) -> Iterator[Connection]:
    """Open a file with nobody to judge or count, and put the triggers back at the end.

    Unless it ``flushes``, writes wait neither for the disk nor for a journal.
    """
    connection = connect(path, KEY)
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    for name, _sql in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    if not flushes:
        for setting in ("foreign_keys = OFF", "journal_mode = OFF", "synchronous = OFF"):
            connection.execute(f"PRAGMA {setting}")
    yield connection
    for _name, sql in triggers:
        connection.execute(sql)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def _apps() -> list[GrantId]:
    return [GrantId(f"grant_{chr(ord('a') + number)}") for number in range(APPS)]


def _open_windows(connection: Connection) -> None:
    """Open every window that has been: of each app by day and by month, of the wallet by month."""
    for number, app in enumerate(_apps()):
        owner = budgets.owner_of(app)
        for day in range(DAYS):
            _open(connection, _DAY_WINDOWS + number * DAYS + day, owner, Period.DAY, day)
        for month in range(_MONTHS):
            _open(connection, _MONTH_WINDOWS + number * _MONTHS + month, owner, Period.MONTH, month)
    for month in range(_MONTHS):
        _open(connection, _WALLET_WINDOWS + month, budgets.WALLET, Period.MONTH, month)


def _open(
    connection: Connection, window: int, owner: budgets.Owner, period: Period, number: int
) -> None:
    length = DAY_MS if period is Period.DAY else DAY_MS * _MONTH_DAYS
    begin = _ORIGIN + number * length
    connection.execute(
        "INSERT INTO windows (id, owner, period, starts_at, resets_at) VALUES (?, ?, ?, ?, ?)",
        (window, owner, period.value, begin, begin + length),
    )


def _add_up(connection: Connection, count: int) -> None:
    """Write what all those calls come to, where triggers would have counted them."""
    for day in range(DAYS):
        calls = range(-(-day * count // DAYS), -(-(day + 1) * count // DAYS))
        for number, app in enumerate(_apps()):
            spent = COST * len(range(calls.start + (number - calls.start) % APPS, calls.stop, APPS))
            month = day // _MONTH_DAYS
            for window in (
                _DAY_WINDOWS + number * DAYS + day,
                _MONTH_WINDOWS + number * _MONTHS + month,
                _WALLET_WINDOWS + month,
            ):
                connection.execute(
                    "UPDATE windows SET spent = spent + ? WHERE id = ?", (spent, window)
                )
            connection.execute(
                "INSERT INTO daily_spend (day, grant_id, spent)"
                " SELECT date(? / 1000, 'unixepoch'), ?, ? WHERE ?3 > 0",
                (_ORIGIN + day * DAY_MS, app, spent),
            )
            connection.execute(
                "UPDATE accounts SET credits_posted = credits_posted + ? WHERE id = ?",
                (spent, f"spend:{app}"),
            )
    connection.execute(
        "UPDATE accounts SET debits_posted = debits_posted + ? WHERE id = ?",
        (COST * count, f"funding:{FUNDING}"),
    )


_EACH: Final = "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2 - 1)"
_ID: Final = "printf('call_0%018d', i)"
_APP: Final = f"'grant_' || char(97 + i % {APPS})"
_DAY: Final = f"i * {DAYS} / ?3"
_AT: Final = f"{_ORIGIN} + i * {DAYS * DAY_MS} / ?3"

_CALLS: Final = f"""
{_EACH}
INSERT INTO calls (seq, id, grant_id, funding_id, provider, model, streamed, status, ended,
    input_tokens, cached_tokens, output_tokens, hold, cost, provider_cost, basis, price_version,
    started_at, first_byte_at, finished_at, settled_on, items, provider_request)
SELECT i + 1, {_ID}, {_APP}, '{FUNDING}', 'openai', 'gpt-5-mini', i % 2, 'settled', 'complete',
    1040, 128, 231, {HOLD}, {COST}, {COST}, 'reported', 'genai-prices 0.2.3', {_AT}, {_AT} + 600,
    {_AT} + 4000, date(({_AT}) / 1000, 'unixepoch'),
    '[["input",912,"0.25"],["cached_read",128,"0.025"],["output",231,"2"]]',
    'req_' || hex(randomblob(16))
FROM n
"""  # noqa: S608 - of our own constants

_TRANSFERS: Final = f"""
{_EACH}
INSERT INTO transfers (seq, id, kind, debit_account, credit_account, amount, code, pending_id,
    call_id, created_at, mac)
SELECT ?4 + 1 + 2 * i + k, iif(k, {_ID} || '.end.0', {_ID} || '.hold'),
    iif(k, 'post_pending', 'pending'), 'funding:{FUNDING}', 'spend:' || {_APP},
    iif(k, {COST}, {HOLD}), 'charge', iif(k, {_ID} || '.hold', NULL), {_ID}, {_AT} + 4000 * k,
    randomblob(32)
FROM n, (SELECT 0 AS k UNION ALL SELECT 1)
"""  # noqa: S608 - of our own constants

_CALL_WINDOWS: Final = f"""
{_EACH}
INSERT INTO call_windows (call_seq, window_id)
SELECT i + 1, CASE k
    WHEN 0 THEN {_DAY_WINDOWS} + i % {APPS} * {DAYS} + {_DAY}
    WHEN 1 THEN {_MONTH_WINDOWS} + i % {APPS} * {_MONTHS} + {_DAY} / {_MONTH_DAYS}
    ELSE {_WALLET_WINDOWS} + {_DAY} / {_MONTH_DAYS}
END
FROM n, (SELECT 0 AS k UNION ALL SELECT 1 UNION ALL SELECT 2)
"""  # noqa: S608 - of our own constants
