"""Tests of ``wattfare_desktop.system.prices``, on the table that is really installed."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.meter import cost, hold_bound, unpriced_kinds
from wattfare_desktop.core.metering.prices import PriceBook, PricedModel
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.system.prices import GenaiPriceBook, bundled_tables, load_price_book

NOW = Instant(int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp() * 1000))


@pytest.fixture(scope="module")
def book() -> GenaiPriceBook:
    return load_price_book(bundled_tables())


def priced(book: PriceBook, model: str, tier: str | None = None, at: Instant = NOW) -> PricedModel:
    found = book.price("openai", model, at, tier)
    assert found is not None
    return found


def test_the_version_names_the_table(book: GenaiPriceBook) -> None:
    assert book.version.startswith("genai-prices ")
    assert priced(book, "gpt-5-mini").version == book.version


@pytest.mark.parametrize("name", ["gpt-5-mini", "gpt-5-mini-2025-08-07", "GPT-5-Mini"])
def test_a_model_by_any_of_its_names(book: GenaiPriceBook, name: str) -> None:
    model = priced(book, name)
    assert model.price.input.usd_per_mtok == Decimal("0.25")
    assert model.price.output.usd_per_mtok == Decimal(2)
    assert model.price.cached_read is not None
    assert model.price.cached_read.usd_per_mtok == Decimal("0.025")
    assert (model.context_window_tokens, model.max_output_tokens) == (400_000, 128_000)
    usage = Usage(input_tokens=1000, cached_read_tokens=400, output_tokens=100)
    assert cost(model.price, usage) == 600 * 250 + 400 * 25 + 100 * 2000


@pytest.mark.parametrize(
    ("model", "maker"),
    [
        ("gpt-5-mini", "openai"),
        ("claude-haiku-4-5", "anthropic"),
        ("gemini-2.5-flash", "google"),
    ],
)
def test_a_model_at_its_makers_price(book: GenaiPriceBook, model: str, maker: str) -> None:
    assert book.price("makers", model, NOW) == book.price(maker, model, NOW) is not None
    assert book.price("makers", "llama3.2", NOW) is None


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "no-such-model"),
        ("openai", ""),
        ("openai", "x" * 10_000),
        ("no-such-provider", "gpt-5-mini"),
        ("openrouter", "gpt-5-mini"),
        # An empty price is not a price of zero.
        ("openrouter", "deepseek/deepseek-r1:free"),
        # Sessions, not calls.
        ("openai", "gpt-realtime"),
        ("openai", "gpt-live-1"),
        ("x-ai", "grok-voice-latest"),
        # A part of its output has a price that its usage does not tell apart.
        ("google", "gemini-omni-1.1-flash"),
        # Billed for searches that no token count covers.
        ("openai", "gpt-4o-search-preview"),
        ("openai", "gpt-4o-mini-search-preview"),
        ("openai", "gpt-5-search-api"),
        ("openai", "o3-deep-research"),
        ("openrouter", "openai/gpt-5:online"),
        # The table has no rate for its sound.
        ("openai", "gpt-4o-audio-preview"),
    ],
)
def test_what_is_unknown_or_not_covered_is_unpriced(
    book: GenaiPriceBook, provider: str, model: str
) -> None:
    assert book.price(provider, model, NOW) is None


def test_a_free_provider_costs_an_explicit_zero(book: GenaiPriceBook) -> None:
    model = book.price("free", "llama3.2:3b", NOW)
    assert model is not None
    assert cost(model.price, Usage(input_tokens=10**6, output_tokens=10**6)) == 0
    assert model.context_window_tokens >= 10**6


def test_long_input_costs_its_tier(book: GenaiPriceBook) -> None:
    model = priced(book, "gpt-5.4")
    base = model.price.input
    assert base.tiers[0].start == 272_000
    assert base.at(272_001) > base.at(272_000)
    assert model.context_window_tokens == 1_050_000


def test_a_price_that_began_on_a_date(book: GenaiPriceBook) -> None:
    before = Instant(int(datetime(2025, 6, 9, 12, tzinfo=UTC).timestamp() * 1000))
    after = Instant(int(datetime(2025, 6, 11, 12, tzinfo=UTC).timestamp() * 1000))
    assert priced(book, "o3", at=before).price.input.usd_per_mtok == 10
    assert priced(book, "o3", at=after).price.input.usd_per_mtok == 2
    assert priced(book, "o3", at=before).price.input.usd_per_mtok == 10


@pytest.mark.parametrize("tier", [None, "auto", "default"])
def test_the_standard_tiers(book: GenaiPriceBook, tier: str | None) -> None:
    model = priced(book, "gpt-5-mini", tier)
    assert model.price.output.usd_per_mtok == 2
    assert hold_bound(model.hold_price, 1000, 1000) == hold_bound(model.price, 1000, 1000)


def test_priority_costs_more(book: GenaiPriceBook) -> None:
    model = priced(book, "gpt-5-mini", "priority")
    assert model.price.output.usd_per_mtok == Decimal("3.6")


def test_flex_costs_less_and_holds_no_less(book: GenaiPriceBook) -> None:
    standard, flex = priced(book, "gpt-5-mini"), priced(book, "gpt-5-mini", "flex")
    assert flex.price.output.usd_per_mtok == 1
    assert hold_bound(flex.hold_price, 5000, 500) == hold_bound(standard.price, 5000, 500)


@pytest.mark.parametrize("tier", ["scale", "no-such-tier", "flex"])
def test_a_tier_without_a_price_costs_the_dearest(book: GenaiPriceBook, tier: str) -> None:
    """gpt-4o has a price for priority and none for flex."""
    model = priced(book, "gpt-4o", tier)
    assert model.price.output.usd_per_mtok == 17
    assert model.price.input.usd_per_mtok == Decimal("4.25")


def test_no_tier_is_ever_held_below_the_standard_price(book: GenaiPriceBook) -> None:
    for name in ("gpt-5", "gpt-5.4", "gpt-6-luna", "gpt-4o", "o3", "gpt-4.1"):
        for tier in ("flex", "priority", "fast", "scale"):
            model = priced(book, name, tier)
            for size in (1000, 300_000):
                hold = hold_bound(model.hold_price, size, 1000)
                assert hold >= hold_bound(model.price, size, 1000)
                assert hold >= hold_bound(priced(book, name).price, size, 1000)


@pytest.mark.parametrize(
    "name",
    [
        *("gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "o1", "o3"),
        *("o3-mini", "o4-mini", "gpt-5", "gpt-5-mini", "gpt-5-nano", "gpt-5.1", "gpt-5.2"),
        *("gpt-5.4", "gpt-5.5", "gpt-5.6-sol", "gpt-6-sol", "gpt-6-luna", "gpt-6.1-terra"),
    ],
)
def test_the_families_have_limits_of_their_own(book: GenaiPriceBook, name: str) -> None:
    model = priced(book, name)
    assert 16_384 <= model.max_output_tokens <= 128_000
    assert model.max_output_tokens < model.context_window_tokens


def found(book: PriceBook, provider: str, model: str, variant: str | None = None) -> PricedModel:
    model_found = book.price(provider, model, NOW, None, variant)
    assert model_found is not None
    return model_found


@pytest.mark.parametrize(
    ("provider", "model", "kind", "usd"),
    [
        ("openai", "gpt-5", UnitKind.WEB_SEARCH, "0.01"),
        ("openai", "gpt-5", UnitKind.FILE_SEARCH, "0.0025"),
        ("openai", "gpt-5", UnitKind.CODE_EXECUTION, "0.03"),
        ("anthropic", "claude-opus-5", UnitKind.WEB_SEARCH, "0.01"),
        ("google", "gemini-2.5-pro", UnitKind.WEB_SEARCH, "0.035"),
        ("openai", "tts-1", UnitKind.CHARACTER, "15"),
        ("openai", "whisper-1", UnitKind.AUDIO_MILLISECOND, "0.0001"),
        ("mistral", "mistral-ocr-2505", UnitKind.PAGE, "0.003"),
    ],
)
def test_what_is_counted_has_its_price_for_one(
    book: GenaiPriceBook, provider: str, model: str, kind: UnitKind, usd: str
) -> None:
    assert found(book, provider, model).price.counted[kind] == Decimal(usd)


def test_an_hour_is_rounded_up_where_a_second_has_no_end(book: GenaiPriceBook) -> None:
    """0.111 dollars an hour are 0.00003083333... a second."""
    price = found(book, "groq", "whisper-large-v3").price
    a_second = price.counted[UnitKind.AUDIO_MILLISECOND]
    assert a_second == Decimal("0.000030833333333334")
    assert cost(price, Usage(counted={UnitKind.AUDIO_MILLISECOND: 3_600_000})) == 111_000_001


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "text-embedding-3-small"),
        ("google", "gemini-embedding-001"),
        ("openai", "whisper-1"),
        ("openai", "tts-1"),
        ("openai", "dall-e-3"),
        ("openai-decisions", "gpt-6-luna"),
    ],
)
def test_no_answer_is_free_by_accident(book: GenaiPriceBook, provider: str, model: str) -> None:
    price = found(book, provider, model).price
    assert UnitKind.OUTPUT in unpriced_kinds(price, {}, answers=True)


def test_text_in_alone_is_priced_for_what_is_not_answered(book: GenaiPriceBook) -> None:
    price = found(book, "openai", "text-embedding-3-small").price
    assert unpriced_kinds(price, {}, answers=False) == ()
    assert cost(price, Usage(input_tokens=1_000)) == 20_000


def test_sound_alone_is_no_price_for_text(book: GenaiPriceBook) -> None:
    price = found(book, "openai", "whisper-1").price
    assert unpriced_kinds(price, {}, answers=False) == (UnitKind.INPUT,)
    assert unpriced_kinds(price, {UnitKind.AUDIO_MILLISECOND: 1}, answers=False) == ()


@pytest.mark.parametrize(
    ("provider", "model"),
    [("mistral", "voxtral-small-24b-2507"), ("google", "gemini-embedding-2")],
)
def test_media_billed_apart_are_told(book: GenaiPriceBook, provider: str, model: str) -> None:
    assert not found(book, provider, model).prices_all_media
    assert found(book, "openai", "gpt-5").prices_all_media


@pytest.mark.parametrize(
    ("variant", "usd"),
    [
        ("standard 1024x1024", "0.04"),
        ("standard 1792x1024", "0.08"),
        ("hd 1024x1024", "0.08"),
        ("hd 1024x1792", "0.12"),
        # Nothing said, or nothing we know: the dearest.
        (None, "0.12"),
        ("ultra 4096x4096", "0.12"),
    ],
)
def test_a_picture_by_quality_and_size(book: GenaiPriceBook, variant: str | None, usd: str) -> None:
    model = found(book, "openai", "dall-e-3", variant)
    assert model.price.counted == {UnitKind.IMAGE: Decimal(usd)}


def test_a_free_provider_counts_at_zero(book: GenaiPriceBook) -> None:
    price = found(book, "free", "sd-turbo").price
    assert unpriced_kinds(price, {UnitKind.IMAGE: 4, UnitKind.WEB_SEARCH: 1}, answers=True) == ()
    assert cost(price, Usage(counted={UnitKind.IMAGE: 4})) == 0


@pytest.mark.parametrize("tier", ["standard", "standard_only", "on_demand"])
def test_other_words_for_the_standard_tier(book: GenaiPriceBook, tier: str) -> None:
    model = book.price("anthropic", "claude-opus-5", NOW, tier)
    assert model is not None
    assert model.price.input.usd_per_mtok == 5


@pytest.mark.parametrize("tier", ["fast", "priority"])
def test_a_faster_speed_costs_its_own_price(book: GenaiPriceBook, tier: str) -> None:
    """Anthropic's is a speed; a tier it has no price for costs no less."""
    model = book.price("anthropic", "claude-opus-5", NOW, tier)
    assert model is not None
    assert model.price.input.usd_per_mtok == 10
    assert model.price.cache_write_long is not None
    assert model.price.cache_write_long.usd_per_mtok == 20


def test_a_search_that_cannot_be_seen_costs_the_dearer(book: GenaiPriceBook) -> None:
    price = found(book, "perplexity", "perplexity/sonar").price
    assert price.counted[UnitKind.WEB_SEARCH] == Decimal("0.0025")


def test_batches_are_never_the_price(book: GenaiPriceBook) -> None:
    for tier in ("batch", None):
        model = book.price("mistral", "mistral-large-2512", NOW, tier)
        assert model is not None
        assert model.price.output.usd_per_mtok == Decimal("1.5")


def test_everything_listed_converts_or_is_refused(book: GenaiPriceBook) -> None:
    """No model of the table raises, and none with an output price loses it."""
    for provider in book._list.providers:
        for listed in provider.models:
            model = book.price(provider.id, listed.id, NOW)
            assert model is None or hold_bound(model.hold_price, 1_000, 1_000) >= 0


def test_many_names_do_not_fill_the_memory(book: GenaiPriceBook) -> None:
    for number in range(5_000):
        book.price("openai", f"no-such-model-{number}", NOW)
    assert len(book._remembered) <= 2_048


@pytest.mark.parametrize(
    ("provider", "model", "max_output", "is_taken"),
    [
        ("openai", "gpt-4.1-mini", 32_768, True),
        # The price table has it as gpt-5, which answers at greater length.
        ("openai", "gpt-5-chat-latest", 16_384, True),
        ("openai", "gpt-4o-2024-05-13", 4_096, True),
        ("openai", "gpt-4-1106-preview", 4_096, True),
        ("anthropic", "claude-sonnet-4-5", 64_000, True),
        ("google", "gemini-3.8-flash", 65_536, True),
        # More is allowed only to those who ask for it in a header.
        ("anthropic", "claude-3-7-sonnet-latest", 128_000, False),
        # What a host takes of an open model is its own affair.
        ("groq", "openai/gpt-oss-120b", 131_072, False),
        ("deepseek", "deepseek-chat", 163_840, False),
        ("free", "gpt-4.1-mini", 32_768, False),
    ],
)
def test_a_maximum_is_taken_where_it_is_no_guess(
    book: GenaiPriceBook, provider: str, model: str, max_output: int, *, is_taken: bool
) -> None:
    model_found = found(book, provider, model)
    assert (model_found.max_output_tokens, model_found.takes_max_output) == (max_output, is_taken)


def test_no_library_is_loaded_for_it() -> None:
    code = (
        "import sys; from wattfare_desktop.system.prices import bundled_tables, load_price_book;"
        "load_price_book(bundled_tables());"
        "assert not {'genai_prices', 'pydantic', 'httpx2'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
