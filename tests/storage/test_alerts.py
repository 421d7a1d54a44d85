"""Alerts in a real SQLCipher file: told once a day, and a pause ends with the pause."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from wattfare_desktop.core.identifiers import DAY_MS, ClientId, GrantId, Instant, later
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.watching.alerts import Alert, AlertState
from wattfare_desktop.core.watching.rules import MINE_MS, Action, CallRate, Finding, Rule
from wattfare_desktop.storage import alerts, grants
from wattfare_desktop.storage.connection import Connection, Error, connect
from wattfare_desktop.storage.migrate import migrate

NOW = Instant(1_795_000_000_000)
APP = GrantId("grant_1")
BIG = Finding(rule=Rule.BIG_CALL, action=Action.NOTIFY, measured=6, against=10)
FLOOD = Finding(rule=Rule.FLOOD, action=Action.PAUSE, measured=1000, against=1000)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Connection]:
    with closing(connect(tmp_path / "wallet.db", "ab" * 32)) as connection:
        migrate(connection)
        grants.insert(
            connection,
            grants.GrantRecord(
                id=APP,
                client_id=ClientId("Notes AI"),
                name="Notes AI",
                verified=False,
                redirect_uri="http://127.0.0.1:5173/cb",
                redirect_host="127.0.0.1:5173",
                state=GrantState.ACTIVE,
                models=(),
                justification="",
                created_at=NOW,
                expires_at=None,
            ),
        )
        yield connection


def noted(file: Connection, finding: Finding, now: Instant = NOW) -> Alert:
    alert = alerts.note(file, APP, finding, now)
    assert alert is not None
    return alert


def resume(file: Connection) -> None:
    grants.set_state(file, APP, GrantState.ACTIVE, "resume", NOW)


def test_it_is_told_once_a_day_and_rule(file: Connection) -> None:
    first = noted(file, BIG)
    assert (first.app_name, first.state, first.times) == ("Notes AI", AlertState.NEW, 1)
    assert alerts.note(file, APP, BIG, later(NOW, DAY_MS - 1)) is None
    second = noted(file, BIG, later(NOW, DAY_MS))
    assert alerts.listed(file, 10) == (second, first)
    assert alerts.listed(file, 1) == (second,)
    assert alerts.told(file, later(NOW, DAY_MS)) == [(APP, Rule.BIG_CALL, later(NOW, DAY_MS))]


def test_a_pause_is_an_event_of_the_grant_and_told_each_time(file: Connection) -> None:
    alerts.see(file)
    first = noted(file, FLOOD)
    assert first.paused
    record = grants.get(file, APP)
    assert record is not None
    assert record.state is GrantState.PAUSED
    event = grants.history(file, APP, 1)[0]
    assert (event.event, event.detail) == ("paused_by_rule", "flood")
    assert alerts.note(file, APP, FLOOD, NOW) is None, "it is paused already"
    alerts.see(file)
    resume(file)
    again = noted(file, FLOOD, later(NOW, 5))
    assert (again.id, again.times, again.state, again.paused) == (
        first.id,
        2,
        AlertState.NEW,
        True,
    )
    assert (again.at, again.last_at) == (NOW, later(NOW, 5))


@pytest.mark.parametrize("state", [GrantState.ACTIVE, GrantState.REVOKED, GrantState.EXPIRED])
def test_no_alert_pauses_what_is_not_paused(file: Connection, state: GrantState) -> None:
    noted(file, FLOOD)
    assert alerts.pausing(file) == [(APP, Rule.FLOOD)]
    grants.set_state(file, APP, state, "so", NOW)
    assert alerts.pausing(file) == []
    assert not alerts.listed(file, 1)[0].paused


def test_of_an_app_that_cannot_spend_nothing_is_told(file: Connection) -> None:
    grants.set_state(file, APP, GrantState.REVOKED, "revoke", NOW)
    assert alerts.note(file, APP, BIG, NOW) is None
    assert alerts.note(file, GrantId("grant_9"), BIG, NOW) is None


def test_seen_and_mine(file: Connection) -> None:
    alert = noted(file, BIG)
    assert alerts.fresh(file) == (alert,)
    alerts.see(file)
    assert alerts.fresh(file) == ()
    alerts.say_mine(file, alert.id, NOW)
    known = alerts.get(file, alert.id)
    assert known is not None
    assert known.state is AlertState.MINE
    assert alerts.mine(file, later(NOW, MINE_MS - 1)) == [(APP, Rule.BIG_CALL, later(NOW, MINE_MS))]
    assert alerts.mine(file, later(NOW, MINE_MS)) == []
    alerts.see(file)
    assert alerts.get(file, alert.id) == known
    assert alerts.get(file, 99) is None


def test_a_rate_takes_the_place_of_another(file: Connection) -> None:
    assert alerts.rates(file) == []
    alerts.set_rate(file, APP, CallRate(per_s=5, in_flight=2))
    alerts.set_rate(file, APP, CallRate(per_s=7, in_flight=3))
    assert alerts.rates(file) == [(APP, CallRate(per_s=7, in_flight=3))]
    with pytest.raises(Error):
        alerts.set_rate(file, APP, CallRate(per_s=0, in_flight=1))
