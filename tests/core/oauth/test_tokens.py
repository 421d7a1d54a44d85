"""Tests of ``wattfare_desktop.core.oauth.tokens``."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import ClientId, GrantId, Instant
from wattfare_desktop.core.oauth.errors import OAuthError
from wattfare_desktop.core.oauth.tokens import (
    CODE_LIFETIME_MS,
    AuthorizationCode,
    CodeRefused,
    Redeemed,
    digest,
    is_access_token,
    is_authorization_code,
    redeem,
    s256_challenge,
)

# RFC 7636, appendix B.
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
NOW = Instant(1_800_000_000_000)
REDIRECT = "http://127.0.0.1:5173/cb"
WEB = "https://notes.example/cb"
CODE = AuthorizationCode(
    digest=digest("wf_ac_" + "c" * 43),
    grant_id=GrantId("grant_1"),
    client_id=ClientId("Notes AI"),
    redirect_uri=REDIRECT,
    code_challenge=CHALLENGE,
    expires_at=Instant(NOW + CODE_LIFETIME_MS),
    redeemed_at=None,
)


def _redeem(
    code: AuthorizationCode | None = CODE,
    *,
    client_id: str = "Notes AI",
    redirect_uri: str | None = REDIRECT,
    verifier: str = VERIFIER,
    now: Instant = NOW,
) -> Redeemed | CodeRefused:
    return redeem(code, client_id=client_id, redirect_uri=redirect_uri, verifier=verifier, now=now)


def test_the_example_of_the_standard() -> None:
    assert s256_challenge(VERIFIER) == CHALLENGE


def test_a_good_code_is_redeemed_once() -> None:
    redeemed = _redeem()
    assert redeemed == Redeemed(code=replace(CODE, redeemed_at=NOW))
    assert isinstance(redeemed, Redeemed)
    again = _redeem(redeemed.code)
    assert isinstance(again, CodeRefused)
    assert again.rejected.code is OAuthError.INVALID_GRANT
    assert again.revoke_grant == CODE.grant_id


def test_a_replay_ends_the_grant_whoever_tries_and_however_late() -> None:
    used = replace(CODE, redeemed_at=NOW)
    late = _redeem(used, now=Instant(NOW + 10**9))
    stranger = _redeem(used, client_id="x", redirect_uri="x", verifier="x")
    for refused in (late, stranger):
        assert isinstance(refused, CodeRefused)
        assert refused.revoke_grant == CODE.grant_id


def test_without_a_redirect_uri_as_oauth_2_1_sends_it() -> None:
    assert isinstance(_redeem(redirect_uri=None), Redeemed)


def test_a_code_lives_a_minute() -> None:
    assert CODE_LIFETIME_MS == 60_000
    assert isinstance(_redeem(now=Instant(CODE.expires_at - 1)), Redeemed)
    assert isinstance(_redeem(now=CODE.expires_at), CodeRefused)


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (_redeem(None), OAuthError.INVALID_GRANT),
        (_redeem(now=CODE.expires_at), OAuthError.INVALID_GRANT),
        (_redeem(client_id="notes ai"), OAuthError.INVALID_GRANT),
        (_redeem(client_id=""), OAuthError.INVALID_GRANT),
        (_redeem(redirect_uri=REDIRECT + "/"), OAuthError.INVALID_GRANT),
        (_redeem(redirect_uri=REDIRECT.replace("5173", "5174")), OAuthError.INVALID_GRANT),
        (_redeem(redirect_uri=""), OAuthError.INVALID_GRANT),
        (_redeem(verifier="A" * 43), OAuthError.INVALID_GRANT),
        (_redeem(verifier=CHALLENGE), OAuthError.INVALID_GRANT),
        (_redeem(verifier=""), OAuthError.INVALID_REQUEST),
        (_redeem(verifier=VERIFIER[:-1]), OAuthError.INVALID_REQUEST),
        (_redeem(verifier="a" * 129), OAuthError.INVALID_REQUEST),
        (_redeem(verifier=VERIFIER + "\n"), OAuthError.INVALID_REQUEST),
        (_redeem(verifier="\xe9" * 43), OAuthError.INVALID_REQUEST),
        (_redeem(verifier="a" * 42 + "+"), OAuthError.INVALID_REQUEST),
    ],
)
def test_a_bad_try_is_refused_and_revokes_nothing(
    refused: Redeemed | CodeRefused, code: OAuthError
) -> None:
    assert isinstance(refused, CodeRefused)
    assert refused.rejected.code is code
    assert refused.revoke_grant is None


@pytest.mark.parametrize("used", [None, NOW])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("client", ["Notes AI", "Other AI"])
@pytest.mark.parametrize("redirect", [None, REDIRECT, WEB])
@pytest.mark.parametrize("verifier", [VERIFIER, "A" * 43, "short"])
def test_every_case_of_the_table(
    used: Instant | None,
    late: bool,  # noqa: FBT001 - a table's column
    client: str,
    redirect: str | None,
    verifier: str,
) -> None:
    judged = _redeem(
        replace(CODE, redeemed_at=used),
        client_id=client,
        redirect_uri=redirect,
        verifier=verifier,
        now=CODE.expires_at if late else NOW,
    )
    first_and_in_time = used is None and not late
    is_its_own = client == CODE.client_id and redirect in {None, REDIRECT}
    if first_and_in_time and is_its_own and verifier == VERIFIER:
        assert isinstance(judged, Redeemed)
        return
    assert isinstance(judged, CodeRefused)
    assert judged.revoke_grant == (None if used is None else CODE.grant_id)


@given(st.from_regex(r"[A-Za-z0-9\-._~]{43,128}", fullmatch=True))
def test_any_verifier_fits_its_own_challenge_only(verifier: str) -> None:
    code = replace(CODE, code_challenge=s256_challenge(verifier))
    assert isinstance(_redeem(code, verifier=verifier), Redeemed)
    changed = ("b" if verifier[0] == "a" else "a") + verifier[1:]
    assert isinstance(_redeem(code, verifier=changed), CodeRefused)


@given(st.text())
def test_no_verifier_raises(verifier: str) -> None:
    assert isinstance(_redeem(verifier=verifier), CodeRefused)


@pytest.mark.parametrize(
    ("prefix", "judge", "other"),
    [
        ("wf_at_", is_access_token, is_authorization_code),
        ("wf_ac_", is_authorization_code, is_access_token),
    ],
)
def test_shapes(prefix: str, judge: Callable[[str], bool], other: Callable[[str], bool]) -> None:
    text = prefix + "aZ09_-" * 7 + "x"
    assert judge(text)
    assert not other(text)
    shorter = text[:-1]
    wrong = ("", prefix, shorter, text + "x", text + "\n", text.upper(), f" {text}", f"{shorter}=")
    assert not any(judge(each) for each in wrong)


def test_digests_are_sha_256_of_any_text() -> None:
    assert digest("abc") == hashlib.sha256(b"abc").digest()
    assert digest("abc") != digest("abd")
    assert len(digest("\ud800")) == 32
