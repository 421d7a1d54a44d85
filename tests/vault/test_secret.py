"""Tests of ``wattfare_desktop.vault.secret``."""

import copy
import pickle
import re
from collections.abc import Callable

import pytest

from wattfare_desktop.vault.secret import Secret, new_secret


def test_a_secret_shows_itself_in_no_text() -> None:
    secret = Secret("sk-canary")
    assert "canary" not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == "sk-canary"


def test_secrets_are_equal_by_what_they_hold() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a"), Secret("é")}) == 2


@pytest.mark.parametrize("write_out", [pickle.dumps, copy.copy])
def test_a_secret_is_not_written_out(write_out: Callable[[Secret], object]) -> None:
    with pytest.raises(TypeError, match="not pickled"):
        write_out(Secret("a"))


def test_a_new_secret_has_its_prefix_and_all_its_randomness() -> None:
    drawn = {new_secret("wf_at_") for _ in range(100)}
    assert len(drawn) == 100
    assert all(re.fullmatch(r"wf_at_[A-Za-z0-9_-]{43}", each) for each in drawn)
    assert len(new_secret("", 16)) == 22
