"""Tests of ``wattfare_desktop.gateway.practice.text``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.gateway.practice.text import (
    REPLY_PIECES,
    pieces_of,
    reply_pieces,
    result_pieces,
)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Hello there", ["Hello", " there"]),
        ("electricity", ["electr", "icity"]),
        ("one, two", ["one", ",", " two"]),
        ("a  b\n\nc", ["a", "  ", "b", "\n\n", "c"]),
        ("", []),
    ],
)
def test_pieces(text: str, pieces: list[str]) -> None:
    assert pieces_of(text) == pieces


@given(st.text())
def test_pieces_are_the_text_and_fewer_than_its_bytes(text: str) -> None:
    pieces = pieces_of(text)
    assert "".join(pieces) == text
    assert len(pieces) <= len(text.encode("utf-8", "replace"))


def test_a_reply_is_whole_sentences_and_says_that_it_is_practice() -> None:
    text = "".join(reply_pieces("Hi", 0))
    assert text.startswith("[practice]")
    assert '"Hi"' in text
    assert text.endswith(".")
    assert REPLY_PIECES <= len(reply_pieces("Hi", 0)) <= REPLY_PIECES + 40


def test_a_long_prompt_is_quoted_in_part() -> None:
    assert "word word…" in "".join(reply_pieces("word " * 500, 0))
    assert "You wrote nothing." in "".join(reply_pieces("", 0))


@pytest.mark.parametrize(("wish", "least", "most"), [("400 words", 400, 440), ("5 tokens", 1, 60)])
def test_a_reply_is_as_long_as_wished(wish: str, least: int, most: int) -> None:
    assert least <= len(reply_pieces(f"Write {wish}, please", 0)) <= most


def test_what_a_tool_gave_back_is_told() -> None:
    assert 'The tool add gave back: "3".' in "".join(result_pieces("add", " 3\n"))
