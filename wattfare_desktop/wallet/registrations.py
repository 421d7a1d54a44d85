"""Clients that registered themselves (RFC 7591), and how many may."""

from collections.abc import Mapping
from dataclasses import replace

from wattfare_desktop.core.identifiers import ClientId, Instant
from wattfare_desktop.core.oauth.clients import REGISTERED_PREFIX, RegisteredClient
from wattfare_desktop.core.oauth.registration import (
    REGISTRATIONS_MAX,
    REGISTRATIONS_SPAN_MS,
    UNUSED_LIFETIME_MS,
    ClientMetadata,
    is_forgotten,
)
from wattfare_desktop.storage import clients
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database
from wattfare_desktop.vault.secret import new_secret
from wattfare_desktop.wallet.clock import Clock

_ID_BYTES = 16


class Registrations:
    """The registered clients of an open wallet. Those never approved are forgotten in an hour."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._clients: dict[ClientId, RegisteredClient] = {}
        self._latest: tuple[Instant, ...] = ()

    async def load(self) -> None:
        """Read them from the file."""
        rows = await self._database.read(clients.all_clients)
        self._clients = {client.client_id: client for client in rows}

    def live(self) -> Mapping[str, RegisteredClient]:
        """Return those that may ask, by their ``client_id``."""
        now = self._clock.now()
        return {
            str(each.client_id): each
            for each in self._clients.values()
            if not is_forgotten(each, now)
        }

    async def register(self, metadata: ClientMetadata) -> RegisteredClient | None:
        """Register a client, durably; None where too many have registered lately."""
        now = self._clock.now()
        # What lies ahead of now is from before the clock was set back.
        self._latest = tuple(at for at in self._latest if at <= now < at + REGISTRATIONS_SPAN_MS)
        if len(self._latest) >= REGISTRATIONS_MAX:
            return None
        self._latest = (*self._latest, now)
        client = RegisteredClient(
            client_id=ClientId(new_secret(REGISTERED_PREFIX, _ID_BYTES)),
            name=metadata.name,
            redirects=metadata.redirects,
            registered_at=now,
            dpop_bound=metadata.dpop_bound,
        )

        def change(connection: Connection) -> None:
            clients.forget_unused(connection, Instant(now - UNUSED_LIFETIME_MS))
            clients.insert(connection, client)

        await self._database.write(change)
        self._clients = {
            known: each for known, each in self._clients.items() if not is_forgotten(each, now)
        }
        self._clients[client.client_id] = client
        return client

    def approved(self, client_id: ClientId) -> None:
        """Keep a client whose approval was just written; any other is of no concern."""
        client = self._clients.get(client_id)
        if client is not None and client.approved_at is None:
            self._clients[client_id] = replace(client, approved_at=self._clock.now())
