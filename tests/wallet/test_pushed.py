"""Tests of ``wattfare_desktop.wallet.pushed``."""

from tests.support.asking import uri
from tests.support.wallet_house import MovedClock
from wattfare_desktop.core.oauth.errors import Unredirectable
from wattfare_desktop.core.oauth.pushed import PUSHED_LIFETIME_MS, PushedReference
from wattfare_desktop.core.oauth.requests import AuthorizationRequest, read_uri
from wattfare_desktop.wallet.pushed import PushedRequests


def _request() -> AuthorizationRequest:
    request = read_uri(uri(), ())
    assert isinstance(request, AuthorizationRequest)
    return request


def _reference(request_uri: str | None, client: str = "Notes AI") -> PushedReference:
    assert request_uri is not None
    return PushedReference(client_id=client, request_uri=request_uri)


def test_what_was_pushed_is_taken_once() -> None:
    pushed, request = PushedRequests(MovedClock()), _request()
    reference = _reference(pushed.push(request))
    assert pushed.take(reference) is request
    assert isinstance(pushed.take(reference), Unredirectable)


def test_another_client_neither_takes_nor_spoils_it() -> None:
    pushed, request = PushedRequests(MovedClock()), _request()
    request_uri = pushed.push(request)
    assert isinstance(pushed.take(_reference(request_uri, "Other AI")), Unredirectable)
    assert pushed.take(_reference(request_uri)) is request


def test_after_a_minute_it_is_gone() -> None:
    clock = MovedClock()
    pushed = PushedRequests(clock)
    reference = _reference(pushed.push(_request()))
    clock.ahead_ms += PUSHED_LIFETIME_MS
    assert isinstance(pushed.take(reference), Unredirectable)
    clock.ahead_ms -= PUSHED_LIFETIME_MS
    assert isinstance(pushed.take(reference), Unredirectable)


def test_there_is_an_end_to_how_many_wait() -> None:
    clock = MovedClock()
    pushed, request = PushedRequests(clock), _request()
    references = [pushed.push(request) for _ in range(101)]
    assert [each is None for each in references] == [False] * 100 + [True]
    assert len(set(references)) == 101
    clock.ahead_ms += PUSHED_LIFETIME_MS
    assert pushed.push(request) is not None
