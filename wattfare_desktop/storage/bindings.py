"""What the accesses of a grant are bound to."""

import json
from collections.abc import Iterable
from ipaddress import ip_network

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.oauth.bindings import UNBOUND, Bindings
from wattfare_desktop.storage.connection import Connection, Row

_COLUMNS = "grant_id, jkt, proof_required, cidrs, origins, programs, asked_by"


def put(connection: Connection, grant: GrantId, bindings: Bindings) -> None:
    """Bind ``grant`` to just these; the key it is bound to once is the key it keeps."""
    connection.execute(
        f"INSERT INTO grant_bindings ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (grant_id) DO UPDATE SET jkt = excluded.jkt,"
        " proof_required = excluded.proof_required, cidrs = excluded.cidrs,"
        " origins = excluded.origins, programs = excluded.programs, asked_by = excluded.asked_by",
        (
            grant,
            bindings.jkt,
            int(bindings.proof_required),
            _list(bindings.cidrs),
            _list(bindings.origins),
            _list(bindings.programs),
            bindings.asked_by,
        ),
    )


def get(connection: Connection, grant: GrantId) -> Bindings:
    """Return what ``grant`` is bound to."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM grant_bindings WHERE grant_id = ?", (grant,)
    ).fetchone()
    return UNBOUND if row is None else _bindings(row)


def all_bindings(connection: Connection) -> dict[GrantId, Bindings]:
    """Return what each grant is bound to, of those that are bound to anything."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM grant_bindings").fetchall()
    return {GrantId(row[0]): _bindings(row) for row in rows}


def _list(values: Iterable[object]) -> str:
    return json.dumps([str(value) for value in values])


def _bindings(row: Row) -> Bindings:
    return Bindings(
        jkt=row[1],
        proof_required=bool(row[2]),
        cidrs=tuple(map(ip_network, json.loads(row[3]))),
        origins=tuple(json.loads(row[4])),
        programs=tuple(json.loads(row[5])),
        asked_by=row[6],
    )
