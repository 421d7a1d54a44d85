"""Disputes, the reserve, the service fee and reconciling, as control commands."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.choice import choose_funding
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.control.shapes import funding_shape, time_text
from wattfare_desktop.core.disputes import Dispute, DisputeReason
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.fees import Fee, percent_text
from wattfare_desktop.core.identifiers import CallId, FundingId
from wattfare_desktop.core.money import Nanos, exact_usd
from wattfare_desktop.core.reports import FundingRow

_REASONS: Final = ", ".join(DisputeReason)


class DisputeDesk(Protocol):
    """What is done about a charge; see ``wallet.disputes``."""

    async def listed(self) -> tuple[Dispute, ...]: ...  # noqa: D102 - the wallet's own words
    async def dispute(self, call: CallId, reason: DisputeReason) -> Dispute: ...  # noqa: D102
    async def accept(self, call: CallId) -> Dispute: ...  # noqa: D102
    async def withdraw(self, call: CallId) -> Dispute: ...  # noqa: D102
    async def reverse(self, call: CallId) -> Dispute: ...  # noqa: D102


class Reconciled(Protocol):
    """What a comparison with the provider's page came to."""

    @property
    def expected(self) -> Nanos: ...  # noqa: D102
    @property
    def drift(self) -> Nanos: ...  # noqa: D102
    @property
    def is_booked(self) -> bool: ...  # noqa: D102


class DisputeWallet(Protocol):
    """What these commands ask of the wallet; see ``wallet.wallet`` for their meaning."""

    @property
    def fee(self) -> Fee: ...  # noqa: D102
    def disputes(self) -> DisputeDesk: ...  # noqa: D102
    async def fundings(self) -> tuple[FundingRow, ...]: ...  # noqa: D102
    async def add_to_reserve(  # noqa: D102
        self, funding_id: FundingId, amount: Nanos
    ) -> FundingRow: ...
    async def take_from_reserve(  # noqa: D102
        self, funding_id: FundingId, amount: Nanos
    ) -> FundingRow: ...
    async def told_balance(self, funding_id: FundingId) -> Nanos: ...  # noqa: D102
    async def reconcile(  # noqa: D102
        self, funding_id: FundingId, told: Nanos, *, is_booked: bool = True
    ) -> tuple[FundingRow, Reconciled]: ...
    async def set_fee(self, fee: Fee) -> None: ...  # noqa: D102


def dispute_family(wallet: DisputeWallet) -> Family:
    """Return the commands, by name."""
    operations = _Disputing(wallet)
    return {
        "disputes": operations.listed,
        "dispute": operations.dispute,
        "disputes accept": operations.accept,
        "disputes withdraw": operations.withdraw,
        "disputes reverse": operations.reverse,
        "funding reserve add": operations.add_to_reserve,
        "funding reserve take": operations.take_from_reserve,
        "funding reconcile": operations.reconcile,
        "fee": operations.fee,
    }


def dispute_shape(dispute: Dispute) -> dict[str, JsonValue]:
    """Return one disputed call."""
    return {
        "call": dispute.call,
        "app": dispute.app,
        "app_name": dispute.app_name,
        "funding": dispute.funding,
        "provider": dispute.provider,
        "model": dispute.model,
        "cost": exact_usd(dispute.cost),
        "reason": str(dispute.reason),
        "state": str(dispute.state),
        "finding": str(dispute.finding),
        "amount": exact_usd(dispute.amount),
        "missing": exact_usd(dispute.missing),
        "opened_at": time_text(dispute.opened_at),
        "changed_at": time_text(dispute.changed_at),
    }


class _Disputing:
    def __init__(self, wallet: DisputeWallet) -> None:
        self._wallet = wallet

    async def listed(self, _arguments: Arguments) -> JsonValue:
        return [dispute_shape(each) for each in await self._wallet.disputes().listed()]

    async def dispute(self, arguments: Arguments) -> JsonValue:
        reason = arguments.text("reason")
        if reason not in set(DisputeReason):
            raise UserFacingError("There is no such reason", f"Give one of {_REASONS}.")
        disputes = self._wallet.disputes()
        return dispute_shape(await disputes.dispute(_call(arguments), DisputeReason(reason)))

    async def accept(self, arguments: Arguments) -> JsonValue:
        return dispute_shape(await self._wallet.disputes().accept(_call(arguments)))

    async def withdraw(self, arguments: Arguments) -> JsonValue:
        return dispute_shape(await self._wallet.disputes().withdraw(_call(arguments)))

    async def reverse(self, arguments: Arguments) -> JsonValue:
        return dispute_shape(await self._wallet.disputes().reverse(_call(arguments)))

    async def add_to_reserve(self, arguments: Arguments) -> JsonValue:
        return await self._move(arguments, self._wallet.add_to_reserve)

    async def take_from_reserve(self, arguments: Arguments) -> JsonValue:
        return await self._move(arguments, self._wallet.take_from_reserve)

    async def reconcile(self, arguments: Arguments) -> JsonValue:
        funding = await self._funding(arguments)
        if arguments.optional_text("balance") is None:
            told = await self._wallet.told_balance(funding.id)
        else:
            told = arguments.amount("balance")
        row, found = await self._wallet.reconcile(
            funding.id, told, is_booked=not arguments.flag("dry_run")
        )
        return {
            **funding_shape(row),
            "expected": exact_usd(found.expected),
            "drift": exact_usd(found.drift),
            "booked": found.is_booked,
        }

    async def fee(self, arguments: Arguments) -> JsonValue:
        fee = self._wallet.fee
        points, share = arguments.count("basis_points"), arguments.count("reserve_percent")
        if points is not None or share is not None:
            try:
                fee = Fee(
                    basis_points=fee.basis_points if points is None else points,
                    reserve_percent=fee.reserve_percent if share is None else share,
                )
            except ValueError as error:
                raise UserFacingError("That is no service fee", f"{error}.") from None
            await self._wallet.set_fee(fee)
        return {
            "percent": percent_text(fee.basis_points),
            "basis_points": fee.basis_points,
            "reserve_percent": fee.reserve_percent,
        }

    async def _move(
        self, arguments: Arguments, move: Callable[[FundingId, Nanos], Awaitable[FundingRow]]
    ) -> JsonValue:
        funding = await self._funding(arguments)
        return funding_shape(await move(funding.id, arguments.amount("amount")))

    async def _funding(self, arguments: Arguments) -> FundingRow:
        return choose_funding(await self._wallet.fundings(), arguments.text("funding"))


def _call(arguments: Arguments) -> CallId:
    return CallId(arguments.text("call"))
