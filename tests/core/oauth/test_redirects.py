"""Tests of ``wattfare_desktop.core.oauth.redirects``."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.redirects import code_answer, error_answer

ISSUER = "http://127.0.0.1:8402"


@pytest.mark.parametrize(
    ("redirect_uri", "before_the_answer"),
    [
        ("http://127.0.0.1:5173/cb", "http://127.0.0.1:5173/cb?"),
        ("http://[::1]:5173", "http://[::1]:5173?"),
        ("https://a.example/cb?", "https://a.example/cb?"),
        ("https://a.example/cb?x=1", "https://a.example/cb?x=1&"),
        ("https://a.example/cb?x=1&", "https://a.example/cb?x=1&"),
        ("https://a.example/cb?x=%2f+?", "https://a.example/cb?x=%2f+?&"),
        ("com.example.app:/cb", "com.example.app:/cb?"),
        ("com.example.app://cb/x?y", "com.example.app://cb/x?y&"),
    ],
)
def test_the_answer_follows_what_is_there(redirect_uri: str, before_the_answer: str) -> None:
    answer = code_answer(redirect_uri, code="wf_ac_1", state="s", issuer=ISSUER)
    assert answer == f"{before_the_answer}code=wf_ac_1&state=s&iss=http%3A%2F%2F127.0.0.1%3A8402"


def test_a_refusal_says_why() -> None:
    answer = error_answer(
        "com.example.app:/cb",
        rejected=Rejected.because(OAuthError.ACCESS_DENIED),
        state=None,
        issuer=ISSUER,
    )
    assert answer == (
        "com.example.app:/cb?error=access_denied"
        "&error_description=The%20user%20did%20not%20approve%20the%20request."
        "&iss=http%3A%2F%2F127.0.0.1%3A8402"
    )


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1))
def test_any_state_comes_back_as_it_went(state: str) -> None:
    answer = code_answer("https://a.example/?own=1", code="c", state=state, issuer=ISSUER)
    assert answer.isascii()
    assert " " not in answer
    assert parse_qsl(urlsplit(answer).query, strict_parsing=True) == [
        ("own", "1"),
        ("code", "c"),
        ("state", state),
        ("iss", ISSUER),
    ]


def test_a_fragment_would_swallow_the_answer() -> None:
    with pytest.raises(AssertionError):
        code_answer("https://a.example/#x", code="c", state=None, issuer=ISSUER)


@given(
    st.sampled_from(
        ["http://127.0.0.1:1/cb", "https://a.example?x=1&y", "com.a:/cb", "https://a.example/?"]
    ),
    st.sampled_from(OAuthError),
    st.none() | st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1),
)
def test_any_refusal_is_told_behind_the_redirect_as_it_was(
    redirect: str, code: OAuthError, state: str | None
) -> None:
    rejected = Rejected.because(code)
    answer = error_answer(redirect, rejected=rejected, state=state, issuer=ISSUER)
    assert answer.startswith(redirect)
    told = dict(parse_qsl(urlsplit(answer).query, strict_parsing=False))
    assert told["error"] == code.value
    assert told["error_description"] == rejected.description
    assert told.get("state") == state
    assert told["iss"] == ISSUER
    assert "code" not in told
