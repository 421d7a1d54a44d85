"""Tests of ``wattfare_desktop.wallet.codes``: grants, codes traded for accesses, succession."""

import asyncio
from typing import Any

import pytest

from tests.support.asking import LOOPBACK, VERIFIER, WEB, answer_in, details, query
from tests.support.wallet_house import PASSPHRASE, WalletHouse, eventually
from wattfare_desktop.core.identifiers import DAY_MS, MINUTE_MS, SECOND_MS, GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.grants import SpendTerms
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.oauth.requests import AuthorizationRequest, read_query
from wattfare_desktop.core.oauth.tokens import digest, is_access_token, is_authorization_code
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, Cap
from wattfare_desktop.storage import chain, ledger
from wattfare_desktop.wallet import codes
from wattfare_desktop.wallet.codes import Issued, TokenRequest
from wattfare_desktop.wallet.spending import GrantClosed, HeldCall


def _asked(code: str, /, **changes: str | None) -> TokenRequest:
    asked: dict[str, Any] = {
        "code": code,
        "client_id": "Notes AI",
        "redirect_uri": LOOPBACK,
        "verifier": VERIFIER,
    }
    return TokenRequest(**asked | changes)


async def _code(house: WalletHouse, **changes: str | None) -> str:
    code = answer_in(await house.approve(**changes))["code"]
    assert is_authorization_code(code)
    return code


async def _state(house: WalletHouse, access: str) -> GrantState:
    found = house.books.accesses.find(digest(access))
    assert found is not None
    return found.state


async def test_a_code_is_worth_one_access(house: WalletHouse) -> None:
    code = await _code(house, authorization_details=details(models=["practice/*"]))
    issued = await house.trade(_asked(code))
    assert is_access_token(issued.access)
    assert issued.terms == SpendTerms(
        limit=parse_usd("5.00"), period=Period.MONTH, models=("practice/*",), expires_at=None
    )
    found = house.books.accesses.find(digest(issued.access))
    assert found is not None
    assert (found.name, found.state, found.models) == (
        "Notes AI",
        GrantState.ACTIVE,
        ("practice/*",),
    )


async def test_neither_code_nor_access_is_in_any_file(house: WalletHouse) -> None:
    code = await _code(house)
    issued = await house.trade(_asked(code))
    rows = await house.books.database.read(
        lambda cx: [
            *cx.execute("SELECT * FROM authorization_codes").fetchall(),
            *cx.execute("SELECT * FROM accesses").fetchall(),
        ]
    )
    assert len(rows) == 2
    assert code not in repr(rows)
    assert issued.access not in repr(rows)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "wf_ac_" + "x" * 43}, OAuthError.INVALID_GRANT),
        ({"code": ""}, OAuthError.INVALID_GRANT),
        ({"client_id": "Other AI"}, OAuthError.INVALID_GRANT),
        ({"redirect_uri": "http://127.0.0.1:5174/cb"}, OAuthError.INVALID_GRANT),
        ({"redirect_uri": ""}, OAuthError.INVALID_GRANT),
        ({"verifier": "another-verifier-of-forty-three-characters-"}, OAuthError.INVALID_GRANT),
        ({"verifier": "short"}, OAuthError.INVALID_REQUEST),
        ({"verifier": ""}, OAuthError.INVALID_REQUEST),
    ],
)
async def test_a_wrong_trade_gets_nothing_and_spoils_nothing(
    house: WalletHouse, changes: dict[str, str | None], error: OAuthError
) -> None:
    code = await _code(house)
    refused = await house.books.codes.trade(_asked(code, **changes))
    assert isinstance(refused, Rejected)
    assert refused.code is error
    assert isinstance(await house.books.codes.trade(_asked(code)), Issued)


async def test_a_redirect_may_be_left_out(house: WalletHouse) -> None:
    code = await _code(house)
    assert isinstance(await house.books.codes.trade(_asked(code, redirect_uri=None)), Issued)


async def test_a_code_used_twice_revokes_what_it_gave(house: WalletHouse) -> None:
    code = await _code(house)
    issued = await house.trade(_asked(code))
    again = await house.books.codes.trade(_asked(code))
    assert isinstance(again, Rejected)
    assert again.code is OAuthError.INVALID_GRANT
    assert await _state(house, issued.access) is GrantState.REVOKED
    assert (await house.app()).state is GrantState.REVOKED


async def test_of_two_trades_at_once_one_succeeds_and_loses_it(house: WalletHouse) -> None:
    code = await _code(house)
    ends = await asyncio.gather(*(house.books.codes.trade(_asked(code)) for _ in range(2)))
    (issued,) = (end for end in ends if isinstance(end, Issued))
    assert await _state(house, issued.access) is GrantState.REVOKED


async def test_a_code_lasts_a_minute(house: WalletHouse) -> None:
    code = await _code(house)
    house.clock.ahead_ms += MINUTE_MS
    refused = await house.books.codes.trade(_asked(code))
    assert isinstance(refused, Rejected)
    assert refused.code is OAuthError.INVALID_GRANT
    house.clock.ahead_ms -= SECOND_MS
    assert isinstance(await house.books.codes.trade(_asked(code)), Issued)


async def test_a_code_of_a_revoked_approval_is_worth_nothing(house: WalletHouse) -> None:
    code = await _code(house)
    await house.wallet.revoke((await house.app()).id)
    refused = await house.books.codes.trade(_asked(code))
    assert refused == Rejected.because(OAuthError.INVALID_GRANT, "The approval was revoked.")


async def test_an_approval_nobody_comes_for_ends(
    house: WalletHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(codes, "CODE_LIFETIME_MS", 1)
    monkeypatch.setattr(codes, "_GRACE_S", 0.01)
    house.clock.ahead_ms -= SECOND_MS
    await house.approve()
    house.clock.ahead_ms += SECOND_MS
    grant = (await house.app()).id
    await eventually(lambda: sum(grant in each.grants for each in house.changes) > 1)
    assert (await house.app(grant)).state is GrantState.REVOKED


async def test_an_approval_nobody_came_for_has_ended_when_the_wallet_opens(
    house: WalletHouse,
) -> None:
    code = await _code(house)
    await house.wallet.lock()
    house.clock.ahead_ms += MINUTE_MS
    await house.wallet.unlock(PASSPHRASE)
    assert (await house.app()).state is GrantState.REVOKED
    assert isinstance(await house.books.codes.trade(_asked(code)), Rejected)


async def test_an_access_given_back_is_revoked(house: WalletHouse) -> None:
    issued = await house.trade(_asked(await _code(house)))
    await house.books.codes.give_back("wf_at_" + "x" * 43)
    await house.books.codes.give_back("")
    assert await _state(house, issued.access) is GrantState.ACTIVE
    for _ in range(2):
        await house.books.codes.give_back(issued.access)
        assert await _state(house, issued.access) is GrantState.REVOKED


async def test_accesses_outlive_the_lock(house: WalletHouse) -> None:
    issued = await house.trade(_asked(await _code(house)))
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)
    assert await _state(house, issued.access) is GrantState.ACTIVE


# A verified client asks again.


class Site:
    """A web app of one origin, approved again and again."""

    def __init__(self, house: WalletHouse, redirect: str = WEB) -> None:
        self._house = house
        self._redirect = redirect

    async def approved(self, cap: str, period: str = "day") -> GrantId:
        """Have it approved for ``cap`` and let it collect its access; return the grant."""
        request = read_query(
            query(
                client_id="notes",
                redirect_uri=self._redirect,
                authorization_details=details(cap, period),
            ),
            (),
        )
        assert isinstance(request, AuthorizationRequest)
        terms = SpendTerms(limit=parse_usd(cap), period=Period(period), models=(), expires_at=None)
        before = {row.id for row in await self._house.wallet.apps()}
        code = await self._house.books.codes.grant(request, terms, "")
        await self._house.trade(_asked(code, client_id="notes", redirect_uri=self._redirect))
        (new,) = {row.id for row in await self._house.wallet.apps()} - before
        return new


async def _used(house: WalletHouse, grant: GrantId) -> tuple[int, int]:
    (window,) = (await house.app(grant)).windows
    return window.spent, window.held


async def test_a_sites_new_approval_replaces_its_old_one(house: WalletHouse) -> None:
    await house.fund()
    site = Site(house)
    old = await site.approved("1.00")
    await house.spend(old, "0.75")
    new = await site.approved("1.00")
    assert new != old
    assert (await house.app(old)).state is GrantState.REVOKED
    assert (await house.app(new)).state is GrantState.ACTIVE
    assert await _used(house, new) == (parse_usd("0.75"), 0)
    refused = await house.books.spending.reserve(house.wanted(new, parse_usd("0.26")))
    assert isinstance(refused, BudgetRefusal)
    await house.spend(new, "0.25")
    assert await _used(house, new) == (parse_usd("1.00"), 0)
    assert (await house.app(new)).spent_total == parse_usd("0.25"), "its own calls are its own"
    closed = await house.books.spending.reserve(house.wanted(old, parse_usd("0.01")))
    assert closed == GrantClosed(state=GrantState.REVOKED)


async def test_what_still_runs_is_cut_and_counts_on(house: WalletHouse) -> None:
    await house.fund()
    site = Site(house)
    old = await site.approved("1.00")
    held = await house.hold(old, "0.60")
    new = await site.approved("1.00")
    assert held.is_cut
    assert await _used(house, new) == (0, parse_usd("0.60"))
    refused = await house.books.spending.reserve(house.wanted(new, parse_usd("0.50")))
    assert isinstance(refused, BudgetRefusal)
    await house.settle(held, "0.20")
    assert await _used(house, new) == (parse_usd("0.20"), 0)
    assert isinstance(
        await house.books.spending.reserve(house.wanted(new, parse_usd("0.50"))), HeldCall
    )
    assert (await house.books.database.read(ledger.trial_balance)).balances


async def test_a_call_that_is_admitted_at_the_same_time_counts_too(house: WalletHouse) -> None:
    await house.fund()
    site = Site(house)
    old = await site.approved("1.00")
    reserve = house.books.spending.reserve
    ends = await asyncio.gather(
        *(reserve(house.wanted(old, parse_usd("0.10"))) for _ in range(4)),
        site.approved("1.00"),
        *(reserve(house.wanted(old, parse_usd("0.10"))) for _ in range(4)),
    )
    held = [end for end in ends if isinstance(end, HeldCall)]
    assert all(call.is_cut for call in held)
    spent, still = await _used(house, (await house.app()).id)
    assert (spent, still) == (0, len(held) * parse_usd("0.10"))


async def test_a_cap_below_what_was_spent_is_simply_used_up(house: WalletHouse) -> None:
    await house.fund()
    site = Site(house)
    await house.spend(await site.approved("5.00"), "3.00")
    new = await site.approved("1.00")
    assert await _used(house, new) == (parse_usd("3.00"), 0)
    assert (await house.app(new)).windows[0].left == 0
    refused = await house.books.spending.reserve(house.wanted(new, parse_usd("0.01")))
    assert isinstance(refused, BudgetRefusal)


async def test_a_new_period_counts_what_it_has_already_seen(house: WalletHouse) -> None:
    await house.fund()
    site = Site(house)
    await house.spend(await site.approved("1.00", "day"), "0.40")
    year = await site.approved("20.00", "year")
    assert await _used(house, year) == (parse_usd("0.40"), 0)
    day = await site.approved("1.00", "day")
    assert await _used(house, day) == (parse_usd("0.40"), 0)


async def test_a_cap_that_is_added_later_counts_the_earlier_grants_too(house: WalletHouse) -> None:
    await house.fund()
    site = Site(house)
    await house.spend(await site.approved("1.00", "day"), "0.40")
    month = await site.approved("20.00", "month")
    await house.spend(month, "0.10")
    both = [
        Cap(period=Period.DAY, limit=parse_usd("1.00")),
        Cap(period=Period.MONTH, limit=parse_usd("20.00")),
    ]
    for caps in (both, both[1:], both):
        await house.wallet.set_caps(month, caps)
        windows = (await house.app(month)).windows
        assert [(row.spent, row.held) for row in windows] == [(parse_usd("0.50"), 0)] * len(caps)


async def test_a_new_day_begins_at_nothing(house: WalletHouse) -> None:
    await house.fund()
    site = Site(house)
    await house.spend(await site.approved("1.00"), "0.90")
    house.clock.ahead_ms += DAY_MS
    assert await _used(house, await site.approved("1.00")) == (0, 0)


async def test_a_clock_set_back_refills_nothing(house: WalletHouse) -> None:
    await house.fund()
    site = Site(house)
    house.clock.ahead_ms += 40 * DAY_MS
    old = await site.approved("1.00")
    await house.spend(old, "0.40")
    (window,) = (await house.app(old)).windows
    house.clock.ahead_ms = 0
    await house.spend(old, "0.50")
    new = await site.approved("1.00")
    assert await _used(house, new) == (parse_usd("0.90"), 0)
    assert (await house.app(new)).windows[0].resets_at == window.resets_at


@pytest.mark.parametrize("how", ["given back", "revoked", "ran out"])
async def test_an_ended_approval_counts_in_what_renews(house: WalletHouse, how: str) -> None:
    await house.fund()
    site = Site(house)
    old = await site.approved("1.00")
    await house.spend(old, "0.90")
    if how == "ran out":
        await house.books.database.write(
            lambda cx: cx.execute("UPDATE grants SET expires_at = 1 WHERE id = ?", (old,))
        )
    else:
        await house.wallet.revoke(old)
    assert await _used(house, await site.approved("1.00")) == (parse_usd("0.90"), 0)


async def test_once_goes_on_from_grant_to_grant_and_ends_with_the_last(house: WalletHouse) -> None:
    await house.fund()
    site = Site(house)
    await house.spend(await site.approved("1.00", "once"), "0.20")
    await house.spend(await site.approved("1.00", "month"), "0.30")
    third = await site.approved("1.00", "once")
    assert await _used(house, third) == (parse_usd("0.50"), 0)
    await house.wallet.revoke(third)
    assert await _used(house, await site.approved("1.00", "once")) == (0, 0)


async def test_a_paused_approval_is_replaced_by_an_active_one(house: WalletHouse) -> None:
    site = Site(house)
    old = await site.approved("1.00")
    await house.wallet.pause(old)
    new = await site.approved("1.00")
    assert (await house.app(old)).state is GrantState.REVOKED
    assert (await house.app(new)).state is GrantState.ACTIVE


async def test_other_sites_and_bare_names_are_left_alone(house: WalletHouse) -> None:
    await house.fund()
    other = await Site(house, "https://other.example/cb").approved("1.00")
    port = await Site(house, "https://notes.example:8443/cb").approved("1.00")
    bare = [await _bare(house) for _ in range(2)]
    for grant in (other, port, *bare):
        await house.spend(grant, "0.10")
    site = await Site(house, "https://notes.example/another").approved("1.00")
    await Site(house).approved("1.00")
    states = {row.id: row.state for row in await house.wallet.apps()}
    assert states.pop(site) is GrantState.REVOKED, "one origin, whatever the path"
    assert set(states.values()) == {GrantState.ACTIVE}
    assert await _used(house, (await house.app()).id) == (0, 0)
    for grant in bare:
        assert await _used(house, grant) == (parse_usd("0.10"), 0)


async def test_a_denied_request_replaces_nothing(house: WalletHouse) -> None:
    old = await Site(house).approved("1.00")
    ticket = await house.ask(client_id="notes", redirect_uri=WEB)
    await house.wallet.desk.deny(ticket.id)
    assert (await house.app(old)).state is GrantState.ACTIVE


async def test_the_history_names_the_heir(house: WalletHouse) -> None:
    site = Site(house)
    old, new = await site.approved("1.00"), await site.approved("1.00")
    events = await house.books.database.read(
        lambda cx: cx.execute(
            "SELECT event, detail FROM grant_events WHERE grant_id = ? ORDER BY seq", (old,)
        ).fetchall()
    )
    assert events == [("granted", ""), ("replaced", new)]


async def _bare(house: WalletHouse) -> GrantId:
    await house.approve()
    return (await house.app()).id


async def _anchored(house: WalletHouse) -> bool:
    """Return whether the end of the chain is anchored, without waiting for it to be due."""
    await house.books.tasks.drain(5)
    await house.books.asides.drain(5)
    head = await house.books.database.read(chain.head)
    return f'"seq": {head.seq},' in (house.paths.home / "anchor").read_text()


async def test_an_approval_that_is_replaced_ends_anchored(house: WalletHouse) -> None:
    site = Site(house)
    await site.approved("1.00")
    assert not await _anchored(house), "a new approval can wait"
    await site.approved("1.00")
    # What follows, its access, is no entry of the chain.
    assert await _anchored(house)


@pytest.mark.parametrize("how", ["given back", "used twice", "never collected"])
async def test_whatever_ends_an_approval_is_anchored(house: WalletHouse, how: str) -> None:
    code = await _code(house)
    match how:
        case "given back":
            await house.books.codes.give_back((await house.trade(_asked(code))).access)
        case "used twice":
            for _ in range(2):
                await house.books.codes.trade(_asked(code))
        case _:
            house.clock.ahead_ms += MINUTE_MS
            await house.books.apps.expire_uncollected()
    assert (await house.app()).state is GrantState.REVOKED
    assert await _anchored(house)
