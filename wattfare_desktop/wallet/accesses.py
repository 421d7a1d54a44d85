"""The dictionary every call is looked up in.

It is filled when the wallet opens and changed by the very operations that change a grant, right
after their write is durable: there is no time to live, so a revoked access is refused at once.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.oauth.bindings import UNBOUND, Bindings, own_origin
from wattfare_desktop.core.oauth.clients import Redirect, judge_redirect
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.watching.rules import Rule
from wattfare_desktop.storage.grants import GrantRecord

_LIVE: Final = frozenset({GrantState.ACTIVE, GrantState.PAUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What the holder of an access may do.

    ``ends_at`` where it ends before its grant; ``paused_by`` a rule, if not by its user.
    """

    grant: GrantId
    name: str
    state: GrantState
    models: tuple[str, ...]
    expires_at: Instant | None
    verified: bool = False
    redirect_host: str = ""
    raise_allowed: bool = False
    ends_at: Instant | None = None
    paused_by: Rule | None = None
    bindings: Bindings = UNBOUND
    origin: str | None = None
    """The web origin of the page that was approved, where it is one."""

    def state_at(self, now: Instant) -> GrantState:
        """Return the grant's state at ``now``, its expiry and the access's own included."""
        state = state_at(self.state, self.expires_at, now)
        return state if state is GrantState.EXPIRED else state_at(state, self.ends_at, now)


def state_at(state: GrantState, expires_at: Instant | None, now: Instant) -> GrantState:
    """Return what a grant's stored ``state`` comes to at ``now``: the clock ends one unasked."""
    if state is GrantState.REVOKED or expires_at is None or now < expires_at:
        return state
    return GrantState.EXPIRED


class Accesses:
    """Accesses by the SHA-256 digest of their text."""

    def __init__(
        self,
        rows: Iterable[tuple[bytes, GrantRecord]],
        ends: Mapping[bytes, Instant] = MappingProxyType({}),
        bindings: Mapping[GrantId, Bindings] = MappingProxyType({}),
    ) -> None:
        """``ends`` are those of the accesses that end before their grant."""
        self._by_digest: dict[bytes, Access] = {}
        self._by_grant: dict[GrantId, list[bytes]] = {}
        self._bindings = dict(bindings)
        self._by_origin: dict[str, set[GrantId]] = {}
        for digest, grant in rows:
            self.add(digest, grant, ends.get(digest))

    def find(self, digest: bytes) -> Access | None:
        """Return the access with this digest, whatever its state, or None."""
        return self._by_digest.get(digest)

    def add(self, digest: bytes, grant: GrantRecord, ends_at: Instant | None = None) -> None:
        """Take in a new access of ``grant``, bound to what the grant is bound to."""
        bindings, origin = self.bindings_of(grant.id), _origin_of(grant)
        self._by_digest[digest] = Access(
            grant=grant.id,
            name=grant.name,
            state=grant.state,
            models=grant.models,
            expires_at=grant.expires_at,
            verified=grant.verified,
            redirect_host=grant.redirect_host,
            raise_allowed=grant.raise_allowed,
            ends_at=ends_at,
            bindings=bindings,
            origin=origin,
        )
        self._by_grant.setdefault(grant.id, []).append(digest)
        self._note_origins(grant.id, bindings, origin)

    def bindings_of(self, grant: GrantId) -> Bindings:
        """Return what every access of ``grant`` is bound to, those to come too."""
        return self._bindings.get(grant, UNBOUND)

    def bind(self, grant: GrantId, bindings: Bindings) -> None:
        """Bind every access of ``grant``, those to come too, to just ``bindings``."""
        self._bindings[grant] = bindings
        for digest in self._by_grant.get(grant, ()):
            known = self._by_digest[digest]
            self._by_digest[digest] = replace(known, bindings=bindings)
            self._note_origins(grant, bindings, known.origin)

    def knows_origin(self, origin: str, now: Instant) -> bool:
        """Return whether a page of ``origin`` was approved and still is: it may call from there."""
        return any(self._admits(grant, origin, now) for grant in self._by_origin.get(origin, ()))

    def drop(self, grant: GrantId, digests: Collection[bytes]) -> None:
        """Forget accesses of ``grant`` that have ended."""
        kept = self._by_grant.get(grant, [])
        self._by_grant[grant] = [digest for digest in kept if digest not in digests]
        for digest in digests:
            self._by_digest.pop(digest, None)

    def state_of(self, grant: GrantId) -> GrantState | None:
        """Return the state of ``grant``; None where it has no access."""
        digests = self._by_grant.get(grant)
        return self._by_digest[digests[0]].state if digests else None

    def allow_raise(self, grant: GrantId, *, allowed: bool) -> None:
        """Let every access of ``grant`` know whether its user may be asked for more."""
        for digest in self._by_grant.get(grant, ()):
            known = self._by_digest[digest]
            self._by_digest[digest] = replace(known, raise_allowed=allowed)

    def set_state(self, grant: GrantId, state: GrantState, paused_by: Rule | None = None) -> None:
        """Let every access of ``grant`` know its new state, and which rule paused it, if one."""
        for digest in self._by_grant.get(grant, ()):
            known = self._by_digest[digest]
            self._by_digest[digest] = replace(known, state=state, paused_by=paused_by)

    def _admits(self, grant: GrantId, origin: str, now: Instant) -> bool:
        digests = self._by_grant.get(grant)
        if not digests:
            return False
        access = self._by_digest[digests[0]]
        # The approval counts, not the access: a page comes for its next one when that has ended.
        if state_at(access.state, access.expires_at, now) not in _LIVE:
            return False
        return origin in (access.bindings.origins or (access.origin,))

    def _note_origins(self, grant: GrantId, bindings: Bindings, own: str | None) -> None:
        for origin in (*bindings.origins, *(() if own is None else (own,))):
            self._by_origin.setdefault(origin, set()).add(grant)


def _origin_of(grant: GrantRecord) -> str | None:
    redirect = judge_redirect(grant.redirect_uri, ())
    return own_origin(redirect) if isinstance(redirect, Redirect) else None
