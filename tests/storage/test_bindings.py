"""Tests of ``wattfare_desktop.storage.bindings``."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.oauth.bindings import UNBOUND, Bindings
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.storage import bindings, grants
from wattfare_desktop.storage.connection import Connection, Error, connect
from wattfare_desktop.storage.migrate import migrate

GRANT = GrantId("grant_1")
BOUND = Bindings(
    jkt="k" * 43,
    proof_required=True,
    cidrs=(ip_network("127.0.0.1/32"), ip_network("::1/128")),
    origins=("https://notes.example",),
    programs=("/usr/bin/notes",),
    asked_by="/usr/bin/python3",
)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Connection]:
    connection = connect(tmp_path / "wallet.db", "ab" * 32)
    migrate(connection)
    grants.insert(
        connection,
        grants.GrantRecord(
            id=GRANT,
            client_id=ClientId("Notes AI"),
            name="Notes AI",
            verified=False,
            redirect_uri="http://127.0.0.1:5173/cb",
            redirect_host="127.0.0.1:5173",
            state=GrantState.ACTIVE,
            models=(),
            justification="",
            created_at=Instant(0),
            expires_at=None,
        ),
    )
    yield connection
    connection.close()


def test_a_grant_is_bound_to_nothing_until_it_is(file: Connection) -> None:
    assert bindings.get(file, GRANT) == UNBOUND
    assert bindings.all_bindings(file) == {}
    bindings.put(file, GRANT, BOUND)
    assert bindings.get(file, GRANT) == BOUND
    assert bindings.all_bindings(file) == {GRANT: BOUND}


def test_places_change_and_go(file: Connection) -> None:
    bindings.put(file, GRANT, BOUND)
    loose = replace(BOUND, cidrs=(), origins=(), programs=())
    bindings.put(file, GRANT, loose)
    assert bindings.get(file, GRANT) == loose


@pytest.mark.parametrize("changes", [{"jkt": None}, {"jkt": "x" * 43}, {"proof_required": False}])
def test_a_grant_stays_with_its_key(file: Connection, changes: dict[str, Any]) -> None:
    bindings.put(file, GRANT, BOUND)
    with pytest.raises(Error, match="stays with the key"):
        bindings.put(file, GRANT, replace(BOUND, **changes))


def test_a_binding_is_never_deleted(file: Connection) -> None:
    bindings.put(file, GRANT, BOUND)
    with pytest.raises(Error, match="never deleted"):
        file.execute("DELETE FROM grant_bindings")


def test_only_a_grant_that_exists_is_bound(file: Connection) -> None:
    with pytest.raises(Error):
        bindings.put(file, GrantId("grant_9"), BOUND)
