"""Tests of ``wattfare_desktop.storage.succession``; on a whole wallet see wallet/test_codes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from tests.storage.test_grants import GRANT, NOW
from wattfare_desktop.core.identifiers import DAY_MS, ClientId, GrantId, Instant
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.storage import budgets, grants, succession
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate

SITE = replace(
    GRANT,
    verified=True,
    name="notes.example",
    redirect_uri="https://notes.example/cb",
    redirect_host="notes.example",
    expires_at=None,
)
DAY = Cap(period=Period.DAY, limit=parse_usd("1.00"))


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Connection]:
    connection = connect(tmp_path / "wallet.db", "ab" * 32)
    migrate(connection)
    yield connection
    connection.close()


def _granted(
    connection: Connection, number: int, now: int = NOW, cap: Cap = DAY, host: str = "notes.example"
) -> tuple[GrantId, list[GrantId]]:
    heir = replace(SITE, id=GrantId(f"grant_{number}"), redirect_host=host, created_at=Instant(now))
    grants.insert(connection, heir)
    replaced = succession.take_over(connection, heir, cap.period, Instant(now), UTC)
    budgets.set_caps(connection, budgets.owner_of(heir.id), [cap], Instant(now), UTC)
    return heir.id, replaced


def _windows(connection: Connection, grant: GrantId) -> list[tuple[int, int]]:
    return [
        (row[0], row[1])
        for row in connection.execute(
            "SELECT starts_at, resets_at FROM windows WHERE owner = ? ORDER BY starts_at",
            (budgets.owner_of(grant),),
        ).fetchall()
    ]


def _described(connection: Connection, number: int, path: str, answered: str) -> list[GrantId]:
    heir = replace(
        SITE,
        id=GrantId(f"grant_{number}"),
        client_id=ClientId(f"https://host.example/{path}/client.json"),
        redirect_host="host.example",
        redirect_uri=f"https://{answered}/cb",
        created_at=Instant(NOW + number),
    )
    grants.insert(connection, heir)
    return succession.take_over(connection, heir, Period.DAY, Instant(NOW + number), UTC)


def test_a_host_that_describes_several_has_a_client_for_each(file: Connection) -> None:
    """Else a tenant of a host could end his neighbour's grant, and count as having spent it."""
    assert _described(file, 1, "a", "a.example") == []
    assert _described(file, 2, "~bob", "bob.example") == []
    assert _described(file, 3, "a", "a.example") == ["grant_1"]
    assert _described(file, 4, "a-again", "a.example") == ["grant_3"], (
        "another path refills nothing"
    )


def test_the_first_of_a_client_replaces_nobody(file: Connection) -> None:
    first, replaced = _granted(file, 1)
    assert replaced == []
    assert len(_windows(file, first)) == 1
    (budget,) = budgets.current(file, first, NOW, UTC)
    assert budget is not None


def test_the_next_replaces_all_that_live(file: Connection) -> None:
    _granted(file, 1)
    grants.insert(file, replace(SITE, id=GrantId("grant_2"), state=GrantState.PAUSED))
    grants.insert(file, replace(SITE, id=GrantId("grant_3"), state=GrantState.REVOKED))
    grants.insert(file, replace(GRANT, id=GrantId("grant_4"), redirect_host="notes.example"))
    _, replaced = _granted(file, 5)
    assert replaced == ["grant_1", "grant_2"]
    rows = file.execute("SELECT id, state FROM grants").fetchall()
    states: dict[str, str] = {row[0]: row[1] for row in rows}
    assert states == {
        "grant_1": "revoked",
        "grant_2": "revoked",
        "grant_3": "revoked",
        "grant_4": "active",
        "grant_5": "active",
    }


def test_one_window_goes_on_even_where_the_clock_was_set_back(file: Connection) -> None:
    first, _ = _granted(file, 1, NOW + 3 * DAY_MS)
    second, _ = _granted(file, 2, NOW)
    assert _windows(file, second) == _windows(file, first)


def test_a_window_that_is_over_is_not_taken_up(file: Connection) -> None:
    first, _ = _granted(file, 1, NOW - 2 * DAY_MS)
    second, _ = _granted(file, 2, NOW)
    assert _windows(file, second)[0] > _windows(file, first)[0]


def test_another_host_has_a_window_of_its_own(file: Connection) -> None:
    _granted(file, 1, NOW + 3 * DAY_MS)
    other, replaced = _granted(file, 2, NOW, host="other.example")
    assert replaced == []
    ((starts_at, resets_at),) = _windows(file, other)
    assert starts_at <= NOW < resets_at


def test_a_limit_of_nothing_can_be_taken_over(file: Connection) -> None:
    _granted(file, 1, cap=Cap(period=Period.ONCE, limit=Nanos(0)))
    _, replaced = _granted(file, 2, cap=Cap(period=Period.ONCE, limit=Nanos(0)))
    assert replaced == ["grant_1"]


def test_a_bare_name_takes_nothing_over(file: Connection) -> None:
    grants.insert(file, GRANT)
    with pytest.raises(AssertionError, match="bare name"):
        succession.take_over(file, GRANT, Period.DAY, NOW, UTC)
