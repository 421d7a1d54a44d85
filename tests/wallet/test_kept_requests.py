"""Tests of ``wattfare_desktop.wallet.kept_requests``: what waits for a locked wallet."""

from tests.support.asking import query
from wattfare_desktop.core.identifiers import MINUTE_MS, Instant
from wattfare_desktop.core.oauth.requests import AuthorizationRequest, read_query
from wattfare_desktop.wallet.kept_requests import KeptRequests

NOW = Instant(1_800_000_000_000)


def _request(client: str, state: str = "first") -> AuthorizationRequest:
    request = read_query(query(client_id=client, state=state), ())
    assert isinstance(request, AuthorizationRequest)
    return request


def test_the_last_word_of_three_clients_is_kept_in_their_order() -> None:
    kept = KeptRequests()
    for name in ("one", "two", "three"):
        assert kept.keep(_request(name), NOW)
    assert not kept.keep(_request("four"), NOW)
    assert kept.keep(_request("one", "again"), NOW)
    waiting = [(each.request.client.name, each.request.state) for each in kept.take()]
    assert waiting == [("two", "first"), ("three", "first"), ("one", "again")]
    assert kept.take() == ()


def test_they_wait_for_ten_minutes_and_make_room_then() -> None:
    kept = KeptRequests()
    for name in ("one", "two", "three"):
        assert kept.keep(_request(name), NOW)
    later = Instant(NOW + 10 * MINUTE_MS)
    assert kept.keep(_request("four"), later)
    (only,) = kept.take()
    assert only.request.client.name == "four"
    assert only.still_waits(later)
    assert not only.still_waits(Instant(later + 10 * MINUTE_MS))
    assert not only.still_waits(NOW), "the clock was set back"
