"""The lines both ends exchange."""

import json

import pytest

from wattfare_desktop.control.messages import (
    answer_line,
    error_line,
    read_answer,
    read_request,
    request_line,
)
from wattfare_desktop.core.errors import UserFacingError


def test_a_request_comes_back_as_it_was_sent() -> None:
    line = request_line("revoke", {"app": "Notes\nAI \u2028 é"})

    assert line.count(b"\n") == 1
    assert line.isascii()
    assert read_request(line) == ("revoke", {"app": "Notes\nAI \u2028 é"})


def test_arguments_may_be_left_out() -> None:
    assert read_request(b'{"command": "status"}\n') == ("status", {})


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"status\n",
        b"[]\n",
        b'{"command": 1}\n',
        b'{"command": "apps", "arguments": []}\n',
        b"\xff\xfe\n",
        b"[" * 60_000,
    ],
)
def test_what_is_no_request_is_refused(line: bytes) -> None:
    with pytest.raises(UserFacingError, match="Not a control request"):
        read_request(line)


def test_an_answer_comes_back_as_it_was_sent() -> None:
    assert read_answer(answer_line([{"id": "grant_1", "left": None}])) == [
        {"id": "grant_1", "left": None}
    ]


def test_a_refusal_is_raised_again_at_the_other_end() -> None:
    with pytest.raises(UserFacingError) as caught:
        read_answer(error_line(UserFacingError("The wallet is locked", "Unlock it.")))

    assert (caught.value.title, caught.value.detail) == ("The wallet is locked", "Unlock it.")


def test_a_refusal_carries_its_exit_code() -> None:
    assert json.loads(error_line(UserFacingError("No", "Why.")))["exit"] == 1


@pytest.mark.parametrize("line", [b"", b'{"ok": {"po', b"[]\n", b"{}\n"])
def test_an_answer_cut_short_says_that_the_wallet_went_away(line: bytes) -> None:
    with pytest.raises(UserFacingError, match="went away"):
        read_answer(line)
