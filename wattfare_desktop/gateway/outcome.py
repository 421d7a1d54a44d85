"""From what was seen of an answer to what the call cost."""

from dataclasses import dataclass

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.items import Item, itemised, rounded_up, stated
from wattfare_desktop.core.metering.meter import cost
from wattfare_desktop.core.metering.prices import ModelPrice, PriceBook
from wattfare_desktop.core.metering.usage import Basis, Usage
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.providers.dialect import CallRequest, Dialect, UsageReport, VisibleOutput
from wattfare_desktop.storage.calls import TokenCounts
from wattfare_desktop.wallet.routing import Route
from wattfare_desktop.wallet.spending import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What is needed to price one call's answer."""

    dialect: Dialect
    request: CallRequest
    route: Route
    book: PriceBook
    asked_at: Instant

    def outcome(
        self,
        end: CallEnd,
        report: UsageReport | None,
        visible: VisibleOutput,
        first_byte_at: Instant | None,
        provider_request: str | None = None,
    ) -> Outcome:
        """Return the outcome of a call that was answered, wholly or in part.

        Without a report the usage is estimated from what was seen.
        """
        if report is None:
            report = UsageReport(usage=self.dialect.estimate(self.request, visible))
            basis = Basis.ESTIMATED
        else:
            basis = _basis(report)
        items, amount = self._charge(report)
        return Outcome(
            cost=amount,
            end=end,
            tokens=_counts(report.usage),
            basis=basis,
            first_byte_at=first_byte_at,
            items=items,
            provider_request=provider_request,
        )

    def _charge(self, report: UsageReport) -> tuple[tuple[Item, ...], Nanos]:
        """Return what is charged for, and what that comes to."""
        if not self.request.billed:
            return (), Nanos(0)
        if report.stated_usd is not None:
            return stated(report.stated_usd), rounded_up(report.stated_usd)
        price = self._price(report.service_tier)
        return itemised(price, report.usage), cost(price, report.usage)

    def _price(self, service_tier: str | None) -> ModelPrice:
        """Return the price in the tier the provider says it answered in.

        Where a tier was asked for and none is named, the provider may have ignored the wish: the
        price it was held at is then what it may bill.
        """
        asked = self.request.service_tier
        tier = service_tier or asked
        if tier == asked:
            return (
                self.route.priced.price if service_tier == asked else self.route.priced.hold_price
            )
        priced = self.book.price(
            self.route.funding.provider.price_id,
            self.route.model,
            self.asked_at,
            tier,
            self.request.price_variant,
        )
        return self.route.priced.price if priced is None else priced.price


def nothing_spent(end: CallEnd, provider_request: str | None = None) -> Outcome:
    """Return the outcome of a call the provider refused or never got: the hold is voided."""
    return Outcome(cost=None, end=end, provider_request=provider_request)


def _basis(report: UsageReport) -> Basis:
    if report.estimated:
        return Basis.ESTIMATED
    return Basis.COMPUTED if report.computed else Basis.REPORTED


def _counts(usage: Usage) -> TokenCounts:
    return TokenCounts(
        input_tokens=usage.input_tokens,
        cached_tokens=usage.cached_tokens,
        output_tokens=usage.output_tokens,
        reasoning_tokens=usage.reasoning_tokens,
    )
