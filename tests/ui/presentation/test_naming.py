"""Names for models, as they are typed and told."""

import pytest

from wattfare_desktop.ui.presentation.naming import (
    NameWish,
    judged_at_cap,
    judged_name,
    stands_for,
)
from wattfare_desktop.wallet.aliases import NAME_CHARS_MAX, TARGETS_MAX


def test_what_a_name_stands_for_is_told_in_order() -> None:
    assert stands_for(["groq/a"]) == "groq/a"
    assert stands_for(["groq/a", "openai/b"]) == "groq/a, then openai/b"


def test_a_model_a_line_and_each_once() -> None:
    wish = judged_name("  fast ", "groq/a\n\n  openai/b \ngroq/a\n")
    assert wish == NameWish(name="fast", models=("groq/a", "openai/b"))


@pytest.mark.parametrize(
    ("name", "typed", "objection"),
    [
        (" ", "groq/a", "Give it a name, such as fast."),
        ("fast", " \n", "Say which model it stands for, such as openai/gpt-5-mini."),
        (
            "fast",
            "\n".join(f"a/{number}" for number in range(TARGETS_MAX + 1)),
            f"A name stands for at most {TARGETS_MAX} models.",
        ),
        ("fast", "a" * (NAME_CHARS_MAX + 1), f"A name has at most {NAME_CHARS_MAX} characters."),
        ("fa\x00st", "groq/a", "A name has no characters that cannot be seen."),
    ],
)
def test_what_is_missing_is_said(name: str, typed: str, objection: str) -> None:
    assert judged_name(name, typed) == objection


def test_a_model_for_the_limit_has_a_name() -> None:
    assert judged_at_cap(" ollama/llama3.2 ") == ""
    assert judged_at_cap(" ") == "Say which model answers then, such as ollama/llama3.2."
    assert "cannot be seen" in judged_at_cap("a\tb")
