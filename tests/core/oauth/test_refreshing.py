"""Tests of ``wattfare_desktop.core.oauth.refreshing``."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.oauth.errors import OAuthError
from wattfare_desktop.core.oauth.refreshing import (
    SHORT_ACCESS_MS,
    RefreshToken,
    access_end,
    is_refresh_token,
    judge_refresh,
)
from wattfare_desktop.core.oauth.tokens import CodeRefused, digest

NOW = Instant(1_800_000_000_000)
TOKEN = RefreshToken(
    digest=digest("wf_rt_1"),
    grant_id=GrantId("grant_1"),
    client_id=ClientId("Notes AI"),
    issued_at=NOW,
    used_at=None,
)
USED = replace(TOKEN, used_at=NOW)


@given(st.sampled_from([None, TOKEN, USED]), st.one_of(st.just("Notes AI"), st.text()))
def test_every_case_of_the_table(token: RefreshToken | None, client: str) -> None:
    judged = judge_refresh(token, client)
    if token is TOKEN and client == TOKEN.client_id:
        assert judged is TOKEN
        return
    assert isinstance(judged, CodeRefused)
    assert judged.rejected.code is OAuthError.INVALID_GRANT
    assert judged.revoke_grant == (TOKEN.grant_id if token is USED else None)


@pytest.mark.parametrize(
    ("grant_ends", "expected"),
    [
        (None, NOW + SHORT_ACCESS_MS),
        (NOW + SHORT_ACCESS_MS + 1, NOW + SHORT_ACCESS_MS),
        (NOW + 1, NOW + 1),
    ],
)
def test_an_access_lasts_a_quarter_of_an_hour_and_no_longer_than_its_grant(
    grant_ends: int | None, expected: int
) -> None:
    assert SHORT_ACCESS_MS == 15 * 60_000
    assert access_end(NOW, None if grant_ends is None else Instant(grant_ends)) == expected


def test_shapes() -> None:
    text = "wf_rt_" + "aZ09_-" * 7 + "x"
    assert is_refresh_token(text)
    wrong = ("", text[:-1], text + "x", text + "\n", text.replace("rt", "at"), f" {text}")
    assert not any(map(is_refresh_token, wrong))
