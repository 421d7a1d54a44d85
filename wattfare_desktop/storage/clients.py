"""Clients that registered themselves."""

import json

from wattfare_desktop.core.identifiers import ClientId, Instant
from wattfare_desktop.core.oauth.clients import Redirect, RegisteredClient, judge_redirect
from wattfare_desktop.storage.connection import Connection


def insert(connection: Connection, client: RegisteredClient) -> None:
    """Write a client that has just registered."""
    connection.execute(
        "INSERT INTO registered_clients (client_id, name, redirect_uris, registered_at, dpop_bound)"
        " VALUES (?, ?, ?, ?, ?)",
        (
            client.client_id,
            client.name,
            json.dumps([redirect.uri for redirect in client.redirects]),
            client.registered_at,
            int(client.dpop_bound),
        ),
    )


def all_clients(connection: Connection) -> list[RegisteredClient]:
    """Return every client that is registered, whether or not it was ever approved."""
    rows = connection.execute(
        "SELECT client_id, name, redirect_uris, registered_at, approved_at, dpop_bound"
        " FROM registered_clients"
    ).fetchall()
    return [
        RegisteredClient(
            client_id=ClientId(row[0]),
            name=row[1],
            redirects=tuple(_redirect(uri) for uri in json.loads(row[2])),
            registered_at=Instant(row[3]),
            approved_at=None if row[4] is None else Instant(row[4]),
            dpop_bound=bool(row[5]),
        )
        for row in rows
    ]


def approve(connection: Connection, client: ClientId, now: Instant) -> None:
    """Keep ``client`` from now on, if it is a registered one: its user has approved it."""
    connection.execute(
        "UPDATE registered_clients SET approved_at = ? WHERE client_id = ? AND approved_at IS NULL",
        (now, client),
    )


def forget_unused(connection: Connection, registered_before: Instant) -> None:
    """Delete the clients that registered before then and were never approved."""
    connection.execute(
        "DELETE FROM registered_clients WHERE approved_at IS NULL AND registered_at <= ?",
        (registered_before,),
    )


def _redirect(uri: str) -> Redirect:
    judged = judge_redirect(uri, ())
    assert isinstance(judged, Redirect), "only good ones are written"
    return judged
