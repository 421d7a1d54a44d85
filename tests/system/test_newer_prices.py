"""Tests of ``wattfare_desktop.system.newer_prices``, on the table that is installed, changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.price_file import model_row, price_file, provider_row
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.system import newer_prices
from wattfare_desktop.system.newer_prices import (
    KeptPrices,
    PriceFile,
    is_outdated,
    misgivings,
    read_prices,
)
from wattfare_desktop.system.prices import (
    GenaiPriceBook,
    bundled_tables,
    bundled_version,
    load_price_book,
)

Rows = list[dict[str, Any]]
TABLES: Final = bundled_tables()
NOW: Final = Instant(int(datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp() * 1000))
PROVIDERS: Final = ("openai", "deepseek", "free")
USED: Final = (("openai", "gpt-5-mini"), ("free", "llama3.2"), ("openai", "dall-e-3"))


@pytest.fixture(scope="module")
def current() -> GenaiPriceBook:
    return load_price_book(TABLES)


def kept(content: bytes) -> KeptPrices:
    return KeptPrices(content=content, fetched_on="2026-11-28", beside=bundled_version())


def judged(current: GenaiPriceBook, change: Callable[[Rows], None]) -> str | None:
    newer = read_prices(kept(price_file(change)), TABLES)
    return misgivings(newer, current, price_ids=PROVIDERS, used=USED, now=NOW)


def _set(model: str, **prices: float) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        row = model_row(rows, "openai", model)
        row["prices"] = {**row["prices"], **prices}

    return change


def _without(model: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        row = provider_row(rows, "openai")
        row["models"] = [each for each in row["models"] if each["id"] != model]

    return change


def test_the_same_prices_are_the_same_prices(current: GenaiPriceBook) -> None:
    newer = read_prices(kept(price_file()), TABLES)
    assert newer.listed(PROVIDERS, NOW) == current.listed(PROVIDERS, NOW)
    assert newer.version.startswith("genai-prices of 2026-11-28 (")
    assert misgivings(newer, current, price_ids=PROVIDERS, used=USED, now=NOW) is None


def test_an_honest_update_is_taken(current: GenaiPriceBook) -> None:
    assert judged(current, _set("gpt-5-mini", input_mtok=0.026)) is None
    assert judged(current, _set("gpt-5-mini", input_mtok=99.0, output_mtok=99.0)) is None
    assert judged(current, _without("gpt-4-32k")) is None


@pytest.mark.parametrize(
    "prices",
    [
        {"input_mtok": 0.025},
        {"output_mtok": 0.0},
        {"cache_read_mtok": 0.0001},
        {"web_searches_kcount": 1.0},
    ],
)
def test_a_price_that_falls_to_a_tenth_is_not(
    current: GenaiPriceBook, prices: dict[str, float]
) -> None:
    why = judged(current, _set("gpt-5-mini", **prices))
    assert why == "They would cut the price of openai/gpt-5-mini by 90 % or more."


def test_a_row_that_takes_a_name_away_is_seen(current: GenaiPriceBook) -> None:
    """Names are given to the first row that fits: the old row may stay as it is, behind it."""

    def change(rows: Rows) -> None:
        provider_row(rows, "openai")["models"].insert(
            0,
            {
                "id": "another",
                "match": {"equals": "gpt-5-mini"},
                "prices": {"input_mtok": 0.0001, "output_mtok": 0.0001},
            },
        )

    why = judged(current, change)
    assert why == "They would cut the price of openai/gpt-5-mini by 90 % or more."


@pytest.mark.parametrize("figure", ["1e999999", "1e-999999", "-1e40"])
def test_a_figure_that_nobody_means_spoils_the_file(figure: str) -> None:
    def change(rows: Rows) -> None:
        model_row(rows, "openai", "gpt-5-mini")["prices"] = {"input_mtok": figure}

    with pytest.raises(ValueError, match="rows"):
        read_prices(kept(price_file(change)), TABLES)


def test_a_fall_in_the_long_context_is_seen_too(current: GenaiPriceBook) -> None:
    def change(rows: Rows) -> None:
        price = model_row(rows, "openai", "gpt-5.4")["prices"]["output_mtok"]
        price["tiers"][0]["price"] = 0.01

    assert judged(current, change) == "They would cut the price of openai/gpt-5.4 by 90 % or more."


def test_a_model_in_use_does_not_disappear(current: GenaiPriceBook) -> None:
    why = judged(current, _without("gpt-5-mini"))
    assert why == "They have no price for openai/gpt-5-mini, which your apps use."


def test_a_provider_does_not_disappear(current: GenaiPriceBook) -> None:
    def change(rows: Rows) -> None:
        rows[:] = [row for row in rows if row["id"] not in {"openai", "deepseek"}]

    assert judged(current, change) == "They lack deepseek, openai altogether."


def test_many_faults_are_not_all_told(current: GenaiPriceBook) -> None:
    def change(rows: Rows) -> None:
        for row in provider_row(rows, "openai")["models"]:
            if isinstance(row["prices"], dict) and "input_mtok" in row["prices"]:
                row["prices"]["input_mtok"] = 0.0

    why = judged(current, change)
    assert why is not None
    assert " more by 90 % or more." in why


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        b"{}",
        b"[1]",
        b'[{"id": "openai"}]',
        b"[" * 100_000,
        b'[{"id": "a", "name": "A", "api_pattern": "", "models": [{"id": "m", "match": 1}]}]',
    ],
)
def test_what_is_no_file_of_prices_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="it"):
        read_prices(kept(content), TABLES)


@pytest.mark.parametrize("figure", [float("nan"), float("inf")])
def test_a_figure_without_end_spoils_the_file(figure: float) -> None:
    with pytest.raises(ValueError, match="rows"):
        read_prices(kept(price_file(_set("gpt-5-mini", input_mtok=figure))), TABLES)


def test_a_figure_below_zero_is_no_price(current: GenaiPriceBook) -> None:
    why = judged(current, _set("gpt-5-mini", input_mtok=-1.0))
    assert why == "They have no price for openai/gpt-5-mini, which your apps use."


def test_a_file_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newer_prices, "BYTES_MAX", 10)
    with pytest.raises(ValueError, match="larger"):
        read_prices(kept(price_file()), TABLES)


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    file = PriceFile(tmp_path / "prices.json")
    assert file.load() is None
    prices = kept(b"[]\n[]")
    file.save(prices)
    assert file.load() == prices
    assert (tmp_path / "prices.json").stat().st_mode & 0o077 == 0
    file.remove()
    file.remove()
    assert file.load() is None


@pytest.mark.parametrize("content", [b"", b"no head\n[]", b"{}\n[]", b"[]\n[]", b"7\n"])
def test_a_spoilt_file_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "prices.json").write_bytes(content)
    assert PriceFile(tmp_path / "prices.json").load() is None


def test_an_updated_program_has_newer_prices() -> None:
    assert not is_outdated(kept(b"[]"))
    assert is_outdated(KeptPrices(content=b"[]", fetched_on="2026-01-01", beside="0.0.1"))


def test_prices_are_read_to_the_digit(current: GenaiPriceBook) -> None:
    """They come as JSON numbers: no binary fraction may be left of them."""
    newer = read_prices(kept(price_file()), TABLES)
    for model in ("gpt-5.4", "gpt-5.6-luna", "gpt-audio"):
        was, now = (book.price("openai", model, NOW) for book in (current, newer))
        assert was is not None
        assert now is not None
        assert was.price == now.price
    luna = newer.price("openai", "gpt-5.6-luna", NOW)
    assert luna is not None
    assert luna.price.input.usd_per_mtok == Decimal("0.2")
