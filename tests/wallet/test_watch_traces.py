"""Whole traces through an open wallet whose clock is moved: what is found is written and holds."""

import pytest

from tests.support.asking import LOOPBACK, VERIFIER, answer_in
from tests.support.traces import ATTACKS, LOOK_MS, NORMAL, Step, Trace
from tests.support.wallet_house import MovedClock, WalletHouse, eventually
from wattfare_desktop.core.identifiers import GrantId, Instant, later
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.watching.trail import CallDone, CallHeld, CapRefused, Trail
from wattfare_desktop.wallet.codes import TokenRequest
from wattfare_desktop.wallet.watch import Watch

START = Instant(1_795_435_200_000)


class StoppedClock(MovedClock):
    """Goes only where a trace puts it."""

    def now(self) -> Instant:
        return later(START, self.ahead_ms)


async def _watched(house: WalletHouse, trace: Trace) -> GrantId:
    await house.fund()
    answer = answer_in(await house.approve())
    asked = TokenRequest(
        code=answer["code"], client_id="Notes AI", redirect_uri=LOOPBACK, verifier=VERIFIER
    )
    await house.trade(asked)
    app = (await house.app()).id
    await house.wallet.set_caps(app, [Cap(period=Period.MONTH, limit=parse_usd(trace.cap_usd))])
    trail = house.books.watch._trails[app] = Trail()
    trail.recall(trace.past)
    return app


async def _play(house: WalletHouse, clock: StoppedClock, app: GrantId, trace: Trace) -> int:
    """Return how many steps were let in before the app was paused."""
    watch, looked_ms = house.books.watch, 0
    for place, step in enumerate(trace.steps):
        clock.ahead_ms = step.at_ms
        if house.books.accesses.state_of(app) is GrantState.PAUSED:
            return place
        watch.enter(app, clock.now())
        _hear(watch, app, step, clock.now())
        if step.at_ms - looked_ms >= LOOK_MS or step is trace.steps[-1]:
            looked_ms = step.at_ms
            await watch.look()
    return len(trace.steps)


def _hear(watch: Watch, app: GrantId, step: Step, now: Instant) -> None:
    if step.is_attempt:
        return
    if step.is_refused:
        watch.take(CapRefused(grant=app, at=now))
        return
    cost = Nanos(0) if step.failed else parse_usd(step.usd)
    watch.take(CallHeld(grant=app, at=now, amount=cost))
    watch.take(
        CallDone(
            grant=app,
            at=now,
            model=step.model,
            cost=cost,
            tokens=step.tokens,
            failed=step.failed,
        )
    )


@pytest.fixture(name="clock")
def _clock(house: WalletHouse) -> StoppedClock:
    stopped = StoppedClock()
    house.clock = stopped
    house.books.watch._clock = stopped
    return stopped


@pytest.mark.parametrize("trace", NORMAL, ids=lambda trace: trace.name)
async def test_what_is_normal_goes_on(
    house: WalletHouse, clock: StoppedClock, trace: Trace
) -> None:
    app = await _watched(house, trace)
    assert await _play(house, clock, app, trace) == len(trace.steps)
    assert (await house.app(app)).state is GrantState.ACTIVE


@pytest.mark.parametrize("trace", ATTACKS, ids=lambda trace: trace.name)
async def test_an_attack_is_paused_and_written_down(
    house: WalletHouse, clock: StoppedClock, trace: Trace
) -> None:
    app = await _watched(house, trace)
    assert await _play(house, clock, app, trace) < len(trace.steps)
    await eventually(lambda: not house.books.tasks._running)
    assert (await house.app(app)).state is GrantState.PAUSED
    pausing = [each for each in await house.wallet.alerts().latest() if each.paused]
    assert [each.rule for each in pausing] == [trace.rule]
