"""Tests of ``wattfare_desktop.gateway.practice_text``."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.gateway.practice_text import (
    REPLY_PIECES,
    pieces_of,
    prompt_tokens,
    reply_pieces,
)
from wattfare_desktop.providers.dialect import AppRequest, CallRequest
from wattfare_desktop.providers.openai.chat import OpenAiChat


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


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


def test_a_prompt_counts_every_message() -> None:
    assert prompt_tokens([user("Hello there")]) == 3 + 4 + 2
    assert prompt_tokens([user("Hello there"), user(None)]) == 3 + 4 + 2 + 4
    parts = [{"type": "text", "text": "Hello"}, {"type": "image_url", "image_url": {"url": "x"}}]
    assert prompt_tokens([user(parts)]) == 3 + 4 + 1 + 85


@given(st.lists(st.text(), min_size=1, max_size=5))
def test_a_prompt_never_counts_more_than_its_bound(texts: list[str]) -> None:
    body = {"model": "m", "messages": [user(text) for text in texts]}
    call = OpenAiChat().read_request(AppRequest(body=body, body_bytes=len(json.dumps(body))))
    assert isinstance(call, CallRequest)
    assert prompt_tokens(body["messages"]) <= call.input_bound(10**9)


def test_a_reply_is_whole_sentences_and_says_that_it_is_practice() -> None:
    text = "".join(reply_pieces([user("Hi")], 0))
    assert text.startswith("[practice]")
    assert '"Hi"' in text
    assert text.endswith(".")
    assert REPLY_PIECES <= len(reply_pieces([user("Hi")], 0)) <= REPLY_PIECES + 40


def test_a_long_prompt_is_quoted_in_part() -> None:
    assert "word word…" in "".join(reply_pieces([user("word " * 500)], 0))
    assert "You wrote nothing." in "".join(reply_pieces([user(None)], 0))


@pytest.mark.parametrize(("wish", "least", "most"), [("400 words", 400, 440), ("5 tokens", 1, 60)])
def test_a_reply_is_as_long_as_wished(wish: str, least: int, most: int) -> None:
    assert least <= len(reply_pieces([user(f"Write {wish}, please")], 0)) <= most
