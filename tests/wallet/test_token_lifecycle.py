"""Codes, accesses and refresh tokens against one table, in any order, on a real wallet."""

import asyncio
from collections.abc import Iterator
from enum import Enum, auto
from functools import partial
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.asking import LOOPBACK, VERIFIER, query
from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.core.identifiers import MINUTE_MS
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.errors import Rejected
from wattfare_desktop.core.oauth.grants import SpendTerms
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.refreshing import SHORT_ACCESS_MS
from wattfare_desktop.core.oauth.requests import AuthorizationRequest, read_query
from wattfare_desktop.core.oauth.tokens import digest
from wattfare_desktop.core.periods import Period
from wattfare_desktop.wallet.codes import Issued, TokenRequest
from wattfare_desktop.wallet.tokens import OtherKey, RefreshRequest


class State(Enum):
    """Where a family of tokens stands."""

    CODE = auto()
    LATE = auto()
    LIVE = auto()
    ROTATED = auto()
    REVOKED = auto()


class Act(Enum):
    """What anybody may try with what they have."""

    TRADE = auto()
    WRONG_VERIFIER = auto()
    WRONG_CLIENT = auto()
    WRONG_REDIRECT = auto()
    REFRESH = auto()
    REFRESH_OLD = auto()
    REFRESH_AS_OTHER = auto()
    GIVE_BACK = auto()
    WAIT = auto()
    RESTART = auto()
    TRADE_BY_OTHER_KEY = auto()
    REFRESH_BY_OTHER_KEY = auto()
    REFRESH_BY_NO_KEY = auto()


TRADES: Final = (
    *(Act.TRADE, Act.WRONG_VERIFIER, Act.WRONG_CLIENT, Act.WRONG_REDIRECT),
    Act.TRADE_BY_OTHER_KEY,
)
KEY, OTHER_KEY = "k" * 42 + "A", "o" * 42 + "A"
OF_KEYS: Final = {
    Act.TRADE_BY_OTHER_KEY: OTHER_KEY,
    Act.REFRESH_BY_OTHER_KEY: OTHER_KEY,
    Act.REFRESH_BY_NO_KEY: None,
}
"""What there is to try only where a grant is bound to ``KEY`` (RFC 9449)."""

# Whatever is not here fails and changes nothing.
TABLE: Final = {
    (State.CODE, Act.TRADE): State.LIVE,
    (State.CODE, Act.WAIT): State.LATE,
    (State.LIVE, Act.REFRESH): State.ROTATED,
    (State.ROTATED, Act.REFRESH): State.ROTATED,
    (State.ROTATED, Act.REFRESH_OLD): State.REVOKED,
    # Who has the code a second time need have nothing else.
    **{(state, trade): State.REVOKED for state in (State.LIVE, State.ROTATED) for trade in TRADES},
    **{(state, Act.GIVE_BACK): State.REVOKED for state in (State.LIVE, State.ROTATED)},
}
WORKS: Final = {
    (State.CODE, Act.TRADE),
    (State.LIVE, Act.REFRESH),
    (State.ROTATED, Act.REFRESH),
}


class Family:
    """One approval and all that was ever given for it."""

    def __init__(self, house: WalletHouse, code: str, jkt: str | None) -> None:
        self._house = house
        self._code = code
        self._jkt = jkt
        self._issued: list[Issued] = []
        self._ends_at = 0

    async def attempt(self, act: Act) -> bool:
        """Try ``act``; return whether it gave an access."""
        if act in TRADES:
            return self._take(await self._house.books.codes.trade(self._asked(act)))
        if act is Act.WAIT:
            self._house.clock.ahead_ms += MINUTE_MS
        elif act is Act.RESTART:
            await self._house.crash()
            await self._house.opened()
        elif act is Act.GIVE_BACK:
            if self._issued:
                await self._house.books.codes.give_back(str(self._issued[-1].refresh))
        elif self._issued:
            return self._take(await self._refresh(act))
        return False

    def check(self, state: State) -> None:
        """Compare every access there is with what ``state`` allows."""
        now = self._house.clock.now()
        for issued in self._issued:
            access = self._house.books.accesses.find(digest(issued.access))
            ends = issued.access_ends
            assert ends is not None
            if access is None:
                assert ends <= now, "only what has ended is forgotten"
            elif state is State.REVOKED:
                assert access.state_at(now) is GrantState.REVOKED or ends <= now
            else:
                expected = GrantState.EXPIRED if ends <= now else GrantState.ACTIVE
                assert access.state_at(now) is expected

    def _asked(self, act: Act) -> TokenRequest:
        return TokenRequest(
            code=self._code,
            client_id="Other AI" if act is Act.WRONG_CLIENT else "Notes AI",
            redirect_uri=f"{LOOPBACK}/x" if act is Act.WRONG_REDIRECT else LOOPBACK,
            verifier="a" * 43 if act is Act.WRONG_VERIFIER else VERIFIER,
            jkt=OF_KEYS.get(act, self._jkt),
        )

    async def _refresh(self, act: Act) -> Issued | Rejected | OtherKey:
        token = self._issued[0 if act is Act.REFRESH_OLD else -1].refresh
        client = "Other AI" if act is Act.REFRESH_AS_OTHER else "Notes AI"
        jkt = OF_KEYS.get(act, self._jkt)
        asked = RefreshRequest(refresh_token=str(token), client_id=client, jkt=jkt)
        return await self._house.books.tokens.refresh(asked)

    def _take(self, came: Issued | Rejected | OtherKey) -> bool:
        if not isinstance(came, Issued):
            return False
        self._issued.append(came)
        return True


class Lab:
    """One wallet for all sequences: each has an approval of its own."""

    def __init__(self, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._opened = wallet_house(folder)
        self._house = self._runner.run(self._opened.__aenter__())

    def play(self, acts: list[Act], jkt: str | None = None) -> None:
        """Try ``acts`` one after the other and hold each outcome against the table.

        ``jkt`` is the key that was named when the app asked.
        """
        self._runner.run(self._play(acts, jkt))

    def close(self) -> None:
        self._runner.run(self._opened.__aexit__(None, None, None))
        self._runner.close()

    async def _play(self, acts: list[Act], jkt: str | None) -> None:
        request = read_query(query(scope="offline_access", dpop_jkt=jkt), ())
        assert isinstance(request, AuthorizationRequest)
        terms = SpendTerms(limit=parse_usd("1.00"), period=Period.DAY, models=(), expires_at=None)
        code = await self._house.books.codes.grant(request, terms, "")
        family = Family(self._house, code, jkt)
        state = State.CODE
        for act in acts:
            # With one refresh token there is no old one yet: the first is the latest.
            done = Act.REFRESH if act is Act.REFRESH_OLD and state is State.LIVE else act
            assert await family.attempt(act) is ((state, done) in WORKS), (state, act)
            state = TABLE.get((state, done), state)
            family.check(state)
        self._house.clock.ahead_ms += SHORT_ACCESS_MS
        family.check(state)


@pytest.fixture(name="lab")
def _lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    yield lab
    lab.close()


@pytest.mark.parametrize("first", [[], [Act.TRADE], [Act.TRADE, Act.REFRESH], [Act.WAIT]])
def test_every_act_in_every_state(lab: Lab, first: list[Act]) -> None:
    for act in Act:
        jkt = KEY if act in OF_KEYS else None
        lab.play([*first, act, Act.REFRESH, Act.TRADE, Act.REFRESH], jkt)


def test_acts_in_any_order(lab: Lab) -> None:
    usual = [act for act in Act if act is not Act.RESTART]
    first = st.lists(st.sampled_from(usual), max_size=12)

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(first.map(partial(list.__add__, [Act.TRADE])), st.booleans())
    def play(acts: list[Act], is_bound: bool) -> None:  # noqa: FBT001 - drawn
        if is_bound:
            lab.play(acts, KEY)
        else:
            lab.play([act for act in acts if act not in OF_KEYS])

    play()
