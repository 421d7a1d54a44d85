"""What an answer is charged: by its report, in the tier it says, or by what was seen."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from wattfare_desktop.core.identifiers import FundingId, Instant
from wattfare_desktop.core.metering.prices import ModelPrice, PricedModel, TokenRate
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Basis, Usage
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.gateway.outcome import Bill, nothing_spent
from wattfare_desktop.providers.catalogue import parse_catalogue
from wattfare_desktop.providers.dialect import AppRequest, CallRequest, UsageReport, VisibleOutput
from wattfare_desktop.providers.openai.chat import OpenAiChat
from wattfare_desktop.system.resources import resource_root
from wattfare_desktop.wallet.routing import LiveFunding, Route

NOW = Instant(1_795_000_000_000)
USAGE = Usage(input_tokens=1_000, output_tokens=100)
DOLLARS = {None: "1", "default": "1", "flex": "0.5", "priority": "4"}


def priced(tier: str | None) -> PricedModel:
    """Every kind of token costs the same; a hold is at the standard price at least."""
    rate = TokenRate(usd_per_mtok=Decimal(DOLLARS[tier]))
    held = TokenRate(usd_per_mtok=max(Decimal(DOLLARS[tier]), Decimal(1)))
    return PricedModel(
        price=ModelPrice(input=rate, output=rate),
        hold_price=ModelPrice(input=held, output=held),
        version="by hand",
        max_output_tokens=1_000,
        context_window_tokens=10_000,
    )


@dataclass(frozen=True)
class TieredBook:
    version: str = "by hand"

    def price(
        self,
        provider_price_id: str,
        model: str,
        now: Instant,
        service_tier: str | None = None,
        variant: str | None = None,
    ) -> PricedModel | None:
        assert variant is None
        assert (provider_price_id, model, now) == ("openai", "gpt-5-mini", NOW)
        return priced(service_tier) if service_tier in DOLLARS else None


def bill(asked: str | None, *, output_tokens_max: int | None = None) -> Bill:
    body = {
        "model": "gpt-5-mini",
        "messages": [{"role": "user", "content": "x" * 360}],
        "service_tier": asked,
        "max_tokens": output_tokens_max,
    }
    request = OpenAiChat().read_request(AppRequest(body=body, body_bytes=400))
    assert isinstance(request, CallRequest)
    providers = parse_catalogue((resource_root() / "providers.toml").read_text(encoding="utf-8"))
    openai = providers.find("openai")
    assert openai is not None
    funding = LiveFunding(id=FundingId("f"), provider=openai, base_url="", key=None)
    return Bill(
        dialect=OpenAiChat(),
        request=request,
        route=Route(funding=funding, model="gpt-5-mini", priced=priced(asked)),
        book=TieredBook(),
        asked_at=NOW,
    )


@pytest.mark.parametrize(
    ("asked", "answered", "dollars"),
    [
        (None, None, "1"),
        (None, "default", "1"),
        (None, "priority", "4"),  # a project's own setting may choose the tier
        ("flex", "flex", "0.5"),
        ("flex", "default", "1"),
        ("flex", None, "1"),  # nothing says that the wish was granted
        ("priority", "priority", "4"),
        ("priority", "default", "1"),
        ("priority", None, "4"),
        (None, "something-new", "1"),
    ],
)
def test_an_answer_costs_what_its_tier_costs(
    asked: str | None, answered: str | None, dollars: str
) -> None:
    report = UsageReport(usage=USAGE, service_tier=answered)
    outcome = bill(asked).outcome(CallEnd.COMPLETE, report, VisibleOutput(), NOW)
    assert outcome.cost == Nanos(int(1_100 * 1_000 * Decimal(dollars)))
    assert outcome.basis is Basis.REPORTED


def test_what_is_recorded_is_what_was_reported() -> None:
    usage = Usage(
        input_tokens=1_000, output_tokens=100, cached_read_tokens=600, reasoning_tokens=70
    )
    outcome = bill(None).outcome(
        CallEnd.CLIENT_LEFT, UsageReport(usage=usage), VisibleOutput(), Instant(NOW + 5)
    )
    counts = outcome.tokens
    assert (counts.input_tokens, counts.cached_tokens) == (1_000, 600)
    assert (counts.output_tokens, counts.reasoning_tokens) == (100, 70)
    assert (outcome.end, outcome.first_byte_at) == (CallEnd.CLIENT_LEFT, NOW + 5)
    assert [(item.kind, item.units, int(item.usd)) for item in outcome.items] == [
        (UnitKind.INPUT, 400, 1),
        (UnitKind.CACHED_READ, 600, 1),
        (UnitKind.OUTPUT, 30, 1),
        (UnitKind.REASONING, 70, 1),
    ]


@pytest.mark.parametrize(
    ("seen", "limit", "output_tokens"),
    [
        (VisibleOutput(), None, 0),
        (VisibleOutput(pieces=7, text_bytes=4), None, 7),
        (VisibleOutput(pieces=1, text_bytes=41), None, 11),
        (VisibleOutput(pieces=90, text_bytes=400), 50, 50),
    ],
)
def test_without_a_report_it_is_estimated_from_what_was_seen(
    seen: VisibleOutput, limit: int | None, output_tokens: int
) -> None:
    outcome = bill(None, output_tokens_max=limit).outcome(CallEnd.FAILED, None, seen, None)
    assert outcome.basis is Basis.ESTIMATED
    assert outcome.tokens.output_tokens == output_tokens
    assert outcome.tokens.input_tokens == 100
    assert outcome.cost == (100 + output_tokens) * 1_000


def test_nothing_spent_has_no_cost_and_no_basis() -> None:
    outcome = nothing_spent(CallEnd.FAILED)
    assert (outcome.cost, outcome.basis, outcome.end) == (None, None, CallEnd.FAILED)


def test_the_providers_word_in_part_is_an_estimate() -> None:
    report = UsageReport(usage=USAGE, estimated=True)
    outcome = bill(None).outcome(CallEnd.REVOKED, report, VisibleOutput(), None)
    assert (outcome.basis, outcome.cost) == (Basis.ESTIMATED, 1_100 * 1_000)


def test_what_is_not_billed_costs_nothing_whatever_it_used() -> None:
    asked = bill(None)
    unbilled = replace(asked, request=replace(asked.request, billed=False))
    report = UsageReport(usage=USAGE, computed=True)
    outcome = unbilled.outcome(CallEnd.COMPLETE, report, VisibleOutput(), None)
    assert (outcome.cost, outcome.items, outcome.basis) == (0, (), Basis.COMPUTED)
