"""What a receipt's bill says, line by line."""

from dataclasses import replace
from datetime import UTC
from decimal import Decimal

import pytest

from tests.support.receipts import RECEIPT
from tests.support.sample_rows import call, items_of
from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.receipts import Receipt
from wattfare_desktop.core.reports import CallStatus
from wattfare_desktop.ui.presentation.receipts import (
    BillRole,
    bill,
    file_name,
    receipt_as_text,
    receipt_facts,
)

PLAIN = call(9)


def of(**changes: object) -> Receipt:
    row = replace(PLAIN, **changes)  # type: ignore[arg-type] # a test names the fields it changes
    return Receipt(call=row, items=items_of(PLAIN), provider_request=None)


def said(receipt: Receipt) -> list[tuple[str, str]]:
    return [(line.label, line.amount) for line in bill(receipt)]


def test_a_bill_names_each_kind_its_price_and_its_amount() -> None:
    lines = bill(RECEIPT)
    assert [(line.label, line.note, line.amount) for line in lines] == [
        ("Sent", "20,000 at $1.25 a million", "$0.025"),
        ("From the cache", "3 at $0.1251 a million", "$0.0000003753"),
        ("Request", "", "$0.01"),
        ("Rounding", "", "$0.0000000007"),
        ("Charged", "", "$0.035000376"),
    ]
    assert [line.role for line in lines[2:]] == [BillRole.ITEM, BillRole.SUM, BillRole.TOTAL]


def test_every_kind_has_a_word_of_its_own() -> None:
    items = tuple(Item(kind=kind, units=1, usd=Decimal(1)) for kind in UnitKind)
    lines = bill(replace(RECEIPT, items=items))
    labels = [line.label for line in lines if line.role is BillRole.ITEM]
    assert len(set(labels)) == len(UnitKind)


def test_what_is_counted_says_how_many_and_at_what_price() -> None:
    told = {
        UnitKind.WEB_SEARCH: (3, "0.01", "3 at $0.01 each"),
        UnitKind.IMAGE: (2, "0.04", "2 at $0.04 each"),
        UnitKind.AUDIO_MILLISECOND: (12_500, "0.0001", "12.5 s at $0.0001 a second"),
        UnitKind.CHARACTER: (1_234, "15", "1,234 at $15.00 a million"),
        UnitKind.RUN: (1, "0.4", "1 at $0.40 each"),
    }
    items = tuple(
        Item(kind=kind, units=units, usd=Decimal(usd)) for kind, (units, usd, _) in told.items()
    )
    lines = bill(replace(RECEIPT, items=items))
    notes = [line.note for line in lines if line.role is BillRole.ITEM]
    assert notes == [note for _, _, note in told.values()]


def test_what_adds_up_without_a_rest_has_no_line_for_rounding() -> None:
    assert "Rounding" not in dict(said(of()))
    assert "Provider bills" not in dict(said(of()))


def test_a_fee_is_a_line_of_its_own() -> None:
    fee = Nanos(100_000)
    told = dict(said(of(fee=fee, cost=Nanos(PLAIN.cost + fee))))
    assert told["Service fee"] == "$0.0001"
    assert "Provider bills" in told


def test_what_was_not_charged_and_what_was_given_back_are_taken_away() -> None:
    over = of(provider_cost=Nanos(PLAIN.cost + 5), credited=PLAIN.cost)
    told = said(over)
    assert ("Over the cap, not charged", "\N{MINUS SIGN}$0.000000005") in told
    assert told[-1][0] == "Credited"
    assert told[-1][1].startswith("\N{MINUS SIGN}$0.00")


def test_what_is_not_known_is_charged_and_not_explained() -> None:
    lost = replace(
        PLAIN, status=CallStatus.UNSETTLED, cost=parse_usd("0.5"), provider_cost=parse_usd("0.5")
    )
    assert said(Receipt(call=lost, items=(), provider_request=None)) == [("Charged", "$0.50")]


@pytest.mark.parametrize(
    ("cost", "corrected", "sign"), [("0.12", "0.38", "\N{MINUS SIGN}"), ("0.75", "0.25", "+")]
)
def test_what_its_user_settled_tells_what_it_was_before(
    cost: str, corrected: str, sign: str
) -> None:
    size = parse_usd(corrected)
    settled = replace(
        PLAIN,
        basis=Basis.TOLD,
        cost=parse_usd(cost),
        provider_cost=parse_usd(cost),
        corrected=Nanos(size if sign == "+" else -size),
    )
    assert said(Receipt(call=settled, items=(), provider_request=None)) == [
        ("Charged at first", "$0.50"),
        ("Corrected", f"{sign}${corrected}"),
        ("Charged", f"${cost}"),
    ]


def test_facts_tell_the_hold_the_basis_and_the_times() -> None:
    told = {line.label: line.text for line in receipt_facts(of(basis=Basis.ESTIMATED), UTC)}
    assert told["Held before"] == "$0.0121"
    assert told["Usage"] == "estimated: the provider told no usage"
    assert told["Price table"] == "2026-11"
    assert told["Took"] == "5.8 s"
    bare = {line.label for line in receipt_facts(of(basis=None, price_version=""), UTC)}
    assert not {"Usage", "Price table"} & bare


def test_the_text_to_copy_tells_all_of_it() -> None:
    told = receipt_as_text(RECEIPT, UTC).splitlines()
    assert told[:3] == ["App: Notes AI", "Model: openai/gpt-5", "Status: Complete"]
    assert "From the cache: $0.0000003753 (3 at $0.1251 a million)" in told
    assert "Charged: $0.035000376" in told
    assert told[-2:] == ["Call: call_1", "At the provider: req_7"]
    assert "At the provider" not in receipt_as_text(of(), UTC)


def test_a_file_is_called_after_its_call() -> None:
    assert file_name(PLAIN) == "wattfare-receipt-call_9.json"
