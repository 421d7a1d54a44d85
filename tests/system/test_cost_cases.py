"""What real answers cost, worked out by hand from what the providers publish.

``cost_cases.jsonl`` has a case a line: a provider, a model and the body of an answer in the
provider's own shape, or what was ``counted`` beside the tokens. ``work`` is the arithmetic in
nano-dollars (a dollar per million tokens is a thousand a token), ``nanos`` what it comes to,
rounded up, and ``source`` the page the prices are from. No figure in it was computed by this
program.
"""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from math import ceil, prod
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.asked import form
from wattfare_desktop.core.identifiers import FundingId, Instant
from wattfare_desktop.core.metering.items import exact_cost_usd, rounded_up
from wattfare_desktop.core.metering.meter import cost
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.core.reports import CallEnd
from wattfare_desktop.gateway.outcome import Bill
from wattfare_desktop.providers.catalogue import Catalogue, Provider, parse_catalogue
from wattfare_desktop.providers.dialect import (
    FORM_DIALECTS,
    JSON_TYPE,
    AppRequest,
    CallRequest,
    Dialect,
    DialectName,
    FormPart,
    UpstreamAnswer,
    VisibleOutput,
)
from wattfare_desktop.providers.dialects import Dialects
from wattfare_desktop.system.prices import GenaiPriceBook, bundled_tables, load_price_book
from wattfare_desktop.system.resources import resource_root
from wattfare_desktop.wallet.routing import LiveFunding, Route

LINES: Final = (Path(__file__).parent / "cost_cases.jsonl").read_text("utf-8").splitlines()
CASES: Final = [json.loads(line) for line in LINES]
ANSWERS: Final = [case for case in CASES if "answer" in case]
COUNTED: Final = [case for case in CASES if "counted" in case]

# Dialects that are not spoken yet: their cases wait, and a test tells when they need not any more.
WAITING: Final = frozenset[DialectName]()
FILES: Final = {
    DialectName.OPENAI_IMAGE_EDITS: "image",
    DialectName.OPENAI_TRANSCRIPTIONS: "file",
}
HELLO: Final = [{"role": "user", "content": "Hi"}]


def told(case: dict[str, Any]) -> str:
    return f"{case['provider']}/{case['model']}: {case['name']}"


def at(case: dict[str, Any]) -> Instant:
    return Instant(int(datetime.fromisoformat(case["at"]).timestamp() * 1000))


@pytest.fixture(scope="module")
def book() -> GenaiPriceBook:
    return load_price_book(bundled_tables())


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return parse_catalogue((resource_root() / "providers.toml").read_text(encoding="utf-8"))


def dialect_of(case: dict[str, Any]) -> Dialect:
    try:
        return Dialects()[DialectName(case["dialect"])]
    except KeyError:
        pytest.skip(f"{case['dialect']} is not spoken yet")


def asked(case: dict[str, Any], dialect: Dialect) -> CallRequest:
    """Return the call, as its dialect reads the least of requests, with what matters of it."""
    model = case["model"]
    bodies: dict[DialectName, dict[str, Any]] = {
        DialectName.OPENAI_CHAT: {"model": model, "messages": HELLO},
        DialectName.OPENAI_RESPONSES: {"model": model, "input": "Hi", "store": False},
        DialectName.OPENAI_EMBEDDINGS: {"model": model, "input": "Hi"},
        DialectName.OPENAI_IMAGES: {"model": model, "prompt": "Hi"},
        DialectName.ANTHROPIC_MESSAGES: {"model": model, "max_tokens": 9, "messages": HELLO},
        DialectName.GEMINI_GENERATE: {"contents": [{"role": "user", "parts": [{"text": "Hi"}]}]},
    }
    name = DialectName(case["dialect"])
    file = FormPart(name=FILES.get(name, ""), content=b"ID3", file_name="a")
    body = form(file, model=model) if name in FORM_DIALECTS else bodies[name]
    call = dialect.read_request(
        AppRequest(body=body, body_bytes=100, target=f"{model}:generateContent")
    )
    assert isinstance(call, CallRequest), call
    said = dict(case.get("call", {}))
    counted = {UnitKind(kind): most for kind, most in said.pop("counted_max", {}).items()}
    return replace(call, counted_max=counted, **said)


def provider_of(case: dict[str, Any], catalogue: Catalogue) -> Provider:
    """Return a provider whose prices are those of the case."""
    return replace(next(iter(catalogue)), id=case["provider"], price_id=case["provider"])


@pytest.mark.parametrize("case", ANSWERS, ids=told)
def test_what_an_answer_costs(
    case: dict[str, Any], book: GenaiPriceBook, catalogue: Catalogue
) -> None:
    dialect = dialect_of(case)
    call = asked(case, dialect)
    raw = json.dumps(case["answer"]).encode()
    read = dialect.read_answer(
        call,
        UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=raw, parsed=case["answer"]),
    )
    assert read is not None
    assert read.report is not None
    provider = provider_of(case, catalogue)
    priced = book.price(
        provider.price_id, case["model"], at(case), call.service_tier, call.price_variant
    )
    assert priced is not None
    funding = LiveFunding(
        id=FundingId("funding_1"), provider=provider, base_url=provider.base_url, key=None
    )
    bill = Bill(
        dialect=dialect,
        request=call,
        route=Route(funding=funding, model=case["model"], priced=priced),
        book=book,
        asked_at=at(case),
    )
    outcome = bill.outcome(CallEnd.COMPLETE, read.report, VisibleOutput(), None)
    assert outcome.cost == case["nanos"], case["work"]
    # The receipt's lines come to the same.
    assert rounded_up(exact_cost_usd(outcome.items)) == case["nanos"]


@pytest.mark.parametrize("case", COUNTED, ids=told)
def test_what_is_counted_costs(case: dict[str, Any], book: GenaiPriceBook) -> None:
    variant = case.get("call", {}).get("price_variant")
    priced = book.price(case["provider"], case["model"], at(case), None, variant)
    assert priced is not None
    counted = {UnitKind(kind): count for kind, count in case["counted"].items()}
    assert cost(priced.price, Usage(counted=counted)) == case["nanos"], case["work"]


@pytest.mark.parametrize("case", CASES, ids=told)
def test_the_arithmetic_is_right_and_the_source_named(case: dict[str, Any]) -> None:
    terms = [term.split("*") for term in case["work"].split("+")]
    total = sum(prod(Fraction(factor.strip()) for factor in term) for term in terms)
    assert ceil(total) == case["nanos"]
    assert case["source"].startswith("https://")


def test_the_table_is_large_and_wide() -> None:
    assert len({told(case) for case in CASES}) == len(CASES) >= 150
    assert len({case["provider"] for case in CASES}) >= 15
    dialects = Counter(case["dialect"] for case in ANSWERS)
    assert min(dialects.values()) >= 3
    assert dialects[DialectName.ANTHROPIC_MESSAGES] >= 25
    assert dialects[DialectName.GEMINI_GENERATE] >= 20


def test_only_those_wait_whose_dialect_is_not_spoken_yet() -> None:
    spoken = Dialects()
    unspoken = set()
    for name in {DialectName(case["dialect"]) for case in ANSWERS}:
        try:
            spoken[name]
        except KeyError:
            unspoken.add(name)
    assert unspoken == WAITING, "take what is spoken by now out of WAITING"
