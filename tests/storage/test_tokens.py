"""Tests of ``wattfare_desktop.storage.tokens``, on a real SQLCipher file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.refreshing import RefreshToken
from wattfare_desktop.storage import grants, tokens
from wattfare_desktop.storage.connection import Connection, Error, connect
from wattfare_desktop.storage.migrate import migrate

NOW = Instant(1_795_000_000_000)
LATER = Instant(NOW + 1_000)
GRANT = grants.GrantRecord(
    id=GrantId("grant_1"),
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
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Connection]:
    connection = connect(tmp_path / "wallet.db", "ab" * 32)
    migrate(connection)
    grants.insert(connection, GRANT)
    tokens.insert_refresh(connection, b"one", GRANT.id, NOW)
    yield connection
    connection.close()


def test_a_refresh_token_names_the_client_of_its_grant(file: Connection) -> None:
    expected = RefreshToken(
        digest=b"one", grant_id=GRANT.id, client_id=GRANT.client_id, issued_at=NOW, used_at=None
    )
    assert tokens.refresh_token(file, b"one") == expected
    assert tokens.refresh_token(file, b"two") is None


def test_one_of_a_family_works_at_a_time(file: Connection) -> None:
    with pytest.raises(Error, match="UNIQUE"):
        tokens.insert_refresh(file, b"two", GRANT.id, LATER)
    tokens.use_refresh(file, b"one", LATER)
    tokens.insert_refresh(file, b"two", GRANT.id, LATER)
    used = tokens.refresh_token(file, b"one")
    assert used is not None
    assert used.used_at == LATER


def test_a_used_one_stays_used(file: Connection) -> None:
    tokens.use_refresh(file, b"one", LATER)
    for change in (
        "UPDATE refresh_tokens SET used_at = NULL",
        "UPDATE refresh_tokens SET used_at = 1",
        "UPDATE refresh_tokens SET digest = x'00'",
    ):
        with pytest.raises(Error, match="used once"):
            file.execute(change)


def test_accesses_that_ended_are_forgotten_and_no_others(file: Connection) -> None:
    grants.insert_access(file, b"long", GRANT.id, NOW)
    grants.insert_access(file, b"short", GRANT.id, NOW, LATER)
    assert tokens.access_ends(file) == {b"short": LATER}
    assert tokens.forget_ended_accesses(file, GRANT.id, Instant(LATER - 1)) == []
    assert tokens.forget_ended_accesses(file, GRANT.id, LATER) == [b"short"]
    assert [row[0] for row in grants.all_accesses(file)] == [b"long"]


def test_a_token_is_known_until_it_is_used_or_forgotten(file: Connection) -> None:
    grants.insert_access(file, b"short", GRANT.id, NOW, LATER)
    assert tokens.known(file, b"short") == tokens.KnownToken(
        grant=GRANT.id, issued_at=NOW, ends_at=LATER, is_refresh=False
    )
    assert tokens.known(file, b"one") == tokens.KnownToken(
        grant=GRANT.id, issued_at=NOW, ends_at=None, is_refresh=True
    )
    tokens.use_refresh(file, b"one", LATER)
    assert tokens.known(file, b"one") is None
