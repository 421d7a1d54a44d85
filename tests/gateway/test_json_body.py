"""JSON that means one thing only."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattfare_desktop.gateway.json_body import DEPTH_MAX, BadJson, read_json, write_json

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    SCALARS.filter(lambda value: value not in (float("inf"), float("-inf"))),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=50)
@given(VALUES)
def test_what_is_written_is_read_as_it_was(value: object) -> None:
    assert read_json(write_json(value)) == value


def test_it_is_written_compactly_and_in_utf_8() -> None:
    assert write_json({"a": [1, "é€"], "b": None}) == '{"a":[1,"é€"],"b":null}'.encode()


def test_half_a_surrogate_travels_as_the_escape_it_came_in() -> None:
    body = b'{"a":"\\ud83d"}'
    assert write_json(read_json(body)) == body


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_depth_has_a_limit(opening: str) -> None:
    closing = "]" if opening == "[" else "}"

    def nested(levels: int) -> bytes:
        # The innermost holds nothing: it is a level all the same.
        inner = "[]" if opening == "[" else "{}"
        return (opening * (levels - 1) + inner + closing * (levels - 1)).encode()

    read_json(nested(DEPTH_MAX))
    with pytest.raises(BadJson, match="nested deeper"):
        read_json(nested(DEPTH_MAX + 1))


def test_breadth_has_none() -> None:
    wide = json.dumps([[{}]] * 1_000).encode()
    assert len(read_json(wide)) == 1_000


@pytest.mark.parametrize("deep", [b"[" * 100_000, b'{"a":' * 100_000, b"[{" * 100_000])
def test_what_is_far_too_deep_is_refused_and_not_fallen_over(deep: bytes) -> None:
    with pytest.raises(BadJson):
        read_json(deep)


@pytest.mark.parametrize(
    "body",
    [b'{"a":1,"a":1}', b'{"a":1,"\\u0061":2}', b'[{"b":{"a":1,"a":2}}]', b'{"":1,"":2}'],
)
def test_a_member_comes_once(body: bytes) -> None:
    with pytest.raises(BadJson, match="same member twice"):
        read_json(body)


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_in_json_is_refused(name: str) -> None:
    with pytest.raises(BadJson, match=name):
        read_json(f'{{"a":{name}}}'.encode())


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"{", b"{}x", b"{}{}", b"\xff", b"\xef\xbb\xbf{}", b'{"a":\x00}', b"'a'", b"[1,]"],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadJson, match="not valid JSON"):
        read_json(body)


def test_a_refusal_quotes_nothing_but_a_constants_name() -> None:
    for body in (b'{"canary":1,"canary":2}', b"canary", b'{"canary":NaN}', b"\xffcanary"):
        with pytest.raises(BadJson) as refused:
            read_json(body)
        assert "canary" not in str(refused.value)
