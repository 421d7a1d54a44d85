"""Tests of ``wattfare_desktop.core.oauth.client_documents``, and of who is behind a document."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import HOUR_MS, MINUTE_MS, SECOND_MS
from wattfare_desktop.core.oauth.client_documents import (
    KEPT_MS_MAX,
    KEPT_MS_MIN,
    KEPT_MS_USUAL,
    is_json,
    kept_ms,
    no_document,
    read_document,
)
from wattfare_desktop.core.oauth.clients import (
    ClientIdentity,
    DocumentedClient,
    Redirect,
    Trust,
    identify,
    judge_redirect,
)
from wattfare_desktop.core.oauth.device import DEVICE_REDIRECT
from wattfare_desktop.core.oauth.document_urls import DocumentUrl
from wattfare_desktop.core.oauth.errors import Unredirectable
from wattfare_desktop.core.oauth.registration import DEVICE_GRANT

URL = DocumentUrl(text="https://notes.example/client.json", host="notes.example")
WEB = "https://app.notes.example/cb"
LOOPBACK = "http://127.0.0.1/cb"
GOOD: dict[str, Any] = {
    "client_id": URL.text,
    "client_name": "Notes AI",
    "redirect_uris": [WEB, LOOPBACK],
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


def _read(**changes: Any) -> DocumentedClient | Unredirectable:
    return read_document(URL, json.dumps(GOOD | changes).encode())


def _good(**changes: Any) -> DocumentedClient:
    client = _read(**changes)
    assert isinstance(client, DocumentedClient), client
    return client


def _who(client: DocumentedClient, uri: str) -> ClientIdentity | Unredirectable:
    redirect = judge_redirect(uri, ())
    assert isinstance(redirect, Redirect)
    found = identify(client.client_id, redirect, {client.client_id: client})
    assert isinstance(found, ClientIdentity | Unredirectable)
    return found


def test_a_document_that_is_in_order() -> None:
    client = _good()
    assert (client.client_id, client.host, client.name) == (URL.text, "notes.example", "Notes AI")
    assert [redirect.uri for redirect in client.redirects] == [WEB, "http://127.0.0.1:80/cb"]
    assert not client.for_devices
    assert not client.dpop_bound


@pytest.mark.parametrize(
    "more",
    [
        {"jwks": {"keys": []}, "logo_uri": "http://10.0.0.1/", "client_uri": 5, "x": [None]},
        {"scope": "a b", "token_endpoint_auth_method": "none", "response_types": ["code", "token"]},
        {"grant_types": ["authorization_code", "client_credentials", "urn:x"]},
    ],
)
def test_what_is_not_understood_is_passed_over(more: dict[str, Any]) -> None:
    assert _good(**more) == _good()


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "https://notes.example/client.json/"},
        {"client_id": "https://NOTES.example/client.json"},
        {"client_id": "https://notes.example:443/client.json"},
        {"client_id": "https://evil.example/client.json"},
        {"client_id": None},
        {"client_id": [URL.text]},
        {"client_secret": "s"},
        {"client_secret": None},
        {"client_secret_expires_at": 0},
        *(
            {"token_endpoint_auth_method": method}
            for method in ("client_secret_basic", "client_secret_post", "client_secret_jwt")
        ),
        {"token_endpoint_auth_method": "private_key_jwt"},
        {"token_endpoint_auth_method": None},
        {"client_name": 5},
        {"redirect_uris": WEB},
        {"redirect_uris": [5]},
        {"grant_types": ["client_credentials"]},
        {"grant_types": "authorization_code"},
        {"response_types": ["token"]},
        {"response_types": {}},
        {"dpop_bound_access_tokens": "true"},
    ],
)
def test_documents_that_are_refused(changes: dict[str, Any]) -> None:
    refused = _read(**changes)
    assert isinstance(refused, Unredirectable)
    assert "notes.example" in refused.detail


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b"\xff", b"[" * 5000, b"{", b'"' + URL.text.encode() + b'"'),
        b'{"client_id": "https://notes.example/client.json", "client_id": "x"}',
        b'{"client_name": "\xff"}',
    ],
)
def test_bodies_that_are_no_object(body: bytes) -> None:
    assert isinstance(read_document(URL, body), Unredirectable)


def test_redirects_that_are_not_offered_here_are_passed_over() -> None:
    uris = ["http://localhost:3000/cb", "http://[::1]/cb", "javascript:x", "http://a.example/", WEB]
    kept = _good(redirect_uris=[*uris, WEB]).redirects
    assert [redirect.uri for redirect in kept] == ["http://[::1]:80/cb", WEB]
    assert _good(redirect_uris=[]).redirects == ()


def test_the_host_is_verified_where_the_answer_goes_to_the_web() -> None:
    client = _who(_good(), WEB)
    assert isinstance(client, ClientIdentity)
    assert client.trust is Trust.DOCUMENT
    assert client.verified
    assert (client.name, client.host, client.claim) == (
        "notes.example",
        "notes.example",
        "Notes AI",
    )
    assert client.key == client.origin == "https://notes.example"


@pytest.mark.parametrize("port", [1, 80, 5173, 65535])
def test_a_program_of_this_machine_may_pass_for_any_client(port: int) -> None:
    client = _who(_good(), f"http://127.0.0.1:{port}/cb")
    assert isinstance(client, ClientIdentity)
    assert client.trust is Trust.DOCUMENT
    assert not client.verified
    assert client.key == client.name == client.host == "notes.example"


@pytest.mark.parametrize(
    "uri",
    [
        *(
            "https://app.notes.example/cb/",
            "https://app.notes.example/CB",
            "https://notes.example/cb",
        ),
        *("http://127.0.0.1:80/cb/", "http://[::1]:80/cb", "http://127.0.0.1:80/cb?x=1"),
        *("https://app.notes.example:443/cb", "com.example.notes:/cb"),
    ],
)
def test_no_other_redirect_is_answered(uri: str) -> None:
    refused = _who(_good(), uri)
    assert isinstance(refused, Unredirectable)
    assert "redirect_uri" in refused.detail


def test_typed_codes_want_their_grant_type() -> None:
    for grant_types, is_in_order in (
        ([DEVICE_GRANT], True),
        (["authorization_code", DEVICE_GRANT], True),
        (["authorization_code"], False),
    ):
        client = _good(grant_types=grant_types)
        found = identify(client.client_id, DEVICE_REDIRECT, {client.client_id: client})
        assert isinstance(found, ClientIdentity) is is_in_order
        assert bool(client.redirects) is ("authorization_code" in grant_types)


def test_a_client_may_publish_that_it_signs() -> None:
    found = _who(_good(dpop_bound_access_tokens=True), WEB)
    assert isinstance(found, ClientIdentity)
    assert found.dpop_bound


def test_a_name_is_made_fit_to_be_shown() -> None:
    assert (
        _good(client_name="\u202eN\u200bo<b>\n" + "x" * 100).name == "No<b> " + "x" * 33 + "\u2026"
    )
    found = _who(_good(client_name="P\u0430ypal"), WEB)
    assert isinstance(found, ClientIdentity)
    assert found.confusable


@given(st.dictionaries(st.sampled_from([*GOOD, "grant_types", "client_secret", "x"]), JSON))
def test_no_members_raise_and_nothing_but_its_own_url_is_taken(changes: dict[str, Any]) -> None:
    client = _read(**changes)
    if isinstance(client, DocumentedClient):
        assert client.client_id == (GOOD | changes)["client_id"] == URL.text
        assert client.host == URL.host
        assert "client_secret" not in changes
        assert len(client.name) <= 40
        assert len(client.redirects) <= len((GOOD | changes)["redirect_uris"])


@given(st.binary())
def test_no_body_raises(body: bytes) -> None:
    assert isinstance(read_document(URL, body), Unredirectable)


def test_why_there_is_no_document_names_the_host() -> None:
    assert "notes.example" in no_document(URL, "It is gone.").detail


@pytest.mark.parametrize(
    ("content_type", "is_it"),
    [
        *((each, True) for each in ("application/json", "Application/JSON; charset=utf-8")),
        *((each, True) for each in ("application/vnd.x+json", "application/ld+json ;x=y")),
        *((each, False) for each in ("", "text/json", "text/html", "application/jsonp", "json")),
        *((each, False) for each in ("application/json, text/html", "application/+json", "a+json")),
    ],
)
def test_which_content_types_are_json(content_type: str, is_it: bool) -> None:  # noqa: FBT001 - a table
    assert is_json(content_type) is is_it


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        *((each, KEPT_MS_USUAL) for each in ("", "public", "max-age", "max-age=x", "max-age=-5")),
        *((each, KEPT_MS_USUAL) for each in ("s-maxage=5", "max-age=12345678901", "x=max-age=5")),
        *((each, KEPT_MS_MIN) for each in ("no-store", "No-Cache, max-age=60", "max-age=0")),
        *((each, MINUTE_MS) for each in ("max-age=60", "public, MAX-AGE = 60", 'max-age="60"')),
        ("max-age=7200,immutable", 2 * HOUR_MS),
        ("max-age=9999999999", KEPT_MS_MAX),
        ("no-cache=x", KEPT_MS_MIN),
    ],
)
def test_for_how_long_a_document_is_kept(control: str, expected: int) -> None:
    assert kept_ms(control) == expected


@given(st.text() | st.integers().map(lambda age: f"max-age={age}"))
def test_it_is_never_kept_for_longer_than_a_day(control: str) -> None:
    assert 10 * SECOND_MS <= kept_ms(control) <= 24 * HOUR_MS
