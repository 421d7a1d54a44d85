"""Names for models, as they are typed and told."""

import pytest

from wattfare_desktop.ui.presentation.naming import (
    NameWish,
    judged_name,
    stands_for,
)


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
    ],
)
def test_what_is_missing_is_said(name: str, typed: str, objection: str) -> None:
    assert judged_name(name, typed) == objection
