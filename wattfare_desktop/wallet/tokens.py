"""Refresh tokens used, and what a token is worth told to whoever holds it."""

from collections.abc import Callable
from dataclasses import dataclass

from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.oauth.bindings import Bindings
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.grants import SpendTerms
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.refreshing import (
    REFRESH_PREFIX,
    access_end,
    judge_refresh,
)
from wattfare_desktop.core.oauth.tokens import ACCESS_PREFIX, CodeRefused, digest
from wattfare_desktop.storage import bindings, grants, tokens
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.grants import GrantRecord
from wattfare_desktop.vault.secret import new_secret
from wattfare_desktop.wallet.accesses import Accesses, state_at
from wattfare_desktop.wallet.apps import Apps
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.codes import OTHER_KEY, Issued, bound_to, terms_of

_OVER = CodeRefused(
    rejected=Rejected.because(OAuthError.INVALID_GRANT, "The approval was revoked or has expired.")
)
_LIVE = frozenset({GrantState.ACTIVE, GrantState.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshRequest:
    """What an app sends for its next access (RFC 6749 section 6).

    ``jkt`` is the key whose proof came along (RFC 9449 section 5).
    """

    refresh_token: str
    client_id: str
    jkt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherKey:
    """A good refresh token of ``grant`` came with the proof of another key than it is bound to.

    Whoever sent it has a copy of the token, and not the key.
    """

    grant: GrantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspected:
    """A token that works, and the grant behind it (RFC 7662 section 2.2)."""

    client_id: ClientId
    issued_at: Instant
    ends_at: Instant | None
    is_refresh: bool
    terms: SpendTerms
    bindings: Bindings


class Tokens:
    """Refreshes and introspects. Only digests are kept."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: Accesses,
        apps: Apps,
        publish: Callable[[Changes], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._apps = apps
        self._publish = publish

    async def refresh(self, asked: RefreshRequest) -> Issued | Rejected | OtherKey:
        """Trade a refresh token for an access and the next one, in one transaction.

        One that was used before revokes the grant. Whoever crashes before the answer arrives has
        lost it: the app asks its user again.
        """
        now = self._clock.now()
        access, successor = new_secret(ACCESS_PREFIX), new_secret(REFRESH_PREFIX)

        def change(
            connection: Connection,
        ) -> tuple[GrantRecord, Issued, list[bytes]] | CodeRefused | OtherKey:
            token = judge_refresh(
                tokens.refresh_token(connection, digest(asked.refresh_token)), asked.client_id
            )
            if isinstance(token, CodeRefused):
                return token
            record = grants.get(connection, token.grant_id)
            assert record is not None
            if state_at(record.state, record.expires_at, now) not in _LIVE:
                return _OVER
            # A refresh token of a bound grant is bound as well, and not used up without its key.
            bound = bound_to(bindings.get(connection, record.id), asked.jkt)
            if bound is OTHER_KEY:
                return OtherKey(grant=record.id)
            if isinstance(bound, Rejected):
                return CodeRefused(rejected=bound)
            if asked.jkt is not None:
                bindings.put(connection, record.id, bound)
            ends = access_end(now, record.expires_at)
            tokens.use_refresh(connection, token.digest, now)
            tokens.insert_refresh(connection, digest(successor), record.id, now)
            ended = tokens.forget_ended_accesses(connection, record.id, now)
            grants.insert_access(connection, digest(access), record.id, now, ends)
            terms = terms_of(connection, record)
            issued = Issued(
                access=access, terms=terms, access_ends=ends, refresh=successor, bindings=bound
            )
            return record, issued, ended

        traded = await self._database.write(change)
        if isinstance(traded, OtherKey):
            return traded
        if isinstance(traded, CodeRefused):
            if traded.revoke_grant is not None:
                await self._apps.revoke(traded.revoke_grant, "a refresh token was used twice")
            return traded.rejected
        record, issued, ended = traded
        self._accesses.bind(record.id, issued.bindings)
        self._accesses.add(digest(access), record, issued.access_ends)
        self._accesses.drop(record.id, ended)
        self._publish(Changes(grants=frozenset({record.id})))
        return issued

    async def introspect(self, token: str, asking: str | None) -> Introspected | None:
        """Return what ``token`` is worth, or None where it is worth nothing.

        To hold a token is to be allowed to ask about it: nobody finds one by guessing. Whoever
        shows another access as well (``asking``) is told of tokens of that very grant alone.
        """
        now = self._clock.now()

        def find(connection: Connection) -> Introspected | None:
            known = tokens.known(connection, digest(token))
            record = None if known is None else grants.get(connection, known.grant)
            if known is None or record is None:
                return None
            ends = [end for end in (known.ends_at, record.expires_at) if end is not None]
            if record.state not in _LIVE or any(end <= now for end in ends):
                return None
            if asking is not None and not self._is_of(record, asking, now):
                return None
            return Introspected(
                client_id=record.client_id,
                issued_at=known.issued_at,
                ends_at=min(ends, default=None),
                is_refresh=known.is_refresh,
                terms=terms_of(connection, record),
                bindings=bindings.get(connection, record.id),
            )

        return await self._database.read(find)

    def _is_of(self, record: GrantRecord, asking: str, now: Instant) -> bool:
        access = self._accesses.find(digest(asking))
        return access is not None and access.grant == record.id and access.state_at(now) in _LIVE
