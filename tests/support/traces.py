"""What apps do over time: four that are as they should be, and twelve attacks.

A trace is a list of steps in order of time; ``play`` puts it through the rules as the wallet does,
and tells when it was paused and what was spent by then.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from wattfare_desktop.core.identifiers import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    SECOND_MS,
    GrantId,
    Instant,
    later,
)
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import WindowRow
from wattfare_desktop.core.watching import rules
from wattfare_desktop.core.watching.bursts import Burst
from wattfare_desktop.core.watching.rules import Action, Finding, Rule
from wattfare_desktop.core.watching.trail import (
    CallDone,
    CallHeld,
    CapRefused,
    Past,
    SpentMinute,
    Trail,
)

APP: Final = GrantId("grant_watched")
START: Final = Instant(1_795_435_200_000)
MONTH_ENDS: Final = later(START, 20 * DAY_MS)
LOOK_MS: Final = 250
"""So often the wallet looks, while calls go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A call that begins and ends at ``at_ms``; ``is_refused``: it did not fit the cap.

    ``is_attempt``: it was no good request and nothing was held.
    """

    at_ms: int
    usd: str = "0.001"
    tokens: int = 1000
    model: str = "openai/gpt-5-mini"
    failed: bool = False
    is_refused: bool = False
    is_attempt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """``cap_usd`` limits a month; ``rule`` is what has to pause it before its end, None none."""

    name: str
    cap_usd: str
    steps: Sequence[Step]
    rule: Rule | None = None
    spent_percent_max: int = 100
    past: Past = field(default_factory=Past)


@dataclass(slots=True, kw_only=True)
class Played:
    """What came of a trace: how many steps were let in, what they cost, and what was found."""

    paused_by: Rule | None = None
    steps: int = 0
    spent: Nanos = Nanos(0)  # noqa: RUF009 - a number is no shared state
    found: list[Finding] = field(default_factory=list)


def play(trace: Trace, factors: dict[Rule, int] | None = None) -> Played:
    """Put ``trace`` through the rules until it is paused."""
    factors = factors or {}
    trail, flood, played = Trail(), Burst(rules.FLOOD_MS), Played()
    trail.recall(trace.past)
    looked_ms = -LOOK_MS
    for step in trace.steps:
        now = later(START, step.at_ms)
        if flood.note(now, rules.USUAL.flood * factors.get(Rule.FLOOD, 1)):
            played.paused_by = Rule.FLOOD
            return played
        played.steps += 1
        _take(trail, step, now, factors, played)
        if step.at_ms - looked_ms < LOOK_MS and step is not trace.steps[-1]:
            continue
        looked_ms = step.at_ms
        found = trail.judge([_window(trace.cap_usd, played.spent)], now, factors)
        played.found += found
        pausing = [each.rule for each in found if each.action is Action.PAUSE]
        if pausing:
            played.paused_by = pausing[0]
            return played
    return played


def _take(trail: Trail, step: Step, now: Instant, factors: dict[Rule, int], played: Played) -> None:
    if step.is_attempt:
        return
    if step.is_refused:
        trail.take(CapRefused(grant=APP, at=now), factors)
        return
    cost = Nanos(0) if step.failed else parse_usd(step.usd)
    trail.take(CallHeld(grant=APP, at=now, amount=cost), factors)
    done = CallDone(
        grant=APP, at=now, model=step.model, cost=cost, tokens=step.tokens, failed=step.failed
    )
    trail.take(done, factors)
    played.spent = Nanos(played.spent + cost)


def _window(cap_usd: str, spent: Nanos) -> WindowRow:
    return WindowRow(
        period=Period.MONTH,
        limit=parse_usd(cap_usd),
        spent=spent,
        held=Nanos(0),
        resets_at=MONTH_ENDS,
    )


def every(
    gap_ms: int,
    count: int,
    step: Step,
    *,
    start_ms: int = 0,
    each: Callable[[int], Step] | None = None,
) -> Iterator[Step]:
    """Yield ``count`` steps, one every ``gap_ms``; ``each`` makes the n-th, else all are alike."""
    for place in range(count):
        made = step if each is None else each(place)
        yield replace(made, at_ms=start_ms + place * gap_ms)


def usual_past(usd_a_minute: str, *, minutes: int = 300, days: int = 10) -> Past:
    """Return ``days`` of use in which so many minutes cost about the same."""
    gap_ms = days * DAY_MS // minutes
    amounts = [parse_usd(usd_a_minute) * part // 10 for part in (8, 9, 10, 11, 12)]
    spent = [
        SpentMinute(
            at=later(START, (place - minutes) * gap_ms), cost=Nanos(amounts[place % 5]), calls=2
        )
        for place in range(minutes)
    ]
    return Past(first_at=spent[0].at, calls=2 * minutes, minutes=spent)


_CHEAP: Final = Step(at_ms=0, usd="0.00001", tokens=500, model="openai/text-embedding-3-small")


def _agent(place: int) -> Step:
    return Step(at_ms=0, usd=("0.01", "0.03", "0.02")[place % 3], failed=place % 20 == 7)


def _ci() -> Iterator[Step]:
    for run in range(24):
        yield from every(
            50,
            60,
            Step(at_ms=0),
            start_ms=run * HOUR_MS,
            each=lambda place: Step(at_ms=0, usd="0.004", failed=place % 10 == 0),
        )


NORMAL: Final = (
    Trace(
        name="a chat through a working day",
        cap_usd="5",
        steps=[*every(2 * MINUTE_MS, 240, Step(at_ms=0, usd="0.004"))],
        past=usual_past("0.004"),
    ),
    Trace(
        name="an embedding of 10,000 documents",
        cap_usd="5",
        steps=[*every(21, 10_000, _CHEAP)],
        past=usual_past("0.0005"),
    ),
    Trace(
        name="an agent's loop for an hour",
        cap_usd="20",
        steps=[*every(10 * SECOND_MS, 360, Step(at_ms=0), each=_agent)],
        past=usual_past("0.1"),
    ),
    Trace(name="CI every hour of a day", cap_usd="20", steps=[*_ci()], past=usual_past("0.2")),
)


def _searching(place: int) -> Step:
    return Step(at_ms=0, usd="0.0001", is_refused=place % 3 != 0)


ATTACKS: Final = (
    Trace(
        name="a flood of cheap calls",
        cap_usd="100",
        steps=[*every(6, 2000, _CHEAP)],
        rule=Rule.FLOOD,
    ),
    Trace(
        name="a flood of requests that are no good",
        cap_usd="10",
        steps=[*every(2, 3000, Step(at_ms=0, is_attempt=True))],
        rule=Rule.FLOOD,
    ),
    Trace(
        name="a flood just above what is allowed",
        cap_usd="100",
        steps=[*every(9, 1500, _CHEAP)],
        rule=Rule.FLOOD,
    ),
    Trace(
        name="a loop that drains the cap",
        cap_usd="10",
        steps=[*every(5 * SECOND_MS, 33, Step(at_ms=0, usd="0.30"))],
        rule=Rule.RUNAWAY,
        spent_percent_max=60,
    ),
    Trace(
        name="forty calls at once",
        cap_usd="10",
        steps=[*every(20, 40, Step(at_ms=0, usd="0.20"))],
        rule=Rule.RUNAWAY,
        spent_percent_max=80,
    ),
    Trace(
        name="few calls, each of them large",
        cap_usd="10",
        steps=[*every(20 * SECOND_MS, 5, Step(at_ms=0, usd="1.80"))],
        rule=Rule.RUNAWAY,
        spent_percent_max=60,
    ),
    Trace(
        name="slow at first, then fast",
        cap_usd="40",
        steps=[
            *every(MINUTE_MS, 50, Step(at_ms=0, usd="0.24")),
            *every(6 * SECOND_MS, 60, Step(at_ms=0, usd="0.40"), start_ms=50 * MINUTE_MS),
        ],
        rule=Rule.RUNAWAY,
        spent_percent_max=60,
    ),
    Trace(
        name="probing for what is left",
        cap_usd="10",
        steps=[*every(2 * SECOND_MS, 30, Step(at_ms=0, is_refused=True))],
        rule=Rule.CAP_PROBING,
    ),
    Trace(
        name="probing between calls that fit",
        cap_usd="10",
        steps=[*every(SECOND_MS, 60, Step(at_ms=0), each=_searching)],
        rule=Rule.CAP_PROBING,
    ),
    Trace(
        name="a stolen access that costs far more than its app",
        cap_usd="1000",
        steps=[*every(4 * SECOND_MS, 60, Step(at_ms=0, usd="0.40"))],
        rule=Rule.COST_SPIKE,
        spent_percent_max=3,
        past=usual_past("0.01"),
    ),
    Trace(
        name="a stolen access that begins with one large call a minute",
        cap_usd="1000",
        steps=[*every(MINUTE_MS, 10, Step(at_ms=0, usd="4.00"))],
        rule=Rule.COST_SPIKE,
        spent_percent_max=3,
        past=usual_past("0.02"),
    ),
    Trace(
        name="a drain that goes on after a restart",
        cap_usd="20",
        steps=[*every(5 * SECOND_MS, 40, Step(at_ms=0, usd="0.25"))],
        rule=Rule.RUNAWAY,
        spent_percent_max=35,
        past=Past(
            first_at=later(START, -10 * MINUTE_MS),
            calls=20,
            minutes=[
                SpentMinute(at=later(START, -MINUTE_MS * n), cost=parse_usd("0.5"), calls=2)
                for n in range(10, 0, -1)
            ],
        ),
    ),
)
