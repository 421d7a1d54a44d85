"""Which app or funding a typed word means."""

from dataclasses import replace

import pytest

from tests.support.report_rows import APP, FUNDING
from wattfare_desktop.control.choice import choose_app, choose_funding
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import FundingId, GrantId
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.reports import AppRow

REVOKED = replace(APP, id=GrantId("grant_0"), state=GrantState.REVOKED)
EXPIRED = replace(APP, id=GrantId("grant_9"), state=GrantState.EXPIRED)


def test_an_id_outranks_a_name() -> None:
    named_like_it = replace(APP, id=GrantId("grant_7"), name="grant_1")

    assert choose_app([named_like_it, APP], "grant_1") is APP


def test_a_name_knows_no_case() -> None:
    assert choose_app([APP], "NOTES ai") is APP


def test_a_name_goes_to_the_one_that_has_not_ended() -> None:
    assert choose_app([REVOKED, APP, EXPIRED], "Notes AI") is APP


def test_a_name_of_one_that_ended_still_names_it() -> None:
    assert choose_app([REVOKED], "Notes AI") is REVOKED


@pytest.mark.parametrize("apps", [[APP, replace(APP, id=GrantId("grant_2"))], [REVOKED, EXPIRED]])
def test_a_name_of_several_is_refused_with_their_ids(apps: list[AppRow]) -> None:
    with pytest.raises(UserFacingError) as caught:
        choose_app(apps, "Notes AI")

    assert all(app.id in caught.value.detail for app in apps)


def test_part_of_a_name_names_nobody() -> None:
    with pytest.raises(UserFacingError, match="No such app"):
        choose_app([APP], "Notes")


@pytest.mark.parametrize("text", ["funding_1", "openai", "OpenAI"])
def test_a_funding_goes_by_id_provider_or_name(text: str) -> None:
    assert choose_funding([FUNDING], text) is FUNDING


def test_two_fundings_of_a_provider_go_by_id() -> None:
    second = replace(FUNDING, id=FundingId("funding_2"))

    with pytest.raises(UserFacingError, match="funding_1, funding_2"):
        choose_funding([FUNDING, second], "openai")
    assert choose_funding([FUNDING, second], "funding_2") is second
    with pytest.raises(UserFacingError, match="No such funding"):
        choose_funding([FUNDING], "groq")
