"""What is remembered of one app, and all rules over it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from wattfare_desktop.core.identifiers import GrantId, Instant
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import WindowRow
from wattfare_desktop.core.watching import rules
from wattfare_desktop.core.watching.bursts import Burst
from wattfare_desktop.core.watching.calls import Errors, Models, big_call
from wattfare_desktop.core.watching.rules import Action, Finding, Rule
from wattfare_desktop.core.watching.spending import Pace, fast_burn, runaway
from wattfare_desktop.core.watching.spike import Level

Factors = Mapping[Rule, int]
"""How many times its usual value a rule's threshold is; 1 where it is not in here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallHeld:
    """Money is held for a call: ``amount`` in all, so far."""

    grant: GrantId
    at: Instant
    amount: Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class CapRefused:
    """A call did not fit what its app may spend."""

    grant: GrantId
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDone:
    """A call ended, whatever it cost."""

    grant: GrantId
    at: Instant
    model: str
    cost: Nanos
    tokens: int
    failed: bool


News = CallHeld | CapRefused | CallDone


@dataclass(frozen=True, slots=True, kw_only=True)
class SpentMinute:
    """What one minute of the past cost."""

    at: Instant
    cost: Nanos
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What the books know of an app from before: minutes and calls oldest first."""

    first_at: Instant | None = None
    calls: int = 0
    minutes: Sequence[SpentMinute] = ()
    latest: Sequence[tuple[str, Nanos, int]] = ()
    """Model, cost and tokens of its latest calls."""
    models: Sequence[str] = ()


@dataclass(slots=True, eq=False)
class Trail:
    """One app's. ``take`` what happens, then ``judge``, once for all of it."""

    _pace: Pace = field(default_factory=Pace)
    _level: Level = field(default_factory=Level)
    _errors: Errors = field(default_factory=Errors)
    _models: Models = field(default_factory=Models)
    _refusals: Burst = field(default_factory=lambda: Burst(rules.PROBING_MS))
    _largest: Nanos = Nanos(0)  # noqa: RUF009 - a number is no shared state
    _found: list[Finding] = field(default_factory=list)

    def recall(self, past: Past) -> None:
        """Begin with what the books know."""
        self._models.know(past.models)
        for model, cost, tokens in past.latest:
            self._models.add(model, cost, tokens)
        for minute in past.minutes:
            self._level.add(minute.at, minute.cost, minute.calls)
            self._pace.add(minute.at, minute.cost)
        if past.first_at is not None:
            self._level.age(past.first_at, past.calls)

    def take(self, news: News, factors: Factors) -> None:
        """Count what happened."""
        match news:
            case CallHeld(amount=amount):
                self._largest = max(self._largest, amount)
            case CapRefused(at=at):
                count = rules.PROBING_REFUSALS * factors.get(Rule.CAP_PROBING, 1)
                if self._refusals.note(at, count):
                    self._refusals.clear()
                    self._found.append(_probing(count))
            case CallDone():
                self._take_end(news, factors)

    def judge(
        self, windows: Sequence[WindowRow], now: Instant, factors: Factors
    ) -> tuple[Finding, ...]:
        """Return what is to be told or done by now, under the app's limits as they stand."""
        return tuple(self._findings(windows, now, factors))

    def clear(self, rule: Rule) -> None:
        """Forget what ``rule`` counted: its user wants the app to go on."""
        match rule:
            case Rule.RUNAWAY | Rule.FAST_BURN:
                self._pace.clear()
            case Rule.COST_SPIKE:
                self._level.clear()
            case Rule.ERROR_STORM:
                self._errors.clear()
            case Rule.CAP_PROBING:
                self._refusals.clear()
            case Rule.FLOOD | Rule.BIG_CALL | Rule.NEW_MODEL | Rule.BAD_PROOFS:
                pass

    def _take_end(self, done: CallDone, factors: Factors) -> None:
        self._errors.add(done.at, failed=done.failed)
        if not done.cost:
            return
        self._pace.add(done.at, done.cost)
        self._level.add(done.at, done.cost)
        factor = factors.get(Rule.NEW_MODEL, 1)
        found = self._models.add(done.model, done.cost, done.tokens, factor)
        if found is not None:
            self._found.append(found)

    def _findings(
        self, windows: Sequence[WindowRow], now: Instant, factors: Factors
    ) -> Iterator[Finding]:
        found, self._found = self._found, []
        yield from found
        largest, self._largest = self._largest, Nanos(0)
        for judged in (
            big_call(largest, windows, factors.get(Rule.BIG_CALL, 1)),
            runaway(self._pace, windows, now, factors.get(Rule.RUNAWAY, 1)),
            fast_burn(self._pace, windows, now, factors.get(Rule.FAST_BURN, 1)),
            self._level.judge(now, factors.get(Rule.COST_SPIKE, 1)),
            self._errors.judge(now, factors.get(Rule.ERROR_STORM, 1)),
        ):
            if judged is not None:
                yield judged


def _probing(count: int) -> Finding:
    return Finding(rule=Rule.CAP_PROBING, action=Action.PAUSE, measured=count, against=count)
