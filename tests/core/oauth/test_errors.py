"""Tests of ``wattfare_desktop.core.oauth.errors``."""

import re

import pytest

from wattfare_desktop.core.oauth.errors import OAuthError, Rejected


@pytest.mark.parametrize("code", list(OAuthError))
def test_every_code_goes_over_the_wire_with_a_description_of_its_own(code: OAuthError) -> None:
    assert re.fullmatch(r"[a-z_]+", code.value)
    assert f"{code}" == code.value
    assert OAuthError(code.value) is code
    assert Rejected.because(code).description == code.description
    assert code.description.endswith(".")


def test_no_two_codes_are_told_alike() -> None:
    assert len({code.description for code in OAuthError}) == len(OAuthError)


def test_a_rejection_may_say_more_precisely_why() -> None:
    rejected = Rejected.because(OAuthError.INVALID_REQUEST, "state is there twice.")
    assert rejected == Rejected(
        code=OAuthError.INVALID_REQUEST, description="state is there twice."
    )


@pytest.mark.parametrize("text", ['say "no"', "back\\slash", "two\nlines", "caf\xe9", ""])
def test_a_description_holds_only_what_the_standard_lets_through(text: str) -> None:
    with pytest.raises(AssertionError):
        Rejected(code=OAuthError.INVALID_REQUEST, description=text)


def test_what_never_reached_an_endpoint_is_told_by_its_status() -> None:
    assert Rejected.of_status(403, "Not from here.").code is OAuthError.ACCESS_DENIED
    assert Rejected.of_status(413, "Too large.").code is OAuthError.INVALID_REQUEST
    assert Rejected.of_status(503, "Locked.").code is OAuthError.TEMPORARILY_UNAVAILABLE
    assert Rejected.of_status(413, "Too large.").description == "Too large."


def test_a_description_that_may_not_be_told_is_not() -> None:
    rejected = Rejected.of_status(500, 'It said "no" — twice.')
    assert rejected.description == OAuthError.SERVER_ERROR.description
