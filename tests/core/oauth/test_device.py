"""Tests of ``wattfare_desktop.core.oauth.device``."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.asking import details
from wattfare_desktop.core.identifiers import ClientId, Instant
from wattfare_desktop.core.oauth.clients import (
    DocumentWanted,
    RedirectKind,
    RegisteredClient,
    Trust,
)
from wattfare_desktop.core.oauth.device import (
    DEVICE_LIFETIME_MS,
    INTERVAL_MS,
    USER_CODE_LETTERS,
    Polling,
    judge_poll,
    read_device_request,
    shown_user_code,
    typed_user_code,
)
from wattfare_desktop.core.oauth.dpop import is_thumbprint
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.requests import AuthorizationRequest

NOW = Instant(1_800_000_000_000)
FRESH = Polling(began_at=NOW, polled_at=None, interval_ms=INTERVAL_MS)
POLLED = replace(FRESH, polled_at=Instant(NOW + 10_000))
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
CODES = st.text(USER_CODE_LETTERS, min_size=8, max_size=8)


@pytest.mark.parametrize(
    ("polling", "after_ms", "waiting", "answered"),
    [
        (FRESH, 0, OAuthError.AUTHORIZATION_PENDING, None),
        (FRESH, DEVICE_LIFETIME_MS - 1, OAuthError.AUTHORIZATION_PENDING, None),
        (FRESH, DEVICE_LIFETIME_MS, OAuthError.EXPIRED_TOKEN, OAuthError.EXPIRED_TOKEN),
        (FRESH, -1, OAuthError.EXPIRED_TOKEN, OAuthError.EXPIRED_TOKEN),
        (POLLED, 10_000, OAuthError.SLOW_DOWN, OAuthError.SLOW_DOWN),
        (POLLED, 14_999, OAuthError.SLOW_DOWN, OAuthError.SLOW_DOWN),
        (POLLED, 15_000, OAuthError.AUTHORIZATION_PENDING, None),
        (POLLED, 9_999, OAuthError.AUTHORIZATION_PENDING, None),
        (replace(POLLED, interval_ms=10_000), 15_000, OAuthError.SLOW_DOWN, OAuthError.SLOW_DOWN),
    ],
)
def test_every_poll_has_one_answer(
    polling: Polling, after_ms: int, waiting: OAuthError, answered: OAuthError | None
) -> None:
    now = Instant(NOW + after_ms)
    assert judge_poll(polling, now, is_answered=False) is waiting
    assert judge_poll(polling, now, is_answered=True) is answered


@given(CODES)
def test_a_code_may_be_typed_as_it_comes(code: str) -> None:
    assert typed_user_code(shown_user_code(code)) == code
    assert typed_user_code(f" {code[:3].lower()} {code[3:]} ") == code


@given(st.text())
def test_no_text_raises_and_only_codes_pass(text: str) -> None:
    code = typed_user_code(text)
    assert code is None or (len(code) == 8 and set(code) <= set(USER_CODE_LETTERS))


@pytest.mark.parametrize("text", ["", "BCDF-GHJ", "BCDF-GHJKL", "ABCD-FGHJ", "BCDF_GHJK"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert typed_user_code(text) is None


def test_what_a_program_asks_is_read() -> None:
    asked = {"client_id": "Backup", "scope": "offline_access", "authorization_details": details()}
    request = read_device_request(asked, CHALLENGE)
    assert isinstance(request, AuthorizationRequest)
    assert (request.client.name, request.client.verified) == ("Backup", False)
    assert (request.offline, request.code_challenge) == (True, CHALLENGE)
    assert request.proposal is not None
    assert request.redirect.target == "the program that shows the code"


def test_a_registered_program_goes_by_its_registered_name() -> None:
    client = RegisteredClient(
        client_id=ClientId("wf_cl_x"), name="Backup", redirects=(), registered_at=NOW
    )
    request = read_device_request({"client_id": "wf_cl_x"}, CHALLENGE, {"wf_cl_x": client})
    assert isinstance(request, AuthorizationRequest)
    assert (request.client.name, request.client.trust) == ("Backup", Trust.REGISTERED)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({}, OAuthError.INVALID_CLIENT),
        ({"client_id": "https://notes.example"}, OAuthError.INVALID_CLIENT),
        ({"client_id": "wf_cl_x"}, OAuthError.INVALID_CLIENT),
        ({"client_id": "Notes\u202eIA"}, OAuthError.INVALID_CLIENT),
        ({"client_id": "Backup", "scope": 'a"b'}, OAuthError.INVALID_SCOPE),
        (
            {"client_id": "Backup", "authorization_details": "[]"},
            OAuthError.INVALID_AUTHORIZATION_DETAILS,
        ),
    ],
)
def test_what_is_faulty_is_refused(asked: dict[str, str], error: OAuthError) -> None:
    refused = read_device_request(asked, CHALLENGE)
    assert isinstance(refused, Rejected)
    assert refused.code is error


PARAMETERS = st.sampled_from(
    ["client_id", "scope", "authorization_details", "dpop_jkt", "redirect_uri", "state", "x"]
)
VALUES = st.text() | st.sampled_from(
    ["Backup", "https://notes.example/c", CHALLENGE, "offline_access", details()]
)


@given(st.dictionaries(PARAMETERS, VALUES))
def test_no_parameters_raise_and_nothing_is_sent_anywhere(parameters: dict[str, str]) -> None:
    read = read_device_request(parameters, CHALLENGE)
    if isinstance(read, DocumentWanted):
        assert read.url.text == parameters["client_id"]
    elif not isinstance(read, Rejected):
        assert read.client_id == parameters["client_id"]
        assert not read.client.verified
        assert read.redirect.kind is RedirectKind.DEVICE
        assert read.code_challenge == CHALLENGE
        assert read.state is None
        assert read.dpop_jkt is None or is_thumbprint(read.dpop_jkt)
        assert read.proof_required or not parameters.get("dpop_jkt")


INSTANTS = st.integers(NOW - 2 * DEVICE_LIFETIME_MS, NOW + 2 * DEVICE_LIFETIME_MS).map(Instant)


@given(st.none() | INSTANTS, st.integers(0, 60_000), INSTANTS, st.booleans())
def test_only_an_answered_poll_in_its_time_has_an_answer(
    polled_at: Instant | None,
    interval_ms: int,
    now: Instant,
    is_answered: bool,  # noqa: FBT001 - drawn
) -> None:
    polling = Polling(began_at=NOW, polled_at=polled_at, interval_ms=interval_ms)
    refused = judge_poll(polling, now, is_answered=is_answered)
    if refused is None:
        assert is_answered
        assert NOW <= now < NOW + DEVICE_LIFETIME_MS
        assert polled_at is None or now < polled_at or now >= polled_at + interval_ms
    elif refused is OAuthError.AUTHORIZATION_PENDING:
        assert not is_answered
