"""Tests of ``wattfare_desktop.core.oauth.requests``."""

import json
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.money import NANOS_PER_USD
from wattfare_desktop.core.oauth.clients import DocumentWanted
from wattfare_desktop.core.oauth.dpop import is_thumbprint
from wattfare_desktop.core.oauth.errors import OAuthError, Unredirectable
from wattfare_desktop.core.oauth.requests import (
    AuthorizationRequest,
    RejectedRequest,
    RequestOutcome,
    read_pairs,
    read_query,
    read_uri,
)

OWN_PORTS = frozenset({8402, 8403, 8404, 8405})
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
REDIRECT = "http://127.0.0.1:5173/cb"
DETAILS = json.dumps(
    [{"type": "wattfare_spend", "cap": {"amount": "5.00", "currency": "USD"}, "period": "month"}]
)
GOOD = {
    "response_type": "code",
    "client_id": "Notes AI",
    "redirect_uri": REDIRECT,
    "state": "x y&z=1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "authorization_details": DETAILS,
}
QUERY = urlencode(GOOD)


def _pairs(**changes: str | None) -> list[tuple[str, str]]:
    return [(name, value) for name, value in (GOOD | changes).items() if value is not None]


def _read(**changes: str | None) -> RequestOutcome:
    return read_pairs(_pairs(**changes), OWN_PORTS)


def _assert_good(outcome: RequestOutcome) -> None:
    assert isinstance(outcome, AuthorizationRequest)
    assert outcome.client_id == outcome.client.name == "Notes AI"
    assert outcome.redirect.uri == REDIRECT
    assert outcome.state == "x y&z=1"
    assert outcome.code_challenge == CHALLENGE
    assert outcome.proposal is not None
    assert outcome.proposal.limit == 5 * NANOS_PER_USD


@pytest.mark.parametrize(
    "uri",
    [
        f"wattfare://authorize?{QUERY}",
        f"wattfare://authorize/?{QUERY}",
        f"wattfare:authorize?{QUERY}",
        f"WATTFARE://Authorize?{QUERY}",
        f"wattfare:authorize?{urlencode(GOOD, quote_via=quote)}",
        f"wattfare:authorize?&{QUERY}&&",
        f"wattfare:authorize?{QUERY}&unknown=1&utm",
    ],
)
def test_a_request_by_uri(uri: str) -> None:
    _assert_good(read_uri(uri, OWN_PORTS))


def test_a_request_by_query_or_pairs_is_the_same() -> None:
    by_uri = read_uri(f"wattfare:authorize?{QUERY}", OWN_PORTS)
    assert read_query(QUERY, OWN_PORTS) == by_uri == read_pairs(list(GOOD.items()), OWN_PORTS)


def test_what_may_be_left_out() -> None:
    for absent in ("", None):
        outcome = _read(state=absent, authorization_details=absent, scope=absent)
        assert isinstance(outcome, AuthorizationRequest)
        assert outcome.state is None
        assert outcome.proposal is None


@pytest.mark.parametrize("scope", ["offline_access", "openid profile", "a!b"])
def test_scopes_are_ignored(scope: str) -> None:
    _assert_good(_read(scope=scope))


BAD_URIS = [
    "",
    " ",
    "wattfare",
    "wattfare:",
    "wattfare://",
    "wattfare://authorize",
    "wattfare:authorize",
    "wattfare:?",
    f"wattfare:///authorize?{QUERY}",
    f"wattfare:/authorize?{QUERY}",
    f"wattfare://authorize/x?{QUERY}",
    f"wattfare://authorize/../x?{QUERY}",
    f"wattfare://authorize//?{QUERY}",
    f"wattfare:authorize/?{QUERY}",
    f"wattfare://authorize:80?{QUERY}",
    f"wattfare://user@authorize?{QUERY}",
    f"wattfare://authorise?{QUERY}",
    f"wattfare://token?{QUERY}",
    f"wattfare://authoriz%65?{QUERY}",
    f"wattfares://authorize?{QUERY}",
    f"http://authorize?{QUERY}",
    f" wattfare://authorize?{QUERY}",
    f"wattfare://authorize?{QUERY}\n",
    f"wattfare://authorize?{QUERY} --help",
    f"wattfare://authorize?{QUERY}#fragment",
    f"wattfare://authorize?{QUERY}&x=%",
    f"wattfare://authorize?{QUERY}&x=%4",
    f"wattfare://authorize?{QUERY}&x=%zz",
    f"wattfare://authorize?{QUERY}&x=%ff",
    f"wattfare://authorize?{QUERY}&x=%ed%a0%80",
    f"wattfare://authorize?{QUERY}&x=caf\xe9",
    f"wattfare://authorize?{QUERY}&x=\x00",
    f'wattfare://authorize?{QUERY}&x="',
    f"wattfare://authorize?{QUERY}&x=`id`",
    f"wattfare://authorize?{QUERY}&x=[1]",
    f"wattfare://authorize?{QUERY}&x=\\",
    f"wattfare://authorize?{QUERY}&x=\u202e",
    f"wattfare://authorize?{QUERY}&x={'y' * 8192}",
    "wattfare://authorize?",
    "wattfare://authorize?client_id=Notes",
    f"wattfare://authorize?redirect_uri={quote(REDIRECT)}",
    f"wattfare://authorize?{QUERY}&client_id=Notes+AI",
    f"wattfare://authorize?{QUERY}&redirect_uri={quote(REDIRECT)}",
    f"wattfare://authorize?{QUERY}&client%5Fid=Other",
    "--consent=terminal",
    "file:///etc/passwd",
]


@pytest.mark.parametrize("uri", BAD_URIS, ids=lambda uri: repr(uri.replace(QUERY, "...")[:60]))
def test_bad_uris_reach_the_user_alone(uri: str) -> None:
    assert isinstance(read_uri(uri, OWN_PORTS), Unredirectable)


def test_eight_kilobytes_are_read_and_no_more() -> None:
    start = f"wattfare:authorize?{QUERY}&x="
    _assert_good(read_uri(start + "y" * (8192 - len(start)), OWN_PORTS))
    assert isinstance(read_uri(start + "y" * (8193 - len(start)), OWN_PORTS), Unredirectable)
    assert isinstance(read_query("x=" + "y" * 8192, OWN_PORTS), Unredirectable)
    assert isinstance(_read(unknown="y" * 8192), Unredirectable)


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": ""},
        {"client_id": "a\u200bb"},
        {"redirect_uri": None},
        {"redirect_uri": ""},
        {"redirect_uri": "http://localhost:5173/cb"},
        {"redirect_uri": "http://127.0.0.1:8402/cb"},
        {"redirect_uri": "javascript:alert(1)"},
    ],
)
def test_client_and_redirect_are_judged_before_all_else(changes: dict[str, str | None]) -> None:
    assert isinstance(_read(**changes), Unredirectable)
    hopeless: dict[str, str | None] = {"response_type": "token", "code_challenge": None}
    assert isinstance(_read(**(hopeless | changes)), Unredirectable)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"response_type": None}, OAuthError.INVALID_REQUEST),
        ({"response_type": ""}, OAuthError.INVALID_REQUEST),
        ({"response_type": "token"}, OAuthError.UNSUPPORTED_RESPONSE_TYPE),
        ({"response_type": "code token"}, OAuthError.UNSUPPORTED_RESPONSE_TYPE),
        ({"response_type": "CODE"}, OAuthError.UNSUPPORTED_RESPONSE_TYPE),
        ({"request": "eyJ"}, OAuthError.REQUEST_NOT_SUPPORTED),
        ({"request_uri": "urn:x"}, OAuthError.REQUEST_URI_NOT_SUPPORTED),
        ({"code_challenge": None}, OAuthError.INVALID_REQUEST),
        ({"code_challenge": CHALLENGE[:-1]}, OAuthError.INVALID_REQUEST),
        ({"code_challenge": CHALLENGE + "A"}, OAuthError.INVALID_REQUEST),
        ({"code_challenge": CHALLENGE[:-1] + "B"}, OAuthError.INVALID_REQUEST),
        ({"code_challenge": CHALLENGE[:-1] + "="}, OAuthError.INVALID_REQUEST),
        ({"code_challenge": CHALLENGE[:-1] + "\n"}, OAuthError.INVALID_REQUEST),
        ({"code_challenge_method": None}, OAuthError.INVALID_REQUEST),
        ({"code_challenge_method": "plain"}, OAuthError.INVALID_REQUEST),
        ({"code_challenge_method": "s256"}, OAuthError.INVALID_REQUEST),
        ({"scope": " a"}, OAuthError.INVALID_SCOPE),
        ({"scope": "a  b"}, OAuthError.INVALID_SCOPE),
        ({"scope": 'a"b'}, OAuthError.INVALID_SCOPE),
        ({"scope": "caf\xe9"}, OAuthError.INVALID_SCOPE),
        ({"authorization_details": "[]"}, OAuthError.INVALID_AUTHORIZATION_DETAILS),
        ({"authorization_details": "nonsense"}, OAuthError.INVALID_AUTHORIZATION_DETAILS),
    ],
)
def test_a_faulty_request_is_answered_by_redirect(
    changes: dict[str, str | None], code: OAuthError
) -> None:
    outcome = _read(**changes)
    assert isinstance(outcome, RejectedRequest)
    assert outcome.rejected.code is code
    assert outcome.redirect.uri == REDIRECT
    assert outcome.client.name == "Notes AI"
    assert outcome.state == "x y&z=1"


@pytest.mark.parametrize("state", ["x" * 1025, "caf\xe9", "a\nb", "\x7f", "\ud800"])
def test_a_bad_state_is_refused_and_not_sent_back(state: str) -> None:
    outcome = _read(state=state)
    assert isinstance(outcome, RejectedRequest)
    assert outcome.rejected.code is OAuthError.INVALID_REQUEST
    assert outcome.state is None


def test_the_longest_state() -> None:
    outcome = _read(state="~" * 1024)
    assert isinstance(outcome, AuthorizationRequest)
    assert outcome.state == "~" * 1024


@pytest.mark.parametrize(
    "name", [*(name for name in GOOD if name not in {"client_id", "redirect_uri"}), "unknown"]
)
@pytest.mark.parametrize("value", ["", "other"])
def test_no_parameter_may_be_there_twice(name: str, value: str) -> None:
    outcome = read_pairs([*_pairs(unknown="1"), (name, value)], OWN_PORTS)
    assert isinstance(outcome, RejectedRequest)
    assert outcome.rejected.code is OAuthError.INVALID_REQUEST
    assert outcome.state == (None if name == "state" else "x y&z=1")


ANY_CHANGES = st.dictionaries(
    st.sampled_from([*GOOD, "scope", "request", "unknown", "dpop_jkt"]),
    st.text() | st.sampled_from(["", "Other AI", CHALLENGE, "offline_access x", *GOOD.values()]),
)


@given(ANY_CHANGES)
def test_no_parameters_raise_and_client_and_redirect_are_never_bent(
    changes: dict[str, str],
) -> None:
    outcome = read_pairs(list((GOOD | changes).items()), OWN_PORTS)
    if isinstance(outcome, DocumentWanted):
        assert outcome.url.text == (GOOD | changes)["client_id"]
    elif not isinstance(outcome, Unredirectable):
        assert outcome.client.client_id == (GOOD | changes)["client_id"]
        assert outcome.redirect.uri == (GOOD | changes)["redirect_uri"]
        assert outcome.state in {None, (GOOD | changes)["state"]}
    if isinstance(outcome, AuthorizationRequest):
        _assert_in_order(outcome, GOOD | changes)


def _assert_in_order(request: AuthorizationRequest, asked: dict[str, str]) -> None:
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert request.code_challenge == asked["code_challenge"]
    assert is_thumbprint(request.code_challenge), "as any SHA-256 in base64url"
    assert not {"request", "request_uri"} & {name for name, text in asked.items() if text}
    assert request.offline is ("offline_access" in asked.get("scope", "").split(" "))
    assert request.dpop_jkt == (asked.get("dpop_jkt") or None)
    assert request.dpop_jkt is None or is_thumbprint(request.dpop_jkt)
    assert request.proof_required or request.dpop_jkt is None
    assert (request.proposal is None) is (not asked["authorization_details"])


@given(ANY_CHANGES)
def test_encoding_changes_nothing(changes: dict[str, str]) -> None:
    asked = GOOD | changes
    try:
        query = urlencode(asked)
    except UnicodeEncodeError:
        return
    if len(query) <= 8192:
        assert read_query(query, OWN_PORTS) == read_pairs(list(asked.items()), OWN_PORTS)


@given(
    st.one_of(
        st.text(),
        st.text().map(lambda text: f"wattfare:authorize?{text}"),
        st.text("&=%+#ac0dient_rul").map(lambda text: f"wattfare://authorize?{QUERY}{text}"),
    )
)
def test_no_uri_raises(uri: str) -> None:
    outcome = read_uri(uri, OWN_PORTS)
    assert isinstance(outcome, AuthorizationRequest | RejectedRequest | Unredirectable)


@given(st.binary(max_size=60))
def test_no_bytes_raise_percent_encoded(octets: bytes) -> None:
    outcome = read_query(f"{QUERY}&unknown={quote(octets)}", OWN_PORTS)
    assert isinstance(outcome, AuthorizationRequest | Unredirectable)
