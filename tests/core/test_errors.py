"""Tests of ``wattfare_desktop.core.errors``."""

import pickle

import pytest

from wattfare_desktop.core.errors import UserFacingError


def test_an_error_reads_as_what_happened_and_what_to_do() -> None:
    error = UserFacingError("The port is taken", "Choose another with --port.")
    assert str(error) == "The port is taken: Choose another with --port."
    assert (error.title, error.detail) == ("The port is taken", "Choose another with --port.")


def test_a_kind_of_it_is_caught_as_one() -> None:
    class WalletTooOldError(UserFacingError):
        """A kind of its own."""

    with pytest.raises(UserFacingError, match=r"^Too old: Update it"):
        raise WalletTooOldError("Too old", "Update it.")


def test_it_survives_a_copy() -> None:
    # Futures and tracebacks of other threads copy what they carry.
    copied = pickle.loads(pickle.dumps(UserFacingError("Too old", "Update it.")))  # noqa: S301
    assert isinstance(copied, UserFacingError)
    assert (copied.title, copied.detail) == ("Too old", "Update it.")
