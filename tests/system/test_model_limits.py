"""Tests of ``wattfare_desktop.system.model_limits``, on the table that is shipped."""

import pytest

from wattfare_desktop.system.model_limits import LimitsTable
from wattfare_desktop.system.prices import bundled_tables

TABLE = LimitsTable(bundled_tables().limits)


def test_unlisted_limits_are_generous() -> None:
    assert TABLE.limits("unheard-of").context_window_tokens == 1_048_576
    assert TABLE.limits("unheard-of", stated_window=64_000).context_window_tokens == 1_048_576
    assert TABLE.limits("unheard-of", stated_window=2_000_000).context_window_tokens == 2_000_000
    assert TABLE.limits("unheard-of").image_tokens_max is None
    assert TABLE.limits("openai/gpt-4o").max_output_tokens == 16_384


@pytest.mark.parametrize(
    ("model", "window", "output", "image"),
    [
        ("gpt-4o-2024-11-20", 128_000, 16_384, 1_445),
        ("gpt-4o-mini", 128_000, 16_384, 48_169),
        ("gpt-4o-mini-transcribe", 16_000, 2_000, None),
        ("gpt-4.1-mini", 1_047_576, 32_768, 2_489),
        ("gpt-5", 400_000, 128_000, 1_190),
        ("gpt-5-mini-2025-08-07", 400_000, 128_000, 2_489),
        ("gpt-5.2", 400_000, 128_000, None),
        ("gpt-5.5", 1_050_000, 128_000, None),
        ("gpt-6-sol", 1_050_000, 128_000, None),
        ("gpt-image-1-mini", 262_144, 8_192, 7_241),
        ("claude-3-haiku", 200_000, 4_096, 1_600),
        ("claude-haiku-4-5-20251001", 200_000, 64_000, 1_600),
        ("claude-opus-4-0", 200_000, 32_000, 1_600),
        ("claude-opus-4-20250514", 200_000, 32_000, 1_600),
        ("claude-opus-4-7", 1_000_000, 128_000, 4_784),
        ("anthropic/claude-sonnet-5-5", 1_000_000, 128_000, 4_784),
        ("gemini-2.5-flash", 1_048_576, 65_536, None),
        ("gemini-3.8-flash", 1_048_576, 65_536, 2_240),
        ("gemini-4-argon", 1_048_576, 1_048_576, None),
        ("deepseek-v4-pro", 1_048_576, 393_216, None),
        ("mistral-large-4", 1_048_576, 1_048_576, None),
        ("grok-4.7", 500_000, 500_000, None),
        ("kimi-k3.1-pro", 1_048_576, 1_048_576, None),
        ("zai/GLM-5.3", 1_048_576, 131_072, None),
        ("meta-llama/llama-4-scout-17b-16e-instruct", 10_485_760, 131_072, None),
    ],
)
def test_the_limits_of_a_model(model: str, window: int, output: int, image: int | None) -> None:
    limits = TABLE.limits(model)
    assert limits.context_window_tokens == window
    assert limits.max_output_tokens == output
    assert limits.image_tokens_max == image


def test_a_thinking_model_is_never_known_to_show_all() -> None:
    for model in ("gpt-5-mini", "o3", "claude-opus-5", "claude-3-7-sonnet", "gemini-2.5-flash"):
        assert not TABLE.shows_output(model)
    assert TABLE.shows_output("anthropic/claude-3-5-haiku-latest")
    assert TABLE.shows_output("grok-4-1-fast-non-reasoning")
    assert not TABLE.shows_output("grok-4-1-fast-reasoning")
