"""A wallet as it looks after some weeks of use: what pages and pictures of them are tried on."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from tests.support.report_rows import APP, CALL, FUNDING, NOON
from wattfare_desktop.core.identifiers import (
    DAY_MS,
    HOUR_MS,
    MINUTE_MS,
    CallId,
    ClientId,
    FundingId,
    GrantId,
    Instant,
    later,
)
from wattfare_desktop.core.metering.items import Item, exact_cost_usd, rounded_up
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import (
    AppRow,
    CallEnd,
    CallRow,
    CallStatus,
    DaySpend,
    FundingRow,
    Overview,
    WindowRow,
)

NOW = NOON
TODAY = date(2026, 11, 23)
MONTH_ENDS = Instant(int(datetime(2026, 12, 1, tzinfo=UTC).timestamp() * 1000))
DAY_ENDS = Instant(int(datetime(2026, 11, 24, tzinfo=UTC).timestamp() * 1000))


def window(
    period: Period, limit: str, spent: str, held: str = "0", resets_at: Instant | None = None
) -> WindowRow:
    return WindowRow(
        period=period,
        limit=parse_usd(limit),
        spent=parse_usd(spent),
        held=parse_usd(held),
        resets_at=resets_at,
    )


def app(name: str, *windows: WindowRow, state: GrantState = GrantState.ACTIVE) -> AppRow:
    return replace(
        APP,
        id=GrantId(f"grant_{name.split(maxsplit=1)[0].lower()}"),
        client_id=ClientId(name),
        name=name,
        windows=windows,
        state=state,
        created_at=later(NOW, -20 * DAY_MS),
        last_call_at=later(NOW, -7 * MINUTE_MS),
        running_calls=0,
    )


NOTES = replace(
    app("Notes AI", window(Period.MONTH, "5", "1.2", "0.0042", MONTH_ENDS)),
    running_calls=1,
    models=("openai/gpt-*", "practice/gpt-5-mini"),
    justification="Summarise your notes and find what belongs together",
)
CODER = replace(
    app(
        "Code Companion",
        window(Period.DAY, "2", "1.78", "0.12", DAY_ENDS),
        window(Period.MONTH, "20", "9.31", "0.12", MONTH_ENDS),
    ),
    verified=True,
    redirect_host="code-companion.example",
    models=(),
    running_calls=1,
    spent_total=parse_usd("9.31"),
)
SUMMARIZER = replace(
    app(
        "Summarizer of very long reports and newsletters",
        window(Period.ONCE, "1", "1"),
        state=GrantState.PAUSED,
    ),
    last_call_at=later(NOW, -26 * HOUR_MS),
)
OLD = replace(
    app("Chess Coach", window(Period.MONTH, "3", "0.4"), state=GrantState.REVOKED),
    last_call_at=later(NOW, -12 * DAY_MS),
)
APPS = (NOTES, CODER, SUMMARIZER, OLD)

OPENAI = replace(FUNDING, balance=parse_usd("7.31"), spent=parse_usd("12.69"))
DEEPSEEK = replace(
    FUNDING,
    id=FundingId("funding_2"),
    provider="deepseek",
    name="DeepSeek",
    base_url="https://api.deepseek.com",
    key_hint="8c2f",
    balance=parse_usd("3.5"),
    held=parse_usd("0"),
    spent=parse_usd("0.0042"),
)
PRACTICE = replace(
    FUNDING,
    id=FundingId("funding_3"),
    provider="practice",
    name="Practice",
    base_url="http://127.0.0.1:8402/practice",
    practice=True,
    key_hint="",
    balance=parse_usd("9.87"),
    held=parse_usd("0"),
    spent=parse_usd("0.13"),
)
FUNDINGS: tuple[FundingRow, ...] = (OPENAI, DEEPSEEK, PRACTICE)


def call(number: int, **changed: object) -> CallRow:
    """Return the call that is the `number`th from the newest."""
    of = APPS[number % len(APPS)]
    row = replace(
        CALL,
        call=CallId(f"call_{number}"),
        app=of.id,
        app_name=of.name,
        model=("gpt-5-mini", "gpt-5", "gpt-5-nano")[number % 3],
        input_tokens=812 + 37 * number,
        cached_tokens=640 if number % 4 == 0 else 0,
        output_tokens=190 + 11 * number,
        reasoning_tokens=64 if number % 3 == 1 else 0,
        hold=parse_usd("0.0121"),
        started_at=later(NOW, -number * 11 * MINUTE_MS - 7_000),
        first_byte_at=later(NOW, -number * 11 * MINUTE_MS - 6_420),
        finished_at=later(NOW, -number * 11 * MINUTE_MS - 1_200),
    )
    cost = changed.setdefault("cost", rounded_up(exact_cost_usd(items_of(row))))
    changed.setdefault("provider_cost", cost)
    return replace(row, **changed)  # type: ignore[arg-type] # a test names the fields it changes


def items_of(row: CallRow) -> tuple[Item, ...]:
    """Return what a call of these rows is made of, at prices of their models' kind."""
    kinds = (
        (UnitKind.INPUT, row.input_tokens - row.cached_tokens, "1.25"),
        (UnitKind.CACHED_READ, row.cached_tokens, "0.12437"),
        (UnitKind.OUTPUT, row.output_tokens - row.reasoning_tokens, "10"),
        (UnitKind.REASONING, row.reasoning_tokens, "10"),
    )
    return tuple(
        Item(kind=kind, units=units, usd=Decimal(usd)) for kind, units, usd in kinds if units
    )


RUNNING = tuple(
    call(
        number,
        status=CallStatus.RUNNING,
        end=None,
        basis=None,
        cost=Nanos(0),
        first_byte_at=None,
        finished_at=None,
    )
    for number in range(2)
)
CALLS: tuple[CallRow, ...] = (
    *RUNNING,
    call(2, end=CallEnd.CLIENT_LEFT, basis=Basis.ESTIMATED),
    call(3, status=CallStatus.VOIDED, end=CallEnd.FAILED, cost=Nanos(0), basis=None),
    call(4, status=CallStatus.UNSETTLED, end=CallEnd.CRASHED, basis=None),
    *(call(number) for number in range(5, 60)),
)

DAILY: tuple[DaySpend, ...] = tuple(
    DaySpend(
        day=TODAY - timedelta(days=back),
        app=of.id,
        app_name=of.name,
        spent=Nanos((back * 7919 * (place + 3)) % 97 * 4_000_000 * (4 - place)),
    )
    for back in range(30)
    for place, of in enumerate(APPS)
    if (back + place) % 5
)

OVERVIEW = Overview(
    balance=parse_usd("10.81"),
    practice_balance=parse_usd("9.87"),
    held=parse_usd("0.1242"),
    today=parse_usd("0.42"),
    month=parse_usd("3.1"),
    apps=APPS,
    running=RUNNING,
    fundings=FUNDINGS,
    wallet_windows=(window(Period.DAY, "5", "0.42", "0.1242", DAY_ENDS),),
    paused=False,
)
EMPTY = replace(
    OVERVIEW,
    balance=Nanos(0),
    practice_balance=Nanos(0),
    held=Nanos(0),
    today=Nanos(0),
    month=Nanos(0),
    apps=(),
    running=(),
    fundings=(),
    wallet_windows=(),
)
