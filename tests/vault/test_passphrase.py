"""Tests of ``wattfare_desktop.vault.passphrase``."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wattfare_desktop.vault.passphrase import Cost, WrappedKey, unfit_passphrase, unwrap, wrap

CHEAP = Cost(memory_kib=32, iterations=1, lanes=1)
MASTER = bytes(range(32))


def test_only_the_passphrase_opens_it() -> None:
    wrapped = wrap(MASTER, "correct horse", CHEAP)
    assert unwrap(wrapped, "correct horse") == MASTER
    assert unwrap(wrapped, "correct hors") is None
    assert unwrap(wrapped, "") is None
    assert unwrap(wrapped, "x" * 5_000_000) is None


def test_the_usual_cost_is_that_of_the_rfc_and_works_here() -> None:
    usual = Cost()
    assert (usual.memory_kib, usual.iterations, usual.lanes) == (65_536, 3, 4)
    assert unwrap(wrap(MASTER, "correct horse", usual), "correct horse") == MASTER


@settings(max_examples=25)
@given(passphrase=st.text(min_size=8, max_size=30))
def test_any_text_may_be_a_passphrase(passphrase: str) -> None:
    assert unwrap(wrap(MASTER, passphrase, CHEAP), passphrase) == MASTER


@pytest.mark.parametrize(
    ("typed_once", "typed_again"),
    [("caf\u00e9 cr\u00e8me", "cafe\u0301 cre\u0300me"), ("\ufb01ne wine", "fine wine")],
)
def test_the_same_characters_in_other_code_points_open_it(
    typed_once: str, typed_again: str
) -> None:
    assert unwrap(wrap(MASTER, typed_once, CHEAP), typed_again) == MASTER


def test_two_wrappings_have_nothing_in_common() -> None:
    one, other = wrap(MASTER, "correct horse", CHEAP), wrap(MASTER, "correct horse", CHEAP)
    assert one.salt != other.salt
    assert one.nonce != other.nonce
    assert one.wrapped != other.wrapped
    assert one.wrapped.hex() not in repr(one)


def test_what_is_said_of_the_derivation_is_bound_to_the_key() -> None:
    wrapped = wrap(MASTER, "correct horse", CHEAP)
    dearer = Cost(memory_kib=64, iterations=1, lanes=1)
    altered = WrappedKey(
        cost=dearer, salt=wrapped.salt, nonce=wrapped.nonce, wrapped=wrapped.wrapped
    )
    assert unwrap(altered, "correct horse") is None


@pytest.mark.parametrize(
    ("memory_kib", "iterations", "lanes"),
    [
        (100 * 1024 * 1024, 3, 4),
        (65_536, 10**9, 4),
        (65_536, 3, 10_000),
        (65_536, 0, 4),
        (65_536, 3, 0),
        (31, 3, 4),
        (-1, 3, 4),
    ],
)
def test_a_cost_that_would_exhaust_the_machine_is_no_cost(
    memory_kib: int, iterations: int, lanes: int
) -> None:
    with pytest.raises(ValueError, match="out of bounds"):
        Cost(memory_kib=memory_kib, iterations=iterations, lanes=lanes)


def test_a_new_passphrase_has_eight_characters_as_people_count_them() -> None:
    assert unfit_passphrase("12345678") is None
    assert "at least 8" in (unfit_passphrase("1234567") or "")
    assert "at least 8" in (unfit_passphrase("e\u0301" * 7) or "")
    assert "at most" in (unfit_passphrase("x" * 1_001) or "")
