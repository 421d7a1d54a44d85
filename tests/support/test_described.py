"""Tests of what holds answers against the description."""

from io import BytesIO

import pytest
import requests
from schemathesis.core.failures import FailureGroup
from urllib3.response import HTTPResponse

from tests.support.described import Described

BUDGET = "http://127.0.0.1:8402/wattfare/v1/budget"


def _answer(status: int, body: str, address: str = BUDGET) -> requests.Response:
    headers = {"Content-Type": "application/json", "Cache-Control": "no-store"}
    request = requests.Request("GET", address).prepare()
    raw = HTTPResponse(BytesIO(body.encode()), headers, status, preload_content=False)
    return requests.adapters.HTTPAdapter().build_response(request, raw)


def test_what_is_described_passes_and_is_noted() -> None:
    described = Described()
    told = '{"object": "wattfare.budget", "currency": "USD", "windows": [], "wallet_left": null}'
    described(_answer(200, told))
    assert described.seen == {("/wattfare/v1/budget", 200)}


@pytest.mark.parametrize(
    ("status", "body"),
    [(418, "{}"), (401, '{"error": {}}'), (200, "{}"), (200, '{"object": "wattfare.estimate"}')],
)
def test_what_is_not_fails(status: int, body: str) -> None:
    with pytest.raises((AssertionError, FailureGroup)):
        Described()(_answer(status, body))


def test_nor_may_anything_else_be_asked() -> None:
    with pytest.raises(AssertionError, match="nowhere"):
        Described()(_answer(200, "{}", "http://127.0.0.1:8402/nowhere"))
