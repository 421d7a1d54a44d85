"""Rows of the wallet's reports, plain ones to change."""

from wattfare_desktop.core.identifiers import CallId, ClientId, FundingId, GrantId, Instant
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.reports import (
    AppRow,
    CallEnd,
    CallRow,
    CallStatus,
    FundingRow,
    Overview,
    WindowRow,
)

NOON = Instant(1_795_435_200_000)
"""2026-11-23T12:00:00Z."""

WINDOW = WindowRow(
    period=Period.MONTH,
    limit=parse_usd("5"),
    spent=parse_usd("1.2"),
    held=parse_usd("0.000000001"),
    resets_at=NOON,
)

APP = AppRow(
    id=GrantId("grant_1"),
    client_id=ClientId("Notes AI"),
    name="Notes AI",
    verified=False,
    redirect_host="127.0.0.1",
    state=GrantState.ACTIVE,
    windows=(WINDOW,),
    models=("openai/gpt-*",),
    justification="Summarise your notes",
    created_at=NOON,
    expires_at=None,
    last_call_at=None,
    running_calls=1,
    spent_total=parse_usd("1.2"),
)

CALL = CallRow(
    call=CallId("call_1"),
    app=APP.id,
    app_name=APP.name,
    funding=FundingId("funding_1"),
    provider="openai",
    model="gpt-5",
    streamed=True,
    status=CallStatus.SETTLED,
    end=CallEnd.COMPLETE,
    input_tokens=23,
    cached_tokens=3,
    output_tokens=190,
    reasoning_tokens=0,
    hold=parse_usd("0.0021"),
    cost=parse_usd("0.00193"),
    basis=Basis.REPORTED,
    price_version="2026-11",
    started_at=NOON,
    first_byte_at=NOON,
    finished_at=NOON,
)

FUNDING = FundingRow(
    id=FundingId("funding_1"),
    provider="openai",
    name="OpenAI",
    base_url="https://api.openai.com/v1",
    practice=False,
    key_hint="y-91",
    balance=parse_usd("20"),
    held=parse_usd("0.5"),
    spent=parse_usd("1.2"),
    added_at=NOON,
)

OVERVIEW = Overview(
    balance=parse_usd("20"),
    practice_balance=parse_usd("10"),
    held=parse_usd("0.5"),
    today=parse_usd("0.42"),
    month=parse_usd("3.1"),
    apps=(APP,),
    running=(CALL,),
    fundings=(FUNDING,),
    wallet_windows=(WINDOW,),
    paused=False,
)
