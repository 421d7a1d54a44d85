"""Grants made at the desk, codes traded for accesses, and accesses given back."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from wattfare_desktop.core.identifiers import SECOND_MS, GrantId, Instant, later
from wattfare_desktop.core.oauth.bindings import UNBOUND, Bindings
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.grants import SpendTerms
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.refreshing import (
    REFRESH_PREFIX,
    access_end,
    is_refresh_token,
)
from wattfare_desktop.core.oauth.requests import AuthorizationRequest
from wattfare_desktop.core.oauth.tokens import (
    ACCESS_PREFIX,
    CODE_LIFETIME_MS,
    CODE_PREFIX,
    AuthorizationCode,
    CodeRefused,
    digest,
    redeem,
)
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.storage import bindings, budgets, clients, grants, succession, tokens
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.grants import GrantRecord
from wattfare_desktop.vault.secret import new_secret
from wattfare_desktop.wallet.accesses import Accesses
from wattfare_desktop.wallet.apps import Apps
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.tasks import Tasks

_REVOKED: Final = CodeRefused(
    rejected=Rejected.because(OAuthError.INVALID_GRANT, "The approval was revoked.")
)
_GIVEN_BACK: Final = "the app gave it back"
NO_PROOF: Final = Rejected.because(
    OAuthError.INVALID_DPOP_PROOF, "This approval wants a proof of possession: send DPoP."
)
OTHER_KEY: Final = Rejected.because(
    OAuthError.INVALID_DPOP_PROOF, "This approval is bound to another key."
)
_GRACE_S: Final = 1.0
"""How long after its end a code is looked for among those that nobody came for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What an app sends for its code (RFC 6749 section 4.1.3, RFC 7636 section 4.5).

    ``jkt`` is the key whose proof came along (RFC 9449 section 5): the access is bound to it.
    """

    code: str
    client_id: str
    redirect_uri: str | None
    verifier: str
    jkt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """An access, told once and never again, and what was granted with it.

    ``access_ends`` where it ends before the grant, for which there is ``refresh`` then.
    """

    access: str
    terms: SpendTerms
    access_ends: Instant | None = None
    refresh: str | None = None
    bindings: Bindings = UNBOUND


class Codes:
    """Issues codes and accesses. Only their digests are kept."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: Accesses,
        apps: Apps,
        tasks: Tasks,
        publish: Callable[[Changes], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._apps = apps
        self._tasks = tasks
        self._publish = publish
        self._expiry: asyncio.TimerHandle | None = None

    async def grant(
        self,
        request: AuthorizationRequest,
        terms: SpendTerms,
        justification: str,
        bound: Bindings = UNBOUND,
    ) -> str:
        """Write a grant and return its code; both are durable then.

        It is ``bound`` from the start, and to the key that the request names.

        A verified client's earlier grants end with it: their running calls are cut, and what they
        spent counts on under the new one.
        """
        now = self._clock.now()
        grant = GrantRecord(
            id=GrantId(self._clock.identifier("grant")),
            client_id=request.client_id,
            name=request.client.name,
            verified=request.client.verified,
            redirect_uri=request.redirect.uri,
            redirect_host=request.place,
            state=GrantState.ACTIVE,
            models=terms.models,
            justification=justification,
            created_at=now,
            expires_at=terms.expires_at,
            raise_allowed=terms.raise_allowed,
        )
        text = new_secret(CODE_PREFIX)
        code = AuthorizationCode(
            digest=digest(text),
            grant_id=grant.id,
            client_id=request.client_id,
            redirect_uri=request.redirect.uri,
            code_challenge=request.code_challenge,
            expires_at=later(now, CODE_LIFETIME_MS),
            redeemed_at=None,
            offline=request.offline,
        )
        caps = [Cap(period=terms.period, limit=terms.limit)]
        bound = replace(bound, jkt=request.dpop_jkt, proof_required=request.proof_required)

        def change(connection: Connection) -> list[GrantId]:
            zone = self._clock.zone
            grants.insert(connection, grant)
            replaced = []
            if grant.verified:
                replaced = succession.take_over(connection, grant, terms.period, now, zone)
            budgets.set_caps(connection, budgets.owner_of(grant.id), caps, now, zone)
            grants.insert_code(connection, code)
            clients.approve(connection, request.client_id, now)
            if bound != UNBOUND:
                bindings.put(connection, grant.id, bound)
            return replaced

        replaced = await self._database.write(change)
        self._accesses.bind(grant.id, bound)
        self._apps.replaced(replaced)
        self._publish(Changes(grants=frozenset({grant.id, *replaced})))
        self._expire_later()
        return text

    async def trade(self, asked: TokenRequest) -> Issued | Rejected:
        """Trade a code for an access, once. A second use revokes the grant (RFC 6749, 4.1.2)."""
        now = self._clock.now()
        text, refresh = new_secret(ACCESS_PREFIX), new_secret(REFRESH_PREFIX)

        def change(connection: Connection) -> tuple[GrantRecord, Issued] | CodeRefused:
            judged = redeem(
                grants.code(connection, digest(asked.code)),
                client_id=asked.client_id,
                redirect_uri=asked.redirect_uri,
                verifier=asked.verifier,
                now=now,
            )
            if isinstance(judged, CodeRefused):
                return judged
            record = grants.get(connection, judged.code.grant_id)
            assert record is not None
            if record.state is GrantState.REVOKED:
                return _REVOKED
            bound = bound_to(bindings.get(connection, record.id), asked.jkt)
            if isinstance(bound, Rejected):
                return CodeRefused(rejected=bound)
            if asked.jkt is not None:
                bindings.put(connection, record.id, bound)
            grants.redeem_code(connection, judged.code.digest, now)
            terms = terms_of(connection, record)
            if not judged.code.offline:
                grants.insert_access(connection, digest(text), record.id, now)
                return record, Issued(access=text, terms=terms, bindings=bound)
            ends = access_end(now, record.expires_at)
            grants.insert_access(connection, digest(text), record.id, now, ends)
            tokens.insert_refresh(connection, digest(refresh), record.id, now)
            issued = Issued(
                access=text, terms=terms, access_ends=ends, refresh=refresh, bindings=bound
            )
            return record, issued

        traded = await self._database.write(change)
        if isinstance(traded, CodeRefused):
            if traded.revoke_grant is not None:
                await self._apps.revoke(traded.revoke_grant, "its code was used twice")
            return traded.rejected
        record, issued = traded
        self._accesses.bind(record.id, issued.bindings)
        self._accesses.add(digest(text), record, issued.access_ends)
        self._publish(Changes(grants=frozenset({record.id})))
        return issued

    async def give_back(self, token: str) -> None:
        """Revoke the grant of an access or a refresh token (RFC 7009: unknown is no error).

        A refresh token that was used before ends its grant as well, as it does wherever it is
        shown.
        """
        found = self._accesses.find(digest(token))
        if found is not None and found.state is not GrantState.REVOKED:
            await self._apps.revoke(found.grant, _GIVEN_BACK)
        if found is None and is_refresh_token(token):
            read = partial(tokens.refresh_token, digest=digest(token))
            refresh = await self._database.read(read)
            if refresh is not None:
                await self._apps.revoke(refresh.grant_id, _GIVEN_BACK)

    def close(self) -> None:
        """Forget to look for codes that nobody came for: opening the wallet looks too."""
        if self._expiry is not None:
            self._expiry.cancel()

    def _expire_later(self) -> None:
        # The latest code is the last to end: one look after it finds all before it.
        self.close()
        delay_s = CODE_LIFETIME_MS / SECOND_MS + _GRACE_S
        self._expiry = asyncio.get_running_loop().call_later(delay_s, self._expire)

    def _expire(self) -> None:
        self._tasks.start(self._apps.expire_uncollected(), "ending approvals nobody came for")


def bound_to(known: Bindings, jkt: str | None) -> Bindings | Rejected:
    """Return what a grant is bound to once the key ``jkt`` has come for an access of it."""
    if jkt is None and (known.proof_required or known.jkt is not None):
        return NO_PROOF
    if known.jkt is not None and jkt != known.jkt:
        return OTHER_KEY
    return known if jkt is None else replace(known, jkt=jkt)


def terms_of(connection: Connection, record: GrantRecord) -> SpendTerms:
    """Return what was granted, as a token response tells it."""
    first = budgets.caps(connection, budgets.owner_of(record.id))[0]
    return SpendTerms(
        limit=first.limit,
        period=first.period,
        models=record.models,
        expires_at=record.expires_at,
        raise_allowed=record.raise_allowed,
    )
