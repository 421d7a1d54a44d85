"""What apps do is judged behind their calls, told once a day, and pauses hold."""

import pytest

from tests.support.asking import LOOPBACK, VERIFIER, answer_in
from tests.support.wallet_house import WalletHouse, eventually
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS, MINUTE_MS, SECOND_MS, GrantId, later
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, Cap
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.core.watching.alerts import Alert, AlertState
from wattfare_desktop.core.watching.rules import Action, CallRate, Rule
from wattfare_desktop.wallet.codes import TokenRequest
from wattfare_desktop.wallet.gate import Flooded
from wattfare_desktop.wallet.spending import GrantClosed, HeldCall, Outcome


def _told(house: WalletHouse, rule: Rule = Rule.RUNAWAY) -> list[Alert]:
    told = [alert for changes in house.changes for alert in changes.alerts]
    return [alert for alert in told if alert.rule is rule]


async def _latest(house: WalletHouse, rule: Rule = Rule.RUNAWAY) -> Alert:
    (alert,) = [each for each in await house.wallet.alerts().latest() if each.rule is rule]
    return alert


async def _app(house: WalletHouse, limit: str = "10.00") -> GrantId:
    await house.fund("1000.00")
    answer = answer_in(await house.approve())
    await house.trade(
        TokenRequest(
            code=answer["code"], client_id="Notes AI", redirect_uri=LOOPBACK, verifier=VERIFIER
        )
    )
    app = (await house.app()).id
    await house.wallet.set_caps(app, [Cap(period=Period.MONTH, limit=parse_usd(limit))])
    return app


async def _run_away(house: WalletHouse, app: GrantId) -> None:
    for _ in range(3):
        await house.spend(app, "1.80")


async def _refused(house: WalletHouse, app: GrantId) -> object:
    return await house.books.spending.reserve(house.wanted(app, parse_usd("0.01")))


async def test_a_runaway_is_paused_by_itself_and_told(house: WalletHouse) -> None:
    app = await _app(house)
    await _run_away(house, app)
    await eventually(lambda: _told(house))
    (alert,) = _told(house)
    assert (alert.app, alert.rule, alert.action) == (app, Rule.RUNAWAY, Action.PAUSE)
    assert (alert.measured, alert.against) == (parse_usd("5.40"), parse_usd("10"))
    assert alert.paused
    assert (await house.app(app)).state is GrantState.PAUSED
    assert await _refused(house, app) == GrantClosed(state=GrantState.PAUSED)
    (note,) = [note for note in await house.wallet.history(app) if note.event == "paused_by_rule"]
    assert note.detail == "runaway"
    assert alert in (await house.wallet.overview()).alerts


async def test_a_restart_knows_which_rule_paused_it(house: WalletHouse) -> None:
    app = await _app(house)
    await _run_away(house, app)
    await house.books.watch.look()
    await house.wallet.lock()
    await house.opened()
    alert = await _latest(house)
    assert alert.paused


async def test_resumed_it_begins_anew_and_is_paused_again_by_the_same_alert(
    house: WalletHouse,
) -> None:
    app = await _app(house, "40.00")
    await house.spend(app, "10.00")
    for _ in range(3):
        await house.spend(app, "4.00")
    await house.books.watch.look()
    assert len(_told(house)) == 1
    await house.wallet.resume(app)
    await house.spend(app, "0.10")
    await house.books.watch.look()
    assert len(_told(house)) == 1
    alert = await _latest(house)
    assert not alert.paused
    for _ in range(3):
        await house.spend(app, "5.90")
    await house.books.watch.look()
    assert len(_told(house)) == 1
    await house.wallet.set_caps(app, [Cap(period=Period.MONTH, limit=parse_usd("80.00"))])
    for _ in range(3):
        await house.spend(app, "8.00")
    await house.books.watch.look()
    again = await _latest(house)
    assert (again.times, again.paused, again.state) == (2, True, AlertState.NEW)
    assert len(_told(house)) == 2


async def test_this_was_me_resumes_and_doubles_for_a_week(house: WalletHouse) -> None:
    app = await _app(house, "20.00")
    for _ in range(3):
        await house.spend(app, "3.50")
    await house.books.watch.look()
    (alert,) = _told(house)
    mine = await house.wallet.alerts().say_mine(alert.id)
    assert (mine.state, mine.paused) == (AlertState.MINE, False)
    assert (await house.app(app)).state is GrantState.ACTIVE
    await house.wallet.lock()
    await house.opened()
    await house.wallet.set_caps(app, [Cap(period=Period.MONTH, limit=parse_usd("45.00"))])
    for _ in range(3):
        await house.spend(app, "7.00")
    await house.books.watch.look()
    assert (await house.app(app)).state is GrantState.ACTIVE
    # A week later the usual threshold holds again.
    house.clock.ahead_ms = 8 * DAY_MS
    for _ in range(3):
        await house.spend(app, "3.00")
    await house.books.watch.look()
    assert (await house.app(app)).state is GrantState.ACTIVE
    await house.wallet.set_caps(app, [Cap(period=Period.MONTH, limit=parse_usd("60.00"))])
    for _ in range(3):
        await house.spend(app, "8.00")
    await house.books.watch.look()
    assert (await house.app(app)).state is GrantState.PAUSED


async def test_an_alert_that_does_not_exist_is_nobodys(house: WalletHouse) -> None:
    with pytest.raises(UserFacingError, match="No such alert"):
        await house.wallet.alerts().say_mine(7)


async def test_twenty_calls_beyond_the_cap_pause(house: WalletHouse) -> None:
    app = await _app(house, "1.00")
    spending = house.books.spending
    for _ in range(19):
        assert isinstance(
            await spending.reserve(house.wanted(app, parse_usd("1.01"))), BudgetRefusal
        )
    await house.books.watch.look()
    assert _told(house, Rule.CAP_PROBING) == []
    await spending.reserve(house.wanted(app, parse_usd("1.01")))
    await house.books.watch.look()
    (alert,) = _told(house, Rule.CAP_PROBING)
    assert (alert.rule, alert.measured) == (Rule.CAP_PROBING, 20)


async def test_what_running_calls_hold_is_no_probing(house: WalletHouse) -> None:
    app = await _app(house, "1.00")
    held = await house.hold(app, "0.90")
    for _ in range(30):
        refused = await house.books.spending.reserve(house.wanted(app, parse_usd("0.50")))
        assert isinstance(refused, BudgetRefusal)
    await house.books.watch.look()
    assert _told(house, Rule.CAP_PROBING) == []
    await house.settle(held, "0.10")


async def test_a_big_call_is_told_once_a_day_whoever_restarts(house: WalletHouse) -> None:
    app = await _app(house, "100.00")
    await house.spend(app, "6.00")
    await house.books.watch.look()
    (alert,) = _told(house, Rule.BIG_CALL)
    assert (alert.rule, alert.action, alert.paused) == (Rule.BIG_CALL, Action.NOTIFY, False)
    assert (await house.app(app)).state is GrantState.ACTIVE
    await house.wallet.lock()
    await house.opened()
    await house.spend(app, "6.00")
    await house.books.watch.look()
    assert len(_told(house, Rule.BIG_CALL)) == 1
    house.clock.ahead_ms = DAY_MS + MINUTE_MS
    await house.spend(app, "6.00")
    await house.books.watch.look()
    assert len(_told(house, Rule.BIG_CALL)) == 2


async def test_most_calls_failing_slow_an_app_down(house: WalletHouse) -> None:
    app = await _app(house)
    for _ in range(40):
        held = await house.hold(app, "0.01")
        house.books.spending.settle(held, Outcome(cost=None, end=CallEnd.FAILED))
    await house.drained()
    await house.books.watch.look()
    (alert,) = _told(house, Rule.ERROR_STORM)
    assert (alert.rule, alert.action) == (Rule.ERROR_STORM, Action.SLOW)
    now = house.clock.now()
    assert house.books.watch.enter(app, now) is None
    slowed = house.books.watch.enter(app, now)
    assert slowed is not None
    await house.wallet.alerts().say_mine(alert.id)
    assert house.books.watch.enter(app, later(now, 20)) is None


async def test_a_flood_pauses_at_once_and_for_good(house: WalletHouse) -> None:
    app = await _app(house)
    now = house.clock.now()
    answers = [house.books.watch.enter(app, now) for _ in range(1000)]
    assert answers[-1] == Flooded()
    await eventually(lambda: _told(house, Rule.FLOOD))
    assert (await house.app(app)).state is GrantState.PAUSED
    alert = await _latest(house, Rule.FLOOD)
    assert (alert.rule, alert.measured, alert.paused) == (Rule.FLOOD, 1000, True)


async def test_seen_is_not_new(house: WalletHouse) -> None:
    app = await _app(house, "100.00")
    await house.spend(app, "6.00")
    await house.books.watch.look()
    await house.wallet.alerts().see()
    assert (await house.wallet.overview()).alerts == ()
    alert = await _latest(house, Rule.BIG_CALL)
    assert alert.state is AlertState.SEEN


async def test_a_rate_is_kept_and_has_bounds(house: WalletHouse) -> None:
    app = await _app(house)
    rate = CallRate(per_s=5, in_flight=2)
    await house.wallet.alerts().set_rate(app, rate)
    await house.wallet.lock()
    await house.opened()
    assert house.wallet.alerts().rate(app) == rate
    with house.books.watch.under_way(app) as one, house.books.watch.under_way(app) as two:
        assert (one, two) == (None, None)
        with house.books.watch.under_way(app) as three:
            assert three is not None
    with house.books.watch.under_way(app) as four:
        assert four is None
    with pytest.raises(UserFacingError):
        await house.wallet.alerts().set_rate(app, CallRate(per_s=0, in_flight=2))


async def test_what_was_spent_before_a_restart_counts(house: WalletHouse) -> None:
    app = await _app(house)
    await house.spend(app, "1.90")
    await house.spend(app, "1.90")
    await house.wallet.lock()
    house.clock.ahead_ms = 20 * SECOND_MS
    await house.opened()
    for _ in range(3):
        await house.spend(app, "0.90")
    await house.books.watch.look()
    (alert,) = _told(house)
    assert alert.measured == parse_usd("6.50")


async def test_a_held_call_says_its_model(house: WalletHouse) -> None:
    app = await _app(house)
    held = await house.hold(app, "0.01")
    assert isinstance(held, HeldCall)
    assert held.model == "practice/gpt-5-mini"
    await house.settle(held, "0.01")


async def test_in_a_doubted_file_a_flood_is_stopped_and_nothing_written(
    house: WalletHouse,
) -> None:
    app = await _app(house)
    await house.wallet.lock()
    (house.paths.home / "anchor").write_text("nonsense")
    await house.opened()
    now = house.clock.now()
    assert [house.books.watch.enter(app, now) for _ in range(1000)][-1] == Flooded()
    await eventually(lambda: not house.books.tasks._running)
    assert house.books.accesses.state_of(app) is GrantState.PAUSED
    assert await house.wallet.alerts().latest() == ()
