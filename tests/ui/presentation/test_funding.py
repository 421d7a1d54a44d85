"""What is said of provider credentials."""

from dataclasses import replace

import pytest

from tests.support.sample_rows import DEEPSEEK, OPENAI, OVERVIEW, PRACTICE
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.ui.presentation.funding import (
    FundingWish,
    ProviderChoice,
    figures_text,
    judged_wish,
    key_text,
    left_lines,
    near_choices,
    near_words,
    needs_label,
    practice_lines,
    provider_line,
    row_text,
)
from wattfare_desktop.wallet.lookout import Neighbour


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


OPENAI_CHOICE = ProviderChoice(
    id="openai", name="OpenAI", base_url="https://api.openai.com/v1", console_url=""
)
AZURE = replace(
    OPENAI_CHOICE, id="azure", name="Azure", base_url="", base_example="https://YOUR.example/v1"
)
VLLM = replace(OPENAI_CHOICE, id="vllm", name="vLLM", needs_key=False, local=True)


def test_a_wish_is_trimmed_and_its_text_hides_the_key() -> None:
    wish = judged_wish(OPENAI_CHOICE, key=" sk-canary\n", base_url=" ", balance="$20")
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
    assert judged_wish(OPENAI_CHOICE, key=key, base_url="", balance=balance) == objection


def test_an_address_only_its_user_knows_is_asked_for() -> None:
    words = judged_wish(AZURE, key="sk", base_url=" ", balance="1")
    assert words == "Give its base URL, such as https://YOUR.example/v1."


def test_what_runs_here_needs_neither_key_nor_money() -> None:
    wish = judged_wish(VLLM, key="", base_url="", balance="")
    assert wish == FundingWish(provider="vllm", key=None, base_url=None, balance=Nanos(0))


def test_what_answers_here_is_marked_and_in_front() -> None:
    found = Neighbour(provider="vllm", name="vLLM", base_url="http://127.0.0.1:8000/v1")
    first, *rest = near_choices((OPENAI_CHOICE, AZURE, VLLM), [found])
    assert provider_line(first) == "vLLM · answers on this computer"
    assert [provider_line(each) for each in rest] == ["OpenAI", "Azure"]
    assert provider_line(VLLM) == "vLLM · on this computer"
    assert near_words([found, replace(found, name="Ollama")]) == "vLLM and Ollama answered."
    assert near_words([]).startswith("No model server answers")
