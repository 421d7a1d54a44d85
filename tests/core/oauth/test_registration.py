"""Tests of ``wattfare_desktop.core.oauth.registration``, and of registered clients' identity."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import HOUR_MS, ClientId, Instant
from wattfare_desktop.core.oauth.clients import (
    ClientIdentity,
    Redirect,
    RegisteredClient,
    Trust,
    identify,
    judge_redirect,
)
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected, Unredirectable
from wattfare_desktop.core.oauth.registration import (
    DEVICE_GRANT,
    GRANT_TYPES,
    ClientMetadata,
    is_forgotten,
    read_metadata,
    registration_answer,
)

LOOPBACK = "http://127.0.0.1:5173/cb"
WEB = "https://notes.example/cb"
ID = "wf_cl_" + "x" * 22
NOW = Instant(1_800_000_000_000)


def _read(**members: Any) -> ClientMetadata | Rejected:
    return read_metadata(json.dumps({"redirect_uris": [LOOPBACK], **members}).encode(), (8402,))


def _redirect(uri: str) -> Redirect:
    redirect = judge_redirect(uri, ())
    assert isinstance(redirect, Redirect)
    return redirect


CLIENT = RegisteredClient(
    client_id=ClientId(ID),
    name="Notes AI",
    redirects=(_redirect(LOOPBACK), _redirect(WEB)),
    registered_at=NOW,
)


def test_what_is_understood_is_kept_and_the_rest_passed_over() -> None:
    read = _read(
        client_name="Notes\u202e  AI",
        grant_types=["authorization_code", "refresh_token", DEVICE_GRANT],
        response_types=["code"],
        token_endpoint_auth_method="none",
        logo_uri="https://notes.example/logo.png",
    )
    assert isinstance(read, ClientMetadata)
    assert read.name == "Notes AI"
    assert read.redirects == (_redirect(LOOPBACK),)
    assert read.grant_types == ("authorization_code", "refresh_token", DEVICE_GRANT)


def test_a_device_needs_no_redirect() -> None:
    read = _read(redirect_uris=[], grant_types=[DEVICE_GRANT])
    assert isinstance(read, ClientMetadata)
    told = registration_answer(replace(CLIENT, redirects=()), read.grant_types)
    assert (told["redirect_uris"], told["response_types"]) == ([], [])


@pytest.mark.parametrize(
    "members",
    [
        {"redirect_uris": []},
        {"redirect_uris": None},
        {"redirect_uris": LOOPBACK},
        {"redirect_uris": [1]},
        {"redirect_uris": [LOOPBACK] * 11},
        {"redirect_uris": [LOOPBACK, "http://localhost:1/"]},
        {"redirect_uris": ["http://127.0.0.1:8402/cb"]},
        {"redirect_uris": [f"{WEB}#x"]},
        {"redirect_uris": ["http://notes.example/cb"]},
        {"redirect_uris": ["javascript:alert(1)"]},
    ],
)
def test_a_bad_redirect_is_refused(members: dict[str, Any]) -> None:
    refused = _read(**members)
    assert isinstance(refused, Rejected)
    assert refused.code is OAuthError.INVALID_REDIRECT_URI


@pytest.mark.parametrize(
    "members",
    [
        {"grant_types": ["implicit"]},
        {"grant_types": ["password", "authorization_code"]},
        {"grant_types": "authorization_code"},
        {"grant_types": [{}]},
        {"response_types": ["token"]},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"token_endpoint_auth_method": None},
        {"client_name": 1},
        {"client_name": "x" * 201},
        {"client_name": "https://bank.example/"},
        {"client_name": "https:\u200b//bank.example/"},
    ],
)
def test_what_is_not_offered_is_refused(members: dict[str, Any]) -> None:
    refused = _read(**members)
    assert isinstance(refused, Rejected)
    assert refused.code is OAuthError.INVALID_CLIENT_METADATA


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"\xff", b"{", b'{"a": 1, "a": 2}', b"[" * 9999]
)
def test_what_is_no_object_is_refused(body: bytes) -> None:
    assert isinstance(read_metadata(body, ()), Rejected)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
MEMBERS = st.sampled_from(
    [
        *("redirect_uris", "client_name", "grant_types", "response_types"),
        *("token_endpoint_auth_method", "dpop_bound_access_tokens", "x"),
    ]
)
LIKELY = st.sampled_from(
    [
        *([LOOPBACK], [LOOPBACK, WEB], ["http://127.0.0.1:8402/"], [], [5]),
        *(["authorization_code"], [DEVICE_GRANT, "refresh_token"], ["implicit"], ["code"]),
        *("none", "private_key_jwt", "Notes AI", "https://bank.example/", True, False),
    ]
)


@given(st.dictionaries(MEMBERS, JSON | LIKELY))
def test_nothing_that_is_registered_raises(members: dict[str, Any]) -> None:
    read = read_metadata(json.dumps(members).encode(), (8402,))
    assert isinstance(read, ClientMetadata | Rejected)
    if isinstance(read, ClientMetadata):
        assert read.name
        assert len(read.name) <= 40
        assert "://" not in read.name
        assert read.redirects or "authorization_code" not in read.grant_types
        assert len(read.redirects) <= 10
        assert all(redirect.port != 8402 for redirect in read.redirects)
        assert set(read.grant_types) <= set(GRANT_TYPES)
        _assert_reads_as_told(read)


def _assert_reads_as_told(metadata: ClientMetadata) -> None:
    """What a client is told it has registered, registers the same again."""
    client = replace(
        CLIENT, name=metadata.name, redirects=metadata.redirects, dpop_bound=metadata.dpop_bound
    )
    told = json.dumps(registration_answer(client, metadata.grant_types)).encode()
    if metadata.grant_types:
        assert read_metadata(told, (8402,)) == metadata


@given(st.binary())
def test_no_body_raises(body: bytes) -> None:
    assert isinstance(read_metadata(body, ()), ClientMetadata | Rejected)


@pytest.mark.parametrize(
    ("at", "gone"), [(0, False), (HOUR_MS - 1, False), (HOUR_MS, True), (-1, True)]
)
def test_one_that_is_never_approved_is_forgotten(
    at: int,
    gone: bool,  # noqa: FBT001 - a table's column
) -> None:
    assert is_forgotten(CLIENT, Instant(NOW + at)) is gone
    assert not is_forgotten(replace(CLIENT, approved_at=NOW), Instant(NOW + at))


def test_it_goes_by_its_own_claim_at_its_own_redirects() -> None:
    identity = identify(ID, _redirect("http://127.0.0.1:9999/cb"), {ID: CLIENT})
    assert isinstance(identity, ClientIdentity)
    assert (identity.name, identity.key) == ("Notes AI", "Notes AI")
    assert (identity.trust, identity.verified) == (Trust.REGISTERED, False)


def test_where_its_answer_goes_to_the_web_it_goes_by_its_origin() -> None:
    identity = identify(ID, _redirect(WEB), {ID: CLIENT})
    assert isinstance(identity, ClientIdentity)
    assert (identity.name, identity.key) == ("notes.example", "https://notes.example")
    assert (identity.trust, identity.verified) == (Trust.REGISTERED, True)


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:5173/other",
        "http://[::1]:5173/cb",
        "https://bank.example/cb",
        "https://notes.example/cb?x=1",
        "com.example.notes:/cb",
    ],
)
def test_nowhere_else_it_is_answered(uri: str) -> None:
    assert isinstance(identify(ID, _redirect(uri), {ID: CLIENT}), Unredirectable)


def test_its_kind_of_name_is_nobody_elses() -> None:
    assert isinstance(identify(ID, _redirect(LOOPBACK)), Unredirectable)
    assert isinstance(identify("wf_cl_me", _redirect(LOOPBACK), {ID: CLIENT}), Unredirectable)
