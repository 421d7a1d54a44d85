"""Tests of ``wattfare_desktop.providers.gemini.json_array``."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.providers.gemini.json_array import JsonArraySplitter
from wattfare_desktop.providers.sse import EventTooLargeError

TRICKY = [
    {"text": 'a "quoted" brace: } and { and ] and \\'},
    {"text": "\\\\", "deep": {"er": [{"still": "}{"}, []]}},
    {"text": "ünïcödé ☃"},
    {},
]
TEXTS = st.text('ab"\\{}[],:☃', max_size=8)
VALUES = TEXTS | st.lists(TEXTS, max_size=2) | st.dictionaries(TEXTS, TEXTS, max_size=2)
OBJECTS = st.lists(st.dictionaries(TEXTS, VALUES, max_size=3), max_size=4)


def split(text: bytes, cuts: list[int]) -> list[bytes]:
    splitter, found, start = JsonArraySplitter(), [], 0
    for cut in [*sorted(cut % (len(text) + 1) for cut in cuts), len(text)]:
        found += splitter.feed(text[start:cut])
        start = cut
    return found


@given(objects=OBJECTS, cuts=st.lists(st.integers(0, 10_000)), indent=st.sampled_from([None, 2]))
def test_any_split_gives_the_same_objects(
    objects: list[dict[str, Any]], cuts: list[int], indent: int | None
) -> None:
    text = json.dumps(objects, indent=indent, ensure_ascii=False).encode()
    assert [json.loads(found) for found in split(text, cuts)] == objects


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_strings_hide_structure(size: int) -> None:
    text = json.dumps(TRICKY, indent=1).encode()
    found = split(text, list(range(0, len(text), size)))
    assert [json.loads(each) for each in found] == TRICKY


def test_an_object_leaves_as_soon_as_it_is_whole() -> None:
    splitter = JsonArraySplitter()
    assert splitter.feed(b'[{"a": "x') == []
    assert splitter.feed(b'y"}') == [b'{"a": "xy"}']
    assert splitter.feed(b"\n,\r\n") == []
    assert splitter.feed(b'{"b": 1}, {"c"') == [b'{"b": 1}']
    assert splitter.feed(b": 2}]") == [b'{"c": 2}']


def test_an_object_without_end_is_not_kept() -> None:
    splitter = JsonArraySplitter(object_bytes_max=100)
    splitter.feed(b'[{"a": "' + b"x" * 50)
    with pytest.raises(EventTooLargeError):
        splitter.feed(b"x" * 50)
    between = JsonArraySplitter(object_bytes_max=100)
    assert between.feed(b" " * 1_000) == []


def test_stray_ends_are_passed_over() -> None:
    assert JsonArraySplitter().feed(b'}]}[{"a":1}]') == [b'{"a":1}']
