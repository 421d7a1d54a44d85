"""Foreign text cannot forge a line, move the cursor or turn the direction round."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.cli.plain import one_line, quoted, visible
from wattfare_desktop.core.errors import UserFacingError


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Notes AI", "Notes AI"),
        ("Notizen für Ärzte 日本", "Notizen für Ärzte 日本"),
        ("a\nb", r"a\nb"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\u2028b\u202ec", r"a\u2028b\u202ec"),
        ("\u200b", r"\u200b"),
        ("\ud800", r"\ud800"),
    ],
)
def test_what_does_not_print_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_any_text_becomes_one_line(text: str) -> None:
    assert len(f"x{visible(text)}x".splitlines()) == 1
    assert visible(text).isprintable()


@given(st.text(), st.text())
def test_any_text_is_one_word_of_a_line(name: str, other: str) -> None:
    words = shlex.split(f"consent {quoted(name)} {quoted(other)} 5.00")

    assert words == ["consent", visible(name), visible(other), "5.00"]


def test_an_error_is_one_line() -> None:
    assert one_line(UserFacingError("No\nway", "Try\r\n this\x07")) == "No way: Try this\\x07"
