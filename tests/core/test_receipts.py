"""Tests of ``wattfare_desktop.core.receipts``."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.report_rows import CALL, NOON
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.receipts import (
    FILE_BYTES_MAX,
    PublicKey,
    Receipt,
    ReceiptUnreadable,
    canonical,
    dollars,
    read_receipt,
    receipt_body,
    receipt_file,
    signed_receipt,
)
from wattfare_desktop.core.reports import CallStatus

KEY = PublicKey(id="thumb", public="point")
ITEMS = (
    Item(kind=UnitKind.INPUT, units=20, usd=Decimal("1.25")),
    Item(kind=UnitKind.CACHED_READ, units=3, usd=Decimal("0.1251")),
    Item(kind=UnitKind.REQUEST, units=1, usd=Decimal("0.01")),
)
RECEIPT = Receipt(
    call=replace(CALL, provider_cost=Nanos(10_025_376), cost=Nanos(10_025_376)),
    items=ITEMS,
    provider_request="req_7",
)
BODY = receipt_body(RECEIPT, KEY, Instant(NOON + 1))
FILE = receipt_file(signed_receipt(BODY, "signed"))

texts = st.text(st.characters(exclude_categories=["Cs"]))
wholes = st.integers(min_value=-(2**53) + 1, max_value=2**53 - 1)
values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | wholes | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def test_everything_that_was_charged_for_is_told_in_exact_dollars() -> None:
    assert BODY["items"] == [
        {
            "kind": "input",
            "units": 20,
            "price": "1.25",
            "per": 1_000_000,
            "amount": "0.000025",
        },
        {
            "kind": "cached_read",
            "units": 3,
            "price": "0.1251",
            "per": 1_000_000,
            "amount": "0.0000003753",
        },
        {"kind": "request", "units": 1, "price": "0.01", "per": 1, "amount": "0.01"},
    ]
    amounts = BODY["amounts"]
    assert isinstance(amounts, dict)
    # 10,025,375.3 nano-dollars, so 0.7 more.
    assert amounts["exact"] == "0.0100253753"
    assert amounts["rounding"] == "0.0000000007"
    assert amounts["provider_cost"] == amounts["cost"] == "0.010025376"
    assert amounts["hold"] == "0.002100000"


def test_a_receipt_says_whose_when_and_how() -> None:
    told = {name: BODY[name] for name in ("type", "version", "call", "app", "key", "end", "basis")}
    assert told == {
        "type": "wattfare.receipt",
        "version": 1,
        "call": "call_1",
        "app": {"id": "grant_1", "name": "Notes AI"},
        "key": {"algorithm": "Ed25519", "id": "thumb", "public": "point"},
        "end": "complete",
        "basis": "reported",
    }
    times = BODY["times"]
    assert isinstance(times, dict)
    assert times["started"] == "2026-11-23T12:00:00.000Z"
    assert times["issued"] == "2026-11-23T12:00:00.001Z"


def test_where_the_use_is_not_known_there_is_no_exact_cost() -> None:
    lost = replace(CALL, status=CallStatus.UNSETTLED, provider_cost=parse_usd("0.5"))
    receipt = Receipt(call=lost, items=(), provider_request=None)
    assert (receipt.exact_usd, receipt.rounding_usd) == (None, None)
    amounts = receipt_body(receipt, KEY, NOON)["amounts"]
    assert isinstance(amounts, dict)
    assert (amounts["exact"], amounts["rounding"]) == (None, None)


def test_a_correction_is_told_with_its_sign() -> None:
    told = replace(CALL, corrected=Nanos(-5), basis=Basis.TOLD)
    body = receipt_body(Receipt(call=told, items=(), provider_request=None), KEY, NOON)
    amounts = body["amounts"]
    assert isinstance(amounts, dict)
    assert (amounts["corrected"], body["basis"]) == ("-0.000000005", "told")


def test_what_cost_nothing_cost_exactly_nothing() -> None:
    free = Receipt(call=replace(CALL, provider_cost=Nanos(0)), items=(), provider_request=None)
    assert free.exact_usd == Decimal(0)
    assert free.rounding_usd == Decimal(0)


def test_a_name_that_is_no_text_can_be_signed_all_the_same() -> None:
    odd = replace(RECEIPT, call=replace(CALL, app_name="Notes \ud800"))
    assert receipt_body(odd, KEY, NOON)["app"] == {"id": "grant_1", "name": "Notes ?"}


@given(value=values)
def test_the_canonical_spelling_says_the_same_and_is_one(value: Any) -> None:
    spelled = canonical(value)
    assert json.loads(spelled) == value
    assert canonical(json.loads(json.dumps(value, indent=3))) == spelled


def test_it_is_that_of_rfc_8785() -> None:
    # Its own examples of section 3.2.2 and 3.2.3, but for the floats.
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    assert list(json.loads(canonical(value)).values()) == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]
    text = '\u20ac$\u000f\nA\'B"\\\\"/'
    assert canonical([text, None, True, False]) == (
        '["\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/",null,true,false]'.encode()
    )


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800"])
def test_what_has_no_canonical_spelling_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r".+"):
        canonical({"a": [value]})


def test_a_written_receipt_is_read_back() -> None:
    found = read_receipt(FILE)
    assert (found.told, found.key, found.signature) == (BODY, KEY, "signed")
    assert found.signed_bytes == canonical(BODY)


@given(data=st.data())
def test_a_file_with_another_sign_is_unreadable_or_says_something_else(
    data: st.DataObject,
) -> None:
    altered = bytearray(FILE)
    altered[data.draw(st.integers(0, len(FILE) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = read_receipt(bytes(altered))
    except ReceiptUnreadable:
        return
    same = found.signed_bytes == canonical(BODY) and found.signature == "signed"
    # What a blank between two members was changed into is all that may go unnoticed.
    assert same is (json.loads(bytes(altered)) == json.loads(FILE))


@given(content=st.binary(max_size=400))
def test_whatever_a_file_holds_it_is_refused_with_words(content: bytes) -> None:
    with pytest.raises(ReceiptUnreadable) as refused:
        read_receipt(content)
    assert refused.value.detail


def _without(name: str) -> bytes:
    return json.dumps({"receipt": {**BODY, name: None}, "signature": "signed"}).encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (FILE[:-40], "damaged or cut short"),
        (b"", "damaged or cut short"),
        (b"\xff\xfe{}", "damaged or cut short"),
        (b"[" * 60_000, "damaged or cut short"),
        (b" " * (FILE_BYTES_MAX + 1), "larger than any receipt"),
        (FILE.replace(b'"per": 1,', b'"per": 1.0,'), "damaged or cut short"),
        (FILE.replace(b'"per": 1,', b'"per": NaN,'), "damaged or cut short"),
        (FILE.replace(b'"per": 1,', b'"per": 9007199254740993,'), "damaged or cut short"),
        (FILE.replace(b'"per": 1,', b'"per": ' + b"1" * 5_000 + b","), "damaged or cut short"),
        (FILE.replace(b'"version": 1,', b'"version": 1, "version": 1,'), "one thing twice"),
        (FILE.replace(b'"version": 1,', b'"version": 2,'), "latest Wattfare"),
        (FILE.replace(b'"signature"', b'"note": "paid", "signature"'), "not as receipts are"),
        (b'{"receipt": {}, "signature": "signed"}', "not as receipts are"),
        (b'{"receipt": [], "signature": "signed"}', "not as receipts are"),
        (b"[]", "not as receipts are"),
        (_without("type"), "not as receipts are"),
        (_without("key"), "was altered"),
    ],
)
def test_what_is_no_receipt_is_told_apart(content: bytes, words: str) -> None:
    with pytest.raises(ReceiptUnreadable, match=words):
        read_receipt(content)


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        ("0", "0.00"),
        ("1.5", "1.50"),
        ("10", "10.00"),
        ("0.1230", "0.123"),
        ("1E-12", "0.000000000001"),
        ("1E+2", "100.00"),
    ],
)
def test_dollars_are_written_exactly_and_short(usd: str, text: str) -> None:
    assert dollars(Decimal(usd)) == text
