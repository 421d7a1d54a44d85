"""Tests of ``wattfare_desktop.storage.grants``, on a real SQLCipher file."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.ledger.chart import spend_account
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.tokens import AuthorizationCode, digest
from wattfare_desktop.storage import grants, ledger
from wattfare_desktop.storage.connection import Connection, Error, connect
from wattfare_desktop.storage.migrate import migrate

NOW = Instant(1_795_000_000_000)
GRANT = grants.GrantRecord(
    id=GrantId("grant_1"),
    client_id=ClientId("Notes AI"),
    name="Notes AI",
    verified=False,
    redirect_uri="http://127.0.0.1:5173/cb",
    redirect_host="127.0.0.1:5173",
    state=GrantState.ACTIVE,
    models=("openai/gpt-*", "*"),
    justification="Summarise «your» notes",
    created_at=NOW,
    expires_at=Instant(NOW + 1),
)
CODE = AuthorizationCode(
    digest=digest("wf_ac_1"),
    grant_id=GRANT.id,
    client_id=GRANT.client_id,
    redirect_uri=GRANT.redirect_uri,
    code_challenge="E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    expires_at=Instant(NOW + 60_000),
    redeemed_at=None,
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Connection]:
    connection = connect(tmp_path / "wallet.db", "ab" * 32)
    migrate(connection)
    yield connection
    connection.close()


@pytest.fixture
def held(file: Connection) -> Connection:
    """A file with one grant in it."""
    grants.insert(file, GRANT)
    return file


def _events(connection: Connection) -> list[tuple[str, str]]:
    return [
        (row[0], row[1])
        for row in connection.execute(
            "SELECT event, detail FROM grant_events ORDER BY seq"
        ).fetchall()
    ]


@pytest.mark.parametrize(
    "grant",
    [
        GRANT,
        replace(GRANT, verified=True, models=(), expires_at=None, justification=""),
        replace(GRANT, state=GrantState.PAUSED, name="名前", redirect_uri="com.example:/cb"),
    ],
)
def test_a_grant_comes_back_as_it_was_written(file: Connection, grant: grants.GrantRecord) -> None:
    grants.insert(file, grant)
    assert grants.get(file, grant.id) == grant
    assert _events(file) == [("granted", "")]
    assert ledger.account(file, spend_account(grant.id)) is not None


def test_an_unknown_grant_is_none(held: Connection) -> None:
    assert grants.get(held, GrantId("grant_2")) is None


def test_a_state_is_written_with_its_event(held: Connection) -> None:
    grants.set_state(held, GRANT.id, GrantState.PAUSED, "pause", NOW)
    grants.set_state(held, GRANT.id, GrantState.REVOKED, "replaced", NOW, detail="grant_2")
    assert grants.get(held, GRANT.id) == replace(GRANT, state=GrantState.REVOKED)
    assert _events(held) == [("granted", ""), ("pause", ""), ("replaced", "grant_2")]


@pytest.mark.parametrize("state", [GrantState.ACTIVE, GrantState.PAUSED, GrantState.EXPIRED])
def test_the_file_itself_keeps_a_revoked_grant_revoked(held: Connection, state: GrantState) -> None:
    grants.set_state(held, GRANT.id, GrantState.REVOKED, "revoke", NOW)
    with pytest.raises(Error, match="stays revoked"):
        grants.set_state(held, GRANT.id, state, "resume", NOW)


@pytest.mark.parametrize(
    "sql", ["UPDATE grant_events SET detail = 'x'", "DELETE FROM grant_events"]
)
def test_the_file_itself_keeps_history(held: Connection, sql: str) -> None:
    with pytest.raises(Error, match="never"):
        held.execute(sql)


def test_the_file_itself_knows_the_states(held: Connection) -> None:
    with pytest.raises(Error, match="CHECK"):
        held.execute("UPDATE grants SET state = 'free'")


def test_a_code_comes_back_and_is_redeemed_once(held: Connection) -> None:
    grants.insert_code(held, CODE)
    assert grants.code(held, CODE.digest) == CODE
    assert grants.code(held, digest("wf_ac_2")) is None
    grants.redeem_code(held, CODE.digest, Instant(NOW + 5))
    assert grants.code(held, CODE.digest) == replace(CODE, redeemed_at=Instant(NOW + 5))


@pytest.mark.parametrize(
    ("state", "redeemed", "now", "found"),
    [
        (GrantState.ACTIVE, False, NOW + 59_999, False),
        (GrantState.ACTIVE, False, NOW + 60_000, True),
        (GrantState.PAUSED, False, NOW + 60_000, True),
        (GrantState.REVOKED, False, NOW + 60_000, False),
        (GrantState.ACTIVE, True, NOW + 60_000, False),
    ],
)
def test_what_nobody_came_for(
    held: Connection,
    state: GrantState,
    redeemed: bool,  # noqa: FBT001 - a case
    now: int,
    found: bool,  # noqa: FBT001 - a case
) -> None:
    grants.insert_code(held, CODE)
    if redeemed:
        grants.redeem_code(held, CODE.digest, NOW)
    grants.set_state(held, GRANT.id, state, "case", NOW)
    assert grants.uncollected(held, Instant(now)) == ([GRANT.id] if found else [])


def test_accesses_come_with_their_grants_whatever_their_state(held: Connection) -> None:
    other = replace(GRANT, id=GrantId("grant_2"), name="Other")
    grants.insert(held, other)
    for text, grant in (("one", GRANT.id), ("two", other.id), ("three", other.id)):
        grants.insert_access(held, digest(text), grant, NOW)
    grants.set_state(held, GRANT.id, GrantState.REVOKED, "revoke", NOW)
    assert dict(grants.all_accesses(held)) == {
        digest("one"): replace(GRANT, state=GrantState.REVOKED),
        digest("two"): other,
        digest("three"): other,
    }


def test_an_access_belongs_to_a_grant_and_is_unique(held: Connection) -> None:
    with pytest.raises(Error, match="FOREIGN KEY"):
        grants.insert_access(held, digest("one"), GrantId("grant_9"), NOW)
    grants.insert_access(held, digest("one"), GRANT.id, NOW)
    with pytest.raises(Error, match="UNIQUE"):
        grants.insert_access(held, digest("one"), GRANT.id, NOW)


def test_blocked_clients_latest_last(file: Connection) -> None:
    for number, name in enumerate(("Two", "One", "Two")):
        grants.block_client(file, ClientId(name), Instant(NOW + number))
    rows = grants.blocked_clients(file)
    assert [(row.client, row.since) for row in rows] == [("Two", NOW), ("One", NOW + 1)]
    grants.unblock_client(file, ClientId("Two"))
    assert [row.client for row in grants.blocked_clients(file)] == ["One"]
