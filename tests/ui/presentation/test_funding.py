"""What is said of provider credentials."""

from dataclasses import replace

import pytest

from tests.support.sample_rows import DEEPSEEK, OPENAI, OVERVIEW, PRACTICE
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.ui.presentation.funding import (
    FundingWish,
    figures_text,
    judged_wish,
    key_text,
    left_lines,
    needs_label,
    practice_lines,
    row_text,
)


def test_play_money_stands_apart() -> None:
    assert left_lines(OVERVIEW) == (("OpenAI", "$7.31"), ("DeepSeek", "$3.50"))
    assert practice_lines(OVERVIEW) == (("Practice", "$9.87"),)


def test_a_key_is_told_by_its_end_only() -> None:
    assert key_text(DEEPSEEK) == "key ends in 8c2f"
    assert key_text(PRACTICE) == "no key needed"
    assert key_text(replace(DEEPSEEK, key_hint="")) == "no key"


def test_play_money_is_named_once() -> None:
    assert needs_label("Practice")
    assert not needs_label("Practice – play money")  # noqa: RUF001 - as the catalogue has it


def test_figures() -> None:
    assert figures_text(DEEPSEEK) == "$0.0042 spent"
    assert figures_text(OPENAI) == "$12.69 spent · $0.50 held by running calls"
    assert row_text(PRACTICE) == "Practice, $9.87 play money, $0.13 spent"


def test_a_wish_is_trimmed_and_its_text_hides_the_key() -> None:
    wish = judged_wish("openai", key=" sk-canary\n", base_url=" ", balance="$20")
    assert wish == FundingWish(
        provider="openai", key="sk-canary", base_url=None, balance=parse_usd("20")
    )
    assert "canary" not in repr(wish)


@pytest.mark.parametrize(
    ("key", "balance", "objection"),
    [
        (" ", "20", "Paste the key your provider gave you."),
        ("sk", "", "Enter an amount."),
        ("sk", "0", "The amount must be above zero."),
    ],
)
def test_what_is_missing(key: str, balance: str, objection: str) -> None:
    assert judged_wish("openai", key=key, base_url="", balance=balance) == objection


def test_some_providers_need_no_key() -> None:
    wish = judged_wish("local", key="", base_url="", balance="1", needs_key=False)
    assert isinstance(wish, FundingWish)
    assert wish.key is None
